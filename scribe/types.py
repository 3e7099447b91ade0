"""The data types of `scribe`, and the glossary of its words. Standard library only.

Everything here is frozen: an edit makes a new object (`dataclasses.replace`). Units, everywhere:
- a time is float **seconds** from the start of the recording; a stretch of time is an `Interval`;
- a place in a text is a **character offset**; a stretch of text is a half-open `Span`.

Text that somebody said is kept out of every `repr`, so that a log line or a traceback never shows it.

The chain a reviewer can always walk:
`Coding -> Evidence -> Statement -> Finding -> Span -> Word -> seconds of audio`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scribe._clinical import (
    PATIENT,
    Assertion,
    Attribute,
    AttributeKind,
    Basis,
    Certainty,
    Claims,
    Finding,
    FindingKind,
    Polarity,
    Time,
    Trigger,
)
from scribe._codes import CodeFlag, CodeRemark, CodeSuggestion, Coding, Evidence, Modifier, SuggestionStatus
from scribe._documentation import (
    Answer,
    Component,
    Element,
    Level,
    Meat,
    PatientStatus,
    Problem,
    Query,
    Quote,
    StatedTime,
    Support,
    Worksheet,
)
from scribe._signing import Addendum, Signature
from scribe._speech import (
    SPARSE,
    Annotation,
    Audio,
    Flag,
    FlagKind,
    Interval,
    Mark,
    MarkKind,
    Missing,
    Provenance,
    Repair,
    Role,
    Segment,
    Span,
    SpeakerRole,
    Transcript,
    Turn,
    Word,
)

__all__ = [
    "PATIENT",
    "Addendum",
    "Annotation",
    "Answer",
    "Assertion",
    "Attribute",
    "AttributeKind",
    "Audio",
    "Basis",
    "Certainty",
    "Claims",
    "CodeFlag",
    "CodeRemark",
    "CodeSuggestion",
    "Coding",
    "Component",
    "Element",
    "Encounter",
    "Evidence",
    "Finding",
    "FindingKind",
    "Flag",
    "FlagKind",
    "Interval",
    "Level",
    "Mark",
    "MarkKind",
    "Meat",
    "Missing",
    "Mode",
    "Modifier",
    "Note",
    "NoteStatus",
    "PatientStatus",
    "Polarity",
    "Problem",
    "Provenance",
    "Query",
    "Quote",
    "Refusal",
    "RefusalReason",
    "Removed",
    "Repair",
    "Role",
    "Section",
    "SectionGroup",
    "SectionKind",
    "Segment",
    "Signature",
    "Span",
    "SpeakerRole",
    "StatedTime",
    "Statement",
    "SuggestionStatus",
    "Support",
    "TakenBack",
    "Time",
    "Transcript",
    "Trigger",
    "Turn",
    "Word",
    "Worksheet",
]


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
    ALSO_SAID = "also_said"  # heard, of importance, and in no sentence of the note: listed below it


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the note and where it was heard.

    `heard` holds spans of the transcript's text and `seconds` the same places in the recording (empty where the
    transcript has no times). A statement with an empty `heard` was typed by a person: then `author` says who. One that
    a person edited has an `author`, too, and keeps what it was heard from.
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
    problem: str | None = None  # id of the assessment statement that names the problem this one belongs to
    contradicts: tuple[str, ...] = ()  # ids of statements that say otherwise; a person has to decide
    drafted: str | None = field(default=None, repr=False, metadata=SPARSE)  # the text before a person changed it
    drafted_doubtful: tuple[Span, ...] = field(default=(), metadata=SPARSE)  # `doubtful`, of that text
    rule: str = field(default="", metadata=SPARSE)  # that made the sentence, "module.rule"; empty: a person typed it
    findings: tuple[str, ...] = field(default=(), metadata=SPARSE)  # ids of the findings that it states

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


class RefusalReason(StrEnum):
    """Why a sentence that a writer offered was not taken. Until `TIME` it differs in facts from that of the rules."""

    NUMBER = "number"
    DOSE = "dose"
    DRUG = "drug"
    SIDE = "side"
    DENIAL = "denial"
    RELATIVE = "relative"
    TERM = "term"
    TIME = "time"  # past as present, or the other way round
    ADDED = "added"  # a word that is not in the sentence of the rules
    LOST = "lost"  # a word with content is missing
    ORDER = "order"  # things of one kind may have changed places
    FORM = "form"  # not one line of ordinary length and characters
    NO_ANSWER = "no-answer"  # the writer could not be reached, or answered nothing that can be read


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement whose rule-made sentence stayed, though a writer was asked for another."""

    statement_id: str
    reason: RefusalReason


@dataclass(frozen=True, slots=True)
class Removed:
    """A statement that a person took out of the note, and where it stood: it can be put back."""

    statement: Statement
    kind: SectionKind
    after: str | None  # id of the statement behind which it stood; None: it was the first of its section
    author: str  # who removed it


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Words that the speaker of a dictation took back ("delete that"), as they were heard, and where."""

    text: str = field(repr=False)
    heard: Span  # of the transcript's text
    seconds: Interval | None = None  # None where the transcript has no times


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
    """A clinical note: sections of statements, candidate codes, questions, and what supports the codes."""

    id: str
    encounter: Encounter
    sections: tuple[Section, ...] = field(repr=False)
    suggestions: tuple[CodeSuggestion, ...] = ()
    queries: tuple[Query, ...] = ()
    remarks: tuple[CodeRemark, ...] = ()
    revision: int = 1
    status: NoteStatus = NoteStatus.PRELIMINARY
    provenance: Provenance | None = None
    reworded: tuple[str, ...] = ()  # ids of the statements whose sentence a writer made; the fence let it through
    refusals: tuple[Refusal, ...] = ()
    template: str = ""  # name of the note template it is shown by; empty: none, as the sections stand
    problems: tuple[Problem, ...] = ()
    worksheet: Worksheet | None = None
    signatures: tuple[Signature, ...] = field(default=(), metadata=SPARSE)  # of this content; a second countersigns
    addenda: tuple[Addendum, ...] = field(default=(), repr=False, metadata=SPARSE)  # in order of time
    removed: tuple[Removed, ...] = field(default=(), repr=False, metadata=SPARSE)
    taken_back: tuple[TakenBack, ...] = field(default=(), repr=False, metadata=SPARSE)  # in order of time
    heard_in: int = field(default=1, metadata=SPARSE)  # revision of the transcript that `heard` points into
    findings: tuple[Finding, ...] = field(default=(), repr=False, metadata=SPARSE)  # what the transcript says
    unread: tuple[Flag, ...] = field(default=(), metadata=SPARSE)  # passages at which a step of the draft broke
    coded_from: str = field(default="", metadata=SPARSE)  # hash of the words it was coded from; empty: as drafted

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
