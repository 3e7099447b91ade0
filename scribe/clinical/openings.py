"""How questions and answers open: what a clinician asks without a mark, and what an answer says by its yes or no."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from scribe.clinical import notation
from scribe.clinical.lists import lists
from scribe.clinical.text import Text

TABLE = Path(__file__).with_name("openings.tsv")
LEADS = notation.expression("<and|so|okay|ok|then|um|uh|or|alright|now|,|.>", {})
MARK = re.compile(r"(?<!\S)(?:[.,;!\u2026] |- (?=\W|$))|^- ")  # the hyphen of "uh-huh" stays


class Answer(StrEnum):
    """What an answer to a yes-or-no question says by its first words."""

    NO = "no"
    HEDGED = "hedged"  # "not really", "not that I know of"
    YES = "yes"
    MORE = "more"  # a sentence of its own


def opens_question(text: str) -> bool:
    """Whether a clinician who begins so asks, with or without a question mark."""
    line = Text(text).line
    return _begins("question").match(line) is not None and _begins("no question").match(line) is None


def answer_of(text: str) -> Answer:
    """What an answer says that is nothing but a yes, a no or a hedged no, with courtesies; MORE for any other."""
    line = MARK.sub("", Text(text).line)
    for means, allowed in (
        (Answer.HEDGED, (Answer.NO, Answer.HEDGED)),
        (Answer.NO, (Answer.NO,)),
        (Answer.YES, (Answer.YES,)),
    ):
        if _whole(*allowed, "courtesy").fullmatch(line) and _within(means).search(line):
            return means
    return Answer.MORE


def says_some(text: str) -> bool:
    """Whether an answer is a yes that says how much or how often: "a little, in the morning"."""
    leads = notation.expression("<yes|yeah|well|um|uh|just|maybe|only|oh|and|,|.>", {})
    return re.match(rf"{leads}(?:{_words('some')})", Text(text).line) is not None


def tells_when(text: str) -> bool:
    """Whether an answer begins with how often or when it was so, and says by that that it was: "Once, years ago"."""
    return _begins("when").match(Text(text).line) is not None


def is_courtesy(word: str) -> bool:
    """Whether one lower-case word says nothing in an answer: "well"."""
    return _whole("courtesy").fullmatch(f"{word} ") is not None


def opening_of(text: str) -> tuple[Answer, int]:
    """The yes or no with which an answer opens, and the offset of what follows it; MORE and 0 where it has none."""
    read = Text(text)
    for means in (Answer.HEDGED, Answer.NO, Answer.YES):
        found = _leading(means).match(read.line)
        if found is None:
            continue
        tokens = read.tokens_between(*found.span())
        if tokens.stop < len(read.tokens):
            return means, read.tokens[tokens.stop].span.start
    return Answer.MORE, 0


@cache
def _words(means: str) -> str:
    found = [words for _, (what, words) in notation.rows(TABLE, ("means", "words")) if what == means]
    return "|".join(notation.expression(words, lists()) for words in sorted(found, key=len, reverse=True))


@cache
def _begins(means: str) -> re.Pattern[str]:
    return re.compile(rf"{LEADS}(?:{_words(means)})")


@cache
def _whole(*means: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(_words, means))})+")


@cache
def _within(means: Answer) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{_words(means)})")


@cache
def _leading(means: Answer) -> re.Pattern[str]:
    """The answer and the mark that closes it: "no, ..."; "no pain" denies in its own words."""
    leads = notation.expression("<well|um|uh|oh|actually|okay|,>", {})
    closed = rf"[.,;!\u2026-] |(?={notation.expression('(except|apart from|other than|only|just|but|not)', {})})"
    return re.compile(rf"{leads}(?:(?:{_words(means)})(?:{closed}))+(?:{notation.expression('<well|,>', {})})?")
