"""Why a statement stands in the note."""

from __future__ import annotations

from pydantic import Field

from scribe.types import FindingKind
from scribe.web.schemas.common import IntervalOut, Out


class QuotedOut(Out):
    """Words of the transcript."""

    text: str
    interval: IntervalOut | None = Field(description="null where the transcript has no times.")


class ReasonOut(Out):
    """Why something is claimed of a finding, or told of it."""

    what: str = Field(description="The claim (absent, past) or what is told (onset, dose).")
    words: QuotedOut
    source: str = Field(description="The row of the table that reads the words; empty for what is told.")


class FindingOut(Out):
    """One thing that the visit says about the patient."""

    id: str
    kind: FindingKind
    concept: str
    claims: list[str] = Field(
        description="present, absent, possible, past, planned ...; and whose, where not the patient's."
    )
    said: list[QuotedOut] = Field(description="The mention, then the answer that settles it.")
    reasons: list[ReasonOut]


class CodeOut(Out):
    """A candidate code that rests on words of the statement."""

    system: str
    code: str
    display: str
    rule: str
    words: str = Field(description="Of the statement.")
    finding: str | None = Field(description="The id of what the words were heard as; null where only they say it.")


class WhyOut(Out):
    """The rule that made a statement's sentence, the findings that it states, and the codes that rest on them."""

    statement_id: str
    rule: str = Field(description="typed, where a person wrote it.")
    file: str = Field(description="Where the rule stands in the source; empty for what was typed.")
    findings: list[FindingOut]
    codes: list[CodeOut]
