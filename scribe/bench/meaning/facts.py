"""The facts of a text: numbers, drugs, doses, sides, problems and other clinical terms, and what is denied.

This is how a note is compared with what was said (`compare.py`). `fact_reader.py` finds the facts. No rule is shared
with the stages but the reading of numbers and units and the shipped vocabulary, so that a fault there cannot hide
itself here. Word lists: `facts.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from scribe.types import Span

TOKEN = re.compile(
    r"\d+(?:[.,:/]\d+)*|[^\W\d_]+\d+[^\W_]*|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\n|\S"
)  # a figure, a name with figures (A1c), a word, the end of a line, a mark


ENDINGS = (("ies", "y", 2), ("sses", "ss", 2), ("ing", "", 3), ("ed", "", 3), ("es", "", 3), ("s", "", 3))
"""Endings of words, what stands for them, and how many letters must be left."""


class FactKind(StrEnum):
    """What a fact is about."""

    NUMBER = "number"
    DOSE = "dose"
    MEASURE = "measure"  # a number with a unit in which no drug is given
    DRUG = "drug"
    SIDE = "side"
    PROBLEM = "problem"
    TERM = "term"  # any other clinical term
    RELATIVE = "relative"
    NEGATION = "negation"  # what is said of a word that is no clinical term


class Polarity(StrEnum):
    """What a text commits itself to about a word in it."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    HEDGED = "hedged"  # possible, conditional
    OPEN = "open"  # asked, or not told by the text


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact and where it stands. `about`: the drug of a dose, the place of a side."""

    kind: FactKind
    value: str = field(repr=False)  # in the form in which it is compared
    span: Span
    about: str = field(default="", repr=False)
    polarity: Polarity = Polarity.AFFIRMED
    of_relative: bool = False  # said of a relative, not of the patient

    @property
    def key(self) -> tuple[FactKind, str]:
        """What makes two facts one."""
        return self.kind, self.value


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a text; `possible` are the numbers it may be heard to say, `words` what it says of each word."""

    facts: tuple[Fact, ...] = ()
    possible: frozenset[str] = frozenset()
    words: Mapping[str, frozenset[Polarity]] = field(default_factory=dict, repr=False)

    def of(self, *kinds: FactKind) -> tuple[Fact, ...]:
        """The facts of these kinds."""
        return tuple(fact for fact in self.facts if fact.kind in kinds)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, figure or mark of a text."""

    text: str = field(repr=False)  # lower case, straight apostrophe
    span: Span

    @property
    def is_word(self) -> bool:
        """Whether it is more than a mark."""
        return self.text[0].isalnum() or self.text == "%"


@cache
def table() -> dict[str, Any]:
    """The word lists of `facts.yaml`."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("facts.yaml").read_text(encoding="utf-8"))
    return read


@cache
def word_list(*path: str) -> frozenset[str]:
    """The words of one list of `facts.yaml`; a hyphen there stands for a space."""
    found: Any = table()
    for name in path:
        found = found[name]
    return frozenset(word.replace("-", " ") if "-" in word else word for word in str(found).split())


def tokens(text: str) -> tuple[Token, ...]:
    """The words, figures and marks of a text, in order."""
    return tuple(Token(found[0].lower().replace("\u2019", "'"), Span(*found.span())) for found in TOKEN.finditer(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending: "takes", "taking" and "take" are one."""
    base = word.removesuffix("'s").removesuffix("'")
    for ending, instead, least in ENDINGS:
        if base.endswith(ending) and len(base) - len(ending) >= least and not (ending == "s" and base.endswith("ss")):
            base = base[: -len(ending)] + instead
            break
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
        base = base[:-1]
    return base.removesuffix("e") if len(base) > 3 else base
