"""Numbers in a text, in figures or in words, as values that can be compared: "80" and "eighty" are one.

    values(text)     the numbers that the text states, each with its place
    possible(text)   every number that the text may be heard to say: "one twenty" is 1 and 20, or 120

A value is a string in normal form: "80", "0.5", "120/80" (a pair: "120 over 80", "5 out of 10"), "8:30".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from scribe.types import Span

UNITS = {
    word: at
    for at, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS = {word: 10 * at for at, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
TENS |= {word.removesuffix("y") + "ies": value for word, value in TENS.items()}  # "in the one twenties"
SCALES = {"thousand": 1000, "million": 1_000_000}
ORDINALS = {
    word: at
    for at, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth".split(),
        1,
    )
}
TENTHS = {word.removesuffix("y") + "ieth": value for word, value in TENS.items() if word.endswith("y")}
TIMES = {"once": 1, "twice": 2, "thrice": 3, "bid": 2, "tid": 3, "qid": 4, "b.i.d": 2, "t.i.d": 3, "q.i.d": 4}
ROMAN = {"ii": 2, "iii": 3, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}  # "iv" is a way into a vein
ROMAN |= {f"{numeral}{letter}": value for numeral, value in ROMAN.items() if value < 4 for letter in "abc"}
PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "½": Decimal("0.5"), "¼": Decimal("0.25")}
NOT_ORDINAL = frozenset({"first", "second"})  # "first of all", "a second": numbers only behind a ten
NOT_COUNTED = frozenset({"this", "that", "which", "no", "any", "every", "each", "another", "the", "some"})
OVER = (("over",), ("over", "over"), ("out", "of"))

MIXED = {"1/2": Decimal("0.5"), "1/4": Decimal("0.25"), "3/4": Decimal("0.75")}
FIGURE = r"\d+[- ](?:1/2|[13]/4)\b|(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"  # "3-1/2", "1,200", "2.5"
PIECE = re.compile(
    r"(?P<word>(?<![\w.])[btq]\.i\.d\b|[½¼]|(?<!\w)[^\W\d_]+(?:['\u2019][^\W\d_]+)*(?![\w]))"
    rf"|(?P<figure>(?:(?<=\bx)|(?<=\bq)|(?<=\bq\.)|(?<![\w.,])|(?<=\d[/:]))(?:{FIGURE})|(?<![\w.,])\.\d+)"
    r"(?P<mark>\s?/\s?(?=\d)|:(?=\d\d))?(?:st\b|nd\b|rd\b|th\b|s\b)?",
    re.IGNORECASE,
)
TOGETHER = re.compile(r"[\s-]*")  # what may lie between the words of one number


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a text states, and where."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or a figure; `mark` is the slash or colon behind a figure, `joined`: only a space lies before it."""

    text: str
    figure: Decimal | None
    mark: str
    span: Span
    joined: bool


def values(text: str, *, every_one: bool = False) -> tuple[Number, ...]:
    """The numbers that the text states, in order, as they are read without guessing.

    `every_one`: "one" is a number wherever it stands, even in "this one".
    """
    pieces = _pieces(text)
    found = []
    for run in _runs(pieces, _plain(pieces, every_one=every_one)):
        value = "/".join(normal(value) for value, _ in run) if run[0][1].mark != ":" else _time(run)
        found.append(Number(value, Span(run[0][1].span.start, run[-1][1].span.end)))
    return tuple(found)


def possible(text: str) -> frozenset[str]:
    """Every number that the text may be heard to say: those stated, and neighbours taken together.

    "one twenty over eighty" may be 120/80, "twenty twenty one" 2021, "eight thirty" 8:30, "ninety eight six" 98.6.
    """
    pieces = _pieces(text)
    plain = _plain(pieces, every_one=True)
    found = {value for number in values(text) for value in (number.value, *number.value.split("/"))}
    found |= {str(ORDINALS[piece.text]) for piece in pieces if piece.text in NOT_ORDINAL}
    found |= {"1/2" for piece in pieces if piece.text in ("half", "½")} | {
        "1/4" for piece in pieces if piece.text in ("quarter", "¼")
    }
    readings = [_readings(group) for group in _neighbours(pieces, plain)]
    for values_, ends in readings:
        found |= values_
        for others, begins in readings:
            if _pair(pieces, ends.stop, begins.start):
                found |= {f"{a}/{b}" for a in values_ for b in others}
    return frozenset(found)


def is_number(word: str) -> bool:
    """Whether a lower-case word is part of a number."""
    return any(word in words for words in (UNITS, TENS, TENTHS, ORDINALS, SCALES, ROMAN, TIMES, ("hundred", "point")))


