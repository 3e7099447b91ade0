"""Number words as far as commands need them: "number twenty one", "numeral four", "roman numeral three"."""

from __future__ import annotations

from collections.abc import Sequence

BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
FROM_TWENTY = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: value for value, word in enumerate(BELOW_TWENTY.split())}
TENS = {word: value * 10 for value, word in enumerate(FROM_TWENTY.split(), 2)}
MISHEARD_UNITS = {"won": 1, "to": 2, "too": 2, "for": 4}  # as recognisers write a number said alone
ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def read(texts: Sequence[str], *, misheard: bool = False) -> tuple[int, int] | None:
    """The number below 1000 that `texts` begin with, and how many of them it takes; None where they begin with none."""
    if not texts:
        return None
    first = texts[0]
    if first.isascii() and first.isdigit() and len(first) <= 3:
        return int(first), 1
    found = _below_hundred(texts)
    if found is None:
        return (MISHEARD_UNITS[first], 1) if misheard and first in MISHEARD_UNITS else None
    value, length = found
    if 0 < value < 10 and length < len(texts) and texts[length] == "hundred":
        skip = length + 1 + (texts[length + 1 : length + 2] == ["and"])
        rest = _below_hundred(texts[skip:])
        return (value * 100 + rest[0], skip + rest[1]) if rest else (value * 100, length + 1)
    return found


def roman(value: int) -> str:
    """`value`, 1 to 399, as a Roman numeral."""
    text = ""
    for size, sign in ROMAN:
        count, value = divmod(value, size)
        text += sign * count
    return text


def _below_hundred(texts: Sequence[str]) -> tuple[int, int] | None:
    first = texts[0] if texts else ""
    if first in TENS:
        unit = UNITS.get(texts[1], 0) if len(texts) > 1 else 0
        return (TENS[first] + unit, 2) if 0 < unit < 10 else (TENS[first], 1)
    return (UNITS[first], 1) if first in UNITS else None
