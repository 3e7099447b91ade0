"""Codes of a note: what is proposed, and the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scribe._clinical import Assertion
from scribe._speech import SPARSE, Span


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of one code system (the FHIR meaning of the word)."""

    system: str  # "icd10cm"
    version: str  # release, e.g. "2026-04"
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a code is proposed: words in the note, what they were heard as and claim, and the rule of the code."""

    statement_id: str
    span: Span  # in the statement's text
    assertion: Assertion
    rule: str
    score: float  # 0 to 1
    reason: str = ""  # the rule in words
    finding: str = field(default="", metadata=SPARSE)  # id of what was heard; empty where only the words say it

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
