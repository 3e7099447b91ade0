"""The fence around a language model: whether a rewritten sentence says what that of the rules says, no more, no less.

A sentence is let through only if it holds up against every check here. It may change grammar and leave out talk
(`fence.yaml`). It must keep every number, dose, drug, side, denial, relative and clinical term, and every other word
with content; it may put in no word that is not there; and where two things could change places, they keep their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.stated import values
from scribe.sections.fact_reader import Reader
from scribe.sections.facts import Fact, FactKind, Facts, Token, stem, tokens
from scribe.types import RefusalReason

R = RefusalReason
LONGER = 1.6  # times the sentence it replaces, and
SPARE = 40  # characters that a rewrite may have
MARKS = frozenset(" .,;:'\"()/%+-\u00b0\u2013\u2019\u201c\u201d&?")
OF_FACTS = {
    FactKind.NUMBER: R.NUMBER,
    FactKind.DOSE: R.DOSE,
    FactKind.MEASURE: R.NUMBER,
    FactKind.DRUG: R.DRUG,
    FactKind.SIDE: R.SIDE,
    FactKind.RELATIVE: R.RELATIVE,
    FactKind.PROBLEM: R.TERM,
    FactKind.TERM: R.TERM,
}
SHORTENED = (("n't", "not"), ("'ll", "will"), ("'ve", ""), ("'re", ""), ("'m", ""), ("'s", ""))
NOT, PAST = "<not>", "<past>"
OWN_STORY = {("i", word) for word in ("had", "have", "was", "got", "went", "took", "did", "am", "use", "take")}
"""How those who are not the patient begin to speak of themselves."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as it is compared."""

    facts: Facts
    items: tuple[str, ...]  # its words made comparable, in order, without those that may come and go
    asks: bool


def refusal(rewritten: str, original: str, reader: Reader) -> RefusalReason | None:
    """Why `rewritten` may not stand for `original`; None where it may."""
    if not _well_formed(rewritten, original):
        return R.FORM
    new, old = _read(rewritten, original, reader), _read(original, original, reader)
    if not new.items:
        return R.LOST
    if new.asks and not old.asks:
        return R.FORM
    return _facts_differ(new.facts, old.facts) or _words_differ(new, old) or _order_differs(new, old)


# --- reading ---------------------------------------------------------------------------------------------------------


@cache
def _table() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("fence.yaml").read_text(encoding="utf-8"))
    return read


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(str(_table()[name]).split())


@cache
def _same() -> Mapping[str, str]:
    return {word: words[0] for words in _table()["same_words"] for word in words}


@cache
def _phrases() -> Mapping[tuple[str, ...], str]:
    return {tuple(phrase.split()): word for phrase, word in _table()["same_phrases"].items()}


def _well_formed(rewritten: str, original: str) -> bool:
    """One line of ordinary length and characters."""
    if not rewritten.strip() or len(rewritten) > LONGER * len(original) + SPARE:
        return False
    known = set(original)
    return all(
        character in MARKS or character in known or (character.isascii() and character.isalnum())
        for character in unicodedata.normalize("NFC", rewritten)
    )


def _read(text: str, original: str, reader: Reader) -> _Sentence:
    words = list(_words(text, reader))
    items = tuple(_comparable(words, _talk(original)))
    return _Sentence(reader.read(text), items, "?" in text)


@lru_cache(maxsize=64)
def _talk(original: str) -> frozenset[str]:
    """Stems of the words of the sentence of the rules that may be left out."""
    said = [word for token in tokens(original) for word in _written_out(token)]
    free = _list("talk")
    if original.startswith("Clinician:"):
        free |= _list("you")
    if original.startswith(("Clinician:", "Informant:")):
        own = any(pair in OWN_STORY for pair in pairwise(said)) or "i've" in original
        free -= {"me", "my", "mine"} | ({"i"} if own else set())
    return frozenset(map(stem, free & set(said)))


