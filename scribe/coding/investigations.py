"""The tests a text names, each under one name however it is said; the table: `tests.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from scribe.coding.reading import compiled, overlap, table
from scribe.types import Span

SITE = " of {site}"
BEHIND = 25  # characters before an imaging test in which its part of the body is looked for
LEAD = re.compile(r"(?: scan)?(?: of| to| on)?(?: both)?(?: the| her| his| your| their| my)? ?", re.IGNORECASE)
ADJECTIVES = {"abdominal": "abdomen", "pelvic": "pelvis", "renal": "kidneys"}


@dataclass(frozen=True, slots=True)
class Investigation:
    """A test as the text names it. `name` is the table's, with the site in place: "x-ray of right knee"."""

    span: Span
    name: str


def find(text: str) -> tuple[Investigation, ...]:
    """Every test that `text` names, in order; of two in one place, the longer."""
    found = [
        Investigation(Span(*match.span()), _named(name, text, match.start(), match.end()))
        for name, pattern in _patterns().items()
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda item: (item.span.start - item.span.end, item.span.start))
    kept: list[Investigation] = []
    for item in found:
        if not any(overlap(item.span, other.span) for other in kept):
            kept.append(item)
    return tuple(sorted(kept, key=lambda item: item.span.start))


def same(name: str, other: str) -> bool:
    """Whether two names are one test: alike, or one of them only leaves the site or the side out."""
    short, long = sorted((name, other), key=len)
    if name == other or (short in _imaging() and long.endswith(f" {short}")):  # "x-ray" and "chest x-ray"
        return True
    kind, _, site = name.partition(" of ")
    other_kind, _, other_site = other.partition(" of ")
    words, others = set(site.split()), set(other_site.split())
    return kind == other_kind and kind in _imaging() and (words <= others or others <= words)


def fullest(names: Iterable[str]) -> str:
    """Of names of one test, the one that says most."""
    return max(names, key=len)


def _named(name: str, text: str, start: int, end: int) -> str:
    if not name.endswith(SITE):
        return name
    kind = name.removesuffix(SITE)
    inside = _sites().search(text[start:end])  # "renal ultrasound"
    lead = LEAD.match(text, end)
    ahead = _sites().match(text, lead.end()) if lead else None
    behind = text[max(0, start - BEHIND) : start]
    for place in (inside, ahead, _last(behind)):
        if place:
            words = re.sub(r"[ ,]+", " ", place[0].lower()).strip().split(" ")
            return f"{kind} of {' '.join(ADJECTIVES.get(word, word) for word in words)}"
    return kind


def _last(text: str) -> re.Match[str] | None:
    """A site that stands right before the test: "knee x-ray"."""
    places = list(_sites().finditer(text))
    return places[-1] if places and not text[places[-1].end() :].strip() else None


def _all() -> Iterator[tuple[str, list[str]]]:
    yield from table("tests")["tests"].items()


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: compiled(patterns) for name, patterns in _all()}


@cache
def _imaging() -> frozenset[str]:
    return frozenset(name.removesuffix(SITE) for name, _ in _all() if name.endswith(SITE))


@cache
def _sites() -> re.Pattern[str]:
    return compiled([table("tests")["sites"]])
