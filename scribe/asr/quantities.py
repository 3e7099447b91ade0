"""Numbers and doses among recognised words, by value: "seventy five micrograms", "1,000 mg", "2.5".

Only what is needed to judge them; how they are written in a note is another matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scribe import _pieces
from scribe.types import Interval, Word

FIGURE = re.compile(r"\$?(\d{1,3}(?:,\d{3})+|\d*)(\.\d+)?(%|-?[a-zµ]+)?(.*)$")
SMALL = "zero one two three four five six seven eight nine ten eleven twelve"
TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
VALUES: Mapping[str, int] = {
    **{name: value for value, name in enumerate(f"{SMALL} {TEENS}".split())},
    **{name: 10 * value for value, name in enumerate(TENS.split(), 2)},
}
SCALES: Mapping[str, int] = {"hundred": 100, "thousand": 1000}
MARKS = ' \t\n.,;:!?"()[]“”…'
SENTENCE_ENDS = (".", "?", "!")


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
    return tuple(_token(words, group) for group in _pieces.groups(words))


def _token(words: Sequence[Word], group: range) -> Token:
    word = _pieces.joined(words[group.start : group.stop])
    return Token(group[0], group[-1], word.text, Interval(word.start, word.end), word.probability)


def numbers(said: Sequence[Token]) -> Iterator[Number]:
    """The numbers in order: a figure, or the longest run of number words that makes one number."""
    at = 0
    while at < len(said):
        key = said[at].key
        found = FIGURE.match(key)
        if found and (found[1] or found[2]):
            value = float((found[1] or "0").replace(",", "") + (found[2] or ""))
            yield Number(at, at, None if found[4].startswith("/") else value, (found[3] or "").strip("-"))
            at += 1
        elif _number_words(key):
            end = at + 1
            while end < len(said) and not said[end - 1].ends and _continues(said, end):
                end += 1
            yield Number(at, end - 1, value_of([part for token in said[at:end] for part in token.key.split("-")]))
            at = end
        else:
            at += 1


def _number_words(key: str) -> bool:
    return all(part in VALUES or part in SCALES for part in key.split("-"))


def _continues(said: Sequence[Token], at: int) -> bool:
    key, after = said[at].key, said[at + 1].key if at + 1 < len(said) else ""
    if said[at - 1].text.rstrip().endswith(","):
        return False
    return (
        _number_words(key)
        or (key == "point" and after in VALUES)
        or (key == "and" and said[at - 1].key in SCALES and after in VALUES)
    )


def value_of(parts: Sequence[str]) -> float | None:
    """The value of number words, as clinicians say them: "one twenty five" is 125. None where they are no number."""
    if "point" in parts:
        cut = list(parts).index("point")
        digits = parts[cut + 1 :]
        whole = value_of(parts[:cut]) if cut else 0.0
        if whole is None or not digits or not all(VALUES.get(digit, 10) < 10 for digit in digits):
            return None
        return whole + float("0." + "".join(str(VALUES[digit]) for digit in digits))
    total, current = 0, 0
    for part in parts:
        if part == "hundred" and current >= 100:  # "five hundred five hundred" is said twice
            return None
        if part in SCALES:
            scale = SCALES[part]
            total, current = (total + max(current, 1) * scale, 0) if scale == 1000 else (total, max(current, 1) * scale)
        elif part != "and":
            value = VALUES[part]
            after_tens = current % 100 >= 20 and current % 10 == 0 and value < 10  # "seventy five"
            if current % 100 == 0 or after_tens:
                current += value
            elif current < 10 <= value:  # "one twenty"
                current = 100 * current + value
            else:
                return None
    return float(total + current)


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


def figure(value: float) -> str:
    """`2.5`, `1000`: as a dose is written."""
    return f"{value:g}" if value < 1_000_000 else f"{value:.0f}"
