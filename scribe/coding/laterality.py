"""Left and right in words: the side a name gives, and where a note gives sides to a part of the body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from scribe.clinical import sides
from scribe.coding.reading import Line, compiled, table
from scribe.types import Assertion, Problem, Quote, SectionKind, Span

SIDE = re.compile(rf"\b({sides.expression()})\b", re.IGNORECASE)
ONE_SIDE = f"{sides.LEFT}|{sides.RIGHT}"
TELLING = frozenset(
    {SectionKind.CHIEF_COMPLAINT, SectionKind.HPI, SectionKind.EXAM, SectionKind.ASSESSMENT, SectionKind.PLAN}
)


def of(name: str) -> str:
    """The one side that a name gives: left, right or bilateral; empty where it gives none or leaves it open."""
    found = {sides.BY_WORD[match[0].lower()] for match in SIDE.finditer(name)}
    return next(iter(found)) if len(found) == 1 else ""


def sayings(problem: Problem, lines: Sequence[Line]) -> tuple[Quote, ...]:
    """Where the note gives a side to the part of the body that the problem names, but for the problem's own words."""
    site = _site(problem.name)
    home = {quote.statement_id for quote in problem.mentions}
    if not site:
        return ()
    return tuple(
        line.quote(span)
        for line in lines
        if line.kind in TELLING and line.statement.id not in home
        for span in _said(line, site)
    )


def _said(line: Line, site: str) -> Iterator[Span]:
    for match in re.finditer(rf"\b(?:{ONE_SIDE})\b(?: \w+){{0,2}} {site}", line.text, re.IGNORECASE):
        span = Span(*match.span())
        if line.claim(span) is Assertion.PRESENT:
            yield span


def _site(text: str) -> str:
    """The part of the body that the text names, one word in the singular: "knee"."""
    match = _sites().search(text)
    return match[0].split(" ")[-1].lower().rstrip("s") if match else ""


@cache
def _sites() -> re.Pattern[str]:
    return compiled([table("tests")["sites"]])
