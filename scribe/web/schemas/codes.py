"""Codes, questions to the clinician and the worksheet of the visit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from scribe.types import Assertion, CodeFlag, Component, Level, PatientStatus, SuggestionStatus
from scribe.web.schemas.common import In, IntervalOut, Line, Out, Plain, Revision, SpanOut, example
from scribe.web.schemas.note import StatementId

System = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[a-z0-9_-]+$", description="icd10cm, hcpcs, cpt")]
Code = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9.\-]+$")]


class QuoteOut(Out):
    """Words of the note and when they were said."""

    statement_id: str
    span: SpanOut
    text: str
    seconds: list[IntervalOut]


class EvidenceOut(QuoteOut):
    """Why a code is proposed."""

    assertion: Assertion
    rule: str
    reason: str = Field(description="The rule in words.")
    score: float


class ModifierOut(Out):
    """A modifier that may belong on the code."""

    code: str
    evidence: EvidenceOut


class SuggestionOut(Out):
    """A candidate code and what was decided about it."""

    system: str
    version: str
    code: str
    display: str
    billable: bool
    status: SuggestionStatus
    probability: float = Field(description="How often a candidate with such evidence is right.")
    flags: list[CodeFlag]
    units: float | None
    modifiers: list[ModifierOut]
    evidence: list[EvidenceOut]
    added_by: str | None = Field(description="The coder who added it; null for a candidate of the machine.")
    replaces: str | None = Field(description="The code in whose place it was chosen.")
    decided_by: str | None
    decided_at: datetime | None
    reason: str


class RemarkOut(Out):
    """Words that give no code, and why a person should look."""

    kind: CodeFlag
    quote: QuoteOut
    reason: str


class SupportOut(Out):
    """One thing that was done about a problem: monitor, evaluate, assess, treat."""

    kind: str
    quote: QuoteOut
    link: str


class ProblemOut(Out):
    """A condition with its codes and its support. Without support it is only listed."""

    name: str
    codes: list[str]
    mentions: list[QuoteOut]
    support: list[SupportOut]


class AnswerOut(Out):
    """What was answered."""

    text: str
    author: str
    at: datetime
    statement_id: str


class QueryOut(Out):
    """A question to the clinician."""

    id: str
    statement_id: str
    topic: str
    question: str
    options: list[str]
    indicators: list[QuoteOut]
    codes: list[str]
    answer: AnswerOut | None
    asked_by: str | None = Field(None, description="The coder who asked; null for a question of the machine.")


class ElementOut(Out):
    """One entry of the worksheet."""

    component: Component
    kind: str
    title: str
    what: str
    note: str
    quotes: list[QuoteOut]


class WorksheetOut(Out):
    """What the note shows for the level of the visit: a draft, the clinician picks the level."""

    elements: list[ElementOut]
    problems: Level
    data: Level
    risk: Level
    level: Level
    service: str
    code: str
    patient: PatientStatus
    minutes: int | None = Field(description="Total time, as the clinician stated it.")
    time_level: Level | None
    next_level: list[str]
    cautions: list[str]


class CodesOut(Out):
    """Everything a coder reads beside the note."""

    encounter_id: str
    note_revision: int
    stale: bool = Field(description="The note's words changed since it was coded: `codes/refresh` codes it again.")
    suggestions: list[SuggestionOut] = Field(description="In the coder's order.")
    remarks: list[RemarkOut]
    problems: list[ProblemOut]
    queries: list[QueryOut]
    worksheet: WorksheetOut | None
    warnings: list[str] = Field(description="Of the code tables, e.g. a release that had ended by the day of service.")


class Decision(In):
    """A decision about one candidate. `replace` needs `by`, a code that the search found."""

    system: System
    code: Code
    decision: Literal["accept", "reject", "reset", "replace"]
    by: Code | None = None
    reason: Line = ""


class Decisions(In):
    """Decisions, all taken or none."""

    model_config = example(
        decisions=[
            {"system": "icd10cm", "code": "M17.12", "decision": "accept"},
            {"system": "icd10cm", "code": "I50.9", "decision": "replace", "by": "I50.22", "reason": "answered"},
        ]
    )

    decisions: Annotated[list[Decision], Field(min_length=1, max_length=100)]


class QuoteIn(In):
    """Words of the note."""

    statement_id: StatementId
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class AddCode(In):
    """A code that a coder adds, with the words of the note that it rests on. It counts as accepted."""

    system: System
    code: Code
    quotes: Annotated[list[QuoteIn], Field(min_length=1, max_length=20)]
    reason: Line = ""


class CodeName(In):
    """One code."""

    system: System
    code: Code


class Order(In):
    """The codes in their new order; those that are left out follow as they stood."""

    codes: Annotated[list[CodeName], Field(min_length=1, max_length=200)]


class CodeSearch(In):
    """Words to find codes by."""

    system: System = "icd10cm"
    text: Annotated[str, Field(min_length=1, max_length=300), Plain]
    limit: int = Field(10, ge=1, le=50)
    encounter_id: str | None = Field(None, description="Search the table in force on its date of service.")


class FoundOut(Out):
    """A code that was found, and the name by which."""

    system: str
    version: str
    code: str
    display: str
    found_by: str
    kind: str
    score: float


class FoundCodes(Out):
    """Codes, the best first."""

    codes: list[FoundOut]


class Refresh(In):
    """Code the note again. Decisions stay."""

    base_revision: Revision


class AskIn(In):
    """A question of a coder to the clinician."""

    statement_id: StatementId
    question: Annotated[str, Field(min_length=1, max_length=1000), Plain]
    options: Annotated[list[Line], Field(max_length=10)] = Field(
        [], description='Offered answers; "other" and "unable to determine" are always offered.'
    )


class AnswerIn(In):
    """An answer: one of the options, or "other: words"."""

    base_revision: Revision
    text: Annotated[str, Field(min_length=1, max_length=1000), Plain]
