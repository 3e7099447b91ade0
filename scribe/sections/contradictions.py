"""Statements of one note that say otherwise: shown beside each other, never resolved.

    "Denies fever."              "A low-grade fever of 100.4."      what is denied here is there elsewhere
    "Takes metformin 500 mg."    "Continue metformin 1,000 mg."     two doses, and nobody changed it
    "Right knee pain."           "Sprain of the left knee."         the side changes between history and assessment

Only what is said of the patient, as a fact, is compared. A topic that is too general ("pain") needs its place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from scribe.config import ModelsSettings
from scribe.sections import facts, phrases
from scribe.sections.catalog import group_of
from scribe.types import (
    Assertion,
    AttributeKind,
    Finding,
    FindingKind,
    Polarity,
    Section,
    SectionGroup,
    SectionKind,
    Statement,
)

TOO_GENERAL, CHANGES = phrases.words("too_general"), phrases.words("changes_dose")
CHANGE = re.compile(rf"\b(?:{'|'.join(sorted(CHANGES))})\b", re.IGNORECASE)
COMPARED = frozenset({Assertion.PRESENT, Assertion.ABSENT, Assertion.HISTORICAL})
CIRCUMSTANCE = re.compile(r"\s*(?!or\b|and\b)[\w']+ (?!or\b|and\b)[\w']+")
"""Behind what is denied: it is denied only then, or only so."""
ILL = frozenset({FindingKind.SYMPTOM, FindingKind.PROBLEM, FindingKind.EXAM, FindingKind.HABIT})
LATER = frozenset({SectionGroup.ASSESSMENT, SectionGroup.PLAN})


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement, the part of the note it stands in, and the findings that it states."""

    statement: Statement
    group: SectionGroup
    findings: tuple[Finding, ...]


def marked(sections: Sequence[Section], settings: ModelsSettings) -> tuple[Section, ...]:
    """The sections, each statement with the ids of those that contradict it. Raises AssetError without the lexicon."""
    stated = [
        (statement, group_of(section.kind))
        for section in sections
        if section.kind is not SectionKind.FAMILY
        for statement in section.statements
        if statement.assertion in COMPARED
    ]
    found = facts.findings([statement.text for statement, _ in stated], settings)
    told = [_Told(*where, findings) for where, findings in zip(stated, found, strict=True)]
    against: dict[str, list[str]] = defaultdict(list)
    for one, other in dict.fromkeys((*_denied_and_there(told), *_doses_and_sides(told))):
        against[one].append(other)
        against[other].append(one)
    return tuple(
        replace(section, statements=tuple(_with(statement, against) for statement in section.statements))
        for section in sections
    )


def _with(statement: Statement, against: dict[str, list[str]]) -> Statement:
    ids = tuple(dict.fromkeys(against.get(statement.id, ())))
    return replace(statement, contradicts=ids) if ids else statement


def _denied_and_there(told: Sequence[_Told]) -> Iterator[tuple[str, str]]:
    """What a statement that denies and nothing else denies, and another has without denying anything."""
    there = [
        item
        for item in told
        if item.statement.assertion is Assertion.PRESENT
        and item.group is not SectionGroup.PLAN
        and not any(_is_denied(finding) for finding in item.findings)
    ]
    for item in told:
        if item.statement.assertion is not Assertion.ABSENT:
            continue
        for denied in item.findings:
            if denied.kind in ILL and _is_denied(denied) and not _is_narrowed(denied, item.statement):
                yield from (
                    (item.statement.id, other.statement.id)
                    for other in there
                    if any(_is_same(denied, finding) for finding in other.findings)
                )


def _is_denied(finding: Finding) -> bool:
    return finding.claims.polarity is Polarity.ABSENT


def _is_narrowed(denied: Finding, statement: Statement) -> bool:
    """Whether a circumstance follows: "Denies chest pain while climbing stairs"."""
    behind = statement.text.lower().partition(denied.concept)[2]
    return CIRCUMSTANCE.match(behind) is not None


def _is_same(denied: Finding, other: Finding) -> bool:
    """Whether the patient has what is denied. "Pain" is too general without its place."""
    place = facts.place_of(denied)
    if denied.concept != other.concept or other.kind not in ILL or other.claims.assertion is not Assertion.PRESENT:
        return False
    return place == facts.place_of(other) if place else denied.concept not in TOO_GENERAL


def _doses_and_sides(told: Sequence[_Told]) -> Iterator[tuple[str, str]]:
    doses: dict[str, list[tuple[str, str]]] = defaultdict(list)  # drug: (dose, statement)
    sides: dict[str, list[tuple[str, SectionGroup, str]]] = defaultdict(list)  # place: (side, group, statement)
    for item in told:
        if item.statement.assertion not in (Assertion.PRESENT, Assertion.HISTORICAL):
            continue
        for finding in item.findings:
            if place := facts.place_of(finding):
                told_sides = (side.text.lower() for side in finding.of(AttributeKind.SIDE))
                sides[place] += [(side, item.group, item.statement.id) for side in told_sides]
        if not CHANGE.search(item.statement.text):
            for drug, amount in facts.doses(item.findings):
                doses[drug].append((amount, item.statement.id))
    for taken in doses.values():
        yield from ((a, b) for (one, a), (two, b) in combinations(taken, 2) if one != two and a != b)
    for seen in sides.values():
        before = {side for side, group, _ in seen if group not in LATER}
        after = {side for side, group, _ in seen if group in LATER}
        if len(before) == 1 and len(after) == 1 and before != after:
            first = next(name for _, group, name in seen if group not in LATER)
            yield from ((first, name) for _, group, name in seen if group in LATER)
