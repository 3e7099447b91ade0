"""The data types of `scribe`, and the glossary of its words. Standard library only.

Everything here is frozen: an edit makes a new object (`dataclasses.replace`). Units, everywhere:
- a time is float **seconds** from the start of the recording; a stretch of time is an `Interval`;
- a place in a text is a **character offset**; a stretch of text is a half-open `Span`.

Text that somebody said is kept out of every `repr`, so that a log line or a traceback never shows it.

The chain a reviewer can always walk:
`Coding -> Evidence -> Statement -> Span -> Word -> seconds of audio`.
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


class CodeFlag(StrEnum):
    """Why a coder should look twice at a code, or at words that would have given one."""

    TYPED = "typed"  # the code stands in the note as somebody wrote it
    UNKNOWN_CODE = "unknown-code"  # a code written in the note that the release does not have
    NOT_BILLABLE = "not-billable"  # a code written in the note that is too short for a claim
    UNSUPPORTED = "unsupported"  # a code written in the note beside words that say something else
    SIDE_MISSING = "side-missing"  # codes for a side exist, and the note names none
    SIDE_CONFLICT = "side-conflict"  # the note names two sides for what can only be one
    UNSPECIFIED = "unspecified"  # the classification has more to say than the note does
    PARTNER_MISSING = "partner-missing"  # "code first" or "use additional code" names one that is not proposed
    EXCLUDED = "excluded"  # an Excludes1 note keeps it apart from another that is proposed
    IMPRESSION = "impression"  # the clinician told it as an own thought
    REPORTED = "reported"  # only the patient says so
    LISTED = "listed"  # only named in a list of past or lasting conditions
    DOUBTFUL = "doubtful"  # rests on words that the recogniser was not sure of
    UNREAD = "unread"  # the sentence could not be read for codes


@dataclass(frozen=True, slots=True)
class Modifier:
    """A hint that a modifier may belong on a code, with the words of the note and the reason (in the evidence)."""

    code: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CodeSuggestion:
    """A candidate code. No evidence, no suggestion.

    `probability` (0 to 1) is how often a candidate with such evidence is right; docs/coding.md says on which data.
    """

    coding: Coding
    evidence: tuple[Evidence, ...]
    status: SuggestionStatus = SuggestionStatus.PROPOSED
    probability: float = 0.5
    flags: tuple[CodeFlag, ...] = ()
    units: float | None = None  # of a service: how many are billed; None where the note does not say
    modifiers: tuple[Modifier, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.coding.code} is suggested without evidence")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"the probability of {self.coding.code} is not between 0 and 1")


@dataclass(frozen=True, slots=True)
class CodeRemark:
    """Words of the note that give no code, or not the one they ask for, and why a person should look."""

    kind: CodeFlag
    statement_id: str
    span: Span  # in the statement's text
    reason: str = field(repr=False)


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
