"""Sentences as tokens that remember where they were heard, so that every edit keeps the way back to the audio.

Rewriting deletes tokens, replaces some from fixed tables (I -> the patient) and adds frame words ("Denies"), which
were heard nowhere. Nothing else can put a word into the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from scribe.types import Span

PIECE = re.compile(r"\[(?:overlap|inaudible) [\d:]+\]\S*|\S+")  # a mark of what was not made out is one token
EDGE = "\"'()[].,;:!?\u2026\u201c\u201d-\u2013\u2014"
MARKS = re.compile(r"[.,;:!?\u2026%]+")  # punctuation that was written apart from its word
CLITIC = re.compile(r"(?i)n['\u2019]t|['\u2019](?:s|m|re|ve|ll|d)")
NAMED_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)
HALVES = {("gon", "na"), ("wan", "na"), ("got", "ta"), ("can", "not")}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a sentence with its punctuation; `span` is where it was heard, None for a frame word.

    `tag` is its part of speech (Penn Treebank), `clitic` that of what is joined to it ("I'm"); empty where unknown.
    """

    text: str = field(repr=False)
    span: Span | None
    tag: str = ""
    clitic: str = ""

    @property
    def bare(self) -> str:
        """The word in lower case without punctuation."""
        return self.text.strip(EDGE).lower().replace("\u2019", "'")

    @property
    def tail(self) -> str:
        """The punctuation after the word."""
        return self.text[len(self.text.rstrip(EDGE)) :]

    def worded(self, word: str, tag: str | None = None) -> Token:
        """Another word in this one's place, with this one's punctuation."""
        return replace(self, text=word + self.tail, tag=self.tag if tag is None else tag)


Tokens = tuple[Token, ...]


def read(text: str, offset: int) -> Tokens:
    """The tokens of `text`, which begins at character `offset` of the transcript's text.

    What a transcript writes apart is put together: "do n't", "gon na", a comma after a space.
    """
    tokens: list[Token] = []
    for found in PIECE.finditer(text):
        token = Token(found[0], Span(offset + found.start(), offset + found.end()))
        before = tokens[-1] if tokens else None
        if before is not None and before.span and token.span and _belongs(before, token):
            tokens[-1] = Token(before.text + token.text, Span(before.span.start, token.span.end))
        else:
            tokens.append(token)
    return tuple(tokens)


def _belongs(before: Token, token: Token) -> bool:
    if MARKS.fullmatch(token.text) or CLITIC.fullmatch(token.text):
        return before.text[-1].isalnum() or MARKS.fullmatch(token.text) is not None
    return (before.text.lower(), token.text.lower()) in HALVES


def frame(text: str) -> Tokens:
    """Frame words."""
    return tuple(Token(word, None) for word in text.split())


def text_of(tokens: Sequence[Token]) -> str:
    """The tokens with one space between them."""
    return " ".join(token.text for token in tokens)


def render(tokens: Sequence[Token]) -> str:
    """The tokens as a sentence: a capital at its start, a full stop at its end."""
    text = " ".join(token.text for token in tokens).strip(" ,;-\u2013\u2014")
    if text and text[-1] not in '.?!"\u201d':
        text = text.rstrip(":") + "."
    return text[:1].upper() + text[1:]


def places(tokens: Sequence[Token]) -> list[tuple[Span, Span]]:
    """For each heard token its span in the rendered sentence, and where it was heard."""
    found, at = [], 0
    for token in tokens:
        if token.span is not None:
            found.append((Span(at, at + len(token.text)), token.span))
        at += len(token.text) + 1
    return found


def heard(tokens: Sequence[Token]) -> tuple[Span, ...]:
    """Where the tokens were heard: neighbouring places are one span."""
    spans = sorted((token.span for token in tokens if token.span), key=lambda span: span.start)
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end + 1:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def ended(tokens: Iterable[Token]) -> Tokens:
    """The tokens without a comma or dash left at the end."""
    kept = list(tokens)
    if kept:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(",;-\u2013\u2014:"))
    return tuple(token for token in kept if token.text)


def stopless(tokens: Tokens) -> Tokens:
    """The tokens without the mark that ends their sentence."""
    if not tokens:
        return tokens
    last = tokens[-1]
    return ended((*tokens[:-1], replace(last, text=last.text.rstrip(".?!,;\u2026"))))


def lowered(tokens: Tokens) -> Tokens:
    """The tokens with a small letter at their start, but for what is always written with a capital."""
    if not tokens:
        return tokens
    first = tokens[0]
    core = first.text.strip(EDGE)
    keep = (
        first.bare == "i"
        or first.bare.startswith("i'")
        or core[1:] != core[1:].lower()
        or (first.tag == "NNP" and (len(tokens) > 1 or first.bare in NAMED_TIMES))
    )
    return tokens if keep else (replace(first, text=first.text[:1].lower() + first.text[1:]), *tokens[1:])


@dataclass(frozen=True, slots=True)
class Words:
    """The bare words of a sentence as one string, for patterns that find tokens."""

    text: str = field(repr=False)
    starts: tuple[int, ...]  # of each token in `text`

    def token_at(self, character: int) -> int:
        """The index of the token that begins at or after this character."""
        return next((at for at, start in enumerate(self.starts) if start >= character), len(self.starts))


def words(tokens: Sequence[Token]) -> Words:
    """The bare words, one space between them."""
    starts, at = [], 0
    for token in tokens:
        starts.append(at)
        at += len(token.bare) + 1
    return Words(" ".join(token.bare for token in tokens), tuple(starts))


def find(pattern: re.Pattern[str], tokens: Sequence[Token], *, start: bool = False) -> tuple[int, int] | None:
    """The tokens that a pattern over the bare words covers, half-open; `start`: only at the sentence's start.

    A pattern must cover whole words.
    """
    told = words(tokens)
    found = pattern.match(told.text) if start else pattern.search(told.text)
    if found is None or found.start() == found.end():
        return None
    return told.token_at(found.start()), told.token_at(found.end())


def same_words(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether both say the same, whatever the case and punctuation."""
    return [token.bare for token in a] == [token.bare for token in b]


def neighbours(tokens: Sequence[Token]) -> Iterable[tuple[Token, Token]]:
    """Each token with the next."""
    return pairwise(tokens)
