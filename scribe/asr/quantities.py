"""Numbers and doses among recognised words, by value: "seventy five micrograms", "1,000 mg", "2.5".

Only what is needed to judge them; how they are written in a note is another matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scribe import word_pieces
from scribe.clinical import numbers as reader
from scribe.clinical import times
from scribe.clinical.number_words import CARDINALS
from scribe.types import Interval, Word

FIGURE = re.compile(r"\$?(\d{1,3}(?:,\d{3})+|\d*)(\.\d+)?(%|-?[a-zµ]+)?(.*)$")
MIXED = re.compile(r"\d+-\d/\d")  # "3-1/2"
RATIO = re.compile(r"[\d.,]+/")
LONGEST_CLIPPED = 1000  # "fifteen twenty" may be two numbers
MARKS = ' \t\n.,;:!?"()[]“”…'
SENTENCE_ENDS = (".", "?", "!")
PAUSES = (*SENTENCE_ENDS, ",", ";", ":")


@dataclass(frozen=True, slots=True)
class Token:
    """What stands between two spaces."""

    first: int  # index of its first word
    last: int  # index of its last word
    text: str = field(repr=False)
    interval: Interval
    probability: float  # the lowest of its words

    @property
    def key(self) -> str:
        """Without case and the marks around it."""
        return self.text.rstrip(MARKS).lstrip(MARKS.replace(".", "")).casefold().replace("\u2019", "'")

    @property
    def ends(self) -> bool:
        """Whether a sentence ends here."""
        return self.text.rstrip().endswith(SENTENCE_ENDS)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of one or more tokens."""

    first: int  # index of its first token
    last: int  # index of its last token
    value: float | None = field(repr=False)  # None where it is not one number: "148/86"
    unit: str = ""  # where it is written without a space: "10mg"


def tokens(words: Sequence[Word]) -> tuple[Token, ...]:
    """The words; pieces, which an older transcript may hold, are joined."""
    return tuple(_token(words, group) for group in word_pieces.groups(words))


def _token(words: Sequence[Word], group: range) -> Token:
    word = word_pieces.joined(words[group.start : group.stop])
    return Token(group[0], group[-1], word.text, Interval(word.start, word.end), word.probability)


class _Line:
    """The words of tokens, parts of a hyphened one apart, as the reader of numbers asks for them."""

    def __init__(self, said: Sequence[Token]) -> None:
        self._said = said
        self.words: list[tuple[str, int, str]] = []  # the word or its figures, its token, the unit written behind it
        for index, token in enumerate(said):
            if MIXED.fullmatch(token.key):
                self.words += [(part, index, "") for part in token.key.split("-")]
                continue
            found = FIGURE.match(token.key)
            if found and (found[1] or found[2]):
                figures = (found[1] or "0") + (found[2] or "") if not found[4].startswith("/") else token.key
                self.words.append((figures, index, (found[3] or "").strip("-")))
            else:
                self.words += [(part, index, "") for part in token.key.split("-")]

    def low(self, at: int) -> str:
        return self.words[at][0] if 0 <= at < len(self.words) else ""

    def joined(self, at: int) -> bool:
        if not 0 <= at < len(self.words) - 1 or self.words[at][2]:
            return False
        token = self.words[at][1]
        return token == self.words[at + 1][1] or not self._said[token].text.rstrip().endswith(PAUSES)

    def spaced(self, at: int) -> bool:
        return self.joined(at) and self.words[at][1] != self.words[at + 1][1]

    def number(self, at: int, end: int, value: Decimal | None) -> Number:
        """The words `at` to `end` (not included) as a number of tokens."""
        _, last, unit = self.words[end - 1]
        return Number(self.words[at][1], last, None if value is None else float(value), unit)


def numbers(said: Sequence[Token]) -> Iterator[Number]:
    """The numbers in order, none overlapping: a figure, or the longest run of number words.

    "One fifty two" is 152, the pronoun "one" no number.
    """
    line, at = _Line(said), 0
    while at < len(line.words):
        end, value = _read(line, at)
        if end > at:
            yield line.number(at, end, value)
        at = max(end, at + 1)


def _read(line: _Line, at: int) -> tuple[int, Decimal | None]:
    """End and value of the number that begins at a word; its own place where none does."""
    if RATIO.match(line.low(at)):
        return at + 1, None
    part = reader.part(line, at)
    if part is not None and part.end > at + 1:
        return part.end, part.value
    if (year := times.plain_year(line, at)) is not None:
        return year[1], Decimal(year[0])
    found = reader.number(line, at, clipped=True)
    if (mixed := reader.around_unit(line, at, found)) is not None:
        return mixed[1], mixed[0]
    if found is None or (found.end == at + 1 and not reader.one_counts(line, at)):
        return at, None
    end, value = found.end, None if found.clipped and found.value >= LONGEST_CLIPPED else found.value
    while found.spelled and line.joined(end - 1) and line.low(end) in CARDINALS:
        more = reader.number(line, end)
        end, value = end + 1 if more is None else more.end, None  # "seventy thirty" is not one number
    return end, value


def figure(value: float) -> str:
    """`2.5`, `1000`: as a dose is written."""
    return f"{value:g}" if value < 1_000_000 else f"{value:.0f}"
