"""Where a statement was heard: the sentences of the talk that it touches, whole, and what stands around them.

A part of a sentence can say something else than the whole: "I get short of breath" of "... only on stairs".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from scribe.bench.meaning.facts import Token, stem, table, tokens, word_list
from scribe.types import Span, Transcript

END = re.compile(r"[.?!\u2026]+[\"')\u201d]*(?=\s|$)")
KEPT = 4096  # sentences whose words are kept
ABBREVIATED = re.compile(r"\b(?:dr|mr|mrs|ms|st|vs|approx|[a-z])\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a turn. `who` is the speaker's role or name."""

    turn: int
    number: int  # in its turn
    who: str
    text: str = field(repr=False)
    heard: tuple[Span, ...] = ()  # the parts of the text that a statement was heard in

    @property
    def was_heard(self) -> tuple[bool, ...]:
        """For each of its words whether a statement was heard in it."""
        return tuple(
            any(token.span.start < span.end and span.start < token.span.end for span in self.heard)
            for token in tokens(self.text)
        )

    @property
    def words(self) -> tuple[Token, ...]:
        """Its words and marks."""
        return tokens(self.text)

    @property
    def asks(self) -> bool:
        """Whether it is a question, by its mark or by how it begins."""
        first = next((token.text for token in self.words if token.is_word), "")
        return "?" in self.text or (
            first in listed("asking_first") and self.who == "clinician" and "." not in self.text
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """The sentences of a talk, turn by turn, and those of them that a statement was heard in."""

    turns: tuple[tuple[Sentence, ...], ...]
    touched: tuple[Sentence, ...]

    def before(self, sentence: Sentence) -> tuple[Sentence, ...]:
        """The sentences of the same turn before one."""
        return self.turns[sentence.turn][: sentence.number]

    def after(self, sentence: Sentence) -> tuple[Sentence, ...]:
        """The sentences of the same turn behind one."""
        return self.turns[sentence.turn][sentence.number + 1 :]

    def following(self, turn: int, count: int) -> tuple[tuple[Sentence, ...], ...]:
        """The next turns."""
        return self.turns[turn + 1 : turn + 1 + count]

    @property
    def pieces(self) -> list[tuple[str | None, str]]:
        """What was touched, as (speaker, text) in turn: what one says without a break together."""
        found: list[tuple[str | None, str]] = []
        for at, sentence in enumerate(self.touched):
            if at and self.touched[at - 1].turn == sentence.turn:
                found[-1] = (sentence.who, f"{found[-1][1]}{sentence.text}")
            else:
                found.append((sentence.who, sentence.text.strip()))
        return found


class Talk:
    """A transcript, its segments as turns, cut into sentences once."""

    def __init__(self, transcript: Transcript) -> None:
        self._turns: list[tuple[Sentence, ...]] = []
        self._places: list[tuple[Span, Sentence]] = []
        at = 0
        for number, segment in enumerate(transcript.segments):
            text = "".join(word.text for word in segment.words)
            who = segment.words[0].speaker or "" if segment.words else ""
            cut = list(_cut(text))
            sentences = tuple(Sentence(number, place, who, text[a:b]) for place, (a, b) in enumerate(cut))
            self._turns.append(sentences)
            spans = (Span(at + a, at + b) for a, b in cut)
            self._places += zip(spans, sentences, strict=True)
            at += len(text)

    def heard(self, spans: Sequence[Span]) -> Heard:
        """The sentences that these spans of the transcript's text touch, in the order of the talk."""
        touched = []
        for place, sentence in self._places:
            meets = tuple(span for span in spans if place.start < span.end and span.start < place.end)
            if meets:
                inside = (Span(max(0, span.start - place.start), max(0, span.end - place.start)) for span in meets)
                touched.append(replace(sentence, heard=tuple(inside)))
        return Heard(tuple(self._turns), tuple(touched))


def _cut(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in END.finditer(text):
        if found[0].startswith(".") and ABBREVIATED.search(text[start : found.start() + 1]):
            continue
        yield start, found.end()
        start = found.end()
    if text[start:].strip():
        yield start, len(text)


# --- words -----------------------------------------------------------------------------------------------------------


@cache
def _table() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("changes.yaml").read_text(encoding="utf-8"))
    return read


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one list of `changes.yaml`; a hyphen there stands for itself or a space."""
    return frozenset(str(_table()[name]).split())


@cache
def _phrases(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases of one list of `changes.yaml` by their first word, the longest first."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted((tuple(phrase.split()) for phrase in _table()[name]), key=len, reverse=True):
        by_first.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(each) for first, each in by_first.items()}


def found(words: Sequence[str], name: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where phrases of a list stand among these words, [start, stop)."""
    by_first = _phrases(name)
    for at in range(start, len(words)):
        for phrase in by_first.get(words[at], ()):
            part = words[at : at + len(phrase)]
            if len(part) == len(phrase) and all(a in (b, "*") for a, b in zip(phrase, part, strict=True)):
                yield at, at + len(phrase)
                break


@lru_cache(maxsize=KEPT)
def _plain(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens(text))


def plain(text: str) -> list[str]:
    """The words and marks of a text."""
    return list(_plain(text))


@cache
def _one_name() -> dict[str, str]:
    """Stems of single words that name one thing: numb, numbness."""
    return {stem(word): stem(names[0]) for names in table()["synonyms"] for word in names if " " not in word}


def content(words: Sequence[str]) -> frozenset[str]:
    """The stems of the words that carry something, one for all names of a problem."""
    small = word_list("function_words")
    stems = (stem(word) for word in words if word[0].isalpha() and word not in small and len(word) > 1)
    return frozenset(_one_name().get(each, each) for each in stems)


def says(text: str, name: str) -> bool:
    """Whether a text has a word of a list; one with a hyphen in the list is a phrase."""
    words = plain(text)
    if listed(name) & set(words):
        return True
    line = f" {' '.join(words)} "
    return any(f" {phrase} " in line for phrase in _hyphened(name))


@cache
def _hyphened(name: str) -> tuple[str, ...]:
    return tuple(word.replace("-", " ") for word in listed(name) if "-" in word)
