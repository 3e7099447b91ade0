"""What the note says was done about each problem: monitored, evaluated, assessed, treated ("MEAT").

Words count for a problem where they stand in a statement that names it, that was arranged under it, or that names a
test, drug or sign of this one problem (`related.yaml`). The cues: `support.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from scribe.coding import investigations, medicines, problems
from scribe.coding.reading import Cues, Line, compiled, table
from scribe.types import Assertion, Meat, Problem, SectionKind, Span, Support

EACH = 2  # statements shown for each of the four
READ = frozenset(
    {
        SectionKind.CHIEF_COMPLAINT,
        SectionKind.HPI,
        SectionKind.ROS,
        SectionKind.VITALS,
        SectionKind.EXAM,
        SectionKind.RESULTS,
        SectionKind.ASSESSMENT,
        SectionKind.PLAN,
        SectionKind.OTHER,
    }
)  # a list of past conditions, drugs or allergies supports nothing
NAMED, ARRANGED = "names the problem", "arranged under the problem"
UNTOLD = (Assertion.CONDITIONAL, Assertion.POSSIBLE, Assertion.FAMILY)


@dataclass(frozen=True, slots=True)
class _Family:
    codes: tuple[str, ...]
    tests: tuple[str, ...]
    drugs: frozenset[str]
    endings: tuple[str, ...]
    words: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Item:
    """A test or drug of a line. `tied`: the problems it is for, by their place, and how that is known."""

    kind: Meat
    span: Span
    tied: Mapping[int, str]


def supported(found: Sequence[Problem], lines: Sequence[Line]) -> tuple[Problem, ...]:
    """The problems, each with what supports it: at most two places for each of the four kinds, assessment first."""
    support: list[list[Support]] = [[] for _ in found]
    homes = problems.scopes(found, lines)
    for line in sorted(lines, key=lambda line: not line.assessed):
        if line.kind in READ:
            for at, item in _of_line(line, found, homes.get(line.statement.id, ())):
                support[at].append(item)
    return tuple(replace(problem, support=_best(items)) for problem, items in zip(found, support, strict=True))


def _of_line(line: Line, found: Sequence[Problem], home: Sequence[int]) -> Iterator[tuple[int, Support]]:
    """What a line shows, for which problem. What could be for two problems is for neither.

    A test or drug counts for the problem it is for, even where the line stands under another.
    """
    items = tuple(_items(line, found))
    belongs = dict.fromkeys(home, ARRANGED) | {at: NAMED for at, problem in enumerate(found) if _names(problem, line)}
    if not belongs:
        tied = {at: link for item in items for at, link in item.tied.items()}
        tied = _signs(line, found) | tied
        belongs = tied if len(tied) == 1 else {}
    for name, span in _cues().find(line.text):
        if line.claim(span) not in UNTOLD:
            yield from ((at, Support(Meat(name), line.quote(span), link)) for at, link in belongs.items())
    for item in items:
        here = {at: link for at, link in belongs.items() if at in item.tied or not item.tied}
        owners = here or (item.tied if len(item.tied) == 1 else {})
        yield from ((at, Support(item.kind, line.quote(item.span), link)) for at, link in owners.items())


def _names(problem: Problem, line: Line) -> bool:
    """Whether the line names the problem as one of now: "history significant for gout" says nothing about the gout."""
    return any(quote.statement_id == line.statement.id and line.affirms(quote.span) for quote in problem.mentions)


def _items(line: Line, found: Sequence[Problem]) -> Iterator[_Item]:
    """The tests and drugs that the line affirms."""
    for drug in medicines.find(line.text):
        if line.affirms(drug.span):
            link = f"a drug for this condition: {drug.name}"
            tied = {at: link for at, problem in enumerate(found) if any(_treats(drug, row) for row in _rows(problem))}
            yield _Item(Meat.TREAT, drug.span, tied)
    for test in investigations.find(line.text):
        if line.affirms(test.span):
            kind = Meat.ASSESS if line.kind is SectionKind.PLAN else Meat.EVALUATE
            yield _Item(kind, test.span, {at: link for at, one in enumerate(found) if (link := _examines(test, one))})


def _signs(line: Line, found: Sequence[Problem]) -> dict[int, str]:
    """The problems of which the line names a sign or measure."""
    signs: dict[int, str] = {}
    for at, problem in enumerate(found):
        for row in _rows(problem):
            word = row.words.search(line.text) if row.words else None
            if word and line.claim(Span(*word.span())) not in UNTOLD:
                signs[at] = f"a sign or measure of this condition: {word[0].lower()}"
    return signs


def _examines(test: investigations.Investigation, problem: Problem) -> str:
    site = test.name.partition(" of ")[2].split(" ")[-1]
    if site and re.search(rf"\b{site.rstrip('s')}", problem.name.lower()):
        return f"a test of the same part of the body: {test.name}"
    known = any(test.name.startswith(row.tests) for row in _rows(problem))
    return f"a test for this condition: {test.name}" if known else ""


def _treats(drug: medicines.Medicine, row: _Family) -> bool:
    names = {drug.name, drug.name.removesuffix("s")}
    return bool(names & row.drugs) or drug.name.endswith(row.endings)


def _rows(problem: Problem) -> tuple[_Family, ...]:
    return tuple(row for row in _families() if any(code.startswith(row.codes) for code in problem.codes))


def _best(items: Sequence[Support]) -> tuple[Support, ...]:
    """The first of each kind from different statements; those that name the problem, then those arranged under it."""
    kept: list[Support] = []
    for kind in Meat:
        seen: set[str] = set()
        for item in sorted(items, key=lambda item: (item.link != NAMED, item.link != ARRANGED)):
            if item.kind is kind and item.quote.statement_id not in seen and len(seen) < EACH:
                seen.add(item.quote.statement_id)
                kept.append(item)
    return tuple(kept)


@cache
def _cues() -> Cues:
    return Cues(table("support"))


@cache
def _families() -> tuple[_Family, ...]:
    return tuple(
        _Family(
            tuple(row["codes"]),
            tuple(row.get("tests", ())) or ("\0",),
            frozenset(name for name in row.get("drugs", ()) if not name.startswith("-")),
            tuple(name[1:] for name in row.get("drugs", ()) if name.startswith("-")) or ("\0",),
            compiled(row["words"]) if "words" in row else None,
        )
        for row in table("related")
    )
