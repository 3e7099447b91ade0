"""Number words beside a spoken sign, in figures: "fifty percent sign" is 50%, "two hyphen three" is 2-3.

Elsewhere numbers stay as they were said; `formatting` writes those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from scribe.clinical.number_words import BELOW_HUNDRED, ONES, TENS
from scribe.clinical.numbers import Words, number
from scribe.dictation.punctuation import Line

AFTER = re.compile(r"(\s*)([A-Za-z]+)([%\u00b0+].*)", re.DOTALL)
BEFORE = re.compile(r"(\s*[(\"']*[#$-])([A-Za-z]+[.,;:?!)\"']*)")
JOINED = re.compile(r"(\s*)([A-Za-z]+)([-/])", re.DOTALL)
NUMBER_WORDS = frozenset({*BELOW_HUNDRED, "hundred", "point"})
LEADING = "(\"'["
TRAILING = ".,;:?!)\"'"


def with_figures(lines: Sequence[Line]) -> list[Line]:
    """The lines, with the numbers beside signs in figures; a number of several words becomes one line."""
    result = list(lines)
    for at in range(len(result) - 1, -1, -1):  # from the end, so that what was merged lies behind
        if at >= len(result):
            continue  # merged with the number before it
        text = result[at].word.text
        if found := AFTER.fullmatch(text):
            _before_sign(result, at, found[2], found[3])
        elif found := BEFORE.fullmatch(text):
            _after_sign(result, at, found[1], found[2])
        elif (found := JOINED.fullmatch(text)) and at + 1 < len(result):
            _around_sign(result, at, found)
    return result


def _before_sign(lines: list[Line], at: int, word: str, rest: str) -> None:
    start = _run_back(lines, at)
    for first in range(start, at + 1):
        words = [*(_bare(line) for line in lines[first:at]), word.lower()]
        if figures := _figures(words):
            _merge(lines, first, at, _space(lines[first]) + figures + rest)
            return


def _after_sign(lines: list[Line], at: int, sign: str, word: str) -> None:
    end = _run_on(lines, at)
    for last in range(end, at - 1, -1):
        texts = [line.word.text.strip() for line in lines[at + 1 : last + 1]]
        words = [word, *texts]
        tail = words[-1][len(words[-1].rstrip(TRAILING)) :]
        if figures := _figures([item.rstrip(TRAILING).lower() for item in words]):
            _merge(lines, at, last, sign + figures + tail)
            return


def _around_sign(lines: list[Line], at: int, found: re.Match[str]) -> None:
    left, right = found[2].lower(), lines[at + 1].word.text
    body = right.rstrip(TRAILING).lower()
    tens_and_unit = found[3] == "-" and left in TENS and body in ONES  # "twenty-five"
    if right[:1].isspace() or not _figures([body]) or tens_and_unit:
        return
    start = _run_back(lines, at)
    figures = _figures([*(_bare(line) for line in lines[start:at]), left])
    if figures:
        number, tail = _figures([body]), right[len(body) :]
        lines[at + 1] = replace(lines[at + 1], word=replace(lines[at + 1].word, text=number + tail))
        _merge(lines, start, at, _space(lines[start]) + figures + found[3])


def _run_back(lines: Sequence[Line], at: int) -> int:
    """The first of the number words that end just before a line."""
    while at > 0 and _bare(lines[at - 1]) in NUMBER_WORDS and lines[at].word.text.startswith(" "):
        at -= 1
        if _space(lines[at]).strip():
            break
    return at


def _run_on(lines: Sequence[Line], at: int) -> int:
    """The last of the number words that begin just after a line."""
    while at + 1 < len(lines) and lines[at + 1].word.text.strip(f" {TRAILING}").lower() in NUMBER_WORDS:
        at += 1
        if lines[at].word.text[-1] in TRAILING:
            break
    return at


def _bare(line: Line) -> str:
    return line.word.text.strip().lstrip(LEADING).lower()


def _figures(words: Sequence[str]) -> str:
    """A whole or decimal number in figures; empty where the words are none."""
    found = number(Words(words), 0)
    return found.text if found and found.end == len(words) and not (found.fraction or found.scale) else ""


def _merge(lines: list[Line], first: int, last: int, text: str) -> None:
    merged = lines[first : last + 1]
    word = replace(
        merged[0].word,
        text=text,
        end=max(line.word.end for line in merged),
        probability=min(line.word.probability for line in merged),
    )
    flags = tuple(flag for line in merged for flag in line.flags)
    reach = max(line.last for line in merged)
    lines[first : last + 1] = [replace(merged[0], word=word, last=reach, marked=merged[-1].marked, flags=flags)]


def _space(line: Line) -> str:
    """What stands before the word itself: white space and opening marks."""
    text = line.word.text
    return text[: len(text) - len(text.lstrip().lstrip(LEADING))]
