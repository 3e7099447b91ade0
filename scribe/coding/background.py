"""Status codes that follow from what was heard: operations done, allergies, habits given up. Data: `status.yaml`.

They are read wherever the note states them, also in sections from which no diagnosis is coded. Who, whether and when is
decided by the claims; a sentence that a person typed is read through the same lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical import phrases
from scribe.clinical.phrases import Means
from scribe.clinical.terms import Kind
from scribe.clinical.text import Text
from scribe.coding import rules
from scribe.coding.conditions import FAMILY, STANDING
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal
from scribe.types import (
    PATIENT,
    AttributeKind,
    Basis,
    Certainty,
    Claims,
    Finding,
    FindingKind,
    Polarity,
    Role,
    SectionKind,
    Span,
    Time,
)

TRUST = 0.8
READ = frozenset({FindingKind.PROCEDURE, FindingKind.ALLERGY, FindingKind.HABIT})
LISTS = {  # typed into one of these sections, a name says the rest by where it stands
    SectionKind.SURGICAL: FindingKind.PROCEDURE,
    SectionKind.ALLERGIES: FindingKind.ALLERGY,
}
OVER = (Time.PAST, Time.OPEN)
TODAY = re.compile(r"\b(?:today|this (?:morning|afternoon|visit))\b", re.IGNORECASE)
WHEN = frozenset({AttributeKind.DATE, AttributeKind.ONSET})


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing that a line tells. `finding` is None where a person typed it."""

    line: Line = field(repr=False)
    kind: FindingKind
    concept: str = field(repr=False)
    span: Span
    claims: Claims
    finding: Finding | None = None


def statuses(lines: Sequence[Line], codes: Sequence[str]) -> Iterator[Proposal]:
    """The status codes of a note whose other codes are `codes`; one that says the same as these is left out."""
    for told in (item for line in lines for item in _told(line)):
        if not _is_hers(told.claims):
            continue
        code = _code(told, codes)
        if code and not any(_says_the_same(code, other) for other in codes):
            trust = STANDING.get(told.line.kind, FAMILY).trust * TRUST
            evidence = told.line.evidence(told.span, f"status:{told.concept}", trust)
            yield Proposal(code, (evidence,), rules.ASSESSED, float("inf"), frozenset())


def _told(line: Line) -> Iterator[_Told]:
    """What a line says of operations, allergies and habits: its findings, or what the lexicon names in a typed list."""
    if any(finding.kind in READ for finding in line.heard.findings):
        for finding in line.heard.findings:
            if finding.kind in READ:
                yield _heard(line, finding)
    elif (kind := LISTS.get(line.kind)) and not line.heard.findings:
        for span, named in line.heard.named:
            if named.kind in (Kind.PROCEDURE, Kind.ALLERGEN, Kind.DRUG):
                yield _Told(line, kind, named.concept, span, line.claims(span))


def _heard(line: Line, finding: Finding) -> _Told:
    """A finding with the place of its words in the line; all of the line where it says it without the name."""
    spans = (span for span, named in line.heard.named if named.concept == finding.concept)
    span = next((span for span in spans if line.finding(span) is finding), None)
    if span is None:
        return _Told(line, finding.kind, finding.concept, Span(0, len(line.text)), finding.claims, finding)
    return _Told(line, finding.kind, finding.concept, span, line.claims(span), finding)


def _is_hers(claims: Claims) -> bool:
    """Whether the patient's, held for certain, and no talk of what may be or is to come."""
    held = claims.certainty is Certainty.CERTAIN and claims.basis is Basis.EXPERIENCED
    return held and claims.experiencer == PATIENT and claims.time not in (Time.PLANNED, Time.CONDITIONAL)


def _code(told: _Told, codes: Sequence[str]) -> str | None:
    present = told.claims.polarity is Polarity.PRESENT
    if told.kind is FindingKind.HABIT:
        return table()["given_up"].get(told.concept) if _is_given_up(told) else None
    if told.kind is FindingKind.ALLERGY:
        return table()["allergies"].get(told.concept) if present else None
    row = table()["operations"].get(told.concept)
    if row is None or not present or not ((row.get("device") and told.line.spoken) or _is_done(told)):
        return None
    if "with" in row and not any(code.startswith(tuple(row["with"])) for code in codes):
        return None
    return str(row.get(_side(told), row["code"]))


def _is_given_up(told: _Told) -> bool:
    """Whether the habit is over, or the line says that it was given up where the question was whether it is there."""
    if not told.line.spoken:
        return False
    if told.claims.polarity is Polarity.PRESENT and told.claims.time in OVER:
        return True
    return phrases.says(Means.GIVEN_UP, Text(told.line.text).line) is not None


def _is_done(told: _Told) -> bool:
    """Whether an operation was done before this visit. A report tells those of today in the same words."""
    if told.finding is None:
        return True
    if TODAY.search(told.line.text) or not told.line.spoken:
        return False
    listed = told.line.kind in (SectionKind.SURGICAL, SectionKind.PAST_MEDICAL)
    remembered = told.line.statement.role is Role.PATIENT
    return (
        listed or remembered or told.claims.time in OVER or any(item.kind in WHEN for item in told.finding.attributes)
    )


def _side(told: _Told) -> str:
    """Left, right or bilateral, where the finding has one side or the words beside the name give it."""
    sides = {item.text.lower() for item in told.finding.of(AttributeKind.SIDE)} if told.finding else set()
    return next(iter(sides)) if len(sides) == 1 else "code"


def _says_the_same(code: str, other: str) -> bool:
    """Whether another code is this one or one that tells it with a side."""
    return other == code or (len(code) == len(other) > 6 and other[:-1] == code[:-1])


@cache
def table() -> dict[str, Any]:
    """What `status.yaml` says of operations, allergies and habits."""
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("status.yaml").read_text(encoding="utf-8"))
    return tree