def _words(text: str, reader: Reader) -> Iterator[str]:
    """Words in order: numbers as `#80`, clinical terms as one word under their name, what is shortened written out."""
    read = tokens(text)
    stated = values(text, every_one=True)
    named = {start: (stop, name) for start, stop, _, name in reader.named(read)}
    at = 0
    while at < len(read):
        token = read[at]
        number = next((n for n in stated if n.span.start <= token.span.start < n.span.end), None)
        if number is not None:
            yield f"#{number.value}"
            while at < len(read) and read[at].span.start < number.span.end:
                at += 1
        elif at in named:
            stop, name = named[at]
            yield f"<{name}>"
            at = stop
        else:
            yield from _written_out(token)
            at += 1


def _written_out(token: Token) -> Iterator[str]:
    word = token.text
    for ending, instead in SHORTENED:
        if word.endswith(ending) and len(word) > len(ending):
            yield {"ca": "can", "wo": "will"}.get(word.removesuffix(ending), word.removesuffix(ending))
            if instead:
                yield instead
            return
    if token.is_word:
        yield word


def _comparable(words: Sequence[str], free: frozenset[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        size, phrase = next(
            ((len(p), word) for p, word in _phrases().items() if tuple(words[at : at + len(p)]) == p), (1, words[at])
        )
        before = words[at - 1] if at else ""
        at += size
        following = words[at] if at < len(words) else ""
        if phrase in _list("past"):
            yield from () if before in ("has", "have") else (PAST,)
        else:
            yield from _item(phrase, following, free)


def _item(word: str, following: str, free: frozenset[str]) -> Iterator[str]:
    if word[0] in "#<":
        yield word
    elif word in _list("denial"):
        yield NOT
    elif following.startswith("#") and word in _list("before_numbers"):
        yield f"{_same().get(word, word)} #"
    elif word not in _list("grammar") and stem(word) not in free:
        same = _same().get(word)
        yield same or (f"{stem(word)}+ed" if word.endswith("ed") else stem(word))


# --- comparing -------------------------------------------------------------------------------------------------------


def _facts_differ(new: Facts, old: Facts) -> RefusalReason | None:
    def counted(facts: Facts, kind: FactKind) -> Counter[tuple[str, ...]]:
        counted = (fact for fact in facts.of(kind) if kind is not FactKind.MEASURE or " " in fact.value)
        return Counter(map(_claimed, counted))

    for kind, reason in OF_FACTS.items():
        found, expected = counted(new, kind), counted(old, kind)
        if found != expected:
            names = {key[0] for key in found} == {key[0] for key in expected}
            return R.DENIAL if names and kind in (FactKind.PROBLEM, FactKind.TERM, FactKind.DRUG) else reason
    shared = new.words.keys() & old.words.keys()
    return R.DENIAL if any(new.words[word] != old.words[word] for word in shared) else None


def _claimed(fact: Fact) -> tuple[str, ...]:
    """All that a fact says, to be compared."""
    return fact.value, fact.about, fact.polarity, str(fact.of_relative)


def _words_differ(new: _Sentence, old: _Sentence) -> RefusalReason | None:
    found, expected = Counter(new.items), Counter(old.items)
    for items, reason in ((found - expected, R.ADDED), (expected - found, R.LOST)):
        if NOT in items:
            return R.DENIAL
        if PAST in items:
            return R.TIME
        if items:
            return R.NUMBER if any("#" in item for item in items) else reason
    return None


def _order_differs(new: _Sentence, old: _Sentence) -> RefusalReason | None:
    kept = set(old.items)
    same = [item for item in new.items if item in kept] == list(old.items)
    return None if same or _may_be_moved(old) else R.ORDER


def _may_be_moved(old: _Sentence) -> bool:
    """Whether nothing in the sentence could change places with something of its kind."""
    several = any(len(old.facts.of(kind)) > 1 for kind in OF_FACTS)
    risky = {stem(word) for word in _list("opposites")}
    opposed = sum(item.removesuffix("+ed") in risky for item in old.items) > 1
    ordered = any(item.removesuffix(" #") in _list("ordering") for item in old.items)
    joined = any(item in ("or", "but") for item in old.items)
    return not (several or opposed or ordered or joined or NOT in old.items or old.facts.of(FactKind.RELATIVE))


def is_plain(text: str) -> bool:
    """Whether a sentence may be rewritten at all: nothing in it is left blank or marked."""
    return re.search(r"_{2,}|\[|\]", text) is None
