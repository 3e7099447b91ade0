"""Whether every number that is written was heard: a plain reading of its own, apart from the rules that write figures.

It asks only whether the heard words can say a number, in the order in which they were said, each word once: "one fifty
two" can say 152, and 1, 50 and 2. What the rules make of the words around does not matter here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from scribe.clinical import number_words
from scribe.clinical.number_words import BELOW_HUNDRED, DECADES, FREQUENCIES, ORDINALS, PARTS, ROMAN, ZERO_DIGITS

MONTHS = "january february march april may june july august september october november december".split()
VALUES: dict[str, int] = {
    **BELOW_HUNDRED,
    **ORDINALS,
    **DECADES,
    **ZERO_DIGITS,
    **FREQUENCIES,
    **ROMAN,
    **{word: value for value, word in enumerate(MONTHS, 1)},
    **{"single": 1, "double": 2, "triple": 3, "squared": 2, "cubed": 3, "noon": 12, "midnight": 12, "iv": 4},
    **{"zeroth": 0, "biw": 2, "tiw": 3},
}
SCALES = {**number_words.SCALES, **{f"{word}s": value for word, value in number_words.SCALES.items()}}
SPOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|(?<![a-z])\.\d+|[a-z]+")
WRITTEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+")
LONGEST = 14  # words of one number

Reading = tuple[tuple[str, ...], int]  # figures in normal form, and the word behind them


@lru_cache(maxsize=20_000)
def is_heard(heard: str, written: str) -> bool:
    """Whether the words that were heard can say every number in what is written for them."""
    figures = tuple(normal(found) for found in WRITTEN.findall(written))
    if not figures:
        return True
    said = SPOKEN.findall(heard.lower())
    if figures == tuple(normal(word) for word in said if not word[0].isalpha()):
        return True
    return _says(said, figures)


def normal(figure: str) -> str:
    """A figure without commas and zeros that do not count: "1200", "0.5"."""
    whole, _, rest = figure.replace(",", "").partition(".")
    rest = rest.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _says(said: Sequence[str], figures: Sequence[str]) -> bool:
    """Whether the words say the figures in order: `reached` are the words behind which all figures so far are said."""
    longest = max(map(len, figures))
    readings = [frozenset(_readings(said, at, longest)) for at in range(len(said))]
    reached = {0: {0}}  # figures said -> words read
    for count in range(len(figures)):
        for start in reached.get(count, set()):
            for at in range(start, len(said)):
                for values, end in readings[at]:
                    if tuple(figures[count : count + len(values)]) == values:
                        reached.setdefault(count + len(values), set()).add(end)
    return len(figures) in reached


def _readings(said: Sequence[str], at: int, longest: int) -> Iterator[Reading]:
    """The numbers of at most so many digits that may begin at a word."""
    wholes = _wholes(said, at, longest)
    for digits, end in wholes:
        yield (normal(digits),), end
        yield from _decimals(said, end, digits, longest)
        yield from _mixed(said, end, digits)
        yield from _as_said(said, end, digits)
    yield from _decimals(said, at, "0", longest)
    yield from _parts(said, at)


def _wholes(said: Sequence[str], at: int, longest: int) -> set[tuple[str, int]]:
    """Whole numbers: what is counted, and counts said one after another, "nineteen" and "eighty four"."""
    found: set[tuple[str, int]] = set()
    ahead = set(_counts(said, at))
    while ahead:
        digits, end = ahead.pop()
        if len(digits) > longest or (digits, end) in found:
            continue
        found.add((digits, end))
        if "." in digits or end >= len(said):
            continue
        if (scale := SCALES.get(said[end])) is not None and not digits.startswith("0"):
            found.add((str(int(digits) * scale), end + 1))
        for more, stop in _counts(said, end):
            if "." not in more and _joins(said[end - 1], digits, said[end], more):
                ahead.add((digits + more, stop))
    return found


def _joins(last: str, digits: str, word: str, more: str) -> bool:
    """Whether two numbers side by side may be one; of figures only "1 52", and digits one by one."""
    if last[0].isalpha() or word[0].isalpha():
        return True
    return len(more) == 1 or (len(digits) == 1 and digits != "0" and len(more) == 2 and more[0] != "0")


def _counts(said: Sequence[str], at: int) -> Iterator[tuple[str, int]]:
    """The numbers by the grammar of number words that begin at a word: "two thousand and ten" also as 2 and 2000."""
    if at >= len(said):
        return
    if said[at] in ("a", "an") and at + 1 < len(said) and said[at + 1] in SCALES:
        small: int | None = 1
    else:
        small = None if said[at] in SCALES else _small(said[at])
    if small is None:
        if not said[at][0].isalpha():
            yield said[at].replace(",", ""), at + 1
        if said[at] in SCALES:
            yield str(SCALES[said[at]]), at + 1
        return
    total, current, end = 0, small, at + 1
    if said[at] not in ("a", "an"):
        yield str(small), end
    while end < len(said) and end - at < LONGEST:
        word = said[end]
        if word == "and" and end + 1 < len(said) and said[end - 1] in SCALES:
            end += 1
            continue
        if word in SCALES and current:
            scale = SCALES[word]
            total, current = (total, current * scale) if scale == 100 else (total + current * scale, 0)
        else:
            value = _small(word)
            room = current % 100 == 0 if value is None or value >= 10 else current % 10 == 0 and current % 100 != 10
            if value is None or not value or not room or (not current and not total):
                return
            current += value
        end += 1
        yield str(total + current), end


def _small(word: str) -> int | None:
    """A number below a hundred: a word, or figures among words, "2 hundred"."""
    if word.isdecimal():
        return int(word) if len(word) < 3 and word[0] != "0" else None
    return VALUES.get(word)


def _decimals(said: Sequence[str], at: int, whole: str, longest: int) -> Iterator[Reading]:
    """As in "point seven one two" behind a whole number."""
    if at + 1 < len(said) and said[at] in ("point", "dot") and "." not in whole:
        for digits, end in _wholes(said, at + 1, longest):
            if "." not in digits:
                yield (normal(f"{whole}.{digits}"),), end


def _as_said(said: Sequence[str], at: int, whole: str) -> Iterator[Reading]:
    """What is said shorter than it is written: "ninety eight six" for 98.6, "oh six" for a year."""
    last = VALUES.get(said[at]) if at < len(said) else None
    if last and last < 10 and whole.isdecimal() and 90 <= int(whole) < 110:
        yield (f"{whole}.{last}",), at + 1
    if len(whole) == 2 and whole[0] == "0":
        yield (f"20{whole}",), at


def _mixed(said: Sequence[str], at: int, whole: str) -> Iterator[Reading]:
    """As in "and a half", "and three quarters"."""
    if at < len(said) and said[at] == "and" and "." not in whole:
        for values, end in _parts(said, at + 1):
            if len(values) == 1:
                yield (normal(f"{whole}.{values[0].partition('.')[2]}"),), end
            else:
                yield (normal(whole), *values), end


def _parts(said: Sequence[str], at: int) -> Iterator[Reading]:
    """Fractions: "a half", "three quarters", as 1/2 and as a decimal."""
    if at >= len(said):
        return
    top = 1 if said[at] in ("a", "an", *PARTS) else VALUES.get(said[at])
    end = at if said[at] in PARTS else at + 1
    bottom = PARTS.get(said[end]) if end < len(said) else None
    if top and bottom:
        yield (str(top), str(bottom)), end + 1
        yield (normal(f"{top / bottom:.4f}"),), end + 1
        if bottom in (2, 4):
            yield (str(60 * top // bottom),), end + 1  # minutes
