"""A draft: what is made of one transcript, and how.

    kind_of -> page_of -> checked -> findings_of -> arranged -> note_of

The words are formatted once, into a page; what to check in the transcript and the sentences of the note are both found
from that page. `pipeline.draft` puts the steps together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from scribe.config import Config
from scribe.containment import or_else, without_faults
from scribe.plugins import SectionClassifier, Writer
from scribe.types import (
    Encounter,
    Finding,
    Flag,
    FlagKind,
    Interval,
    Mode,
    Note,
    Provenance,
    Section,
    Span,
    Statement,
    Transcript,
)

if TYPE_CHECKING:
    from scribe.dictation.write import Page
    from scribe.sections.writing import Reworded

NOT_IN_NOTE = "one passage could not be read and is not in the note: its words are in the transcript"
NOT_COMPARED = "one statement could not be compared with the others: look for what contradicts it"
NOT_JUDGED = "the words could not be searched for what can harm: read all of them"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is made of one transcript: the places in it to check, its words as they are written, and the note."""

    transcript: Transcript = field(repr=False)  # as it was heard, with a flag at each place that a person should check
    page: Page = field(repr=False)
    note: Note = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a transcript is taken for."""

    mode: Mode
    is_note: bool = False  # text that somebody wrote as a note: nothing in it was spoken

    @property
    def is_spoken_visit(self) -> bool:
        """Whether its sentences are those of people who talk with each other."""
        return self.mode is Mode.VISIT and not self.is_note


def mode_of(transcript: Transcript, mode: Mode | None) -> Mode | None:
    """The mode asked for; else dictation where words or a lone speaker show it; else None, not known (yet)."""
    from scribe.dictation import detect

    if mode is not None or not transcript.words:
        return mode
    alone = transcript.timed and {word.speaker for word in transcript.words} == {transcript.words[0].speaker}
    known = transcript.words[0].speaker is not None
    return Mode.DICTATION if (alone and known) or detect.is_dictation(transcript) else None


def kind_of(transcript: Transcript, mode: Mode | None) -> Kind:
    """What a transcript is taken for. Text that nobody is recorded to have said is a note, unless it was dictated."""
    is_note = not transcript.timed and not transcript.roles and mode is not Mode.DICTATION
    return Kind(mode_of(transcript, mode) or Mode.VISIT, is_note)


def page_of(transcript: Transcript, kind: Kind, config: Config) -> Page:
    """The words as they are written; those of a note as they stand.

    Raises ConfigError where the user's commands or templates cannot be used.
    """
    from scribe.dictation import write

    return write.as_it_stands(transcript) if kind.is_note else write.write(transcript, kind.mode, config)


def checked(transcript: Transcript, page: Page, config: Config) -> Transcript:
    """The transcript with a flag at each place to check: unsure words that can harm, odd doses, blanks that were left.

    A flag is a place in a recording: without times, only what could not be formatted is flagged.
    """
    from scribe.asr import retracted, risk, vocabulary

    found = [flag for flag in page.flags if transcript.timed or flag.kind is FlagKind.UNREAD]
    transcript = with_flags(transcript, found)
    if transcript.language != "en" or not transcript.timed:
        return transcript
    unsearched = Flag(FlagKind.UNREAD, Interval(0.0, transcript.duration), NOT_JUDGED)
    back = page.took_back(transcript)
    at_risk = or_else(lambda: risk.flags(transcript, vocabulary.load(config)), (unsearched,), "risk")
    lost = or_else(lambda: retracted.flags(transcript, back, vocabulary.load(config)), (), "taken back")
    return with_flags(transcript, (*at_risk, *lost))


def with_flags(transcript: Transcript, flags: Iterable[Flag]) -> Transcript:
    """The transcript with these flags beside its own, in order of time; one that a person has checked stays checked."""
    known = {replace(flag, checked_by=None): flag for flag in transcript.flags}
    known |= {flag: flag for flag in flags if flag not in known}
    return replace(transcript, flags=tuple(sorted(known.values(), key=lambda flag: (flag.interval, flag.kind))))


def findings_of(transcript: Transcript, config: Config) -> tuple[Finding, ...]:
    """What the transcript says, as findings; none where they cannot be read."""
    from scribe.clinical import reading

    return (
        or_else(lambda: reading.read(transcript, config.models), (), "findings") if transcript.language == "en" else ()
    )


def arranged(
    transcript: Transcript,
    page: Page,
    kind: Kind,
    findings: Sequence[Finding],
    classifier: SectionClassifier,
    config: Config,
) -> tuple[tuple[Section, ...], tuple[Flag, ...]]:
    """The sections of the note, each statement with the findings that it states.

    Besides, a flag for each passage or statement that broke a step.
    """
    from scribe.clinical import statements
    from scribe.dictation import written
    from scribe.sections import compose, contradictions, problems
    from scribe.sections.realisation import note as realisation
    from scribe.sections.realisation import soundness

    unread: list[Span] = []
    if kind.is_note:
        sections = compose.arrange_note(transcript, classifier, config, on_unread=unread.append)
    else:
        as_written = written.transcript(page.written, transcript)
        as_arranged = compose.arrange(as_written, kind.mode, classifier, config, on_unread=unread.append)
        sections = written.relocate(as_arranged, page.written, transcript)
        unread = list(map(written.mover(page.written, transcript), unread))
    sections = statements.stated(sections, findings, transcript)
    if kind.is_spoken_visit:
        say = written.reader(page.written, transcript)
        sound = soundness.judge(config.models)
        as_said = sections
        sections, unsaid = or_else(
            lambda: without_faults(
                findings,
                lambda kept: realisation.realised(as_said, kept, transcript, say, sound),
                "realisation",
            ),
            (as_said, list(findings[:1])),
            "realisation",
        )
        unread += [finding.heard[0] for finding in unsaid]
    linked, loose = without_faults(
        [statement for section in sections for statement in section.statements],
        lambda kept: contradictions.marked(problems.linked(with_only(sections, kept)), config.models),
        "contradictions",
    )
    flags = (
        *(_unread(transcript, span, NOT_IN_NOTE) for span in unread),
        *(_unread(transcript, statement.heard[0], NOT_COMPARED) for statement in loose),
    )
    return _put_back(sections, linked), flags


def note_of(
    transcript: Transcript,
    worded: Reworded,
    kind: Kind,
    config: Config,
    *,
    classifier: SectionClassifier,
    author: Writer,
) -> Note:
    """The note of these sections. Its id follows from what was read and the settings."""
    from scribe.sections import compose

    stages = (
        *([transcript.provenance] if transcript.provenance else []),
        classifier.provenance,
        *([] if kind.is_note else compose.provenance(kind.mode, config)),
        *([author.provenance] if worded.reworded or worded.refusals else []),
    )
    provenance = joined(stages, config, hashlib.sha256(transcript.text.encode()).hexdigest())
    identity = hashlib.sha256(f"{provenance.source_sha256}{provenance.config_hash}".encode()).hexdigest()[:16]
    return Note(
        id=f"note-{identity}",
        encounter=Encounter(id=f"encounter-{identity}", mode=kind.mode),
        sections=worded.sections,
        provenance=provenance,
        reworded=worded.reworded,
        refusals=worded.refusals,
    )


def joined(stages: Sequence[Provenance], config: Config, source: str) -> Provenance:
    """One provenance of all `stages`. `source` is the sha256 of what was read, where no stage has recorded it."""
    return Provenance(
        engine=" + ".join(dict.fromkeys(stage.engine for stage in stages)),
        weights=tuple(dict.fromkeys(file for stage in stages for file in stage.weights)),
        config_hash=config.hash,
        versions=tuple(dict.fromkeys(package for stage in stages for package in stage.versions)),
        source_sha256=next((stage.source_sha256 for stage in stages if stage.source_sha256), source),
    )


def with_only(sections: Sequence[Section], kept: Sequence[Statement]) -> tuple[Section, ...]:
    """The sections with these statements of theirs alone."""
    ids = {statement.id for statement in kept}
    return tuple(
        section if all(item.id in ids for item in section.statements) else replace(section, statements=some)
        for section in sections
        if (some := tuple(item for item in section.statements if item.id in ids)) or not section.statements
    )


def _put_back(sections: tuple[Section, ...], changed: Sequence[Section]) -> tuple[Section, ...]:
    """The sections with each statement as it is in `changed`, and as it was where it is not there."""
    now = {statement.id: statement for section in changed for statement in section.statements}
    return tuple(
        replace(section, statements=tuple(now.get(item.id, item) for item in section.statements))
        for section in sections
    )


def _unread(transcript: Transcript, span: Span, reason: str) -> Flag:
    """The flag of a passage that broke a step. Without times the reason says which it is."""
    if (interval := transcript.seconds(span)) is not None:
        return Flag(FlagKind.UNREAD, interval, reason)
    ends = accumulate(len(segment.text) for segment in transcript.segments)
    sentence = 1 + sum(end <= span.start for end in ends)
    return Flag(FlagKind.UNREAD, Interval(0.0, 0.0), f"{reason} (sentence {sentence} of the text)")
