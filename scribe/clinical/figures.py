"""Numbers as they are written, and as they are said: 1,200, 21st, IV, "one sixty"."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from scribe.clinical.number_words import BELOW_HUNDRED

ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_WORD = {value: word for word, value in reversed(list(BELOW_HUNDRED.items()))}


def normal(value: Decimal) -> str:
    """A number without trailing zeros or exponent: "1200", "0.5"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_commas(text: str, from_digits: int) -> str:
    """Figures with commas, where the whole part has at least `from_digits` digits."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if len(whole) >= from_digits else text


def ordinal_figures(value: int) -> str:
    """21 as 21st."""
    suffix = "th" if 10 <= value % 100 <= 20 else ENDINGS.get(value % 10, "th")
    return f"{value}{suffix}"


def roman(value: int) -> str:
    """`value`, 1 to 399, as a Roman numeral."""
    text = ""
    for size, sign in ROMAN:
        count, value = divmod(value, size)
        text += sign * count
    return text


def in_words(value: int) -> str:
    """A number below a hundred in words."""
    if value in _WORD:
        return _WORD[value]
    return f"{_WORD[value - value % 10]}-{_WORD[value % 10]}"


def sound_alike(value: float | None) -> float | None:
    """The number that sounds like this one: fifteen and fifty, 113 and 130; None where there is none, or for years."""
    if value is None or value != int(value) or not 13 <= value < 1000:
        return None
    rest = int(value) % 100
    if 13 <= rest <= 19:
        return value - rest + (rest - 10) * 10
    if 30 <= rest <= 90 and rest % 10 == 0:
        return value - rest + 10 + rest // 10
    return None


@cache
def said_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways a number below 2,000 is said or heard, longest first: "160", "one sixty", "one hundred sixty"."""
    whole, point, rest = text.partition(".")
    tail = ("point", *(_WORD[int(digit)] if digit != "0" else "oh" for digit in rest)) if point else ()
    return ((text,), *sorted({(*words, *tail) for words in _said_whole(int(whole))}, key=len, reverse=True))


def _said_whole(value: int) -> list[tuple[str, ...]]:
    if not value:
        return [("oh",)]
    if value in _WORD:
        return [(_WORD[value],)]
    if value < 100:
        return [(_WORD[value - value % 10], _WORD[value % 10])]
    if value >= 1000:
        return [(_WORD[value // 1000], "thousand")]
    hundreds, rest = _WORD[value // 100], value % 100
    if not rest:
        return [(hundreds, "hundred")]
    between = (("oh",) if rest < 10 else (), ("hundred",), ("hundred", "and"))
    return [(hundreds, *how, *words) for words in _said_whole(rest) for how in between]