def normal(value: Decimal) -> str:
    """A number without trailing zeros or exponent: "1200", "0.5"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    before = 0
    for match in PIECE.finditer(text):
        figure = _figure(match["figure"]) if match["figure"] else None
        between = text[before : match.start()]
        ranges = "-" in between and figure is not None and bool(found) and found[-1].figure is not None
        joined = bool(found) and TOGETHER.fullmatch(between) is not None and not ranges
        mark = (match["mark"] or "").strip()
        found.append(_Piece((match["word"] or "").lower(), figure, mark, Span(*match.span()), joined))
        before = match.end()
    return found


def _figure(text: str) -> Decimal:
    whole, _, part = text.replace("-", " ").partition(" ")
    return Decimal(whole.replace(",", "")) + (MIXED[part] if part else 0)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A value, and the pieces [start, stop) that state it."""

    value: Decimal
    start: int
    stop: int


def _plain(pieces: Sequence[_Piece], *, every_one: bool = False) -> list[_Stated]:
    """The single numbers, in order, each as long as it can be read by the grammar of number words.

    `every_one`: also "one" where it may be no number.
    """
    found, at = [], 0
    while at < len(pieces):
        read = _number(pieces, at)
        if read is None or not (every_one or _counts(pieces, read)):
            at += 1
            continue
        found.append(read)
        at = read.stop
    return found


def _counts(pieces: Sequence[_Piece], read: _Stated) -> bool:
    """Whether "one" is a number here: not in "this one", "no one", "one of them"."""
    if read.stop - read.start > 1 or pieces[read.start].text != "one":
        return True
    before = pieces[read.start - 1].text if read.start and pieces[read.start].joined else ""
    after = pieces[read.stop].text if read.stop < len(pieces) and pieces[read.stop].joined else ""
    return before not in NOT_COUNTED and after not in {"", "of", "who", "that", "is", "was", "thing", "more", "or"}


def _number(pieces: Sequence[_Piece], at: int) -> _Stated | None:
    """The number that begins at `at`: "two thousand one hundred and five", "ninety eight point six"."""
    piece = pieces[at]
    if piece.text in TIMES:
        return _Stated(Decimal(TIMES[piece.text]), at, at + 1)
    if piece.text in ROMAN:
        return _Stated(Decimal(ROMAN[piece.text]), at, at + 1)
    if piece.text in PARTS:
        return _Stated(PARTS[piece.text], at, at + 1)
    if piece.text == "point":
        return _fraction(pieces, at)
    group = _below_thousand(pieces, at)
    if group is None:
        return None
    total, stop = group.value, group.stop
    if (scale := SCALES.get(_follows(pieces, stop))) is not None and not pieces[stop - 1].mark:
        total, stop = total * scale, stop + 1
        rest = _number(pieces, stop + (_follows(pieces, stop) == "and")) if _joined(pieces, stop) else None
        if rest is not None and rest.value < scale:
            return _Stated(total + rest.value, at, rest.stop)
    more = _fraction(pieces, stop) or _part(pieces, stop)
    return _Stated(total, at, stop) if more is None else _Stated(total + more.value, at, more.stop)


def _below_thousand(pieces: Sequence[_Piece], at: int) -> _Stated | None:
    """As in "a hundred and five", "sixty five hundred"; a figure is as large as it is."""
    a_hundred = pieces[at].text in ("a", "an") and _follows(pieces, at + 1) in ("hundred", *SCALES)
    small = _Stated(Decimal(1), at, at + 1) if a_hundred else _below_hundred(pieces, at)
    if small is None or _follows(pieces, small.stop) != "hundred" or pieces[small.stop - 1].mark:
        return small
    stop = small.stop + 1
    rest_at = stop + (_follows(pieces, stop) == "and")
    rest = _below_hundred(pieces, rest_at) if _joined(pieces, rest_at) else None
    anew = rest is not None and _follows(pieces, rest.stop) == "hundred"  # "five hundred five hundred"
    if rest is None or anew or not 0 < rest.value < 100 or rest.value != int(rest.value):
        return _Stated(small.value * 100, at, stop)
    return _Stated(small.value * 100 + rest.value, at, rest.stop)


def _follows(pieces: Sequence[_Piece], at: int) -> str:
    return pieces[at].text if at < len(pieces) and pieces[at].joined else ""


def _below_hundred(pieces: Sequence[_Piece], at: int) -> _Stated | None:
    piece = pieces[at]
    if piece.figure is not None:
        return _Stated(piece.figure, at, at + 1)
    if piece.text in TENS:
        unit = _follows(pieces, at + 1)
        more = UNITS.get(unit, ORDINALS.get(unit, 0))
        return _Stated(Decimal(TENS[piece.text] + (more if 0 < more < 10 else 0)), at, at + 1 + (0 < more < 10))
    word = {**UNITS, **TENTHS, **{name: value for name, value in ORDINALS.items() if name not in NOT_ORDINAL}}
    return _Stated(Decimal(word[piece.text]), at, at + 1) if piece.text in word else None


