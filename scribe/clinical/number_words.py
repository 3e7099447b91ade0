"""The words of numbers with their values, read from `number_words.tsv`: the only such table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from scribe.clinical import notation
from scribe.errors import InputError

FILE = Path(__file__).with_name("number_words.tsv")
PLACE = re.compile(r"\{(number|ordinal):(\d+)-(\d+)\}")  # in the patterns of the stages
KINDS = ("zero", "zero digit", "unit", "teen", "ten", "decade", "scale", "ordinal", "part", "frequency", "roman")


def read(file: Path) -> dict[str, dict[str, int]]:
    """The values of words by their kind. Raises InputError, which names the line, where a row cannot be read."""
    table: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for line, (kind, value, words) in notation.rows(file, ("kind", "value", "words")):
        if kind not in table or not value.isdecimal():
            raise InputError(f"{file.name}, line {line}: the kind must be known and the value a whole number")
        for word in words.split("|"):
            if word in table[kind]:
                raise InputError(f"{file.name}, line {line}: {word} stands there twice, remove one")
            table[kind][word] = int(value)
    return table


_TABLE = read(FILE)
ZEROS: Mapping[str, int] = _TABLE["zero"]
ZERO_DIGITS: Mapping[str, int] = {**_TABLE["zero"], **_TABLE["zero digit"]}
ONES: Mapping[str, int] = _TABLE["unit"]
TEENS: Mapping[str, int] = _TABLE["teen"]  # from ten on
TENS: Mapping[str, int] = _TABLE["ten"]
DECADES: Mapping[str, int] = _TABLE["decade"]
SCALES: Mapping[str, int] = _TABLE["scale"]
ORDINALS: Mapping[str, int] = _TABLE["ordinal"]
PARTS: Mapping[str, int] = _TABLE["part"]
FREQUENCIES: Mapping[str, int] = _TABLE["frequency"]
ROMAN: Mapping[str, int] = _TABLE["roman"]

SMALL: Mapping[str, int] = {**ZEROS, **ONES, **TEENS}  # below twenty
BELOW_HUNDRED: Mapping[str, int] = {**SMALL, **TENS}  # as one word
CARDINALS = frozenset({*BELOW_HUNDRED, *SCALES})
NUMERIC = CARDINALS | DECADES.keys() | ORDINALS.keys() | FREQUENCIES.keys() | ROMAN.keys() | {"point"}


def expanded(pattern: str) -> str:
    """A pattern with the words for the numbers it names: `{number:3-7}` three to seven, `{ordinal:1-3}` ordinals."""
    return PLACE.sub(lambda found: "|".join(_between(found[1], int(found[2]), int(found[3]))[::-1]), pattern)


@cache
def small() -> str:
    """A pattern for a whole number below 100, in figures or in words: 32, "thirty-two"."""
    tens, ones = "|".join(TENS), "|".join(ONES)
    return rf"(?:\d{{1,2}}|(?:{tens})(?:[ -](?:{ones}))?|{expanded('{number:0-19}')})"


def between(low: int, high: int) -> tuple[str, ...]:
    """The single words for the whole numbers from `low` to `high`, in order."""
    return _between("number", low, high)


def _between(kind: str, low: int, high: int) -> tuple[str, ...]:
    words = ORDINALS if kind == "ordinal" else BELOW_HUNDRED
    return tuple(word for word, value in words.items() if low <= value <= high)
