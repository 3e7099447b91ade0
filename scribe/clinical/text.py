"""Words and sentences of a text, each with its place in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scribe.types import Span

WORD = re.compile(
    r"[^\W_]+ (?:n't|'(?:m|re|ve|ll|d))\b|\b(?:gon|wan) na\b|\bgot ta\b|"  # written apart: "do n't", "i 'm"
    r"\d+(?:[.,]\d+)*|'s\b|[^\W_]+(?:'(?!s\b)[^\W_]+)*|\n|[^\w\s]|_"
)
SENTENCE_END = re.compile(r"[;!?\n]|\.(?=\s|$|[\"')])")


@dataclass(frozen=True, slots=True)
class WordToken:
    """One word or mark: its normalised text (lower case, straight apostrophes) and where it stands."""

    text: str = field(repr=False)
    span: Span


class Text:
    """A text and its tokens, read once.

    `line` is every token followed by one space, so that a pattern over words is a plain regular expression over it.
    `cut` are the spans of sentences where somebody has found them, by the turns of a talk.
    """

    def __init__(self, text: str, cut: Sequence[Span] | None = None) -> None:
        self.text = text
        self._cut = cut
        plain = text.replace("\u2019", "'").lower()
        plain = plain if len(plain) == len(text) else text  # lower case can be longer: "\u0130"
        self.tokens = tuple(WordToken(found[0].replace(" ", ""), Span(*found.span())) for found in WORD.finditer(plain))
        self.line = "".join(f"{token.text} " for token in self.tokens)
        self._starts = [token.span.start for token in self.tokens]

    @cached_property
    def _offsets(self) -> list[int]:
        """Where each token starts in `line`."""
        offsets, at = [], 0
        for token in self.tokens:
            offsets.append(at)
            at += len(token.text) + 1
        return offsets

    def token_range(self, span: Span) -> range:
        """Numbers of the tokens that `span` touches; empty where it touches none."""
        first = bisect_left(self._starts, span.start)
        if first and self.tokens[first - 1].span.end > span.start:
            first -= 1
        return range(first, max(first, bisect_left(self._starts, span.end)))

    def tokens_between(self, start: int, end: int) -> range:
        """Numbers of the tokens that lie in `line[start:end]`."""
        return range(bisect_left(self._offsets, start), bisect_left(self._offsets, end))

    def part(self, tokens: range) -> str:
        """The piece of `line` with these tokens."""
        return "".join(f"{token.text} " for token in self.tokens[tokens.start : tokens.stop])

    @cached_property
    def sentences(self) -> tuple[range, ...]:
        """The sentences, as ranges of tokens; the mark that ends one belongs to it."""
        if self._cut is not None:
            return tuple(self.token_range(span) for span in self._cut)
        ends = {found.start() for found in SENTENCE_END.finditer(self.text)}
        found, start = [], 0
        for number, token in enumerate(self.tokens):
            if token.span.start in ends:
                found.append(range(start, number + 1))
                start = number + 1
        if start < len(self.tokens):
            found.append(range(start, len(self.tokens)))
        return tuple(found)
