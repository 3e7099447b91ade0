"""Number words read as numbers. `text2num` gives the value of a cardinal; which words belong to it is decided here.

`text2num` reads only what is grammatical ("one hundred and five"). Medicine is spoken otherwise:
"one fifty two" is 152,
"one oh five" is 105, "twenty twenty four" is a year. Such readings are given only where the caller asks for them,
because elsewhere "one fifty" may be one of fifty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise

from text_to_num import text2num  # type: ignore[import-untyped]

from scribe.dictation.atoms import Line

ONES = {w: n for n, w in enumerate("one two three four five six seven eight nine".split(), 1)}
TEENS = {
    w: n
    for n, w in enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 10)
}
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
SCALES = frozenset({"hundred", "thousand", "million", "billion"})
ZEROS = frozenset({"zero", "oh", "o"})
WORDS = frozenset({*ONES, *TEENS, *TENS, *SCALES, "zero"})
DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
ORDINALS = {
    w: n
    for n, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
}
WRITTEN_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
FRACTIONS = {
    "half": (1, 2),
    "third": (1, 3),
    "thirds": (1, 3),
    "quarter": (1, 4),
    "quarters": (1, 4),
    "fourth": (1, 4),
    "fourths": (1, 4),
    "eighth": (1, 8),
    "eighths": (1, 8),
    "sevenths": (1, 7),
    "seventh": (1, 7),
}
ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
LONGEST = 12  # words of one cardinal


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the atom behind it. `text` has a decimal point, no commas; `fraction` is what follows a whole."""

    text: str = field(repr=False)
    end: int
    spelled: bool  # in words, at least in part
    fraction: tuple[int, int] | None = None  # "two and a half": 1, 2
    joined: bool = False  # read as "one fifty two"

    @property
    def value(self) -> Decimal:
        """The number."""
        whole = Decimal(self.text)
        return whole if self.fraction is None else whole + Decimal(self.fraction[0]) / Decimal(self.fraction[1])


def is_number(low: str) -> bool:
    """Whether a word is a number word or a figure."""
    return low in WORDS or bool(DIGITS.fullmatch(low))


@cache
def _value(words: tuple[str, ...]) -> int | None:
    try:
        return int(text2num(" ".join(words), "en"))
    except ValueError:
        return None


@lru_cache(maxsize=20_000)
def _cardinal(words: tuple[str, ...]) -> tuple[int, int] | None:
    """Value and length of the longest grammatical cardinal at the start of `words`."""
    for length in range(1 if words[:1] == ("zero",) else len(words), 0, -1):  # text2num reads "zero five" as 5
        part = words[:length]
        if part[-1] == "and" or any(a == "and" and b in SCALES for a, b in pairwise(part)):
            continue
        if any(word == "and" and part[at - 1] not in SCALES for at, word in enumerate(part)):
            continue  # text2num reads "twenty and five" as 25
        if (value := _value(part)) is not None:
            return value, length
    return None


def _run(line: Line, at: int) -> tuple[str, ...]:
    words: list[str] = []
    between = "between" in line.before(at, 3)  # "between one hundred and one twenty": here "and" parts two numbers
    while len(words) < LONGEST:
        low = line.low(at + len(words))
        if low not in WORDS and not (low == "and" and words and not between):
            break
        words.append(low)
        if not line.joined(at + len(words) - 1):
            break
    return tuple(words)


def number(line: Line, at: int, *, joined: bool = False) -> Number | None:
    """The number that begins at an atom; with `joined`, "one fifty two" is read as 152, and "one oh five" as 105."""
    low = line.low(at)
    if low in ("a", "an") and line.low(at + 1) in ("hundred", "thousand", "million") and line.joined(at):
        found = _cardinal(_run(line, at + 1))
        return None if found is None else Number(str(found[0]), at + 1 + found[1], spelled=True)
    if DIGITS.fullmatch(low):
        return _figures(line, at, joined)
    if low == "point" or (low in ("oh", "zero", "o") and line.low(at + 1) == "point"):
        return _decimal(line, at, Number("0", at if low == "point" else at + 1, spelled=True))
    if low not in WORDS:
        return None
    found = _cardinal(_run(line, at))
    if found is None:
        return None
    plain = Number(str(found[0]), at + found[1], spelled=True)
    if joined and (said := _said(line, at, plain)):
        plain = said
    return _mixed(line, _decimal(line, at, plain) or plain)


def _figures(line: Line, at: int, joined: bool) -> Number:
    text = line.low(at).replace(",", "")
    plain = Number("0" + text if text.startswith(".") else text, at + 1, spelled=False)
    if line.joined(at):
        after = line.low(at + 1)
        if after in SCALES - {"billion", "million"} and "." not in text:
            factor = 100 if after == "hundred" else 1000
            return Number(str(int(text) * factor), at + 2, spelled=True)
        apart = joined and len(text) == 1 and text != "0" and line.atoms[at + 1].glue == " "
        if apart and re.fullmatch(r"[1-9]\d", after):
            return Number(text + after, at + 2, spelled=True, joined=True)
        if after == "point":
            return _decimal(line, at, plain) or plain
    return _mixed(line, plain)


def _said(line: Line, at: int, plain: Number) -> Number | None:
    """One digit, then a number of two: "one fifty two", "two ten", "one oh five"."""
    low = line.low(at)
    if plain.end != at + 1 or not line.joined(at) or (low not in ONES and not 11 <= TEENS.get(low, 0) <= 19):
        return None
    digit = ONES.get(low) or TEENS[low]
    after = at + 1
    if line.low(after) in ZEROS and line.low(after + 1) in ONES and line.joined(after):
        return Number(str(100 * digit + ONES[line.low(after + 1)]), after + 2, spelled=True, joined=True)
    words = _run(line, after)
    thousands = _thousands(words) if digit < 10 else None
    found = thousands or _cardinal(words)
    if found is None or not 10 <= found[0] <= 99:
        return None
    scale = 1000 if thousands else 1
    end = after + found[1] + (1 if thousands else 0)
    return Number(str((100 * digit + found[0]) * scale), end, spelled=True, joined=True)


