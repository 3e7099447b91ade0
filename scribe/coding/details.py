"""What is said of a problem beside its name, as in "Asthma. It is moderate persistent.", makes its code specific.

Gathered from all statements of the problem (guidelines I.B.2 and I.B.18). The pairs are data, in `rules.yaml`; a detail
that is denied or uncertain does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from scribe.coding import rules
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal
from scribe.plugins import CodeSystem
from scribe.types import Assertion, CodeFlag, Span


@dataclass(frozen=True, slots=True)
class _Detail:
    code: str
    said: re.Pattern[str]
    becomes: str


def settle(proposals: Iterable[Proposal], lines: Sequence[Line], system: CodeSystem) -> list[Proposal]:
    """The proposals, each as specific as what is said of its problem."""
    return [_settled(item, lines, system) for item in proposals]


def _settled(item: Proposal, lines: Sequence[Line], system: CodeSystem) -> Proposal:
    if CodeFlag.TYPED in item.flags:
        return item
    fits = [row for row in _details() if row.code == item.code]
    for row in fits:
        if any(_affirmed(row.said, line) for line in _about(item, lines)) and system.is_billable(row.becomes):
            return item.by("detail", row.becomes)
    return item


def _about(item: Proposal, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines that name the problem, and those that belong to the same one."""
    ids = {evidence.statement_id for evidence in item.evidence}
    own = [line for line in lines if line.statement.id in ids]
    problems = {line.statement.problem or line.statement.id for line in own}
    return (line for line in lines if line in own or line.statement.problem in problems)


def _affirmed(pattern: re.Pattern[str], line: Line) -> bool:
    spans = (Span(*found.span()) for found in pattern.finditer(line.text))
    return any(line.claims(span).assertion is Assertion.PRESENT for span in spans)


@cache
def _details() -> tuple[_Detail, ...]:
    return tuple(
        _Detail(code, re.compile(rf"\b(?:{row['said']})\b", re.IGNORECASE), row["becomes"])
        for row in rules.table()["details"]
        for code in row["of"]
    )
