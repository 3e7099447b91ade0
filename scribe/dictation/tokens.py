"""The words of a dictation as tokens: what a phrase is matched against, case and punctuation left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scribe.types import Word

EDGES = re.compile(r"^[^\w]+|[^\w]+$")
NUMBER_SIGN = re.compile(r"#(\d{1,2})\W*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or one part of a word with hyphens, without its punctuation."""

    text: str = field(repr=False)
    word: int  # index of the word
    opens: bool  # first token of its word
    ends: bool  # last token of its word


def tokens(words: Sequence[Word]) -> list[Token]:
    """The tokens of the words, in order. "#1" is read as "number 1", a lone sign as itself."""
    return [token for index, word in enumerate(words) for token in _parts(word.text.strip().lower(), index)]


def _parts(text: str, index: int) -> Iterator[Token]:
    if found := NUMBER_SIGN.fullmatch(text):
        parts = ["number", found[1]]
    else:
        parts = [EDGES.sub("", part).replace("\u2019", "'") or part for part in text.split("-")]
    for at, part in enumerate(parts):
        yield Token(part, index, at == 0, at == len(parts) - 1)