def _thousands(words: tuple[str, ...]) -> tuple[int, int] | None:
    """Value and length of the tens and ones in "forty three thousand", the rest of "one forty three thousand"."""
    if "thousand" not in words or words[-1] != "thousand":
        return None
    return _cardinal(words[:-1]) if words.index("thousand") == len(words) - 1 else None


def _decimal(line: Line, at: int, whole: Number) -> Number | None:
    """Reads "seven point two", "point zero five", "ninety eight point 6"."""
    point = whole.end
    if line.low(point) != "point" or (point > at and not line.joined(point - 1)) or not line.joined(point):
        return None
    digits, end = "", point + 1
    while True:
        low = line.low(end)
        if low in ZEROS and (low != "o"):
            digits += "0"
        elif low in ONES:
            digits += str(ONES[low])
        elif low.isdecimal() and not digits:
            return Number(f"{whole.text}.{low}", end + 1, spelled=True)
        else:
            break
        end += 1
        if not line.joined(end - 1):
            break
    if not digits:
        found = _cardinal(_run(line, end))
        if found is None or not 10 <= found[0] <= 99:
            return None
        digits, end = str(found[0]), end + found[1]
    return Number(f"{whole.text}.{digits}", end, spelled=True)


def _mixed(line: Line, whole: Number) -> Number:
    """Reads "two and a half", "one and three quarters"."""
    end = whole.end
    if "." in whole.text or line.low(end) != "and" or not line.open(end - 1, end + 3):
        return whole
    first, part = line.low(end + 1), line.low(end + 2)
    if part not in FRACTIONS:
        return whole
    if first in ("a", "one") and not part.endswith("s"):
        return Number(whole.text, end + 3, spelled=True, fraction=FRACTIONS[part])
    top = ONES.get(first, 0)
    if top > 1 and part.endswith("s") and top < FRACTIONS[part][1]:
        return Number(whole.text, end + 3, spelled=True, fraction=(top, FRACTIONS[part][1]))
    return whole


@cache
def said_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways a number below 2,000 is said or heard, longest first: "160", "one sixty", "one hundred sixty"."""
    whole, point, rest = text.partition(".")
    tail = ("point", *(_WORD[int(digit)] for digit in rest)) if point else ()
    return ((text,), *sorted({(*words, *tail) for words in _said_whole(int(whole))}, key=len, reverse=True))


_WORD = {0: "oh", **{value: word for words in (ONES, TEENS, TENS) for word, value in words.items()}}


def _said_whole(value: int) -> list[tuple[str, ...]]:
    if value in _WORD:
        return [(_WORD[value],)]
    if value < 100:
        return [(_WORD[value - value % 10], _WORD[value % 10])]
    if value >= 1000:
        return [(_WORD[value // 1000], "thousand")]
    hundreds, rest = _WORD[value // 100], value % 100
    if not rest:
        return [(hundreds, "hundred")]
    return [(hundreds, *how, *words) for words in _said_whole(rest) for how in ((), ("hundred",), ("hundred", "and"))]


def ordinal(line: Line, at: int) -> tuple[int, int] | None:
    """Value and end of an ordinal at an atom: "third", "twenty first", "16th"."""
    low = line.low(at)
    if low in ORDINALS:
        return ORDINALS[low], at + 1
    if found := WRITTEN_ORDINAL.fullmatch(low):
        return int(found[1]), at + 1
    if low in TENS and line.joined(at) and ORDINALS.get(line.low(at + 1), 10) < 10:
        return TENS[low] + ORDINALS[line.low(at + 1)], at + 2
    return None


def digits(line: Line, at: int) -> tuple[str, int]:
    """Single digits said one after another, and the atom behind them: a telephone number, a room."""
    found, end = "", at
    while True:
        low = line.low(end)
        digit = "0" if low in ZEROS else str(ONES[low]) if low in ONES else low if re.fullmatch(r"\d", low) else ""
        if not digit:
            break
        found += digit
        end += 1
        if not line.joined(end - 1):
            break
    return found, end


def year(line: Line, at: int) -> tuple[int, int] | None:
    """A year of 1900 to 2099 and its end: "two thousand ten", "nineteen eighty four", "twenty oh five", "2010"."""
    low = line.low(at)
    if re.fullmatch(r"(?:19|20)\d\d", low):
        return int(low), at + 1
    if low in ("nineteen", "twenty") and line.joined(at):
        century, after = (1900 if low == "nineteen" else 2000), at + 1
        if line.low(after) in ("oh", "o") and line.low(after + 1) in ONES and line.joined(after):
            return century + ONES[line.low(after + 1)], after + 2
        if line.low(after) == "hundred":
            return None
        found = _cardinal(_run(line, after))
        if found and 10 <= found[0] <= 99:
            return century + found[0], after + found[1]
        return None
    found = _cardinal(_run(line, at)) if low == "two" else None
    if found and 2000 <= found[0] <= 2099 and line.low(at + 1) == "thousand":
        return found[0], at + found[1]
    return None


def with_commas(text: str, from_digits: int) -> str:
    """Figures with commas, where the whole part has at least `from_digits` digits."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if len(whole) >= from_digits else text


def ordinal_figures(value: int) -> str:
    """21 as 21st."""
    suffix = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"
