"""A dictation as it should be written: spoken marks become marks. And back: where in the recording a written word was.

The recording's transcript stays as it was heard. `written` makes a second one, whose words hold the marks, and
`relocate` leads spans of that one back to the first.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from scribe.dictation.commands import HEADING_ENDS, Place
from scribe.dictation.parse import HEARD_MARKS, SpokenMark, spoken_marks
from scribe.types import Section, Span, Statement, Transcript, Word

SENTENCE_ENDS = (".", "?", "!")
SOFT_MARKS = (",", ";")
ABBREVIATION = re.compile(r"(?:\b[A-Za-z]\.){2,}$")  # a.m., q.i.d.: the last point belongs to the word


def written(transcript: Transcript) -> Transcript:
    """The transcript with its spoken marks as marks in the words' text.

    Words keep their order, times and speakers; a mark widens the word that carries it. A spoken mark replaces the one
    the recogniser wrote beside it, what follows a spoken full stop, a heading's
    colon or a new paragraph opens with a capital.
    """
    lines = _write(transcript.words)
    by_segment: dict[int, list[Word]] = {}
    segment_of = [at for at, segment in enumerate(transcript.segments) for _ in segment.words]
    for line in lines:
        by_segment.setdefault(segment_of[line.source], []).append(line.word)
    segments = tuple(replace(transcript.segments[at], words=tuple(words)) for at, words in by_segment.items())
    return replace(transcript, segments=segments)


def relocate(sections: tuple[Section, ...], written: Transcript, verbatim: Transcript) -> tuple[Section, ...]:
    """The sections, made from `written`, with every statement's spans and seconds in `verbatim`.

    A span covers whole words, without the spoken marks at its ends. Raises ValueError where `written` was not made
    from `verbatim`.
    """
    lines = _write(verbatim.words)
    sources = [line.source for line in lines]
    if tuple(line.word for line in lines) != written.words:
        raise ValueError("the written transcript was not made from this one")
    ends = list(accumulate(len(word.text) for word in written.words))

    def moved(span: Span) -> Span:
        first = min(bisect_right(ends, span.start), len(sources) - 1)
        last = min(max(bisect_left(ends, span.end), first), len(sources) - 1)
        return verbatim.span_of(sources[first], sources[last])

    def placed(statement: Statement) -> Statement:
        heard = tuple(moved(span) for span in statement.heard)
        seconds = tuple(interval for interval in map(verbatim.seconds, heard) if interval is not None)
        return replace(statement, heard=heard, seconds=seconds)

    return tuple(replace(section, statements=tuple(map(placed, section.statements))) for section in sections)


@dataclass(frozen=True, slots=True)
class _Line:
    """A written word and the index of the word it was made from."""

    word: Word
    source: int
    marked: bool = False  # carries a spoken mark


def _write(words: Sequence[Word]) -> list[_Line]:
    marks = {mark.first: mark for mark in spoken_marks(words)}
    pen = _Pen(words)
    at = 0
    while at < len(words):
        if mark := marks.get(at):
            pen.mark(mark)
            at = mark.last + 1
        else:
            pen.word(at)
            at += 1
    pen.finish()
    return pen.lines


class _Pen:
    """Writes words and marks one after another; holds what the next word must look like."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.lines: list[_Line] = []
        self._words = words
        self._space: str | None = None  # instead of the next word's own leading space
        self._opening = ""  # an opening mark that waits for its word
        self._since: float | None = None  # where that mark began
        self._capital = False
        self._small = False

    def word(self, at: int) -> None:
        """Write the word at an index."""
        word = self._words[at]
        body = word.text.lstrip()
        space = word.text[: len(word.text) - len(body)] if self._space is None else self._space
        start = word.start if self._since is None else min(self._since, word.start)
        text = space + self._opening + self._cased(body)
        self.lines.append(_Line(replace(word, text=text, start=start), at))
        self._space, self._opening, self._since = None, "", None
        self._capital = self._small = False

    def mark(self, mark: SpokenMark) -> None:
        """Put a mark on the word before, or keep it for the word after."""
        first, last = self._words[mark.first], self._words[mark.last]
        command = mark.command
        if command.place is Place.OPEN:
            self._opening += command.mark
            self._since = first.start if self._since is None else self._since
            return
        if command.place is Place.BREAK:
            self._space = max(self._space or "", command.mark, key=len)
            self._capital = self._capital or command.mark == "\n\n"
        else:
            self._space = "" if command.place is Place.JOIN else self._space
            self._capital = command.mark in SENTENCE_ENDS or (command.mark == ":" and self._ends_heading())
            self._small = command.mark in SOFT_MARKS and last.text.rstrip().endswith(SENTENCE_ENDS)
        if self.lines:
            self.lines[-1] = _marked(self.lines[-1], mark, last.end)
        elif self._since is None:
            self._since = first.start

    def finish(self) -> None:
        """An opening mark that no word followed stays with the last word."""
        if self._opening and self.lines:
            line = self.lines[-1]
            self.lines[-1] = replace(line, word=replace(line.word, text=f"{line.word.text} {self._opening}"))

    def _ends_heading(self) -> bool:
        """Whether the last word closes a heading: what follows "Social history:" opens with a capital."""
        return bool(self.lines) and self.lines[-1].word.text.strip(" \n,.:").lower() in HEADING_ENDS

    def _cased(self, body: str) -> str:
        if self._capital and body[:1].islower():
            return body[0].upper() + body[1:]
        if self._small and body[:1].isupper() and body[1:2].islower():
            return body[0].lower() + body[1:]
        return body


def _marked(line: _Line, mark: SpokenMark, end: float) -> _Line:
    text = line.word.text
    sign = "" if mark.command.place is Place.BREAK else mark.command.mark
    if not line.marked and not ABBREVIATION.search(text):
        # the recogniser's own marks give way to the spoken one; at a new line only those that leave a sentence open
        text = text.rstrip("".join(HEARD_MARKS) if sign else "".join(SOFT_MARKS))
    doubled = text.endswith(sign) or (sign in SENTENCE_ENDS and text.endswith(SENTENCE_ENDS))
    text += "" if doubled else sign
    word = replace(line.word, text=text, end=max(line.word.end, end))
    return replace(line, word=word, marked=line.marked or bool(sign))
