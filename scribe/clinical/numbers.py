"""The one reader of numbers, in words and in figures: "two and a half", "a hundred and two point four", "1.5 million".

    number(said, at)                the number that begins at a word: its value, and where it ends
    number(said, at, clipped=True)  also as clinicians shorten it: "one fifty two" is 152, "one oh five" 105
    ordinal, part, digits              what else is said in the words of numbers; years and times are in `times`

A clipped reading is given only where the caller asks for it, because elsewhere "one fifty" may be one of fifty. How
numbers are written is in `figures`, the numbers of a running text in `stated`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from math import gcd
from typing import Protocol

from scribe.clinical import units
from scribe.clinical.number_words import (
    BELOW_HUNDRED,
    CARDINALS,
    ONES,
    ORDINALS,
    PARTS,
    SCALES,
    TEENS,
    TENS,
    ZERO_DIGITS,
)

FIGURES = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
WRITTEN_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
WRITTEN_PARTS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4)} | {  # no fifths and sixths: "3-4/5" is a range of strength
    f"{top}/{bottom}": (top, bottom) for bottom in (2, 3, 4, 7, 8) for top in range(1, bottom) if gcd(top, bottom) == 1
}
POINTS = frozenset({"point", "dot"})
DIGITS = 4  # of a part: enough for sixteenths; thirds and sevenths have no end
ARTICLES = frozenset({"a", "an"})
NOT_COUNTED = frozenset({"this", "that", "which", "no", "any", "every", "each", "another", "the", "some", "other"})
NOT_COUNTING = frozenset({"", "of", "who", "that", "is", "was", "by", "thing", "more", "or"})
LONGEST = 24  # words of one whole number


class Said(Protocol):
    """Words in a row, however a stage holds them. Out of range, a word is empty and joined to nothing."""

    def low(self, at: int) -> str:
        """The word in lower case, or its figures, without marks around it."""

    def joined(self, at: int) -> bool:
        """Whether another word follows with no mark between the two but a hyphen."""

    def spaced(self, at: int) -> bool:
        """Whether another word follows with only a space between."""


class Words:
    """Plain words in lower case, with spaces between."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)

    def low(self, at: int) -> str:
        """As in `Said`."""
        return self._words[at] if 0 <= at < len(self._words) else ""

    def joined(self, at: int) -> bool:
        """As in `Said`."""
        return 0 <= at < len(self._words) - 1

    def spaced(self, at: int) -> bool:
        """As in `Said`."""
        return self.joined(at)


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the word behind it. `text` has a decimal point, no commas, and keeps the zeros that were said."""

    text: str = field(repr=False)
    end: int
    spelled: bool  # in words, at least in part
    fraction: tuple[int, int] | None = None  # what follows the whole: "two and a half" 1, 2
    clipped: bool = False  # read as "one fifty two"
    scale: str = ""  # a word that stays behind figures: 1.5 "million"

    @property
    def value(self) -> Decimal:
        """The number itself."""
        whole = Decimal(self.text)
        if self.fraction is not None:
            whole += round(Decimal(self.fraction[0]) / Decimal(self.fraction[1]), DIGITS)
        return whole * SCALES[self.scale] if self.scale else whole


def is_number(low: str) -> bool:
    """Whether a word is a word of a whole number, or figures."""
    return low in CARDINALS or bool(FIGURES.fullmatch(low))


def number(said: Said, at: int, *, clipped: bool = False) -> Number | None:
    """The number that begins at a word, as long as it can be read; None where none begins there."""
    low = said.low(at)
    if low in POINTS or (low in ZERO_DIGITS and said.low(at + 1) in POINTS):
        decimal = _decimal(said, at, Number("0", at + (low not in POINTS), spelled=True))
        if decimal is not None:
            return _scaled(said, decimal)
    if low in CARDINALS:
        found = _whole(said, at)
        if clipped and found is not None:
            found = _clipped(said, at, found) or found
    elif low in ARTICLES and said.low(at + 1) in SCALES and said.joined(at):
        found = _whole(said, at + 1)
    elif FIGURES.fullmatch(low):
        found = _figures(said, at, low.replace(",", ""), clipped)
    else:
        return None
    return None if found is None else _scaled(said, _mixed(said, _decimal(said, at, found) or found))


def one_counts(said: Said, at: int) -> bool:
    """Whether the word at a place is a number, and no pronoun: not in "this one", "no one", "one of them"."""
    if said.low(at) != "one":
        return True
    after = said.low(at + 1) if said.joined(at) else ""
    if after in ("to", "or") and said.joined(at + 1) and is_number(said.low(at + 2)):
        return True  # "every one to two hours"
    return after not in NOT_COUNTING and not (said.joined(at - 1) and said.low(at - 1) in NOT_COUNTED)


def whole(said: Said, at: int) -> tuple[int, int] | None:
    """Value and end of the whole number that begins at a word, and nothing more: of "two and a half" 2."""
    if said.low(at).isdecimal():
        return int(said.low(at)), at + 1
    found = _cardinal(_run(said, at))
    return None if found is None else (found[0], at + found[1])


def _whole(said: Said, at: int) -> Number | None:
    found = _cardinal(_run(said, at))
    return None if found is None else Number(str(found[0]), at + found[1], spelled=True)


def _run(said: Said, at: int) -> tuple[str, ...]:
    """The words from one on that may belong to one whole number."""
    words: list[str] = []
    while len(words) < LONGEST:
        low = said.low(at + len(words))
        if low not in CARDINALS and not (low == "and" and words and not _parts_two(said, at, at + len(words))):
            break
        words.append(low)
        if not said.joined(at + len(words) - 1):
            break
    return tuple(words)


def _parts_two(said: Said, at: int, joiner: int) -> bool:
    """Whether an "and" parts the number that begins at a word from another: "between one hundred and one twenty"."""
    for place in range(at - 1, max(at - 4, -1), -1):
        if not said.joined(place):
            return False
        if said.low(place) == "between":
            break
    else:
        return False
    end = joiner + 1  # "between one hundred and fifteen and thirty": the first belongs to the number
    while said.low(end) in CARDINALS and said.joined(end):
        end += 1
    return not (said.low(end) == "and" and said.low(end + 1) in CARDINALS)


@lru_cache(maxsize=20_000)
def _cardinal(words: tuple[str, ...]) -> tuple[int, int] | None:
    """Value and length of the longest whole number at the start of `words`: "two thousand one hundred and five"."""
    total, end, limit = 0, 0, 0
    while end < len(words):
        start = end + (end > 0 and words[end] == "and")
        found = _below_thousand(words, start)
        if found is None or (limit and not found[0]):
            break
        value, stop = found
        if stop < len(words) and value and words[stop] != "hundred" and words[stop] in SCALES:
            value, stop = value * SCALES[words[stop]], stop + 1
        if limit and value >= limit:
            break
        total, end, limit = total + value, stop, SCALES.get(words[stop - 1], 0)
        if limit <= 100:  # nothing but a thousand or more is followed by a smaller number
            break
    return (total, end) if end else None


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """As in "one hundred and five", "sixty five hundred", "hundred": value, and the word behind."""
    small = _below_hundred(words, at)
    if small is None:
        if at or at >= len(words) or words[at] not in SCALES:
            return None
        small = (1, at)  # "hundred" for "a hundred"
    value, end = small
    if not value or end >= len(words) or words[end] != "hundred":
        return small
    end += 1
    rest = _below_hundred(words, end + (words[end : end + 1] == ("and",)))
    if rest is None or not rest[0] or words[rest[1] : rest[1] + 1] == ("hundred",):  # "five hundred five hundred"
        return 100 * value, end
    return 100 * value + rest[0], rest[1]


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    word = words[at] if at < len(words) else ""
    if word in TENS:
        unit = ONES.get(words[at + 1], 0) if at + 1 < len(words) else 0
        return TENS[word] + unit, at + 1 + (unit > 0)
    return (BELOW_HUNDRED[word], at + 1) if word in BELOW_HUNDRED else None


def _figures(said: Said, at: int, text: str, clipped: bool) -> Number:
    plain = Number("0" + text if text.startswith(".") else text, at + 1, spelled=False)
    if not said.joined(at):
        return plain
    after = said.low(at + 1)
    if after in ("hundred", "thousand") and "." not in text:
        scale = SCALES[after]
        rest = _whole(said, at + 2 + (said.low(at + 2) == "and")) if said.joined(at + 1) else None
        if rest is not None and 0 < rest.value < scale:
            return Number(str(int(text) * scale + int(rest.text)), rest.end, spelled=True)
        return Number(str(int(text) * scale), at + 2, spelled=True)
    if clipped and len(text) == 1 and text != "0" and said.spaced(at) and re.fullmatch(r"[1-9]\d", after):
        return Number(text + after, at + 2, spelled=True, clipped=True)
    return plain


def _clipped(said: Said, at: int, plain: Number) -> Number | None:
    """A digit or a teen, then a number of two digits: "one fifty two", "two ten", "one oh five"."""
    low = said.low(at)
    hundreds = ONES.get(low) or TEENS.get(low, 0)
    if plain.end != at + 1 or not said.joined(at) or not hundreds or hundreds == TEENS["ten"]:
        return None
    after = at + 1
    if said.low(after) in ZERO_DIGITS and said.low(after + 1) in ONES and said.joined(after):
        text = str(100 * hundreds + ONES[said.low(after + 1)])
        return Number(text, after + 2, spelled=True, clipped=True)
    words = _run(said, after)
    thousands = _thousands(words) if hundreds < 10 else None
    found = thousands or _cardinal(words)
    if found is None or not 10 <= found[0] <= 99:
        return None
    text = str((100 * hundreds + found[0]) * (1000 if thousands else 1))
    return Number(text, after + found[1] + (thousands is not None), spelled=True, clipped=True)


def _thousands(words: tuple[str, ...]) -> tuple[int, int] | None:
    """Value and length of the tens and ones in "forty three thousand", the rest of "one forty three thousand"."""
    if words[-1:] != ("thousand",) or words.index("thousand") != len(words) - 1:
        return None
    return _cardinal(words[:-1])


def _decimal(said: Said, at: int, whole: Number) -> Number | None:
    """Behind a whole number that begins at a word "point two", "point zero five", "point 6", "point twenty five"."""
    point = whole.end
    if said.low(point) not in POINTS or not said.joined(point) or "." in whole.text or whole.fraction:
        return None
    if point > at and not said.joined(point - 1):
        return None
    digits, end = "", point + 1
    while said.joined(end - 1):
        low = said.low(end)
        if low in ONES or (low in ZERO_DIGITS and (low != "o" or said.low(end + 1) in ONES)):
            digits += str(ONES.get(low, 0))
        elif low.isdecimal() and not digits:
            return replace(whole, text=f"{whole.text}.{low}", end=end + 1, spelled=True)
        else:
            break
        end += 1
    if said.joined(end - 1) and (not digits or whole.text == "0"):
        found = _cardinal(_run(said, end))  # "point twenty five", "zero point one twenty five"
        if found is not None and 10 <= found[0] <= 99 and (not digits or found[1] == 2):
            digits, end = digits + str(found[0]), end + found[1]
    return replace(whole, text=f"{whole.text}.{digits}", end=end, spelled=True) if digits else None


def _mixed(said: Said, whole: Number) -> Number:
    """Behind a whole number "and a half", "and three quarters", "1/2"."""
    end = whole.end
    if "." in whole.text or not said.joined(end - 1):
        return whole
    if said.low(end) in WRITTEN_PARTS:
        return replace(whole, end=end + 1, fraction=WRITTEN_PARTS[said.low(end)])
    if said.low(end) != "and" or not said.joined(end) or not said.joined(end + 1):
        return whole
    fraction = _of_parts(said.low(end + 1), said.low(end + 2))
    return whole if fraction is None else replace(whole, end=end + 3, spelled=True, fraction=fraction)


def _of_parts(top: str, part: str) -> tuple[int, int] | None:
    """How many of how many parts: "a half", "one third", "three quarters"."""
    bottom, many = PARTS.get(part), part.endswith("s")
    if bottom is None:
        return None
    if top in ("a", "one") and not many:
        return 1, bottom
    count = ONES.get(top, 0)
    return (count, bottom) if many and 1 < count < bottom else None


def _scaled(said: Said, found: Number) -> Number:
    """Behind a number with parts, or figures, "million"."""
    after = said.low(found.end)
    if after not in SCALES or not said.joined(found.end - 1):
        return found
    if found.fraction is not None:
        text = f"{found.value.normalize():f}"
        return replace(found, text=text, end=found.end + 1, fraction=None, scale=after)
    if "." in found.text or not found.spelled:
        return replace(found, end=found.end + 1, scale=after)
    return found


def part(said: Said, at: int) -> Number | None:
    """A part of one thing, with the article behind it: "half a", "a quarter of a", "three quarters", "1/2"."""
    low = said.low(at)
    if low in ("half", "quarter"):
        fraction: tuple[int, int] | None = (1, PARTS[low])
        end = at + 1
    elif low in WRITTEN_PARTS:
        fraction, end = WRITTEN_PARTS[low], at + 1
    else:
        fraction, end = (_of_parts(low, said.low(at + 1)), at + 2) if said.joined(at) else (None, at)
        plain = fraction is not None and fraction[0] == 1 and said.low(at + 1) not in ("half", "quarter")
        if plain and not (said.low(end) == "of" and said.joined(end - 1)):
            fraction = None  # "a third degree block", "one fourth toe"
    if fraction is None:
        return None
    if said.low(end) == "of" and said.joined(end - 1) and said.low(end + 1) in ARTICLES and said.joined(end):
        end += 2
    elif said.low(end) in ARTICLES and said.joined(end - 1) and said.low(end - 1) == "half":
        end += 1
    return _scaled(said, Number("0", end, spelled=low not in WRITTEN_PARTS, fraction=fraction))


def around_unit(said: Said, at: int, found: Number | None) -> tuple[Decimal, int] | None:
    """Value and end of a number with its unit before its parts: "an hour and a half", "two weeks and a half".

    `found` is the number that begins at the word; where there is none, an article may begin one.
    """
    if found is None and said.low(at) not in ARTICLES:
        return None
    unit = at + 1 if found is None else found.end
    if said.low(unit) not in units.by_word() or said.low(unit + 1) != "and":
        return None
    if not all(said.joined(place) for place in range(unit - 1, unit + 3)):
        return None
    parts = _of_parts(said.low(unit + 2), said.low(unit + 3))
    if parts is None:
        return None
    whole = Decimal(1) if found is None else found.value
    return whole + round(Decimal(parts[0]) / Decimal(parts[1]), DIGITS), unit + 4


def ordinal(said: Said, at: int) -> tuple[int, int] | None:
    """Value and end of an ordinal at a word: "third", "twenty first", "16th"."""
    low = said.low(at)
    if low in ORDINALS:
        return ORDINALS[low], at + 1
    if low in TENS:
        more = ORDINALS.get(said.low(at + 1), 10)
        return (TENS[low] + more, at + 2) if more < 10 and said.joined(at) else None
    found = WRITTEN_ORDINAL.fullmatch(low)
    return (int(found[1]), at + 1) if found else None


def digits(said: Said, at: int) -> tuple[str, int]:
    """Single digits said one after another, and the word behind them: a telephone number, a room."""
    found, end = "", at
    while True:
        low = said.low(end)
        digit = (
            "0" if low in ZERO_DIGITS else str(ONES[low]) if low in ONES else low if re.fullmatch(r"\d", low) else ""
        )
        if not digit:
            break
        found += digit
        end += 1
        if not said.joined(end - 1):
            break
    return found, end
