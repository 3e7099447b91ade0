"""What a text names, each thing under one name: problems with their places, drugs, procedures, plan items, reasons.

Names of drugs and problems are those of the reader of facts (`scribe.bench.meaning`), made one by `names.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.bench.meaning import polarity
from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.meaning.facts import FactKind, Polarity, Token, stem, tokens
from scribe.types import Span

NEAR = 5  # words between a problem and its place
NOWHERE = Span(0, 0)
CLAUSE = frozenset(".?!;:\n")


class NameKind(StrEnum):
    """What a name is of; the lists of `names.yaml` go by it."""

    PROBLEM = "problems"
    DRUG = "drugs"
    PROCEDURE = "procedures"
    PLAN = "plans"
    REASON = "reasons"
    TEST = "tests"


OF_FACT = {FactKind.DRUG: NameKind.DRUG, FactKind.PROBLEM: NameKind.PROBLEM}


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that a text names. `denied`: the text says that it is not there. `of_relative`: of somebody else."""

    kind: NameKind
    name: str = field(repr=False)
    span: Span
    places: frozenset[str] = field(default=frozenset(), repr=False)
    denied: bool = False
    of_relative: bool = False

    def is_same(self, other: Named, *, placed: bool = False) -> bool:
        """Whether both are one thing. `placed`: where the other names its place, this one must, too."""
        if self.name != other.name:
            return False
        if self.name not in _set("needs_place") or not other.places:
            return True
        return bool(self.places & other.places) or (not placed and not self.places)


def read(text: str, reader: Reader) -> tuple[Named, ...]:
    """What a text names, in the order of the text; of names that overlap only the longest of a kind."""
    words = tokens(text)
    facts = reader.read(text)
    found: list[Named] = []
    for kind in NameKind:
        for start, stop, name in _phrases_in(words, kind):
            found.append(_named(kind, name, words, start, stop))
    covered = [each.span for each in found if each.kind is not NameKind.TEST]
    for fact in facts.of(*OF_FACT):
        if not any(span.start <= fact.span.start and fact.span.end <= span.end for span in covered):
            at = next(index for index, word in enumerate(words) if word.span.end > fact.span.start)
            stop = next((index for index, word in enumerate(words) if word.span.start >= fact.span.end), len(words))
            kind = OF_FACT[fact.kind]
            found.append(_named(kind, _one_name(kind, fact.value), words, at, stop))
    denied = [claim.polarity is Polarity.NEGATED for claim in polarity.claims(words, ())]
    negated = [word.span for word, is_denied in zip(words, denied, strict=True) if is_denied]
    of_others = [fact.span for fact in facts.facts if fact.of_relative]
    told = [
        replace(each, denied=_ends_in(each.span, negated), of_relative=_ends_in(each.span, of_others)) for each in found
    ]
    return tuple(sorted(told, key=lambda each: (each.span.start, each.kind)))


def of(named: Iterable[Named], *kinds: NameKind) -> tuple[Named, ...]:
    """Those of these kinds."""
    return tuple(each for each in named if each.kind in kinds)


def has(named: Iterable[Named], one: Named) -> bool:
    """Whether one thing is among others."""
    return any(each.kind is one.kind and each.is_same(one) for each in named)


# --- how it is found -------------------------------------------------------------------------------------------------


def _named(kind: NameKind, name: str, words: Sequence[Token], start: int, stop: int) -> Named:
    span = Span(words[start].span.start, words[stop - 1].span.end)
    places = _places_near(words, start, stop) if name in _set("needs_place") else frozenset()
    return Named(kind, name, span, places)


def _ends_in(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start < span.end <= other.end for other in others)


def _places_near(words: Sequence[Token], start: int, stop: int) -> frozenset[str]:
    first, last = start, stop
    while first > max(0, start - NEAR) and words[first - 1].text not in CLAUSE:
        first -= 1
    while last < min(len(words), stop + NEAR) and words[last].text not in CLAUSE:
        last += 1
    return frozenset(name for _, _, name in _match(words[first:last], "places"))


def _phrases_in(words: Sequence[Token], kind: NameKind) -> Iterator[tuple[int, int, str]]:
    yield from _match(words, kind.value)


def _match(words: Sequence[Token], name: str) -> Iterator[tuple[int, int, str]]:
    table = _phrases(name)
    stems = [stem(word.text.removesuffix("'s")) for word in words]
    at = 0
    while at < len(words):
        for phrase, canonical in table.get(stems[at], ()):
            if tuple(stems[at : at + len(phrase)]) == phrase:
                yield at, at + len(phrase), canonical
                at += len(phrase)
                break
        else:
            at += 1


# --- tables ----------------------------------------------------------------------------------------------------------


@cache
def table() -> dict[str, Any]:
    """The lists of `names.yaml`."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))
    return read


@cache
def abnormal() -> frozenset[str]:
    """Words that say that a finding is not as it should be."""
    return frozenset(str(table()["abnormal"]).split())


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(map(str, table()[name]))


@cache
def _phrases(name: str) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """The phrases of a list, as stems, by the first of them, the longest first, each with its name."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for first, *others in table()[name]:
        for phrase in (first, *others):
            stems = tuple(stem(token.text) for token in tokens(str(phrase)))
            by_first.setdefault(stems[0], []).append((stems, str(first)))
    return {key: tuple(sorted(each, key=lambda entry: -len(entry[0]))) for key, each in by_first.items()}


@cache
def _one_name(kind: NameKind, value: str) -> str:
    return next((name for _, _, name in _match(tokens(value), kind.value)), value) if value else value
