"""Numbers in a running text, in figures or in words, as values that can be compared: "80" and "eighty" are one.

    values(text)     the numbers that the text states, each with its place
    possible(text)   every number that the text may be heard to say: "one twenty" is 1 and 20, or 120

A value is a string in normal form: "80", "0.5", "120/80" (a pair: "120 over 80", "5 out of 10"), "8:30".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from scribe.clinical import numbers, times
from scribe.clinical.figures import normal
from scribe.clinical.number_words import (
    CARDINALS,
    DECADES,
    FREQUENCIES,
    NUMERIC,
    ORDINALS,
    PARTS,
    ROMAN,
    SCALES,
    ZERO_DIGITS,
)
from scribe.types import Span

NOT_ORDINAL = frozenset({"first", "second"})  # "first of all", "a second": numbers only behind a ten
VAGUE = frozenset({"several", "few", "many", "some", "couple"})  # "a few hundred" is not one hundred
OPENING = NUMERIC | ZERO_DIGITS.keys() | PARTS.keys() | numbers.ARTICLES | numbers.POINTS
RANGES = frozenset({"to", "and", "or"})
OVER = (("over",), ("over", "over"), ("out", "of"))
PART_OF_DAY = re.compile(
    r"[\s-]*(?:[ap]\.?\s?m\b|o'?\s?clock\b|in the (?:morning|afternoon|evening)\b|at night\b)", re.IGNORECASE
)
PART = r"(?:1/2|[13]/4|[12]/3)(?![\d/])"
FIGURE = (  # "3-1/2", "32-3/7", "1/2", "1,200", "2.5"
    rf"\d+(?: {PART}|-(?:1/2|[12]/3|[13]/4|[1-6]/7|[1357]/8)(?![\d/]))|{PART}|"
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
)
PIECE = re.compile(
    r"(?P<word>(?<![\w.])[btq]\.i\.d\b|[½¼¾]|(?<!\w)[^\W\d_]+(?:['\u2019][^\W\d_]+)*(?![\w]))"
    rf"|(?P<figure>(?:(?<=\bx)|(?<=\bq)|(?<=\bq\.)|(?<![\w.,])|(?<=\d[/:]))(?:{FIGURE})|(?<![\w.,])\.\d+)"
    r"(?P<mark>\s?/\s?(?=\d)|:(?=\d\d))?(?:st\b|nd\b|rd\b|th\b|s\b)?",
    re.IGNORECASE,
)
TOGETHER = re.compile(r"[\s-]*")  # what may lie between the words of one number


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that a text states, and where."""

    value: str = field(repr=False)
    span: Span


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or figures; `mark` is the slash or colon behind figures, `joined`: the next belongs to the same phrase."""

    text: str = field(repr=False)
    span: Span
    mark: str = ""
    joined: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """A value, and the pieces [start, end) that state it."""

    value: Decimal = field(repr=False)
    start: int
    end: int
    text: str = field(default="", repr=False)  # a value that is no number: "8:30"


class _Line:
    """The pieces of a text, as the reader of numbers asks for them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = _pieces(text)

    def __len__(self) -> int:
        return len(self.pieces)

    def low(self, at: int) -> str:
        return self.pieces[at].text if 0 <= at < len(self.pieces) else ""

    def joined(self, at: int) -> bool:
        return 0 <= at < len(self.pieces) and self.pieces[at].joined

    spaced = joined

    def mark(self, at: int) -> str:
        return self.pieces[at].mark if 0 <= at < len(self.pieces) else ""

    def follows(self, at: int) -> str:
        """The word at a place, where it belongs to the phrase of the one before."""
        return self.low(at) if self.joined(at - 1) else ""

    def behind(self, at: int) -> str:
        """The text behind a piece."""
        return self.text[self.pieces[at].span.end :]


def values(text: str, *, every_one: bool = False) -> tuple[Stated, ...]:
    """The numbers that the text states, in order, as they are read without guessing.

    `every_one`: "one" is a number wherever it stands, even in "this one".
    """
    line = _Line(text)
    found = []
    for run in _runs(line, list(_reads(line, every_one=every_one))):
        first, last = run[0], run[-1]
        mark = ":" if line.mark(first.end - 1) == ":" else "/"
        texts = [each.text or normal(each.value) for each in run]
        if mark == ":":
            texts[1:] = [part.zfill(2) for part in texts[1:]]
        found.append(
            Stated(mark.join(texts), Span(line.pieces[first.start].span.start, line.pieces[last.end - 1].span.end))
        )
    return tuple(found)


def possible(text: str) -> frozenset[str]:
    """Every number that the text may be heard to say: those stated, and neighbours taken together.

    "one twenty over eighty" may be 120/80, "twenty twenty one" 2021, "eight thirty" 8:30, "ninety eight six" 98.6.
    """
    line = _Line(text)
    plain = list(_reads(line, every_one=True, guessing=True))
    found = {value for stated in values(text) for value in (stated.value, *stated.value.split("/"))}
    found |= {str(ORDINALS[piece.text]) for piece in line.pieces if piece.text in NOT_ORDINAL}
    found |= {"1/2" for piece in line.pieces if piece.text in ("half", "½")}
    found |= {"1/4" for piece in line.pieces if piece.text in ("quarter", "¼")}
    found |= {"/".join(map(str, parts)) for piece in line.pieces if (parts := numbers.WRITTEN_PARTS.get(piece.text))}
    readings = [_readings(group) for group in _neighbours(line, plain)]
    for values_, ends in readings:
        found |= values_
        for others, begins in readings:
            if _pair(line, ends.stop, begins.start):
                found |= {f"{a}/{b}" for a in values_ for b in others}
    return frozenset(found)


