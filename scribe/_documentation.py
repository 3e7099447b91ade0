"""What a coder reads beside the codes: support for each problem, the worksheet of the visit, questions.

A part of `types.py`, which offers every name here. Standard library only; words of the note stay out of reprs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scribe._speech import Span


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the note: a span in the text of one statement, and so the seconds in which they were said."""

    statement_id: str
    span: Span

    def __post_init__(self) -> None:
        if self.span.end <= self.span.start:
            raise ValueError("a quote needs at least one character of the note")


# --- support for a problem
class Meat(StrEnum):
    """What was done about a problem, as coders ask for it: monitor, evaluate, assess, treat."""

    MONITOR = "monitor"
    EVALUATE = "evaluate"
    ASSESS = "assess"
    TREAT = "treat"


@dataclass(frozen=True, slots=True)
class Support:
    """One thing that the note says was done about a problem, and how the words are tied to the problem."""

    kind: Meat
    quote: Quote
    link: str  # "same sentence", "a test of this condition", "a drug for this condition"


@dataclass(frozen=True, slots=True)
class Problem:
    """A condition of the note with the codes proposed for it. Without `support` it is only listed."""

    name: str = field(repr=False)  # the note's own words
    codes: tuple[str, ...]
    mentions: tuple[Quote, ...]
    support: tuple[Support, ...] = ()

    @property
    def listed_only(self) -> bool:
        """Whether the note names it and says of nothing that it was done about it."""
        return not self.support


# --- the worksheet of an office visit
class Level(StrEnum):
    """The levels of medical decision making, the lowest first."""

    STRAIGHTFORWARD = "straightforward"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return tuple(Level).index(self)


class Component(StrEnum):
    """The three columns of medical decision making; two of them set the level."""

    PROBLEMS = "problems"
    DATA = "data"
    RISK = "risk"


class PatientStatus(StrEnum):
    """Whether the practice has seen the patient in the last three years."""

    NEW = "new"
    ESTABLISHED = "established"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Element:
    """One entry of the worksheet with the words it rests on. `what` is the problem, test or drug; `note` a caution."""

    component: Component
    kind: str  # "chronic-stable", "test-ordered", "prescription-drug"; worksheet.yaml lists them
    title: str  # the kind in words
    what: str = field(repr=False)
    quotes: tuple[Quote, ...]
    note: str = ""

    def __post_init__(self) -> None:
        if not self.quotes:
            raise ValueError(f"the element {self.kind} rests on no words of the note")


@dataclass(frozen=True, slots=True)
class StatedTime:
    """The clinician's own total time on the date of the visit, as stated. Never the length of a recording."""

    minutes: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Worksheet:
    """What the note shows for the level of an office visit. A draft of the grid; the clinician picks the level."""

    elements: tuple[Element, ...]
    problems: Level
    data: Level
    risk: Level
    level: Level  # met by two of the three
    service: str  # "office visit, established, moderate"
    patient: PatientStatus = PatientStatus.NOT_STATED
    patient_quote: Quote | None = None
    time: StatedTime | None = None
    time_level: Level | None = None  # None where no time was stated, or new and established differ
    next_level: tuple[str, ...] = ()  # what the next level asks for and the note does not show, in neutral words
    cautions: tuple[str, ...] = ()
    code: str = ""  # of the user's own CPT table, where one is imported

    def of(self, component: Component) -> tuple[Element, ...]:
        """The elements of one column, in the order of the note."""
        return tuple(item for item in self.elements if item.component is component)


# --- questions to the clinician
@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered, kept with the note. `statement_id` is the statement typed of it, empty where none is."""

    text: str = field(repr=False)
    author: str
    at: str  # ISO 8601, UTC
    statement_id: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the clinician about one statement, in the form of AHIMA and ACDIS (2022).

    `indicators` are the words of the note that give cause to ask; `codes` are those that the answer could change.
    """

    statement_id: str
    question: str = field(repr=False)
    options: tuple[str, ...] = field(default=(), repr=False)
    id: str = ""  # "Q1"
    topic: str = ""  # "side", "stage"; queries.yaml lists them
    subject: str = field(default="", repr=False)  # what is asked about, in the note's own words
    indicators: tuple[Quote, ...] = ()
    codes: tuple[str, ...] = ()
    answer: Answer | None = None
