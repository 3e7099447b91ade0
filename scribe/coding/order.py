"""The order of the codes: the reason for the visit first, then what the classification puts before something else.

Guidelines IV.G (first-listed), I.C.15.a.1 (chapter 15 first), I.C.21.c.16 (Z codes that can only stand first), and the
notes "code first" and "use additional code" (I.A.13, I.A.17), whose pairs are in `rules.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from scribe.coding import rules
from scribe.coding.conditions import NamedCondition
from scribe.coding.rules import Proposal
from scribe.coding.terms import tables, tokens
from scribe.types import CodeFlag, Note, SectionKind

REASON = re.compile(
    r"\b(?:here (?:today )?for|presents? (?:today )?(?:with|for)|follow[- ]?up (?:of|for|on)|seen for)\b", re.I
)
TOLD = (SectionKind.CHIEF_COMPLAINT, SectionKind.HPI)


def sequenced(proposals: Sequence[Proposal], named: Sequence[NamedCondition], note: Note) -> list[Proposal]:
    """The proposals in the order of a claim."""
    reason = _reason(proposals, named, note)
    found = sorted(proposals, key=lambda item: (_rank(item, reason), item.tier, item.order, item.code))
    for before, after in _pairs():
        found = _moved(found, before, after)
    return found


def lonely(code: str, codes: Sequence[str]) -> frozenset[CodeFlag]:
    """A flag where the classification asks for a partner that is not proposed."""
    for row in rules.table()["partners"]:
        if code.startswith(tuple(row["code"])) and not any(other.startswith(tuple(row["needs"])) for other in codes):
            return frozenset({CodeFlag.PARTNER_MISSING})
    return frozenset()


def _rank(item: Proposal, reason: str | None) -> int:
    if item.code[0] == "O":
        return 0
    if item.code.startswith(tuple(rules.table()["first_listed"])):
        return 1
    if item.code == reason:
        return 2
    return 4 if item.code.startswith(tuple(rules.table()["secondary"])) else 3


def _reason(proposals: Sequence[Proposal], named: Sequence[NamedCondition], note: Note) -> str | None:
    """The assessed code that the visit is about: what the patient came for, or the diagnosis that explains it."""
    assessed = sorted((item for item in proposals if item.tier <= rules.ASSESSED), key=lambda item: item.order)
    came_for = [item for item in named if item.kind in TOLD and item.affirmed and _is_reason(item)]
    codes = [item.match.code for item in came_for]
    sites = _sites_of(came_for)
    named_itself = [item.code for item in assessed if any(code[:3] == item.code[:3] for code in codes)]
    explains_it = [item.code for item in assessed if any(rules.belongs_to(code, item.code) for code in codes)]
    same_place = [item.code for item in assessed if item.words & sites]
    return next(iter([*named_itself, *explains_it, *same_place]), None)


def _is_reason(condition: NamedCondition) -> bool:
    if condition.kind is SectionKind.CHIEF_COMPLAINT:
        return True
    return bool(REASON.search(condition.statement.text[: condition.match.span.start]))


def _sites_of(named: Sequence[NamedCondition]) -> frozenset[str]:
    words = frozenset(word for condition in named for token in tokens(condition.statement.text) for word in token.words)
    return words & frozenset(tables()["sites"])


@cache
def _pairs() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((tuple(row["first"]), tuple(row["then"])) for row in rules.table()["sequence"])


def _moved(found: list[Proposal], before: tuple[str, ...], after: tuple[str, ...]) -> list[Proposal]:
    """The list with each code of `after` behind the last of `before`."""
    last = max((at for at, item in enumerate(found) if item.code.startswith(before)), default=-1)
    early = [item for item in found[: last + 1] if item.code.startswith(after) and not item.code.startswith(before)]
    if last < 0 or not early:
        return found
    rest = [item for item in found if item not in early]
    at = max(index for index, item in enumerate(rest) if item.code.startswith(before)) + 1
    return [*rest[:at], *early, *rest[at:]]
