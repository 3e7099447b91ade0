"""Words and marks as they stand on a page: spacing, capitals, and the recogniser's marks giving way to spoken ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scribe.dictation.commands import Command, Place
from scribe.dictation.parse import HEARD_MARKS, SENTENCE_ENDS
from scribe.types import Flag, Word

SOFT_MARKS = (",", ";")
ABBREVIATION = re.compile(r"(?:\b[A-Za-z]\.){2,}$")  # a.m., q.i.d.: the last point belongs to the word
TITLE = re.compile(r"(?:\b(?:dr|mr|mrs|ms|st|vs|no|approx)|\b[a-z])\.$", re.IGNORECASE)
THOUSANDS = re.compile(r"\d,$")
WORDS = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Line:
    """A written word, and the first and last of the words it was made from."""

    word: Word
    first: int
    last: int
    marked: bool = False  # carries a spoken mark
    flags: tuple[Flag, ...] = ()
    item: bool = False  # the number of a list's item
    field: int | None = None  # here stands what a field of a template will hold


@dataclass(frozen=True, slots=True)
class Source:
    """The words a piece of text is made from: indices, both included, and what stands for them all."""

    first: int
    last: int
    word: Word


@dataclass(frozen=True, slots=True)
class PenState:
    """What has been written, and what the next word must look like."""

    lines: tuple[Line, ...] = ()
    space: str | None = None  # instead of the next word's own leading space
    opening: str = ""  # an opening mark that waits for its word
    since: float | None = None  # where that mark began
    capital: bool = False
    small: bool = False
    case: str = ""  # "caps", "all" or "no": of the next word
    mode: str = ""  # "caps" or "all": until it is switched off


class Pen:
    """Writes words and marks one after another."""

    def __init__(self, heading_ends: frozenset[str]) -> None:
        self.lines: list[Line] = []
        self._heading_ends = heading_ends
        self._now = PenState()

    @property
    def state(self) -> PenState:
        """Everything there is, to come back to."""
        return replace(self._now, lines=tuple(self.lines))

    def restore(self, state: PenState) -> None:
        """Go back to an earlier state."""
        self.lines = list(state.lines)
        self._now = replace(state, lines=())

    def expect(self, **changes: object) -> None:
        """Change what the next word must look like."""
        self._now = replace(self._now, **changes)  # type: ignore[arg-type]

    @property
    def ends_sentence(self) -> bool:
        """Whether the last word closes its sentence."""
        text = self.lines[-1].word.text if self.lines else ""
        if self.lines and self.lines[-1].marked:
            return text.endswith(SENTENCE_ENDS)
        return text.endswith(SENTENCE_ENDS) and not ABBREVIATION.search(text) and not TITLE.search(text)

    def write(self, word: Word, first: int, last: int, **traits: object) -> None:
        """Write a word made from words `first` to `last`."""
        now = self._now
        body = word.text.lstrip()
        space = word.text[: len(word.text) - len(body)] if now.space is None else now.space
        if body.startswith("000") and self.lines and THOUSANDS.search(self.lines[-1].word.text):
            space = ""  # "12 comma 000"
        start = word.start if now.since is None else min(now.since, word.start)
        text = space + now.opening + self._cased(body)
        line = Line(replace(word, text=text, start=start), first, last)
        self.lines.append(replace(line, **traits))  # type: ignore[arg-type]
        self._now = PenState(mode=now.mode)

    def text(self, text: str, source: Source, *, marked: bool = True) -> None:
        """Write a text of several words, all made from the same words; its line breaks stay."""
        for found in WORDS.finditer(f" {text}"):
            self.write(replace(source.word, text=found[0]), source.first, source.last)
        if self.lines and marked:
            self.lines[-1] = replace(self.lines[-1], marked=True)
            self._now = replace(self._now, capital=self.lines[-1].word.text.endswith(SENTENCE_ENDS))

    def new_line(self, space: str, *, capital: bool) -> None:
        """Begin a line or, with two line breaks in `space`, a paragraph; marks that leave a sentence open go."""
        if self.lines:
            self.lines[-1] = _marked(self.lines[-1], "", self.lines[-1].word.end)
        now = self._now
        broken = now.space if now.space is not None and now.space.startswith("\n") else ""
        self._now = replace(now, space=max(broken, space, key=len), capital=now.capital or capital)

    def mark(self, command: Command, source: Source) -> None:
        """Put a mark on the word before, or keep it for the word after."""
        mark, place, word = command.write, command.place, source.word
        bare = not self.lines or self.lines[-1].word.text.endswith((*SENTENCE_ENDS, ":"))
        bare = bare or (self._now.space is not None and "\n" in self._now.space)
        if place is Place.WORD or (command.stands_alone and bare):
            self.text(mark, source, marked=place is Place.WORD and len(mark) > 1)
            return
        if place is Place.OPEN:
            since = word.start if self._now.since is None else self._now.since
            self._now = replace(self._now, opening=self._now.opening + mark, since=since)
            return
        if place is Place.BREAK:
            self._break(mark, source)
            return
        small = mark in SOFT_MARKS and word.text.rstrip().endswith(SENTENCE_ENDS)
        capital = mark in SENTENCE_ENDS or (mark == ":" and self._ends_heading()) or not self.lines
        space = "" if place is Place.JOIN else self._now.space
        self._now = replace(self._now, space=space, capital=capital, small=small)
        if self.lines:
            self.lines[-1] = _marked(self.lines[-1], mark, word.end)
        elif self._now.since is None:
            self._now = replace(self._now, since=word.start)

    def soften(self, marks: Sequence[str] = (",",)) -> None:
        """Take the recogniser's marks from the last word: they were only heard before a command."""
        if self.lines and not self.lines[-1].marked and not TITLE.search(self.lines[-1].word.text):
            line = self.lines[-1]
            self.lines[-1] = replace(line, word=replace(line.word, text=line.word.text.rstrip("".join(marks))))

    def finish(self) -> None:
        """An opening mark that no word followed stays with the last word."""
        if self._now.opening and self.lines:
            line = self.lines[-1]
            self.lines[-1] = replace(line, word=replace(line.word, text=f"{line.word.text} {self._now.opening}"))
        self._now = PenState()

    def _break(self, mark: str, source: Source) -> None:
        sign = mark.lstrip("\n")
        space = mark[: len(mark) - len(sign)]
        if self.lines:
            self.lines[-1] = _marked(self.lines[-1], "", source.word.end)
        elif self._now.since is None:
            self._now = replace(self._now, since=source.word.start)
        self.new_line(space, capital=space == "\n\n" or bool(sign))
        if sign:
            self.write(replace(source.word, text=sign), source.first, source.last)
            self._now = replace(self._now, capital=True)

    def _ends_heading(self) -> bool:
        """Whether the last word closes a heading: what follows "Social history:" opens with a capital."""
        return bool(self.lines) and self.lines[-1].word.text.strip(" \n,.:").lower() in self._heading_ends

    def _cased(self, body: str) -> str:
        now = self._now
        how = now.case or now.mode
        if how == "all":
            return body.upper()
        if how == "no":
            return body[:1].lower() + body[1:]
        if (now.capital or how == "caps") and body[:1].islower():
            return body[0].upper() + body[1:]
        if now.small and how != "caps" and body[:1].isupper() and body[1:2].islower():
            return body[0].lower() + body[1:]
        return body


def _marked(line: Line, sign: str, end: float) -> Line:
    text = line.word.text
    if not line.marked and not ABBREVIATION.search(text):
        # the recogniser's own marks give way to the spoken one; at a new line only those that leave a sentence open
        text = text.rstrip("".join(HEARD_MARKS) if sign else "".join(SOFT_MARKS))
    if sign in SENTENCE_ENDS:
        text = text.rstrip("".join(SOFT_MARKS))  # "comma, period": the last word counts
    doubled = text.endswith(sign) or (sign in SENTENCE_ENDS and text.endswith(SENTENCE_ENDS))
    text += "" if doubled else sign
    word = replace(line.word, text=text, end=max(line.word.end, end))
    return replace(line, word=word, marked=line.marked or bool(sign))


def heard_marks(source: Source) -> str:
    """The recogniser's marks at the end of a command, which belong to what is written for it."""
    text = source.word.text.rstrip()
    return text[len(text.rstrip("".join(HEARD_MARKS))) :]
