"""The second column of medical decision making: tests, outside notes, a historian, readings, discussions.

Each unique test counts once, ordering includes the review of its result (AMA). Cues: `worksheet.yaml`, `tests.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from scribe.clinical import people
from scribe.coding import investigations
from scribe.coding.investigations import Investigation
from scribe.coding.reading import Cues, Line, table
from scribe.types import Assertion, Component, Element, Level, Role, SectionKind, Span

UNNAMED = "unnamed laboratory tests"
TESTS = ("test-ordered", "test-reviewed")
ITEMS = (*TESTS, "external-note")
NOTES = {
    "historian": "counts where the patient could not give a full or reliable history",
    "interpretation": "does not count where the reading is billed apart",
    UNNAMED: "the tests are not named, so they count as one",
}
TOLD = frozenset({SectionKind.CHIEF_COMPLAINT, SectionKind.HPI, SectionKind.ROS, SectionKind.OTHER})
RESULT_WITHIN, ORDER_WITHIN = 40, 90  # characters behind a test in which its result stands, or that it was ordered
PEOPLE = "|".join(map(re.escape, people.by_word()))
OTHERS_DID = re.compile(rf"\b(?:patient|he|she|they|who|{PEOPLE})\s*$", re.IGNORECASE)
SILENT = frozenset({SectionKind.FAMILY, SectionKind.SURGICAL, SectionKind.ALLERGIES, SectionKind.MEDICATIONS})


def elements(lines: Sequence[Line]) -> Iterator[Element]:
    """The elements of the column, tests first."""
    yield from _tests(lines)
    for kind in ("external-note", "historian", "interpretation", "discussion"):
        found = [(line, span) for line in lines for span in _places(line, kind)]
        if kind == "historian":  # one is enough, and a second adds nothing
            found = found[:1]
        for line, span in found:
            yield _element(kind, line, span, line.text[span.start : span.end], NOTES.get(kind, ""))


def level(found: Sequence[Element]) -> Level:
    """The level of the column from its three categories."""
    kinds = [item.kind for item in found]
    items = sum(kind in ITEMS for kind in kinds)
    historian = "historian" in kinds
    categories = (items + historian >= 3, "interpretation" in kinds, "discussion" in kinds)
    if sum(categories) >= 2:
        return Level.HIGH
    if any(categories):
        return Level.MODERATE
    return Level.LOW if items >= 2 or historian else Level.STRAIGHTFORWARD


def _tests(lines: Sequence[Line]) -> Iterator[Element]:
    """Each unique test once: where it was ordered, else where its result stands."""
    found: list[Element] = []
    for line in lines:
        if line.kind in SILENT or _cues().first(line.text, "not_done"):
            continue
        for test in investigations.find(line.text):
            if kind := _role_of(test, line):
                new = _element(kind, line, test.span, test.name, NOTES.get(test.name, ""))
                known = next((item for item in found if investigations.same(item.what, test.name)), None)
                if known is None:
                    found.append(new)
                else:
                    found[found.index(known)] = _merged(known, new)
    named = [item for item in found if item.what != UNNAMED]
    yield from named or found


def _merged(known: Element, new: Element) -> Element:
    """One element of two for the same test; an order comes before a result."""
    first, second = (new, known) if (new.kind, known.kind) == TESTS else (known, new)
    return replace(first, what=investigations.fullest((first.what, second.what)), quotes=first.quotes + second.quotes)


def _role_of(test: Investigation, line: Line) -> str:
    """Whether the line orders the test or gives its result; empty where it does neither."""
    claim = line.claim(test.span)
    before = line.text[: test.span.start]
    if line.kind is SectionKind.RESULTS:
        return "test-reviewed" if claim is not Assertion.CONDITIONAL else ""
    if claim is not Assertion.PRESENT:
        return ""
    if line.kind in TOLD:
        seen = line.statement.role is not Role.PATIENT and _cues().first(line.text, "reviewed")
        return "test-reviewed" if seen else ""
    behind = line.text[test.span.end :]
    if line.assessed and _cues().first(before, "ordered"):
        return "test-ordered"
    told = _cues().first(behind[:RESULT_WITHIN], "result")
    if line.assessed and not told and _cues().first(behind[:ORDER_WITHIN], "ordered"):
        return "test-ordered"
    if _cues().first(line.text, "reviewed") or told:
        return "test-reviewed"
    return "test-ordered" if line.kind is SectionKind.PLAN and not before.strip(" -•*0123456789.") else ""


def _places(line: Line, kind: str) -> Iterator[Span]:
    """Where the line says so; of places that overlap, the first. Not of what the patient did."""
    if line.kind in SILENT or line.statement.role is Role.PATIENT:
        return
    end = 0
    for _, span in sorted(_cues().find(line.text, kind), key=lambda item: (item[1].start, -item[1].end)):
        others = OTHERS_DID.search(line.text[: span.start])
        if span.start >= end and not others and line.claim(span) in (Assertion.PRESENT, Assertion.HISTORICAL):
            end = span.end
            yield span


def _element(kind: str, line: Line, span: Span, what: str, note: str) -> Element:
    return Element(Component.DATA, kind, table("worksheet")["titles"][kind], what, (line.quote(span),), note)


@cache
def _cues() -> Cues:
    sheet, tests = table("worksheet"), table("tests")
    words = {"{relative}": f"(?:{PEOPLE}|family)", "{colleague}": sheet["colleague"]}

    def spelled(pattern: str) -> str:
        for name, spelling in words.items():
            pattern = pattern.replace(name, spelling)
        return pattern

    rows = {name: [spelled(pattern) for pattern in patterns] for name, patterns in sheet["data"].items()}
    return Cues(rows | {name: tests[name] for name in ("ordered", "result", "reviewed", "not_done")})
