"""Codes that somebody wrote into the note: "Type 2 diabetes (E11.9)". Read, checked against the release, and flagged.

A written code is the clinician's own choice: one that the release has and that is billable is proposed. One that does
not exist, or is too short for a claim, gives none; a remark says so and the words beside it are coded as usual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.coding.conditions import STANDING
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal
from scribe.plugins import CodeSystem
from scribe.types import Assertion, CodeFlag, CodeRemark, Role, Span, Statement

SHAPE = r"[A-TV-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?"
WRITTEN = re.compile(
    r"\b(?P<dotted>[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4})\b"
    rf"|(?<=[(\[])(?P<alone>{SHAPE})(?=[)\]])"
    rf"|\b(?i:icd(?:-?10)?(?:-?cm)?|dx|diagnosis code|code)(?: codes?| is)?[:#]? ?(?P<named>{SHAPE})\b"
)
TRUST = 0.95


@dataclass(frozen=True, slots=True)
class Written:
    """What the codes written in a note give."""

    proposals: tuple[Proposal, ...]
    remarks: tuple[CodeRemark, ...]


def read(lines: Sequence[Line], system: CodeSystem) -> Written:
    """The codes written in a note, as proposals where they can be used, and as remarks where they cannot."""
    proposals: list[Proposal] = []
    remarks: list[CodeRemark] = []
    for order, (line, tier, trust, span, code) in enumerate(_written(lines)):
        remark = _remark(code, line.statement, span, system)
        if remark:
            remarks.append(remark)
        if remark is None or remark.kind is CodeFlag.UNSUPPORTED:
            evidence = line.evidence(span, "typed", TRUST * trust)
            flags = {CodeFlag.TYPED} | ({remark.kind} if remark else set())
            proposals.append(Proposal(code, (evidence,), tier, order / 1000, frozenset(), frozenset(flags)))
    return Written(tuple(proposals), tuple(remarks))


def _written(lines: Sequence[Line]) -> Iterator[tuple[Line, int, float, Span, str]]:
    for line in lines:
        standing = STANDING.get(line.kind)
        if standing is None or line.statement.role is Role.PATIENT:
            continue
        for found in WRITTEN.finditer(line.text):
            group = str(found.lastgroup)
            span = Span(*found.span(group))
            if line.claims(span).assertion is Assertion.PRESENT:
                yield line, standing.tier, standing.trust, span, _dotted(found[group])


def _dotted(code: str) -> str:
    plain = code.replace(".", "")
    return plain if len(plain) == 3 else f"{plain[:3]}.{plain[3:]}"


def _remark(code: str, statement: Statement, span: Span, system: CodeSystem) -> CodeRemark | None:
    entry = system.lookup(code)
    if entry is None:
        reason = f"{code} is not in release {system.version} of {system.name}: check the code"
        return CodeRemark(CodeFlag.UNKNOWN_CODE, statement.id, span, reason)
    if not system.is_billable(code):
        reason = f"{code} is too short for a claim: the release has more specific codes under it"
        return CodeRemark(CodeFlag.NOT_BILLABLE, statement.id, span, reason)
    named = _beside(statement.text, span, system)
    if named and not any(_agree(code, other, system) for other in named):
        reason = f"the words beside {code} name something else: check which of them is meant"
        return CodeRemark(CodeFlag.UNSUPPORTED, statement.id, span, reason)
    return None


def _beside(text: str, span: Span, system: CodeSystem) -> list[str]:
    """The codes of the terms in the sentence around a written code."""
    starts = [match.end() for match in re.finditer(r"[.;\n]\s", text[: span.start])]
    start = starts[-1] if starts else 0
    end = next((match.start() + span.end for match in re.finditer(r"[.;\n]", text[span.end :])), len(text))
    return [match.code for match in system.find(text[start:end])]


def _agree(code: str, other: str, system: CodeSystem) -> bool:
    return code[:3] == other[:3] or system.refines(code, other) or system.refines(other, code)
