"""What happens while a recording goes on, as numbered events; the glossary of live work, as `scribe.types` is of all.

Words are committed once and stay: `Committed` only ever adds, and a word keeps its index. What is still being said is
the `Tentative` tail, which each such event replaces whole. Who said a word may be found out later, and better
(`SpeakersRevised`). All of it is a preview: the record is the transcript and the note of `Finished`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from scribe.types import Flag, Note, Role, Segment, SpeakerRole, Transcript, Word


class LiveState(StrEnum):
    """Where a live session is."""

    RECORDING = "recording"
    PAUSED = "paused"
    STOPPED = "stopped"  # nothing more is recorded
    FINISHING = "finishing"  # the record is being made
    READY = "ready"


class LivePolicy(StrEnum):
    """When words are final."""

    WINDOWS = "windows"  # once the stretch of speech that they are in has been recognised, at its end
    AGREEMENT = "agreement"  # once two recognitions in a row agree on them


@dataclass(frozen=True, slots=True)
class Assignment:
    """Committed words `first` to `first + count - 1` (indices) were said by `speaker`."""

    first: int
    count: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Committed:
    """More words that stay. `words[0]` has the index `first`: the number of words committed before."""

    seq: int
    first: int
    words: tuple[Word, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tentative:
    """What seems to be said just now, in place of the last such event; empty once it is committed, or was nothing."""

    seq: int
    words: tuple[Word, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpeakersRevised:
    """Words have another speaker than before. `roles` are all that are clear by now."""

    seq: int
    assignments: tuple[Assignment, ...]
    roles: tuple[SpeakerRole, ...]


@dataclass(frozen=True, slots=True)
class WordsReplaced:
    """A person put other words in place of committed ones, or took them out (dropped a stretch of the recording).

    `first` and `count` are indices of committed words. Every word keeps its index: the first of them has all of the
    new text and the others none. The record keeps what was put in.
    """

    seq: int
    first: int
    count: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoteUpdated:
    """The note as it would be written now, with candidate codes, and what a person should check."""

    seq: int
    note: Note = field(repr=False)
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Behind:
    """How far recognition is behind the recording, in seconds; 0: it has caught up. No sound is lost."""

    seq: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LevelChanged:
    """How loud the last moment was, in dB of full scale (0 is the loudest there is, -120 is silence)."""

    seq: int
    peak: float
    rms: float


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a person should know of, in words to show; never words that were said."""

    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class PolicyChosen:
    """How words are committed on this machine, and why, in words to show."""

    seq: int
    policy: LivePolicy
    reason: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The session has come to another state."""

    seq: int
    state: LiveState


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far the work after the stop has come: `done` of `total`, in a stage as `OnProgress` names it."""

    seq: int
    stage: str
    done: float
    total: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The record: this transcript and this note replace all that was shown before."""

    seq: int
    transcript: Transcript = field(repr=False)
    note: Note = field(repr=False)


LiveEvent = (
    Committed
    | Tentative
    | SpeakersRevised
    | WordsReplaced
    | NoteUpdated
    | Behind
    | LevelChanged
    | Warned
    | PolicyChosen
    | StateChanged
    | Progressed
    | Finished
)


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """Everything so far, for whoever joins late: the events after `seq` continue from here."""

    seq: int
    state: LiveState
    seconds: float  # recorded
    words: tuple[Word, ...] = field(default=(), repr=False)  # committed; one that was taken out has no text
    tentative: tuple[Word, ...] = field(default=(), repr=False)
    roles: tuple[SpeakerRole, ...] = ()
    note: Note | None = field(default=None, repr=False)
    flags: tuple[Flag, ...] = ()
    behind: float = 0.0  # seconds
    warnings: tuple[str, ...] = ()
    policy: LivePolicy | None = None
    reason: str = ""  # of the policy
    finished: bool = False  # whether `words` and `note` are the record

    def role_of(self, speaker: str | None) -> Role | None:
        """The role of `speaker`, None where it is not clear yet."""
        return next((item.role for item in self.roles if item.speaker == speaker), None)

    @property
    def transcript(self) -> Transcript:
        """The committed words as a transcript, one segment for each run of words of one speaker."""
        words = [word for word in self.words if word.text]
        runs = (tuple(run) for _, run in groupby(words, key=lambda word: word.speaker))
        return Transcript(tuple(map(Segment, runs)), roles=self.roles, flags=self.flags, duration=self.seconds)


def applied(snapshot: LiveSnapshot, event: LiveEvent) -> LiveSnapshot:
    """The snapshot after one more event: what a screen keeps. An event that it holds already changes nothing."""
    if event.seq <= snapshot.seq:
        return snapshot
    now = replace(snapshot, seq=event.seq)
    match event:
        case Committed(words=words):
            return replace(now, words=(*now.words, *words), tentative=())
        case Tentative(words=words):
            return replace(now, tentative=words)
        case SpeakersRevised(assignments=assignments, roles=roles):
            return replace(now, words=_assigned(now.words, assignments), roles=roles)
        case WordsReplaced(first=first, count=count, text=text):
            return replace(now, words=_replaced(now.words, first, count, text))
        case NoteUpdated(note=note, flags=flags):
            return replace(now, note=note, flags=flags)
        case Behind(seconds=seconds):
            return replace(now, behind=seconds)
        case Warned(message=message):
            return replace(now, warnings=(*now.warnings, message))
        case PolicyChosen(policy=policy, reason=reason):
            return replace(now, policy=policy, reason=reason)
        case StateChanged(state=state):
            return replace(now, state=state)
        case Finished(transcript=transcript, note=note):
            record = replace(now, words=transcript.words, tentative=(), roles=transcript.roles, note=note)
            return replace(record, flags=transcript.flags, behind=0.0, finished=True, seconds=transcript.duration)
        case _:
            return now


def _assigned(words: tuple[Word, ...], assignments: tuple[Assignment, ...]) -> tuple[Word, ...]:
    changed = list(words)
    for item in assignments:
        for at in range(item.first, item.first + item.count):
            changed[at] = replace(changed[at], speaker=item.speaker)
    return tuple(changed)


def _replaced(words: tuple[Word, ...], first: int, count: int, text: str) -> tuple[Word, ...]:
    changed = list(words)
    for at in range(first, first + count):
        changed[at] = replace(changed[at], text=text if at == first else "")
    return tuple(changed)
