"""Findings and symptoms by system of the body: which lines of an examination or a review of systems belong together.

A statement is never cut for this: "no murmur, wheezing or edema" is one denial. One that names two systems stands
under both names, one that names none and goes on with "it ..." stays with the statement before, any other has no label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from scribe.sections import layout_words
from scribe.types import Span, Statement
from scribe.view import Excerpt, whole

SYSTEMS: Mapping[str, re.Pattern[str]] = layout_words.by_name("systems")
SITES: Mapping[str, re.Pattern[str]] = layout_words.by_name("sites")
GOES_ON = re.compile(
    r"(?:and |but )?(?:it(?! (?:looks|sounds|seems|appears) (?:like|that))|its|they|these|those|there|he|she)\b",
    re.IGNORECASE,
)
MEASURED = layout_words.whole_words("measured")
VITALS = "Vital signs"  # said among the findings
HEADED = re.compile(r"^\W*([\w ,/&-]{2,40}):\s")
SHORT: Mapping[str, str] = layout_words.forms("short_systems")
MOST = 2  # a statement that names more systems than this is general


def systems_of(text: str) -> tuple[str, ...]:
    """The systems a statement names, in the order of the catalogue; what stands before a colon decides alone.

    Measured vital signs are no finding of the heart or the lungs.
    """
    if MEASURED.search(text):
        return (VITALS,)
    headed = HEADED.match(text)
    if headed and (found := _named(headed[1])):
        return found
    return _named(text)


def _named(text: str) -> tuple[str, ...]:
    found = tuple(system for system, pattern in SYSTEMS.items() if pattern.search(text))
    return found or tuple(system for system, pattern in SITES.items() if pattern.search(text))[:1]


def grouped(statements: Sequence[Statement]) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
    """Labels with their statements in the order of the catalogue, several systems after their first, unnamed last."""
    lines: dict[tuple[str, ...], list[Statement]] = {}
    before: tuple[str, ...] = ()
    for statement in statements:
        found = systems_of(statement.text)
        if not found and GOES_ON.match(statement.text):
            found = before
        found = found if len(found) <= MOST else ()
        lines.setdefault(found, []).append(statement)
        before = found
    order = {system: at for at, system in enumerate((VITALS, *SYSTEMS))}
    ranked = sorted(lines, key=lambda found: [order[system] for system in found] or [len(order)])
    return tuple((_label(found), tuple(lines[found])) for found in ranked)


def body(statement: Statement, label: str) -> Excerpt:
    """The statement without a heading that says no more than the label of its line ("General: no distress")."""
    headed = HEADED.match(statement.text)
    if headed and headed.end() < len(statement.text):
        name = headed[1].strip().lower()
        if label and name in (label.lower(), *(short for short, full in SHORT.items() if full == label)):
            return Excerpt(statement.id, Span(headed.end(), len(statement.text)))
    return whole(statement)


def _label(found: tuple[str, ...]) -> str:
    return ", ".join([*found[:1], *(system[:1].lower() + system[1:] for system in found[1:])])
