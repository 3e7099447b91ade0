"""Hints at modifiers, each with its reason and the words of the note: a side, a visit by video, a drug thrown away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.coding import doses
from scribe.coding.hcpcs import starter
from scribe.types import Assertion, CodeSuggestion, Evidence, Modifier, Note, SectionKind, Span, Statement

SIDES = {
    "50": re.compile(
        r"\b(?:bilateral(?:ly)?|both (?:sides|ears|knees|shoulders|hips|hands|feet|eyes|wrists|ankles))\b",
        re.IGNORECASE,
    ),
    "LT": re.compile(r"\bleft\b(?! (?:the|over|message))", re.IGNORECASE),
    "RT": re.compile(r"\bright\b(?! (?:now|away|after|before))", re.IGNORECASE),
}
SEPARATE = re.compile(r"\b(?:separate|different|distinct) (?:site|lesion|location|area|anatomic site)\b", re.IGNORECASE)
VIDEO = re.compile(
    r"\b(?:video (?:visit|call|encounter)|(?:visit|seen|conducted) (?:by|via|over) (?:live |secure )?video)\b",
    re.IGNORECASE,
)
AUDIO = re.compile(
    r"\b(?:telephone (?:visit|encounter)|audio[- ]only|(?:visit|conducted) (?:by|via|over the) (?:tele)?phone)\b",
    re.IGNORECASE,
)


def hints(note: Note, suggestions: Sequence[CodeSuggestion]) -> list[CodeSuggestion]:
    """The suggestions with modifier hints; what is said of the visit itself stands at the first of them."""
    found = [
        replace(item, modifiers=tuple(_of(note.statement(item.evidence[0].statement_id), item))) for item in suggestions
    ]
    if found:
        visit = tuple(_of_visit(note, found[0]))
        found[0] = replace(found[0], modifiers=(*found[0].modifiers, *visit))
    return found


def _of(statement: Statement, item: CodeSuggestion) -> Iterator[Modifier]:
    text = statement.text
    if _sided(item):
        for code, pattern in SIDES.items():
            match = pattern.search(text)
            others = [other for name, other in SIDES.items() if name not in (code, "50") and other.search(text)]
            if match and (code == "50" or (not others and not SIDES["50"].search(text))):
                yield _modifier(code, statement, match)
        if match := SEPARATE.search(text):
            yield _modifier("XS", statement, match)
    drug = next((row for row in starter() if row.code == item.coding.code and row.kind == "drugs"), None)
    if drug is None:
        return
    lost = doses.wasted(text)
    units = doses.units(lost, drug.amount, drug.unit) if lost else None
    if lost and units and (match := doses.WASTED.search(text)):
        yield _modifier("JW", statement, match, amount=f"{lost.amount:g} {lost.unit}", units=units)
    elif match := doses.WASTED_NONE.search(text):
        yield _modifier("JZ", statement, match)


def _sided(item: CodeSuggestion) -> bool:
    rule = item.evidence[0].rule.partition(":")[2]
    return bool(_table()["services"].get(rule, {}).get("side"))


def _of_visit(note: Note, item: CodeSuggestion) -> Iterator[Modifier]:
    assessed = [s for section in note.sections if section.kind is SectionKind.ASSESSMENT for s in section.statements]
    others = [s for s in assessed if s.assertion is Assertion.PRESENT and s.id != item.evidence[0].statement_id]
    if others and others[0].text:
        whole = re.compile(r".+", re.DOTALL).search(others[0].text)
        if whole:
            yield _modifier("25", others[0], whole, count=len(others))
    for code, pattern in (("95", VIDEO), ("93", AUDIO)):
        for statement in note.statements:
            match = pattern.search(statement.text) if statement.assertion is Assertion.PRESENT else None
            if match:
                yield _modifier(code, statement, match)
                break


def _modifier(code: str, statement: Statement, match: re.Match[str], **details: object) -> Modifier:
    reason = str(_table()["modifiers"][code]).format(**details)
    span = Span(match.start(), match.end())
    return Modifier(code, Evidence(statement.id, span, statement.assertion, f"modifier:{code}", 0.7, reason))


@cache
def _table() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("services.yaml").read_text(encoding="utf-8"))
    return tree
