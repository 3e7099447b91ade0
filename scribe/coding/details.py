"""What is said of a problem beside its name, as in "Asthma. It is moderate persistent.", makes its code specific.

Gathered from all statements of the problem (guidelines I.B.2 and I.B.18). The pairs are data, in `rules.yaml`; a detail
that is denied or uncertain does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from scribe.clinical.mentions import Mentions
from scribe.coding import rules
from scribe.coding.claims import claims_of
from scribe.coding.rules import Proposal
from scribe.plugins import CodeSystem
from scribe.types import Assertion, CodeFlag, Note, Span, Statement


@dataclass(frozen=True, slots=True)
class _Detail:
    code: str
    said: re.Pattern[str]
    becomes: str


def settle(proposals: Iterable[Proposal], note: Note, system: CodeSystem) -> list[Proposal]:
    """The proposals, each as specific as what is said of its problem."""
    return [_settled(item, note, system) for item in proposals]


def _settled(item: Proposal, note: Note, system: CodeSystem) -> Proposal:
    if CodeFlag.TYPED in item.flags:
        return item
    fits = [row for row in _details() if row.code == item.code]
    for row in fits:
        if any(_affirmed(row.said, statement) for statement in _about(item, note)) and system.is_billable(row.becomes):
            return item.by("detail", row.becomes)
    return item


def _about(item: Proposal, note: Note) -> Iterator[Statement]:
    """The statements that name the problem, and those that belong to the same one."""
    own = [note.statement(evidence.statement_id) for evidence in item.evidence]
    yield from own
    problems = {statement.problem or statement.id for statement in own}
    yield from (other for other in note.statements if other.problem in problems and other not in own)


def _affirmed(pattern: re.Pattern[str], statement: Statement) -> bool:
    mentions = Mentions(statement.text)
    claims = (claims_of(statement, mentions, Span(*found.span())) for found in pattern.finditer(statement.text))
    return any(claim.assertion is Assertion.PRESENT for claim in claims)


@cache
def _details() -> tuple[_Detail, ...]:
    return tuple(
        _Detail(code, re.compile(rf"\b(?:{row['said']})\b", re.IGNORECASE), row["becomes"])
        for row in rules.table()["details"]
        for code in row["of"]
    )
