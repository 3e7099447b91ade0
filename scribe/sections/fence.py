"""The fence around a language model: whether a rewritten sentence says what that of the rules says, no more, no less.

A sentence is let through only if it holds up against every check here. It may change grammar and leave out talk
(`fence.yaml`). It must keep every number, dose, drug, side, denial, relative and clinical term, and every other word
with content; it may put in no word that is not there; and where two things could change places, they keep their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical import people
from scribe.clinical.stated import values
from scribe.clinical.terms import Kind
from scribe.clinical.text import Text
from scribe.config import ModelsSettings
from scribe.sections import facts
from scribe.sections.facts import Facts, stem
from scribe.types import Claims, RefusalReason, Time

R = RefusalReason
LONGER = 1.6  # times the sentence it replaces, and
SPARE = 40  # characters that a rewrite may have
MARKS = frozenset(" .,;:'\"()/%+-\u00b0\u2013\u2019\u201c\u201d&?")
OWNERS = frozenset({"my", "his", "her", "the", "their"})
SHORTENED = (("n't", "not"), ("'ll", "will"), ("'ve", ""), ("'re", ""), ("'m", ""), ("'s", ""))
NOT, PAST, WILL = "<not>", "<past>", "will"
ORDERS = re.compile(
    r"\bi(?: would like|'d like| want| wanna| need)(?: for)? (?:the patient|them|him|her|you) to\b", re.IGNORECASE
)
"""What a clinician says before an order: that is nobody's wish."""
BROKEN = re.compile(
    r"\b(?:the|a|an)(?:\W*$|[.,;:]|\s+(?:the|a|an|of|in|on|at|for|with|from|is|are|was|were|has|have|and|or|by)\b)",
    re.IGNORECASE,
)
"""An article before no word that it could belong to: "knee the in"."""
OWN_STORY = {("i", word) for word in ("had", "have", "was", "got", "went", "took", "did", "am", "use", "take")}
"""How those who are not the patient begin to speak of themselves."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as it is compared."""

    facts: Facts
    items: tuple[str, ...]  # its words made comparable, in order, without those that may come and go
    asks: bool


def refusal(rewritten: str, original: str, settings: ModelsSettings) -> RefusalReason | None:
    """Why `rewritten` may not stand for `original`; None where it may. Raises AssetError without the vocabulary."""
    if not _well_formed(rewritten, original) or len(BROKEN.findall(rewritten)) > len(BROKEN.findall(original)):
        return R.FORM
    new, old = _read(rewritten, original, settings), _read(original, original, settings)
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


@cache
def _small() -> frozenset[str]:
    """Stems of words that carry nothing of their own."""
    return frozenset(map(stem, _list("grammar") | _list("talk") | _list("you") | _list("past")))


def _well_formed(rewritten: str, original: str) -> bool:
    """One line of ordinary length and characters."""
    if not rewritten.strip() or len(rewritten) > LONGER * len(original) + SPARE:
        return False
    known = set(original)
    return all(
        character in MARKS or character in known or (character.isascii() and character.isalnum())
        for character in unicodedata.normalize("NFC", rewritten)
    )


def _read(text: str, original: str, settings: ModelsSettings) -> _Sentence:
    text = ORDERS.sub("", text.replace("\u2019", "'"))
    items = tuple(_comparable(list(_words(text)), _talk(original)))
    return _Sentence(facts.read(text, settings), items, "?" in text)


@lru_cache(maxsize=64)
def _talk(original: str) -> frozenset[str]:
    """Stems of the words of the sentence of the rules that may be left out."""
    said = [word for token in Text(original).tokens for word in _written_out(token.text)]
    free = _list("talk")
    if original.startswith("Clinician:"):
        free |= _list("you")
    if original.startswith(("Clinician:", "Informant:")):
        own = any(pair in OWN_STORY for pair in pairwise(said)) or "i've" in original
        free -= {"me", "my", "mine"} | ({"i"} if own else set())
    return frozenset(map(stem, free & {*said, "um"}))  # "um" stands for phrases of talk


