"""Sound and what was said in it: the first half of `scribe.types`, which is where to import these from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, in seconds from the start of the recording."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """Sound that should be in a recording and is not, or may not be; it reads as silence, so later times are right.

    A stretch that is missing at the end lies behind `Audio.duration`.
    """

    interval: Interval
    reason: str  # fixed wording


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Mono sound, as every engine reads it."""

    samples: NDArray[np.float32] = field(repr=False)  # (time,), -1.0 to 1.0
    sample_rate: int = 16_000  # hertz
    missing: tuple[Missing, ...] = ()  # in order of time
    remarks: tuple[str, ...] = ()  # what was odd about the file, though no sound is lost; fixed wording

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


class MarkKind(StrEnum):
    """What a clinician who presses a key while recording wants to find again."""

    MOMENT = "moment"  # something happened here
    CHECK = "check"  # look at this before signing
    CONSENT = "consent"  # everybody in the room has agreed to be recorded; the note has the words


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment marked while recording."""

    at: float  # seconds
    kind: MarkKind = MarkKind.MOMENT
    note: str = field(default="", repr=False)


# --- who spoke when
@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One speaker speaking, in seconds. Turns of different speakers may overlap."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """Who spoke when: turns in order of their start."""

    turns: tuple[Turn, ...]


class Role(StrEnum):
    """What a speaker is in the encounter."""

    CLINICIAN = "clinician"
    PATIENT = "patient"
    OTHER = "other"


SPARSE = {"sparse": True}
"""Metadata of a field that the wire form leaves out where it has its default."""


@dataclass(frozen=True, slots=True)
class SpeakerRole:
    """The role one speaker was given, and how sure that is (0 to 1)."""

    speaker: str
    role: Role
    score: float
    name: str = field(default="", repr=False, metadata=SPARSE)  # as a person wrote it


# --- what was said
@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of text: character offsets `start <= i < end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word. `text` keeps the leading space Whisper gives it."""

    start: float  # seconds
    end: float  # seconds
    text: str = field(repr=False)
    probability: float = 1.0  # of the recogniser, 0 to 1
    speaker: str | None = None
    author: str | None = field(default=None, metadata=SPARSE)  # who typed it; None: as recognised


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words the recogniser decoded together (Whisper's meaning of the word)."""

    words: tuple[Word, ...]
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    fallback: bool = False  # a first decoding failed its checks, this is another

    @property
    def start(self) -> float:
        """Seconds at which the first word begins."""
        return self.words[0].start

    @property
    def end(self) -> float:
        """Seconds at which the last word ends."""
        return self.words[-1].end

    @property
    def text(self) -> str:
        """The words joined, as said."""
        return "".join(word.text for word in self.words)


class FlagKind(StrEnum):
    """Why a person should listen again; the kinds that can harm a patient first, which is the order of checking."""

    DRUG = "drug"
    DOSE = "dose"  # strength, rate or unit
    NUMBER = "number"  # any other number: a vital sign, a date, fifteen heard for fifty
    NEGATION = "negation"
    SIDE = "side"  # left, right, both
    TAKEN_BACK = "taken-back"  # the speaker took back what held a drug, a dose or an order
    DISAGREEMENT = "disagreement"  # another term, no drug, may have been said: it sounds alike
    MISSING = "missing"  # the recording is damaged here: what was said is not in it
    INAUDIBLE = "inaudible"  # somebody spoke, and no words were made out
    UNREAD = "unread"  # a step of the draft broke there; the words are in the transcript
    BLANK = "blank"  # the speaker left something to be filled in
    MARKED = "marked"  # the speaker asked for it to be looked at
    OVERLAP = "overlap"  # two people spoke at once
    LOW_TRUST = "low-trust"  # decoded with poor probability, or over little speech
    LOOP = "loop"  # the recogniser repeated itself; the repeats were removed
    LANGUAGE = "language"  # another language than the one asked for

    @property
    def rank(self) -> int:
        """Place in the order of checking, 0 first."""
        return list(FlagKind).index(self)


@dataclass(frozen=True, slots=True)
class Flag:
    """A stretch of the recording that a person should check."""

    kind: FlagKind
    interval: Interval
    reason: str  # fixed wording; never words that were said
    readings: tuple[str, ...] = field(default=(), repr=False)  # what it may have been, the one that stands first
    checked_by: str | None = field(default=None, metadata=SPARSE)  # who listened to it; None: nobody yet


@dataclass(frozen=True, slots=True)
class Repair:
    """Words of the recogniser that were replaced by a term of the vocabulary. `Transcript.undo` takes it back."""

    first: int  # index in `Transcript.words` of the first word that stands there now
    count: int  # how many words stand there now
    original: tuple[Word, ...] = field(repr=False)  # as recognised, with their times and probabilities
    rule: str  # why it was done, e.g. "second-decode"
    score: float  # how sure that is, 0 to 1


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a result: enough to make it again."""

    engine: str
    weights: tuple[tuple[str, str], ...] = ()  # (name, sha256)
    config_hash: str = ""
    versions: tuple[tuple[str, str], ...] = ()  # (package, version)
    source_sha256: str = ""  # of the recording or text that was read


@dataclass(frozen=True)
class Transcript:
    """What was said, word by word. `text` is the join of its words, and spans are offsets into it.

    A transcript read from plain text has no times: `timed` is False and every word is at 0.0 seconds.
    """

    segments: tuple[Segment, ...] = field(repr=False)
    language: str = "en"
    roles: tuple[SpeakerRole, ...] = ()
    flags: tuple[Flag, ...] = ()
    repairs: tuple[Repair, ...] = ()
    duration: float = 0.0  # seconds of the whole recording
    timed: bool = True
    provenance: Provenance | None = None

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words, in order."""
        return tuple(word for segment in self.segments for word in segment.words)

    @cached_property
    def text(self) -> str:
        """The join of the words."""
        return "".join(word.text for word in self.words)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for word in self.words:
            starts.append(at)
            at += len(word.text)
        return starts

    def span_of(self, first: int, last: int) -> Span:
        """The span of words `first` to `last` (indices, both included), without the leading space."""
        text = self.words[first].text
        start = self._starts[first] + len(text) - len(text.lstrip())
        return Span(start, self._starts[last] + len(self.words[last].text))

    def words_in(self, span: Span) -> tuple[Word, ...]:
        """The words that share at least one character with `span`."""
        places = self.places_in(span)
        return self.words[places.start : places.stop]

    def places_in(self, span: Span) -> range:
        """The indices of these words."""
        if span.end <= span.start:
            return range(0)
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        return range(first, bisect_left(self._starts, span.end))

    def seconds(self, span: Span) -> Interval | None:
        """When `span` was heard; None where the transcript has no times, or the span no words."""
        words = self.words_in(span)
        if not words or not self.timed:
            return None
        return Interval(min(word.start for word in words), max(word.end for word in words))

    def undo(self, repair: Repair) -> Transcript:
        """The transcript with the words of `repair` as they were recognised; `repair` is one of `repairs`.

        The later repairs keep pointing at their words. Raises ValueError where the repair is not of this transcript.
        """
        if repair not in self.repairs:
            raise ValueError("this repair was not made in this transcript")
        speaker = self.words[repair.first].speaker
        original = tuple(replace(word, speaker=speaker) for word in repair.original)
        last = repair.first + repair.count
        segments, at = [], 0
        for segment in self.segments:
            end = at + len(segment.words)
            kept = [word for index, word in enumerate(segment.words, at) if not repair.first <= index < last]
            if at <= repair.first < end:
                kept[repair.first - at : repair.first - at] = original
            if kept:
                segments.append(replace(segment, words=tuple(kept)))
            at = end
        shift = len(original) - repair.count
        others = (other for other in self.repairs if other != repair)
        moved = (replace(o, first=o.first + shift) if o.first > repair.first else o for o in others)
        return replace(self, segments=tuple(segments), repairs=tuple(moved))

    def role_of(self, speaker: str | None) -> Role | None:
        """The role of `speaker`, None where it is not known."""
        return next((item.role for item in self.roles if item.speaker == speaker), None)
