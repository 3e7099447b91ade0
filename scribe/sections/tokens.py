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


def word_set(text: str) -> frozenset[str]:
    """The words of a table written as one line of text."""
    return frozenset(text.split())


PIECE = re.compile(r"\S+")
EDGE = "\"'()[].,;:!?\u2026\u201c\u201d-\u2013\u2014"
FILLERS = word_set("um uh uhm umm uhh uhhh er erm hmm hm mm mhm ah eh huh oh")
OPENERS = word_set("okay ok so well alright right and now anyway anyways perfect great")
ASSENT = word_set("yeah yep yes yea yup")
PHRASES = (("you", "know"), ("i", "mean"), ("all", "right"), ("of", "course"), ("i", "guess", "like"))
MAY_REPEAT = word_set("no very had that really so bye long far much")
TAGS = (
    ("okay",),
    ("ok",),
    ("all", "right"),
    ("alright",),
    ("you", "know"),
    ("you", "know", "what", "i", "mean"),
    ("or", "so-"),
)
CUT_OFF = re.compile(r"^[A-Za-z]{1,4}-$")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a sentence with its punctuation; `span` is where it was heard, None for a frame word."""

    text: str = field(repr=False)
    span: Span | None

    @property
    def bare(self) -> str:
        """The word in lower case without punctuation."""
        return self.text.strip(EDGE).lower().replace("\u2019", "'")


Tokens = tuple[Token, ...]


def read(text: str, offset: int) -> Tokens:
    """The tokens of `text`, which begins at character `offset` of the transcript's text."""
    return tuple(Token(found[0], Span(offset + found.start(), offset + found.end())) for found in PIECE.finditer(text))


def frame(text: str) -> Tokens:
    """Frame words."""
    return tuple(Token(word, None) for word in text.split())


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


def clean(tokens: Tokens, *, answer: bool = False) -> Tokens:
    """The sentence without fillers, stutters, words that only open a turn, and the tag that asks for assent.

    An `answer` keeps its yes. May be empty where the sentence was nothing but fillers.
    """
    kept = [token for token in tokens if token.bare not in FILLERS and not CUT_OFF.match(token.text) and token.bare]
    kept = _unstuttered(_without_asides(kept))
    kept = _without_openers(kept, OPENERS - {"right"} if answer else OPENERS | ASSENT)
    for tag in TAGS:
        if len(kept) > len(tag) + 1 and tuple(token.bare for token in kept[-len(tag) :]) == tag:
            kept = kept[: -len(tag)]
    return ended(kept)


def ended(tokens: Iterable[Token]) -> Tokens:
    """The tokens without a comma or dash left at either end."""
    kept = list(tokens)
    if kept:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(",;-\u2013\u2014:"))
    return tuple(token for token in kept if token.text)


def _without_asides(tokens: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        aside = len(kept) >= 2 and (kept[-2].bare, token.bare) in {("you", "know"), ("i", "mean")}
        opened = len(kept) < 3 or kept[-3].text.endswith((",", "-"))
        if aside and (opened or token.text.endswith(",")):
            del kept[-2:]
        elif token.bare == "like" and len(kept) >= 2 and kept[-2].text.endswith(",") and token.text.endswith(","):
            del kept[-1]
    return kept


def _unstuttered(tokens: list[Token]) -> list[Token]:
    """Drop the first of two equal words, and of two equal pairs of words: "in my in my chest"."""
    kept = [a for a, b in pairwise(tokens) if not _same(a, b)] + tokens[-1:]
    at = 0
    while at + 3 < len(kept):
        if _same(kept[at], kept[at + 2]) and _same(kept[at + 1], kept[at + 3]):
            del kept[at : at + 2]
        else:
            at += 1
    return kept


def _same(a: Token, b: Token) -> bool:
    return (
        a.bare == b.bare and a.bare.replace("'", "").isalpha() and a.bare not in MAY_REPEAT and a.text[-1] not in ".?!"
    )


def _without_openers(tokens: list[Token], openers: frozenset[str]) -> list[Token]:
    at = 0
    while at < len(tokens) - 1:
        pair = (tokens[at].bare, tokens[at + 1].bare)
        if pair in PHRASES and at + 2 < len(tokens):
            at += 2
        elif tokens[at].bare in openers and not (tokens[at].bare == "right" and _is_side(tokens, at)):
            at += 1
        elif tokens[at].bare == "but" and tokens[at].text.endswith(","):
            at += 1
        else:
            break
    return tokens[at:]


def _is_side(tokens: Sequence[Token], at: int) -> bool:
    """ "Right" names a side unless a comma or full stop sets it off."""
    return tokens[at].text[-1].isalpha() and tokens[at + 1].bare not in {
        "so",
        "and",
        "okay",
        "ok",
        "now",
        "i'm",
        "let's",
        "i",
    }