def _words(text: str) -> Iterator[str]:
    """Words in order: numbers as `#80`, what is shortened written out."""
    read = Text(text).tokens
    stated = values(text, every_one=True)
    at = 0
    while at < len(read):
        token = read[at]
        number = next((n for n in stated if n.span.start <= token.span.start < n.span.end), None)
        if number is not None:
            yield f"#{number.value}"
            while at < len(read) and read[at].span.start < number.span.end:
                at += 1
        else:
            answers = token.text == "no" and [one.text for one in read[at + 1 : at + 2]] == [","]
            yield from ("no,",) if answers else _written_out(token.text)  # "No, cough" denies no cough
            at += 1


def _written_out(word: str) -> Iterator[str]:
    for ending, instead in SHORTENED:
        if word.endswith(ending) and len(word) > len(ending):
            yield {"ca": "can", "wo": "will"}.get(word.removesuffix(ending), word.removesuffix(ending))
            if instead:
                yield instead
            return
    if word != "'s" and (word[0].isalnum() or word == "%"):
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
        if phrase in OWNERS and following in people.by_word():
            continue  # "his mother"
        if phrase in _list("past"):
            yield from () if before in ("has", "have") else (PAST,)
        else:
            yield from _item(phrase, following, free)


def _item(word: str, following: str, free: frozenset[str]) -> Iterator[str]:
    if word[0] == "#":
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
    if Counter(new.doses) != Counter(old.doses):
        return R.DOSE
    for found, expected, reason in (
        (new.numbers, old.numbers, R.NUMBER),
        (new.amounts, old.amounts, R.NUMBER),
        (new.sides, old.sides, R.SIDE),
        (new.people, old.people, R.RELATIVE),
    ):
        if Counter(found) != Counter(expected):
            return reason
    if {item.claims for item in new.named} != {item.claims for item in old.named}:
        return _claims_differ({item.claims for item in new.named}, {item.claims for item in old.named})
    shared = (new.words.keys() & old.words.keys()) - _small()
    claims = ((new.words[word], old.words[word]) for word in shared)
    return next((_claims_differ(one, other) for one, other in claims if one != other), None)


def _of_names(new: Facts, old: Facts, otherwise: RefusalReason) -> RefusalReason:
    """Whether it is a drug or another term that was put in or lost."""
    found, expected = (Counter((item.kind, item.concept) for item in side.named) for side in (new, old))
    changed = (found - expected) + (expected - found)
    if any(kind is Kind.DRUG for kind, _ in changed):
        return R.DRUG
    return R.TERM if changed else otherwise


def _claims_differ(new: Collection[Claims], old: Collection[Claims]) -> RefusalReason:
    """Whose it is counts before whether it is so, and that before when."""
    if {claim.experiencer for claim in new} != {claim.experiencer for claim in old}:
        return R.RELATIVE
    if {claim.time for claim in new} != {claim.time for claim in old}:
        return R.TIME
    return R.DENIAL


def _words_differ(new: _Sentence, old: _Sentence) -> RefusalReason | None:
    found, expected = Counter(new.items), Counter(old.items)
    for items, reason in ((found - expected, R.ADDED), (expected - found, R.LOST)):
        if NOT in items:
            return R.DENIAL
        if PAST in items:
            return R.TIME
        if set(items) == {WILL} and all(item.claims.time is Time.PLANNED for item in old.facts.named):
            continue  # an order is for the future anyway
        if items:
            return R.NUMBER if any("#" in item for item in items) else _of_names(new.facts, old.facts, reason)
    return None


def _order_differs(new: _Sentence, old: _Sentence) -> RefusalReason | None:
    kept = set(old.items)
    found = set(new.items)
    same = [item for item in new.items if item in kept] == [item for item in old.items if item in found]
    return None if same or (_may_be_moved(old) and _may_be_moved(new)) else R.ORDER


def _may_be_moved(old: _Sentence) -> bool:
    """Whether nothing in the sentence could change places with something of its kind."""
    held = old.facts
    several = any(len(each) > 1 for each in (held.named, held.numbers, held.sides, held.places)) or held.people
    risky = {stem(word) for word in _list("opposites")}
    opposed = sum(item.removesuffix("+ed") in risky for item in old.items) > 1
    ordered = any(item.removesuffix(" #") in _list("ordering") for item in old.items)
    joined = any(item in ("or", "but") for item in old.items)
    return not (several or opposed or ordered or joined or NOT in old.items)


def is_plain(text: str) -> bool:
    """Whether a sentence may be rewritten at all: nothing in it is left blank or marked."""
    return re.search(r"_{2,}|\[|\]", text) is None