def _joined(pieces: Sequence[_Piece], at: int) -> bool:
    return at < len(pieces) and pieces[at].joined


def _fraction(pieces: Sequence[_Piece], at: int) -> _Stated | None:
    """As in "point seven five": 0.75."""
    if at >= len(pieces) or pieces[at].text not in ("point", "dot"):
        return None
    digits, start = "", at
    at += 1
    while _joined(pieces, at):
        word, figure = pieces[at].text, pieces[at].figure
        if word in ("oh", "o") or word in UNITS:
            digits += str(UNITS.get(word, 0))
        elif word in TENS:
            digits += str(TENS[word])[:1] if _follows(pieces, at + 1) in UNITS else str(TENS[word])
        elif figure is not None and figure == int(figure):
            digits += str(int(figure))
        else:
            break
        at += 1
    return _Stated(Decimal(f"0.{digits}"), start, at) if digits else None


def _part(pieces: Sequence[_Piece], at: int) -> _Stated | None:
    """As in "and a half" behind a number."""
    words = [_follows(pieces, at + offset) for offset in range(3)]
    if words[0] == "and" and words[1] in ("a", "one") and words[2] in ("half", "quarter"):
        return _Stated(PARTS[words[2]], at, at + 3)
    return _Stated(PARTS[words[0]], at, at + 1) if words[0] in ("½", "¼") else None


def _runs(pieces: Sequence[_Piece], plain: Sequence[_Stated]) -> Iterator[list[tuple[Decimal, _Piece]]]:
    """Numbers, those of a pair or a date together; each value with the last piece that states it."""
    run: list[tuple[Decimal, _Piece]] = []
    for at, stated in enumerate(plain):
        first, last = pieces[stated.start], pieces[stated.stop - 1]
        placed = _Piece(last.text, last.figure, last.mark, Span(first.span.start, last.span.end), last.joined)
        run.append((stated.value, placed))
        following = plain[at + 1] if at + 1 < len(plain) else None
        if following is None or not _pair(pieces, stated.stop, following.start):
            yield run
            run = []


def _pair(pieces: Sequence[_Piece], stop: int, start: int) -> bool:
    """Whether the numbers that end at `stop` and begin at `start` are one pair: "120/80", "5 out of 10"."""
    if start == stop:
        return bool(pieces[stop - 1].mark)
    between = tuple(piece.text for piece in pieces[stop:start]) if start > stop else ()
    return between in OVER and all(piece.joined for piece in pieces[stop : start + 1])


def _time(run: Sequence[tuple[Decimal, _Piece]]) -> str:
    hours, *rest = (normal(value) for value, _ in run)
    return ":".join([hours, *(part.zfill(2) for part in rest)])


def _neighbours(pieces: Sequence[_Piece], plain: Sequence[_Stated]) -> Iterator[list[_Stated]]:
    """Numbers said one right after the other, with "oh" between them as 0."""
    stated = list(plain)
    for at, piece in enumerate(pieces):
        if piece.text in ("oh", "o") and any(entry.stop == at for entry in plain):
            stated.append(_Stated(Decimal(0), at, at + 1))
    group: list[_Stated] = []
    for entry in sorted(stated, key=lambda entry: entry.start):
        if group and (entry.start != group[-1].stop or not pieces[entry.start].joined or pieces[entry.start - 1].mark):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _readings(group: Sequence[_Stated]) -> tuple[set[str], range]:
    """What neighbours may mean together, and which pieces they take up."""
    texts = [normal(entry.value) for entry in group]
    found = set(texts)
    for start in range(len(texts)):
        for stop in range(start + 2, min(start + 5, len(texts)) + 1):
            if all(text.isdigit() for text in texts[start:stop]):
                found.add(str(int("".join(texts[start:stop]))))
    for first, second in pairwise(texts):
        if first.isdigit() and second.isdigit() and int(second) < 60:
            found.add(f"{first}:{second.zfill(2)}")
        if first.isdigit() and len(first) > 1 and second.isdigit() and len(second) == 1:
            found.add(f"{first}.{second}")
        if first.isdigit() and second in ("0.5", "0.25"):
            found.add(normal(Decimal(first) + Decimal(second)))
    for first, second, third in zip(texts, texts[1:], texts[2:], strict=False):
        if first.isdigit() and second == "0" and third.isdigit() and len(third) == 1:
            found.add(f"{first}:0{third}")
    return found, range(group[0].start, group[-1].stop)
