"""Sentences as tokens that remember where they were heard, so that every edit keeps the way back to the audio.

Rewriting deletes tokens, replaces some from fixed tables (I -> the patient) and adds frame words ("Denies"), which
were heard nowhere. Nothing else can put a word into the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from scribe.sections import phrases
from scribe.types import Span

PIECE = re.compile(r"\S+")
EDGE = "\"'()[].,;:!?\u2026\u201c\u201d-\u2013\u2014"
FILLERS, OPENERS, ASSENT, MAY_REPEAT = map(phrases.words, ("fillers", "openers", "assent", "may_repeat"))
OPENING_PHRASES, TAGS = phrases.phrases("opening_phrases"), phrases.phrases("tags")
STUTTER = re.compile(r"^(\w{1,3})-(?=\1)", re.IGNORECASE)
SUBJECTS, STUMBLED = phrases.words("subjects"), phrases.words("stumbled")
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
    kept = _unstuttered(_without_asides([_whole(token) for token in kept]))
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
        opened = len(kept) > 2 and kept[-3].text.endswith((",", "-"))
        if aside and (opened or token.text.endswith(",")):
            del kept[-2:]
        elif token.bare == "like" and len(kept) >= 2 and kept[-2].text.endswith(",") and token.text.endswith(","):
            del kept[-1]
    return kept


def _whole(token: Token) -> Token:
    """`y-you` -> you, for the small words on which people stumble; `t-test` stays."""
    rest = STUTTER.sub("", token.text)
    return replace(token, text=rest) if rest.strip(EDGE).lower() in STUMBLED else token


def _unstuttered(tokens: list[Token]) -> list[Token]:
    """Drop what is said twice in a row, up to four words ("in my in my chest"), and a subject that is begun anew."""
    kept = [a for a, b in pairwise(tokens) if not _same(a, b) and not _begun_anew(a, b)] + tokens[-1:]
    for size in (4, 3, 2):
        at = 0
        while at + 2 * size <= len(kept):
            if all(_same(kept[i], kept[i + size], anywhere=True) for i in range(at, at + size)):
                del kept[at : at + size]
            else:
                at += 1
    return kept


def _begun_anew(a: Token, b: Token) -> bool:
    return a.text[-1] in ",-" and a.bare in SUBJECTS and b.bare in SUBJECTS


def _same(a: Token, b: Token, *, anywhere: bool = False) -> bool:
    """Whether `b` says `a` again; some words mean more when doubled ("no no", "very very") unless more is repeated."""
    if b.bare.startswith(a.bare + "'") and a.bare.isalpha() and a.text[-1].isalpha():
        return not anywhere  # "it it's"
    if a.bare != b.bare or not a.bare.replace("'", "").isalpha() or a.text[-1] in ".?!":
        return False
    return anywhere or a.bare not in MAY_REPEAT


def _without_openers(tokens: list[Token], openers: frozenset[str]) -> list[Token]:
    while len(tokens) > 1:
        first, second = tokens[0], tokens[1]
        if len(tokens) > 2 and (first.bare, second.bare) in OPENING_PHRASES:
            tokens = tokens[2:]
        elif first.bare in openers and not (first.bare == "right" and _is_side(first, second)):
            tokens = tokens[1:]
        else:
            break
    return tokens


def _is_side(first: Token, second: Token) -> bool:
    """Whether "right" names a side: it does unless a comma or full stop sets it off, or a new clause follows."""
    return first.text[-1].isalpha() and second.bare not in {"so", "and", "okay", "ok", "now", "i'm", "let's", "i"}
