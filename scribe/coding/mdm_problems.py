"""The first column of medical decision making: the problems addressed, and of what kind each is.

A problem counts where the clinician assessed it or did something about it at this visit; one that is only listed
does not (AMA, definition of "problem addressed"). Kinds of problems by code, words of their course: `worksheet.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from scribe.coding import problems as grouping
from scribe.coding.reading import Cues, Line, overlap, table
from scribe.plugins import TermMatch
from scribe.types import Assertion, Component, Element, Level, Problem, Quote, Span

Find = Callable[[str], Sequence[TermMatch]]

CHRONIC = {"severe": "chronic-severe", "worse": "chronic-worse", "stable": "chronic-stable", "": "chronic"}
ACUTE = {"threat": "threat", "injury": "acute-injury", "systemic": "acute-systemic", "undiagnosed": "undiagnosed"}
LEVELS = {
    "threat": Level.HIGH,
    "chronic-severe": Level.HIGH,
    "chronic-worse": Level.MODERATE,
    "acute-systemic": Level.MODERATE,
    "acute-injury": Level.MODERATE,
    "undiagnosed": Level.MODERATE,
    "chronic-stable": Level.LOW,
    "chronic": Level.LOW,
    "acute-uncomplicated": Level.LOW,
    "self-limited": Level.STRAIGHTFORWARD,
}
STABLE = ("chronic-stable", "chronic")
WORSE_BY_NAME = re.compile(r"exacerbation|decompensat|acute on chronic|acute and chronic", re.IGNORECASE)
LASTING = re.compile(r"\bchronic\b", re.IGNORECASE)
NOT_STATED = "the note does not say how it is doing; counted as stable"


def elements(
    problems: Sequence[Problem], lines: Sequence[Line], displays: Mapping[str, str], find: Find
) -> Iterator[Element]:
    """One element for each problem addressed, in the order of the problems. `displays`: what the codes are called."""
    by_id = {line.statement.id: line for line in lines}
    homes = grouping.scopes(problems, lines)
    courses = _courses(problems, lines, homes)
    grave = _possible_grave(lines, find)
    for at, problem in enumerate(problems):
        mentions = tuple(quote for quote in problem.mentions if _assessed(quote, by_id))
        acted = tuple(item.quote for item in problem.support if by_id[item.quote.statement_id].assessed)
        if not mentions and not acted:
            continue
        course = courses.get(at)
        names = [*_names(problem, by_id), *(displays.get(code, "") for code in problem.codes)]
        kind = _kind(problem.codes, course[0] if course else "", names)
        quotes = [*(mentions or problem.mentions)[:1], *([course[1]] if course else acted[:1])]
        note = NOT_STATED if kind == "chronic" else ""
        if kind in ("acute-uncomplicated", "self-limited") and grave and problem.codes[0].startswith("R"):
            kind, note = "undiagnosed", "a possible cause that would be grave is named"
            quotes.append(grave)
        title = table("worksheet")["titles"][kind]
        yield Element(Component.PROBLEMS, kind, title, problem.name, tuple(dict.fromkeys(quotes)), note)


def level(found: Sequence[Element]) -> Level:
    """Of the column: that of the gravest problem; two stable chronic illnesses are moderate, two minor ones low."""
    best = max((LEVELS[item.kind] for item in found), key=lambda item: item.rank, default=Level.STRAIGHTFORWARD)
    if best is Level.LOW and sum(item.kind in STABLE for item in found) >= 2:
        return Level.MODERATE
    if best is Level.STRAIGHTFORWARD and len(found) >= 2:
        return Level.LOW
    return best


def _assessed(quote: Quote, lines: Mapping[str, Line]) -> bool:
    line = lines[quote.statement_id]
    return line.assessed and line.affirms(quote.span)


def _names(problem: Problem, lines: Mapping[str, Line]) -> Iterator[str]:
    """The problem as the note names it, each with the word before: "chronic back pain" may be coded as "back pain"."""
    for quote in problem.mentions:
        text = lines[quote.statement_id].text
        before = text[: quote.span.start].split()[-1:]
        yield " ".join([*before, text[quote.span.start : quote.span.end]])


def _kind(codes: Sequence[str], course: str, names: Sequence[str]) -> str:
    kinds = {_class_of(code) for code in codes}
    for name, kind in ACUTE.items():
        if name in kinds:
            return kind
    if "chronic" in kinds or any(LASTING.search(name) for name in names):
        worse = course not in ("severe", "worse") and any(WORSE_BY_NAME.search(name) for name in names)
        return CHRONIC["worse" if worse else course]
    return "self-limited" if kinds == {"minor"} else "acute-uncomplicated"


def _class_of(code: str) -> str:
    rows: dict[str, list[str]] = table("worksheet")["complexity"]
    return next((name for name, prefixes in rows.items() if code.startswith(tuple(prefixes))), "acute")


def _courses(
    problems: Sequence[Problem], lines: Sequence[Line], homes: Mapping[str, Sequence[int]]
) -> dict[int, tuple[str, Quote]]:
    """How each problem is doing, by its place: the worst that is said, with the words."""
    found: dict[int, tuple[str, Quote]] = {}
    for line in lines:
        home = homes.get(line.statement.id, ())
        if not home:
            continue
        for name, span in _course_cues(line):
            at = _nearest(span, home, problems, line)
            if at not in found or _gravity(name) < _gravity(found[at][0]):
                found[at] = (name, line.quote(span))
    return found


def _gravity(name: str) -> int:
    return ("severe", "worse", "stable").index(name)


def _course_cues(line: Line) -> Iterator[tuple[str, Span]]:
    """The cues that hold, the longer of two in one place: "not well controlled" is not "controlled"."""
    taken: list[Span] = []
    if _cues().first(line.text, "earlier"):
        return
    found = sorted(_cues().find(line.text, "severe", "worse", "stable"), key=lambda item: item[1].start - item[1].end)
    for name, span in found:
        if not any(overlap(span, other) for other in taken):
            taken.append(span)
            if line.claim(span) is Assertion.PRESENT:
                yield name, span


def _nearest(span: Span, home: Sequence[int], problems: Sequence[Problem], line: Line) -> int:
    """The problem of the line that stands nearest to the words."""

    def distance(at: int) -> int:
        places = [quote.span for quote in problems[at].mentions if quote.statement_id == line.statement.id]
        return min((max(span.start - place.end, place.start - span.end, 0) for place in places), default=len(line.text))

    return min(home, key=distance)


def _possible_grave(lines: Sequence[Line], find: Find) -> Quote | None:
    """The first grave condition that the assessment or plan names as possible."""
    grave = tuple(table("worksheet")["grave"])
    for line in lines:
        if not line.assessed:
            continue
        for match in find(line.text):
            if match.code.startswith(grave) and line.claim(match.span) is Assertion.POSSIBLE:
                return line.quote(match.span)
    return None


@cache
def _cues() -> Cues:
    return Cues(table("worksheet")["course"])
