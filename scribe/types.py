"""The data types of `scribe`, and the glossary of its words. Standard library only.

Everything here is frozen: an edit makes a new object (`dataclasses.replace`). Units, everywhere:
- a time is float **seconds** from the start of the recording; a stretch of time is an `Interval`;
- a place in a text is a **character offset**; a stretch of text is a half-open `Span`.

Text that somebody said is kept out of every `repr`, so that a log line or a traceback never shows it.

The chain a reviewer can always walk:
`Coding -> Evidence -> Statement -> Span -> Word -> seconds of audio`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Mono sound, as every engine reads it."""

    samples: NDArray[np.float32] = field(repr=False)  # (time,), -1.0 to 1.0
    sample_rate: int = 16_000  # hertz

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, in seconds from the start of the recording."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


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


@dataclass(frozen=True, slots=True)
class SpeakerRole:
    """The role one speaker was given, and how sure that is (0 to 1)."""

    speaker: str
    role: Role
    score: float


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
    """Why a person should listen again."""

    LOOP = "loop"  # the recogniser repeated itself; the repeats were removed
    LOW_TRUST = "low-trust"  # decoded with poor probability, or over little speech
    OVERLAP = "overlap"  # two people spoke at once


@dataclass(frozen=True, slots=True)
class Flag:
    """A stretch of the recording that a person should check."""

    kind: FlagKind
    interval: Interval
    reason: str  # fixed wording; never words that were said


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
        if span.end <= span.start:
            return ()
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        last = bisect_left(self._starts, span.end)
        return self.words[first:last]

    def seconds(self, span: Span) -> Interval | None:
        """When `span` was heard; None where the transcript has no times, or the span no words."""
        words = self.words_in(span)
        if not words or not self.timed:
            return None
        return Interval(min(word.start for word in words), max(word.end for word in words))

    def role_of(self, speaker: str | None) -> Role | None:
        """The role of `speaker`, None where it is not known."""
        return next((item.role for item in self.roles if item.speaker == speaker), None)


# --- the note
class SectionGroup(StrEnum):
    """The four parts of a note."""

    HISTORY = "history"
    EXAM = "exam"
    ASSESSMENT = "assessment"
    PLAN = "plan"


class SectionKind(StrEnum):
    """What a section of the note is about. Titles, groups and LOINC codes are in `sections/catalog.py`."""

    CHIEF_COMPLAINT = "chief_complaint"
    HPI = "hpi"
    PAST_MEDICAL = "past_medical"
    SURGICAL = "surgical"
    FAMILY = "family"
    SOCIAL = "social"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    IMMUNIZATIONS = "immunizations"
    ROS = "ros"
    VITALS = "vitals"
    EXAM = "exam"
    RESULTS = "results"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    OTHER = "other"


class Assertion(StrEnum):
    """What a statement claims about what it names (after ConText, Harkema et al. 2009)."""

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    CONDITIONAL = "conditional"
    HISTORICAL = "historical"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the note and where it was heard.

    `heard` holds spans of the transcript's text and `seconds` the same places in the recording (empty where the
    transcript has no times). A statement with an empty `heard` was typed by a person: then `author` says who.
    """

    id: str
    text: str = field(repr=False)
    heard: tuple[Span, ...] = ()
    seconds: tuple[Interval, ...] = ()
    assertion: Assertion = Assertion.PRESENT
    speaker: str | None = None
    role: Role | None = None
    confidence: float = 1.0  # the lowest word probability that went into it, 0 to 1
    doubtful: tuple[Span, ...] = ()  # spans of this statement's own text whose words had low probability
    author: str | None = None

    def __post_init__(self) -> None:
        if not self.heard and not self.author:
            raise ValueError(f"statement {self.id} was neither heard nor typed by anybody")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the note. Title, group and LOINC code are copied in, so a note can be read on its own."""

    kind: SectionKind
    title: str
    group: SectionGroup
    loinc: str
    statements: tuple[Statement, ...]
    score: float = 1.0  # of the classifier, mean over the statements, 0 to 1


# --- codes
@dataclass(frozen=True, slots=True)
class Coding:
    """One code of one code system (the FHIR meaning of the word)."""

    system: str  # "icd10cm"
    version: str  # release, e.g. "2026-04"
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a code is proposed: the words in the note, what they claim, and the rule that chose the code."""

    statement_id: str
    span: Span  # in the statement's text
    assertion: Assertion
    rule: str
    score: float  # 0 to 1
    reason: str = ""  # the rule in words

    def __post_init__(self) -> None:
        if self.span.end <= self.span.start:
            raise ValueError("evidence needs at least one character of the note")


class SuggestionStatus(StrEnum):
    """What a person decided about a suggestion."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class CodeSuggestion:
    """A candidate code. No evidence, no suggestion."""

    coding: Coding
    evidence: tuple[Evidence, ...]
    status: SuggestionStatus = SuggestionStatus.PROPOSED

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.coding.code} is suggested without evidence")


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the clinician about one statement."""

    statement_id: str
    question: str = field(repr=False)
    options: tuple[str, ...] = field(default=(), repr=False)


class Mode(StrEnum):
    """What kind of recording this is."""

    VISIT = "visit"
    DICTATION = "dictation"


class NoteStatus(StrEnum):
    """How far a note has come, in FHIR's words."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Encounter:
    """The visit or dictation the note is about."""

    id: str
    mode: Mode = Mode.VISIT
    date_of_service: str | None = None  # ISO 8601 date


@dataclass(frozen=True, slots=True)
class Note:
    """A clinical note: sections of statements, candidate codes, and questions that are open."""

    id: str
    encounter: Encounter
    sections: tuple[Section, ...] = field(repr=False)
    suggestions: tuple[CodeSuggestion, ...] = ()
    queries: tuple[Query, ...] = ()
    revision: int = 1
    status: NoteStatus = NoteStatus.PRELIMINARY
    provenance: Provenance | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, in the order of the note."""
        return tuple(statement for section in self.sections for statement in section.statements)

    def statement(self, statement_id: str) -> Statement:
        """The statement with this id. Raises KeyError where there is none."""
        for statement in self.statements:
            if statement.id == statement_id:
                return statement
        raise KeyError(statement_id)
