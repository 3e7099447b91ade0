"""Amounts in a running text: a number and the unit behind it, in figures or in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from scribe.clinical import units
from scribe.clinical.stated import Stated, values
from scribe.types import Span

UNIT = re.compile(r"\s*-?\s*([^\W\d_]+|%|\u00b0)")
WITHIN = re.compile(r"\s([^\W\d_]+) and (?:an?|one|two|three)\b", re.IGNORECASE)  # "an hour and a half"
RANGES = frozenset({"to", "or", "-", "\u2013", "and", "or maybe", "maybe"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a text states, with its unit where it has one."""

    number: Stated
    unit: units.UnitRow | None = field(default=None, repr=False)
    end: int = 0  # behind the unit, or behind the number

    @property
    def value(self) -> Decimal | None:
        """The number; the last of a pair, None for a time."""
        text = self.number.value.rpartition("/")[2]
        return None if ":" in text else Decimal(text)

    @property
    def span(self) -> Span:
        """Number and unit, with what stands between them: "two to" of "two to three weeks" has its unit from behind."""
        return Span(self.number.span.start, self.end)


def read(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text in order; both ends of a range have the unit that stands behind the second."""
    found = [_measured(text, number) for number in values(text)]
    return (*_shared(text, found), *found[-1:])


def _shared(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    for one, other in pairwise(found):
        between = text[one.number.span.end : other.number.span.start].strip().lower()
        yield Quantity(one.number, other.unit, one.end) if one.unit is None and between in RANGES else one


def _measured(text: str, number: Stated) -> Quantity:
    if (within := WITHIN.search(text[number.span.start : number.span.end])) is not None:
        inner = units.by_word().get(within[1].lower())
        if inner is not None:
            return Quantity(number, inner, number.span.end)
    found = UNIT.match(text, number.span.end)
    unit = units.by_word().get(found[1].lower()) if found else None
    return Quantity(number, unit, found.end() if found and unit else number.span.end)