def is_numeric(word: str) -> bool:
    """Whether a lower-case word is part of a number, an ordinal or a frequency."""
    return word in NUMERIC


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    before = 0
    for match in PIECE.finditer(text):
        between = text[before : match.start()]
        ranges = "-" in between and match["figure"] and found and found[-1].text[:1].isdigit()
        if found and TOGETHER.fullmatch(between) and not ranges and not found[-1].mark:
            found[-1] = _Piece(found[-1].text, found[-1].span, joined=True)
        span, mark = Span(*match.span()), (match["mark"] or "").strip()
        whole, parted, part = (match["figure"] or "").replace("-", " ").partition(" ")
        if parted:  # "3-1/2"
            found.append(_Piece(whole, span, joined=True))
        found.append(_Piece(part or whole or match["word"].lower(), span, mark))
        before = match.end()
    return found


def _reads(line: _Line, *, every_one: bool, guessing: bool = False) -> Iterator[_Read]:
    """The single numbers, in order, each as long as it can be read.

    `every_one`: also "one" where it may be no number; `guessing`: nothing that only its surroundings make one number.
    """
    at, before = 0, None
    while at < len(line):
        if line.low(at)[0].isalpha() and line.low(at) not in OPENING:
            at += 1
            continue
        read = (None if guessing else _in_place(line, at, before)) or _read(line, at)
        if read is None or not (every_one or read.end > at + 1 or numbers.one_counts(line, at)):
            at += 1
            continue
        yield read
        at, before = read.end, read


def _read(line: _Line, at: int) -> _Read | None:
    """The number that begins at a piece, whatever stands around it."""
    low = line.low(at)
    for table in (FREQUENCIES, ROMAN, DECADES):
        if low in table and low != "teens":
            return _Read(Decimal(table[low]), at, at + 1)
    if (part := numbers.part(line, at)) is not None and not line.mark(at):
        return _Read(part.value, at, part.end)
    ordinal = numbers.ordinal(line, at)
    if ordinal is not None and low not in NOT_ORDINAL:
        return _Read(Decimal(ordinal[0]), at, ordinal[1])
    if low in SCALES and line.joined(at - 1) and line.low(at - 1) in VAGUE | {"of"}:
        return None
    found = numbers.number(line, at)
    if (mixed := numbers.around_unit(line, at, found)) is not None:
        return _Read(mixed[0], at, mixed[1])
    if found is None:
        return None
    if found.end < len(line) and line.follows(found.end) in DECADES and line.low(found.end - 1) in ("hundred", "and"):
        return _Read(found.value + DECADES[line.low(found.end)], at, found.end + 1)
    return _Read(found.value, at, found.end)


def _in_place(line: _Line, at: int, before: _Read | None) -> _Read | None:
    """What is one number for what stands around it: a time, a year, a pressure said as "one twenty over eighty".

    `before`: the number that was read last.
    """
    low = line.low(at)
    if low not in CARDINALS and not low[:1].isdigit():
        return None
    time = times.clock(line, at)
    if time is not None and time[1] is not None and PART_OF_DAY.match(line.behind(time[2] - 1)):
        return _Read(Decimal(0), at, time[2], f"{time[0]}:{time[1]:02d}")
    if (year := times.plain_year(line, at)) is not None:
        return _Read(Decimal(year[0]), at, year[1])
    said = numbers.number(line, at, clipped=True)
    if said is None or not said.clipped:
        return None
    top = line.follows(said.end) == "over" and bool(line.joined(said.end)) and _is_number(line, said.end + 1)
    bottom = line.follows(at) != "" and line.low(at - 1) == "over" and _is_number(line, at - 2)
    ranges = before is not None and before.end == at - 1 and line.joined(at - 2) and line.low(at - 1) in RANGES
    higher = before is not None and 90 <= before.value < said.value  # "one hundred to one twenty"
    return _Read(said.value, at, said.end) if top or bottom or (ranges and higher) else None


def _is_number(line: _Line, at: int) -> bool:
    return line.low(at) in CARDINALS or line.low(at)[:1].isdigit()


def _runs(line: _Line, reads: Sequence[_Read]) -> Iterator[list[_Read]]:
    """Numbers, those of a pair or a date together."""
    run: list[_Read] = []
    for at, read in enumerate(reads):
        run.append(read)
        following = reads[at + 1] if at + 1 < len(reads) else None
        if following is None or not _pair(line, read.end, following.start):
            yield run
            run = []


def _pair(line: _Line, stop: int, start: int) -> bool:
    """Whether the numbers that end at `stop` and begin at `start` are one pair: "120/80", "5 out of 10"."""
    if start == stop:
        return bool(line.mark(stop - 1))
    if not 0 < start - stop <= max(map(len, OVER)):
        return False
    between = tuple(line.low(at) for at in range(stop, start))
    return between in OVER and all(line.joined(at - 1) for at in range(stop, start + 1))


def _neighbours(line: _Line, reads: Sequence[_Read]) -> Iterator[list[_Read]]:
    """Numbers said one right after the other, with "oh" between them as 0."""
    taken = {at for read in reads for at in range(read.start, read.end)}
    between = {read.end for read in reads if line.low(read.end) in ZERO_DIGITS} - taken
    found = [*reads, *(_Read(Decimal(0), at, at + 1) for at in between)]
    group: list[_Read] = []
    for read in sorted(found, key=lambda each: each.start):
        if group and (read.start != group[-1].end or not line.joined(read.start - 1)):
            yield group
            group = []
        group.append(read)
    if group:
        yield group


def _readings(group: Sequence[_Read]) -> tuple[set[str], range]:
    """What neighbours may mean together, and which pieces they take up."""
    texts = [normal(read.value) for read in group]
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
    return found, range(group[0].start, group[-1].end)
