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
MEANS = ("question", "no question", "some", "when", "yes", "no", "hedged", "courtesy")
FILLERS = "um|uh|uhm|umm|ehm|erm|er|ah|eh|mm|hm|hmm"
LEADS = notation.expression(f"<and|so|okay|ok|then|{FILLERS}|or|alright|now|,|.>", {})
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
    leads = notation.expression(f"<yes|yeah|well|{FILLERS}|just|maybe|only|oh|and|,|.>", {})
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
def _rows() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {means: [] for means in MEANS}
    for line, (means, words) in notation.rows(TABLE, ("means", "words")):
        with notation.at_line(TABLE, line):
            if means not in found:
                raise ValueError(f"{means!r} is none of {', '.join(MEANS)}")
            found[means].append(re.compile(notation.expression(words, lists())).pattern)
    return found


@cache
def _words(means: str) -> str:
    return "|".join(sorted(_rows()[means], key=len, reverse=True))


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
    leads = notation.expression(f"<well|{FILLERS}|oh|actually|okay|,>", {})
    goes_on = notation.expression("(except|apart from|other than|only|just|but|not)", {})
    closed = r"[.,;!\u2026-] " if means is Answer.YES else rf"[.,;!\u2026-] |(?={goes_on})"
    return re.compile(rf"{leads}(?:(?:{_words(means)})(?:{closed}))+(?:{notation.expression('<well|,>', {})})?")
