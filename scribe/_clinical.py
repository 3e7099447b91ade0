"""What is said about a patient: findings, what is claimed of each, and the words that say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scribe._speech import Span

PATIENT = "patient"


class Polarity(StrEnum):
    """Whether it is said to be there."""

    PRESENT = "present"
    ABSENT = "absent"


class Certainty(StrEnum):
    """How sure whoever says it is."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Time(StrEnum):
    """When it is, was or may be."""

    CURRENT = "current"
    PAST = "past"
    OPEN = "open"  # "history of": it depends on the condition whether it is over
    PLANNED = "planned"
    CONDITIONAL = "conditional"  # only if something happens


class Basis(StrEnum):
    """How it came up: because somebody has it, or in talk only."""

    EXPERIENCED = "experienced"
    ASKED = "asked"
    SOUGHT = "sought"  # a test or a specialist is to look for it
    COUNSELLED = "counselled"  # a risk, a side effect, what a drug prevents
    EXPOSED = "exposed"
    OFFERED = "offered"
    DECLINED = "declined"
    WANTED = "wanted"


class Assertion(StrEnum):
    """What a statement claims about what it names (after ConText, Harkema et al. 2009)."""

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    CONDITIONAL = "conditional"
    HISTORICAL = "historical"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A cue that speaks of a mention: its row in the table of cues and where it stands in the text."""

    claim: str
    cue: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True)
class Claims:
    """What a text claims about one mention, and the cues that say so.

    `experiencer` is "patient", a relative ("mother"), "family" or "other".
    """

    polarity: Polarity = Polarity.PRESENT
    certainty: Certainty = Certainty.CERTAIN
    time: Time = Time.CURRENT
    experiencer: str = PATIENT
    basis: Basis = Basis.EXPERIENCED
    triggers: tuple[Trigger, ...] = ()

    @property
    def assertion(self) -> Assertion:
        """The claim in one word, for a label; who has it counts before whether it is so, and that before when."""
        if self.experiencer != PATIENT:
            return Assertion.FAMILY
        if self.polarity is Polarity.ABSENT or self.basis is Basis.DECLINED:
            return Assertion.ABSENT
        if self.certainty is Certainty.POSSIBLE and self.basis is Basis.SOUGHT:
            return Assertion.POSSIBLE
        if self.basis is not Basis.EXPERIENCED or self.time is Time.CONDITIONAL:
            return Assertion.CONDITIONAL
        if self.certainty is Certainty.POSSIBLE:
            return Assertion.POSSIBLE
        return Assertion.HISTORICAL if self.time in (Time.PAST, Time.OPEN) else Assertion.PRESENT


class FindingKind(StrEnum):
    """What a finding is about."""

    SYMPTOM = "symptom"
    PROBLEM = "problem"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    PROCEDURE = "procedure"
    FAMILY = "family"
    HABIT = "habit"
    VITAL = "vital"
    EXAM = "exam"
    RESULT = "result"
    IMMUNIZATION = "immunization"
    PLAN = "plan"


class AttributeKind(StrEnum):
    """What an attribute tells of a finding."""

    ONSET = "onset"
    DURATION = "duration"
    COURSE = "course"
    SITE = "site"
    SIDE = "side"
    QUALITY = "quality"
    SEVERITY = "severity"
    TIMING = "timing"
    AGGRAVATED_BY = "aggravated-by"
    RELIEVED_BY = "relieved-by"
    DOSE = "dose"
    ROUTE = "route"
    FREQUENCY = "frequency"
    STATUS = "status"
    REACTION = "reaction"
    VALUE = "value"
    DATE = "date"
    CONDITION = "condition"
    CONTEXT = "context"
    INDICATION = "indication"
    ADHERENCE = "adherence"
    AGE = "age"
    ACTION = "action"  # what is done with a drug, or a plan item: start, stop, increase
    OBJECT = "object"  # to whom or to what: the specialty of a referral
    WHEN = "when"  # of what is planned


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing told of a finding: in the words that were said, and where they stand in the transcript's text."""

    kind: AttributeKind
    text: str = field(repr=False)
    heard: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the visit says about a patient: what, whose, whether, how sure, when, and how it came up.

    `concept` is the name of the term in the lexicon, or the word itself. `heard` are spans of the transcript's text:
    the mention first, then the answer that settles it. Spans of `claims.triggers` are of that text, too.
    """

    id: str
    kind: FindingKind
    concept: str = field(repr=False)
    claims: Claims
    heard: tuple[Span, ...]
    attributes: tuple[Attribute, ...] = ()
    speaker: str | None = None
    confidence: float = 1.0  # the lowest word probability that went into it, 0 to 1

    def __post_init__(self) -> None:
        if not self.heard:
            raise ValueError(f"finding {self.id} was not heard")

    def of(self, kind: AttributeKind) -> tuple[Attribute, ...]:
        """The attributes of this kind, in the order in which they were said."""
        return tuple(attribute for attribute in self.attributes if attribute.kind is kind)
