"""What the note says was done about each problem: monitored, evaluated, assessed, treated ("MEAT").

Words count for a problem where they stand in a statement that names it, that was arranged under it, or that names a
test, drug or sign of this one problem (`related.yaml`). The cues: `support.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from scribe.coding import investigations, medicines, problems
from scribe.coding.reading import Cues, Line, compiled, table
from scribe.types import Assertion, Meat, Problem, Quote, SectionKind, Span, Support

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
class _Named:
    """The tests, drugs and words of one line, found once for all problems."""

    tests: tuple[investigations.Investigation, ...]
    drugs: tuple[medicines.Medicine, ...]


def supported(found: Sequence[Problem], lines: Sequence[Line]) -> tuple[Problem, ...]:
    """The problems, each with what supports it: at most two places for each of the four kinds, assessment first."""
    support: list[list[Support]] = [[] for _ in found]
    homes = problems.scopes(found, lines)
    for line in sorted(lines, key=lambda line: not line.assessed):
        if line.kind not in READ:
            continue
        named = _Named(investigations.find(line.text), tuple(medicines.find(line.text)))
        for at, link in _links(line, found, homes.get(line.statement.id, ()), named):
            support[at] += [Support(kind, quote, link) for kind, quote in _done(line, named)]
    return tuple(replace(problem, support=_best(items)) for problem, items in zip(found, support, strict=True))


def _links(line: Line, found: Sequence[Problem], home: Sequence[int], named: _Named) -> Iterator[tuple[int, str]]:
    """The problems a line speaks of, and how that is known. What could be of two problems is of neither."""
    own = [at for at, problem in enumerate(found) if _names(problem, line)]
    yield from ((at, NAMED) for at in own)
    yield from ((at, ARRANGED) for at in home if at not in own)
    if own or home:
        return
    tied = [(at, link) for at, problem in enumerate(found) if (link := _tie(problem, line, named))]
    if len(tied) == 1:
        yield tied[0]


def _names(problem: Problem, line: Line) -> bool:
    """Whether the line names the problem as one of now: "history significant for gout" says nothing about the gout."""
    return any(quote.statement_id == line.statement.id and line.affirms(quote.span) for quote in problem.mentions)


def _tie(problem: Problem, line: Line, named: _Named) -> str:
    for test in named.tests:
        site = test.name.partition(" of ")[2].split(" ")[-1]
        if site and re.search(rf"\b{site.rstrip('s')}", problem.name.lower()) and line.claim(test.span) not in UNTOLD:
            return f"a test of the same part of the body: {test.name}"
    for family in _families():
        if not any(code.startswith(family.codes) for code in problem.codes):
            continue
        for test in named.tests:
            if test.name.startswith(family.tests) and line.claim(test.span) not in UNTOLD:
                return f"a test for this condition: {test.name}"
        for drug in named.drugs:
            if _is_for(drug, family) and line.claim(drug.span) not in UNTOLD:
                return f"a drug for this condition: {drug.name}"
        word = family.words.search(line.text) if family.words else None
        if word and line.claim(Span(*word.span())) not in UNTOLD:
            return f"a sign or measure of this condition: {word[0].lower()}"
    return ""


def _is_for(drug: medicines.Medicine, family: _Family) -> bool:
    names = {drug.name, drug.name.removesuffix("s")}
    return bool(names & family.drugs) or drug.name.endswith(family.endings)


def _done(line: Line, named: _Named) -> Iterator[tuple[Meat, Quote]]:
    for name, span in _cues().find(line.text):
        if line.claim(span) not in UNTOLD:
            yield Meat(name), line.quote(span)
    for drug in named.drugs:
        if line.affirms(drug.span):
            yield Meat.TREAT, line.quote(drug.span)
    for test in named.tests:
        if line.affirms(test.span):
            yield (Meat.ASSESS if line.kind is SectionKind.PLAN else Meat.EVALUATE), line.quote(test.span)


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
