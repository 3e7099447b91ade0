"""The side of a problem, gathered from all that the note says of it (guideline I.B.13).

"Knee osteoarthritis" of an assessment is the left one where the history speaks of the left knee only. Where the note
names one side here and the other there, no side is chosen: the code without a side is proposed and flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from scribe.coding import rules
from scribe.coding.conditions import STANDING
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal
from scribe.coding.terms import SIDES, tables, tokens
from scribe.plugins import CodeSystem
from scribe.types import Assertion, CodeFlag, SectionKind, Span

REACH = 2  # words between a side and the part of the body it belongs to ("left distal radius")
UNREAD = frozenset({SectionKind.ROS, SectionKind.PAST_MEDICAL, SectionKind.MEDICATIONS, SectionKind.SOCIAL})
READ = frozenset(STANDING) - UNREAD
_REPLACED = re.compile(r"\breplac\w+", re.IGNORECASE)


def settle(proposals: Sequence[Proposal], lines: Sequence[Line], system: CodeSystem) -> list[Proposal]:
    """The proposals, each with the one side that the note gives it, or with none and a flag."""
    sites = _sites_said(lines)
    return [_settled(item, proposals, sites, system) for item in proposals]


def missing(code: str, system: CodeSystem) -> frozenset[CodeFlag]:
    """A flag where the classification has codes of a side and this one names none."""
    return frozenset({CodeFlag.SIDE_MISSING}) if system.sided(code, "left") else frozenset()


def _settled(
    item: Proposal, others: Iterable[Proposal], sites: dict[str, dict[bool, set[str]]], system: CodeSystem
) -> Proposal:
    base = system.unsided(item.code)
    if item.tier > rules.ASSESSED or CodeFlag.TYPED in item.flags:
        return item
    said = [sites[site] for site in sorted(item.words & sites.keys())]
    if base is None:
        elsewhere = set().union(*(site[True] | site[False] for site in said)) if len(said) == 1 else set()
        target = system.sided(item.code, next(iter(elsewhere))) if len(elsewhere) == 1 else None
        return item.by("side-elsewhere", target) if target and system.is_billable(target) else item
    sides = item.words & SIDES
    if any(_conflict(sides, site) for site in said) or (not said and _told_otherwise(item, others)):
        unsided = item.by("side-conflict", base)
        return replace(unsided, words=item.words - SIDES, flags=item.flags | {CodeFlag.SIDE_CONFLICT})
    return item


def _conflict(sides: Iterable[str], site: dict[bool, set[str]]) -> bool:
    """Whether the rest of the note speaks of this part of the body on the other side only."""
    assessed, told = set(sides) | site[True], site[False]
    return bool(told) and len(assessed) == 1 and "bilateral" not in assessed | told and not assessed & told


def _told_otherwise(item: Proposal, others: Iterable[Proposal]) -> bool:
    """As `_conflict`, of the same condition where its words name no part of the body."""
    alike = [other for other in others if other.words - SIDES == item.words - SIDES and other.code != item.code]
    assessed = [other for other in alike if other.tier <= rules.ASSESSED and other.words & SIDES]
    told = [other for other in alike if other.tier > rules.ASSESSED and other.words & SIDES]
    return bool(told) and not assessed


@cache
def _sites() -> frozenset[str]:
    return frozenset(tables()["sites"])


def _sites_said(lines: Sequence[Line]) -> dict[str, dict[bool, set[str]]]:
    """For each part of the body that is named with a side: the sides of the assessment (True), and of the rest.

    What was replaced is another part than the one that hurts today.
    """
    found: dict[str, dict[bool, set[str]]] = {}
    for line in lines:
        if line.kind in READ and not _REPLACED.search(line.text):
            for site, side, span in _pairs(line.text):
                if line.claims(span).assertion is Assertion.PRESENT:
                    found.setdefault(site, {True: set(), False: set()})[line.assessed].add(side)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str, Span]]:
    """Parts of the body with a side said just before them, or just behind, and where the part stands."""
    words = tokens(text)
    for at, token in enumerate(words):
        span = Span(token.start, token.end)
        for site in set(token.words) & _sites():
            before = words[max(0, at - 1 - REACH) : at]
            sides = [side for near in before for side in near.words if side in SIDES]
            if sides and not any(near.break_before == "|" for near in words[at - len(before) + 1 : at + 1]):
                joined = any(near.joins for near in before)  # "right and left knee"
                yield from ((site, side, span) for side in (sides if joined else sides[-1:]))
            elif at + 1 < len(words) and set(words[at + 1].words) & SIDES and words[at + 1].break_before in ("", ","):
                yield site, next(iter(set(words[at + 1].words) & SIDES)), span
