"""Which words of a dictation are spoken marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.dictation.commands import ARTICLES, COMMANDS, DETERMINERS, JOINERS, NUMBERS, TIME_UNITS, Command, Place
from scribe.types import Word

PAUSE = 0.3  # seconds of silence that set a word apart
DENSE = 40  # words: whoever dictates marks says at least one in so many; in running speech a lone "period" is a word
HEARD_MARKS = tuple(",.;:?!\u2026")
EDGES = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class SpokenMark:
    """Words `first` to `last` (indices, both included) of a transcript ask for a mark."""

    command: Command
    first: int
    last: int
    plain: bool  # a single word, which could be said for itself


def spoken_marks(words: Sequence[Word]) -> tuple[SpokenMark, ...]:
    """The spoken marks, in order; none overlap.

    Where they are rare, only phrases of two words that nobody says otherwise ("open parenthesis") are believed.
    """
    sure = tuple(_Scan(words, misheard=False))
    if not is_dense(len(sure), len(words)):
        return tuple(mark for mark in sure if not mark.plain)
    return tuple(_Scan(words, misheard=True))


def is_dense(marks: int, words: int) -> bool:
    """Whether there are as many spoken marks as in the speech of somebody who dictates them."""
    return marks > 0 and marks * DENSE >= words


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or one part of a word with hyphens, without its punctuation."""

    text: str
    word: int
    opens: bool  # first token of its word
    ends: bool  # last token of its word


class _Scan:
    """One pass over the words; what has been decided so far is context for what comes."""

    def __init__(self, words: Sequence[Word], *, misheard: bool) -> None:
        self._words = words
        self._misheard = misheard
        self._tokens = list(_tokens(words))
        self._marked_until = -1  # the last token that belongs to a mark

    def __iter__(self) -> Iterator[SpokenMark]:
        at = 0
        while at < len(self._tokens):
            found = self._match(at)
            if found is None:
                at += 1
                continue
            command, length, heard_well = found
            last = at + length - 1
            if self._is_command(command, at, last, heard_well):
                self._marked_until = last
                plain = length == 1
                yield SpokenMark(command, self._tokens[at].word, self._tokens[last].word, plain)
            at += length

    def _match(self, at: int) -> tuple[Command, int, bool] | None:
        """The longest phrase that begins at a token: its command, its length, whether it was heard well."""
        if at >= len(self._tokens) or not self._tokens[at].opens:
            return None
        for phrase, command, heard_well in PHRASES.get(self._tokens[at].text, ()):
            tokens = self._tokens[at : at + len(phrase)]
            if not heard_well and not self._misheard:
                continue
            if tuple(token.text for token in tokens) == phrase and tokens[-1].ends:
                return command, len(phrase), heard_well
        return None

    def _is_command(self, command: Command, first: int, last: int, heard_well: bool) -> bool:
        before, after = self._text(first - 1), self._text(last + 1)
        if not self._follows_mark(first) and before in ARTICLES:
            return False
        if not heard_well and not self._is_believable(command, first, last):
            return False
        apart, ends = self._is_apart(first), self._ends(last)
        if command.needs_pauses:
            return apart and ends
        if not apart and not self._breaks_off(last) and self._belongs_to_the_word_before(command, first):
            return False
        if after in command.not_before and not ends:
            return after == "of" and self._text(last + 2) == "note"  # "period. Of note, ..."
        return True

    def _is_believable(self, command: Command, first: int, last: int) -> bool:
        """Whether a word that is not quite a command can be one: it stands where only a mark would stand."""
        before = self._text(first - 1)
        if self._is_apart(first) or self._match(last + 1) or not before or before in JOINERS:
            return False
        if before in command.misheard_not_after:
            return False
        return not command.misheard_only_after or before in command.misheard_only_after

    def _breaks_off(self, at: int) -> bool:
        """Whether a spoken line break, or nothing, follows a token."""
        following = self._match(at + 1)
        return at + 1 >= len(self._tokens) or (following is not None and following[0].place is Place.BREAK)

    def _belongs_to_the_word_before(self, command: Command, at: int) -> bool:
        before = self._text(at - 1)
        if before in command.not_after:
            return True
        led_by = command.not_after_led.get(before, frozenset())
        if any(self._text(lead) in led_by for lead in self._leads(at - 1)):
            return True
        return command.mark == "." and before in TIME_UNITS and self._is_number(at - 2)

    def _leads(self, at: int) -> Iterator[int]:
        """The tokens that lead a token: two words and any determiners among them, none of another sentence."""
        words = 0
        for lead in range(at - 1, -1, -1):
            if words == 2 or self._is_apart(lead + 1):
                return
            words += self._text(lead) not in ARTICLES | DETERMINERS
            yield lead

    def _is_number(self, at: int) -> bool:
        """More than one: `14-day period`, but `for 1 day, period`."""
        text = self._text(at)
        return text in NUMBERS or (text.isdigit() and text != "1")

    def _text(self, at: int) -> str:
        return self._tokens[at].text if 0 <= at < len(self._tokens) else ""

    def _follows_mark(self, at: int) -> bool:
        return at > 0 and at - 1 == self._marked_until

    def _is_apart(self, at: int) -> bool:
        """Whether something sets a token apart from the one before: a mark, a heard mark, a pause, the very start."""
        if at <= 0 or self._follows_mark(at):
            return True
        word, before = self._tokens[at].word, self._tokens[at - 1].word
        return word != before and self._is_gap(before, word)

    def _ends(self, at: int) -> bool:
        """Whether something sets a token apart from the one after; another spoken mark does, too."""
        if at + 1 >= len(self._tokens):
            return True
        return self._is_gap(self._tokens[at].word, self._tokens[at + 1].word) or self._match(at + 1) is not None

    def _is_gap(self, left: int, right: int) -> bool:
        paused = self._words[right].start - self._words[left].end >= PAUSE
        return paused or self._words[left].text.rstrip().endswith(HEARD_MARKS)


def _tokens(words: Sequence[Word]) -> Iterator[_Token]:
    for index, word in enumerate(words):
        parts = [EDGES.sub("", part) for part in word.text.lower().split("-")]
        for at, part in enumerate(parts):
            yield _Token(part, index, at == 0, at == len(parts) - 1)


def _index() -> dict[str, tuple[tuple[tuple[str, ...], Command, bool], ...]]:
    entries = [
        (tuple(phrase.split()), command, heard_well)
        for command in COMMANDS
        for phrases, heard_well in ((command.phrases, True), (command.misheard, False))
        for phrase in phrases
    ]
    entries.sort(key=lambda entry: -len(entry[0]))
    return {phrase[0]: tuple(entry for entry in entries if entry[0][0] == phrase[0]) for phrase, _, _ in entries}


PHRASES = _index()
