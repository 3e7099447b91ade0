"""A store for the bench of the workbench: people, and an encounter with a draft for each of them.

The words are those of the shipped sample visit, over and over until there are enough; its note is made by the pipeline
once and repeated with them, each statement pointing at its own words. So sizes are real, and nothing is recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scribe import assets, pipeline, serial
from scribe.config import Config
from scribe.store import passwords
from scribe.store.actor import SYSTEM, StaffRole
from scribe.store.records import State
from scribe.store.store import Store
from scribe.types import Encounter, Interval, Mode, Note, Segment, Span, Statement, Transcript

ROLES = (StaffRole.PHYSICIAN, StaffRole.TRANSCRIPTIONIST)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person, and the encounter they work on."""

    login: str
    password: str = field(repr=False)
    encounter_id: str
    words: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A transcript and its note."""

    transcript: Transcript
    note: Note


def sample(config: Config) -> Draft:
    """The shipped visit as the pipeline drafts it."""
    text = assets.shipped("samples", "visit.gold.json").read_text(encoding="utf-8")
    transcript = serial.loads(text, Transcript)
    drafted = pipeline.draft(transcript, config, mode=Mode.VISIT)
    return Draft(transcript, pipeline.code(drafted.note, config))


def longer(draft: Draft, words: int) -> Draft:
    """The draft of at least so many words: the same visit again and again, each behind the one before."""
    times = max(1, -(-words // len(draft.transcript.words)))
    return Draft(_repeated_transcript(draft.transcript, times), _repeated_note(draft.note, draft.transcript, times))


def fill(store: Store, drafts: Sequence[Draft]) -> tuple[Seat, ...]:
    """An account for each draft, and an encounter of theirs that holds it."""
    secret = passwords.hashed("correct horse battery staple")
    with store.begin(SYSTEM) as unit:
        unit.people.add("admin", "Admin", [StaffRole.ADMIN], password=secret, must_change=False)
    return tuple(_seat(store, draft, f"person{number:02}", secret) for number, draft in enumerate(drafts, start=1))


def _seat(store: Store, draft: Draft, login: str, secret: str) -> Seat:
    with store.begin(SYSTEM) as unit:
        person = unit.people.add(login, login.capitalize(), ROLES, password=secret, must_change=False)
        encounter = unit.encounters.add(mode=Mode.VISIT, title="Visit", patient=login, clinician_id=person.id)
        about = replace(draft.note, encounter=Encounter(encounter.id, Mode.VISIT))
        unit.revisions.append(encounter.id, draft.transcript, base=0, reason="draft")
        unit.revisions.append(encounter.id, about, base=0, reason="draft")
        unit.encounters.move(encounter.id, State.DRAFT)
    return Seat(login, "correct horse battery staple", encounter.id, len(draft.transcript.words))


def _repeated_transcript(transcript: Transcript, times: int) -> Transcript:
    segments: list[Segment] = []
    for shift in (transcript.duration * at for at in range(times)):
        for segment in transcript.segments:
            moved = (replace(word, start=word.start + shift, end=word.end + shift) for word in segment.words)
            segments.append(replace(segment, words=tuple(moved)))
    return replace(transcript, segments=tuple(segments), duration=transcript.duration * times)


def _repeated_note(note: Note, transcript: Transcript, times: int) -> Note:
    length, seconds = len(transcript.text), transcript.duration
    sections = tuple(
        replace(
            section,
            statements=tuple(
                _moved(statement, at, at * length, at * seconds)
                for at in range(times)
                for statement in section.statements
            ),
        )
        for section in note.sections
    )
    return replace(note, sections=sections)


def _moved(statement: Statement, at: int, characters: int, seconds: float) -> Statement:
    """The statement as it was heard the `at`th time; the first keeps its id, which codes and questions name."""
    if not at:
        return statement
    return replace(
        statement,
        id=f"{statement.id}-{at}",
        heard=tuple(Span(span.start + characters, span.end + characters) for span in statement.heard),
        seconds=tuple(Interval(item.start + seconds, item.end + seconds) for item in statement.seconds),
        problem=f"{statement.problem}-{at}" if statement.problem else None,
        contradicts=tuple(f"{other}-{at}" for other in statement.contradicts),
    )
