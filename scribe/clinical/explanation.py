"""Why a statement stands in a note: the rule that made it, the findings behind it, and the words and cues of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scribe.types import (
    PATIENT,
    Basis,
    Certainty,
    Claims,
    Finding,
    Interval,
    Note,
    Polarity,
    Span,
    Statement,
    Time,
    Transcript,
)

CUES = "scribe/clinical/cues.tsv"
SECTIONS = "scribe/sections"


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of the transcript, and when they were said (None: it has no times)."""

    text: str = field(repr=False)
    seconds: Interval | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is claimed or told: what, the words that say so, and the row of the table that reads them."""

    what: str  # "absent", "onset"
    words: Quoted
    source: str = ""  # "scribe/clinical/cues.tsv, line 57"


@dataclass(frozen=True, slots=True)
class FindingExplained:
    """A finding in words: its claims, where it was said and answered, and why."""

    finding: Finding
    claims: tuple[str, ...]  # "absent", "patient", "current"
    said: tuple[Quoted, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class StatementExplained:
    """A statement with the rule that made its sentence, the file of that rule, and its findings."""

    statement: Statement
    rule: str
    file: str
    findings: tuple[FindingExplained, ...]


def explained(note: Note, transcript: Transcript) -> tuple[StatementExplained, ...]:
    """Each statement of a note that was drafted from this transcript, in the order of the note."""
    return tuple(statement_explained(statement, note, transcript) for statement in note.statements)


def statement_explained(statement: Statement, note: Note, transcript: Transcript) -> StatementExplained:
    """One statement. One that a person typed has no rule, and no findings."""
    by_id = {finding.id: finding for finding in note.findings}
    module = statement.rule.partition(".")[0]
    return StatementExplained(
        statement,
        statement.rule or "typed",
        f"{SECTIONS}/{module}.py" if module else "",
        tuple(_finding(by_id[name], transcript) for name in statement.findings if name in by_id),
    )


def claims_in_words(claims: Claims) -> tuple[str, ...]:
    """What is claimed, without what goes without saying: present, certain, current, experienced."""
    plain = (Polarity.PRESENT, Certainty.CERTAIN, Time.CURRENT, Basis.EXPERIENCED)
    said = (claims.polarity, claims.certainty, claims.time, claims.basis)
    told = tuple(claim.value for claim, usual in zip(said, plain, strict=True) if claim is not usual)
    whose = () if claims.experiencer == PATIENT else (claims.experiencer,)
    return (*(told or ("present",)), *whose)


def _finding(finding: Finding, transcript: Transcript) -> FindingExplained:
    return FindingExplained(
        finding,
        claims_in_words(finding.claims),
        tuple(_quoted(span, transcript) for span in finding.heard),
        tuple(_reasons(finding, transcript)),
    )


def _reasons(finding: Finding, transcript: Transcript) -> Iterator[Reason]:
    for trigger in finding.claims.triggers:
        yield Reason(trigger.claim, _quoted(trigger.span, transcript), f"{CUES}, line {trigger.line}")
    for attribute in finding.attributes:
        yield Reason(attribute.kind.value, Quoted(attribute.text, transcript.seconds(attribute.heard)))


def _quoted(span: Span, transcript: Transcript) -> Quoted:
    return Quoted(transcript.text[span.start : span.end], transcript.seconds(span))
