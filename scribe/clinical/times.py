"""Years and times of day as they are said: "nineteen eighty four", "five oh five"."""

from __future__ import annotations

import re

from scribe.clinical.number_words import BELOW_HUNDRED, CARDINALS, ONES, TEENS, TENS, ZERO_DIGITS
from scribe.clinical.numbers import Said, number, whole

WRITTEN_YEAR = re.compile(r"(?:19|20)\d\d")
WRITTEN_CLOCK = re.compile(r"([1-9]|1[0-2])[:.]([0-5]\d)")
BEFORE_YEARS = frozenset({"in", "since", "until", "from", "before", "after", "by", "of"})
YEARS_ALONE = frozenset({*range(2005, 2020), *range(2021, 2030)})  # others need a word such as "in" before them


def year(said: Said, at: int) -> tuple[int, int] | None:
    """A year of 1900 to 2099 and its end: "two thousand ten", "nineteen eighty four", "twenty oh five", "2010"."""
    low = said.low(at)
    if low in ("nineteen", "twenty") and said.joined(at):
        century, after = (1900 if low == "nineteen" else 2000), at + 1
        if said.low(after) in ("oh", "o") and said.low(after + 1) in ONES and said.joined(after):
            return century + ONES[said.low(after + 1)], after + 2
        found = whole(said, after) if said.low(after) in BELOW_HUNDRED else None
        return (century + found[0], found[1]) if found and 10 <= found[0] <= 99 else None
    if low == "two" and said.low(at + 1) == "thousand":
        found = whole(said, at)
        return found if found and 2000 <= found[0] <= 2099 else None
    return (int(low), at + 1) if WRITTEN_YEAR.fullmatch(low) else None


def plain_year(said: Said, at: int) -> tuple[int, int] | None:
    """A year in two parts that is nothing else: "nineteen eighty four", "twenty twelve", "in twenty twenty"."""
    low = said.low(at)
    found = year(said, at) if low in ("nineteen", "twenty") else None
    if found is None or not (low == "nineteen" or found[0] in YEARS_ALONE or said.low(at - 1) in BEFORE_YEARS):
        return None
    after = said.low(found[1]) if said.joined(found[1] - 1) else ""
    return None if after in CARDINALS or after in ("point", "over", "percent", "and") else found


def clock(said: Said, at: int) -> tuple[int, int | None, int] | None:
    """Hour, minutes where there are any, and end of a time at a word: "five thirty", "five oh five", "5:30", "8"."""
    low = said.low(at)
    if found := WRITTEN_CLOCK.fullmatch(low):
        return int(found[1]), int(found[2]), at + 1
    hour = BELOW_HUNDRED.get(low, 0) or (int(low) if low.isdecimal() else 0)
    if not 1 <= hour <= 12:
        return None
    if not said.joined(at) or not said.spaced(at):
        return hour, None, at + 1
    after = said.low(at + 1)
    if after in ZERO_DIGITS and said.low(at + 2) in ONES and said.joined(at + 1):
        return hour, ONES[said.low(at + 2)], at + 3
    if after in TEENS or after in TENS or re.fullmatch(r"[1-5]\d", after):
        minutes = number(said, at + 1)
        if minutes and minutes.text.isdecimal() and 10 <= minutes.value <= 59 and not minutes.fraction:
            return hour, int(minutes.text), minutes.end
    return hour, None, at + 1
