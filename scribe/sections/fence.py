"""The fence around a language model: whether a rewritten sentence says what that of the rules says, no more, no less.

A sentence is let through only if it holds up against every check here. It may change grammar, use another name for the
same thing and leave out talk (`fence.yaml`). It must keep every number, dose, drug, side, relative and every other word
with content, and put in none; the same must be claimed of each (denied, possible, wished, planned, of whom). Where
words stand in another order, the parts of the sentence are the same (`parts`), and so are its findings.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical import people, sides, terms
from scribe.clinical.stated import values
from scribe.clinical.terms import Kind
from scribe.clinical.text import Text
from scribe.config import ModelsSettings
from scribe.sections import facts, parts
from scribe.sections.facts import stem
from scribe.types import RefusalReason, Time

R = RefusalReason
LONGER = 1.6  # times the sentence it replaces, and
SPARE = 40  # characters that a rewrite may have
MARKS = frozenset(" .,;:'\"()/%+-\u00b0\u2013\u2019\u201c\u201d&?")
OWNERS = frozenset({"my", "his", "her", "the", "their"})
SHORTENED = (("n't", "not"), ("'ll", "will"), ("'ve", ""), ("'re", ""), ("'m", ""), ("'s", ""))
NOT, PAST, WILL = "<not>", "<past>", "will"
_MARKS = {",": parts.COMMA, ";": parts.STOP, ".": parts.STOP, ":": parts.STOP}
NO_WORDS = parts.MARKS | {"and", parts.NEW_HEADS}
ORDERS = re.compile(
    r"\bi(?: would like|'d like| want| wanna| need)(?: for)? (?:the patient|them|him|her|you) to\b", re.IGNORECASE
)
"""What a clinician says before an order: that is nobody's wish."""
BROKEN = re.compile(
    r"\b(?:the|a|an)(?:\W*$|[.,;:]|\s+(?:the|a|an|of|in|on|at|for|with|from|is|are|was|were|has|have|and|or|by)\b)",
    re.IGNORECASE,
)
"""An article before no word that it could belong to: "knee the in"."""
LISTS = re.compile(r"(?:the patient )?(?:no|denies|denied|without)\b", re.IGNORECASE)
"""How a list begins of which each is denied, whether "and" or "or" joins it."""
OWN_STORY = {("i", word) for word in ("had", "have", "was", "got", "went", "took", "did", "am", "use", "take")}
"""How those who are not the patient begin to speak of themselves."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as it is compared."""

    text: str = field(repr=False)
    items: tuple[str, ...]  # its words made comparable, in order, without those that may come and go; with its marks
    asks: bool

    @property
    def links(self) -> Counter[str]:
        """The words that say how two things belong together: they may come and go, but none for another."""
        return Counter(token.text for token in Text(self.text).tokens if token.text in _list("links"))

    @property
    def words(self) -> tuple[str, ...]:
        """The items without marks and what joins."""
        return tuple(item for item in self.items if item not in NO_WORDS)


def refusal(rewritten: str, original: str, settings: ModelsSettings) -> RefusalReason | None:
    """Why `rewritten` may not stand for `original`; None where it may. Raises AssetError without the vocabulary."""
    if not _well_formed(rewritten, original) or len(BROKEN.findall(rewritten)) > len(BROKEN.findall(original)):
        return R.FORM
    new, old = _read(rewritten, original), _read(original, original)
    if not new.words:
        return R.LOST
    if new.asks and not old.asks:
        return R.FORM
    if new.links - old.links and old.links - new.links:
        return R.ORDER
    return _words_differ(new, old, settings) or _claims_differ(new, old) or _order_differs(new, old, settings)


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


def _read(text: str, original: str) -> _Sentence:
    text = _written().sub(_full_name, ORDERS.sub("", text.replace("\u2019", "'")))
    return _Sentence(text, tuple(_comparable(list(_words(text)), _talk(original))), "?" in text)


@cache
def _written() -> re.Pattern[str]:
    names = sorted(_table()["names"], key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])", re.IGNORECASE)


def _full_name(found: re.Match[str]) -> str:
    return str(_table()["names"][found[0].lower()])


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
    """Words and marks in order: numbers as `#80`, what is shortened written out."""
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
            if token.text in _MARKS:
                yield _MARKS[token.text]
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
        if phrase in _list("has") and before in parts.BREAKS:
            yield parts.NEW_HEADS
        if phrase in _list("past"):
            yield from () if before in ("has", "have") else (PAST,)
        else:
            yield from _item(phrase, following, free)


def _item(word: str, following: str, free: frozenset[str]) -> Iterator[str]:
    if word[0] == "#" or word in parts.BREAKS:
        yield word
    elif word in _list("denial"):
        yield NOT
    elif following.startswith("#") and word in _list("before_numbers"):
        yield f"{_same().get(word, word)} #"
    elif word not in _list("grammar") and stem(word) not in free:
        same = _same().get(word)
        yield same or (f"{stem(word)}+ed" if word.endswith("ed") else stem(word))


# --- comparing -------------------------------------------------------------------------------------------------------


def _words_differ(new: _Sentence, old: _Sentence, settings: ModelsSettings) -> RefusalReason | None:
    found, expected = Counter(new.words), Counter(old.words)
    if NOT in found and NOT in expected:  # "no fever or cough": "no fever, no cough" says the same
        _drop_or(found, expected, new, old)
        found[NOT] = expected[NOT] = 1  # of which words it holds, the claims say
    for items, reason in ((found - expected, R.ADDED), (expected - found, R.LOST)):
        if set(items) == {WILL} and reason is R.LOST and _is_planned(new):
            continue  # an order is for the future anyway
        if items:
            return _reason(items, new, old, settings) or reason
    return None


def _drop_or(found: Counter[str], expected: Counter[str], new: _Sentence, old: _Sentence) -> None:
    """Leave "or" out of both where it says what "and" does: "denies fever or cough"."""
    if new.words[0] != NOT or old.words[0] != NOT or parts.STOP in new.items[:-1] or parts.STOP in old.items[:-1]:
        return
    if expected["or"] <= found["or"] or LISTS.match(old.text):
        found.pop("or", None)
        expected.pop("or", None)


def _is_planned(sentence: _Sentence) -> bool:
    return any(one.time is Time.PLANNED for said in facts.claims_of_words(sentence.text).values() for one in said)


def _reason(items: Collection[str], new: _Sentence, old: _Sentence, settings: ModelsSettings) -> RefusalReason | None:
    """What it is that was put in or lost: that of most weight, None where it is no more than a word."""
    if any(item in people.by_word() for item in items):
        return R.RELATIVE
    if NOT in items:
        return R.DENIAL
    if PAST in items:
        return R.TIME
    if any(item in sides.BY_WORD for item in items):
        return R.SIDE
    found, expected = (
        Counter((one.kind, one.concept) for one in terms.load(settings).named(Text(side.text))) for side in (new, old)
    )
    changed = (found - expected) + (expected - found)
    if any(kind is Kind.DRUG for kind, _ in changed):
        return R.DRUG
    if any("#" in item for item in items):
        return R.DOSE if any(kind is Kind.DRUG for kind, _ in expected) else R.NUMBER
    return R.TERM if changed else None


def _claims_differ(new: _Sentence, old: _Sentence) -> RefusalReason | None:
    """Whose it is counts before whether it is so, and that before when."""
    found, expected = facts.claims_of_words(new.text), facts.claims_of_words(old.text)
    shared = (found.keys() & expected.keys()) - _small()
    conditional = any(item in ("if", "unles") for item in old.items)
    for one, other in ((found[word], expected[word]) for word in sorted(shared)):
        if one == other:
            continue
        if {claim.experiencer for claim in one} != {claim.experiencer for claim in other}:
            return R.RELATIVE
        if {replace(claim, time=Time.CURRENT) for claim in one} != {
            replace(claim, time=Time.CURRENT) for claim in other
        }:
            return R.DENIAL
        if not conditional:  # what a condition holds for, the parts say
            return R.TIME
    return None


def _order_differs(new: _Sentence, old: _Sentence, settings: ModelsSettings) -> RefusalReason | None:
    if new.words == old.words:
        return None
    cut = parts.read(new.items, _cutting())
    if cut is not None and cut == parts.read(old.items, _cutting()):
        return None if _told(new.text, settings) == _told(old.text, settings) else R.ORDER
    return None if _may_be_moved(new, old, settings) else R.ORDER


@cache
def _cutting() -> parts.Words:
    return parts.Words(
        _items("heads") | {NOT, PAST} | people.by_word().keys(),
        _items("ordering"),
        _items("opposites") | sides.BY_WORD.keys(),
    )


@cache
def _items(name: str) -> frozenset[str]:
    return frozenset(item for word in _list(name) for item in (word, *_item(word, "", frozenset())))


def _told(text: str, settings: ModelsSettings) -> Counter[tuple[object, ...]]:
    """The findings of a sentence, without what the reader gives to the nearest and the parts compare better."""
    return Counter(
        (one.concept, claims.polarity, claims.experiencer, claims.certainty, claims.basis, tuple(facts.doses([one])))
        for one in facts.findings([text], settings)[0]
        for claims in [one.claims]
    )


def _may_be_moved(new: _Sentence, old: _Sentence, settings: ModelsSettings) -> bool:
    """Whether nothing in the sentence could change places with something of its kind: "left knee pain"."""
    if any(item in ("or", "but", NOT) or item.removesuffix(" #") in _items("ordering") for item in old.words):
        return False
    if any(item in parts.BREAKS for item in old.items[:-1]):
        return False
    if sum(item in _items("opposites") for item in old.words) > 1:
        return False
    found, expected = facts.read(new.text, settings), facts.read(old.text, settings)
    for held in (found, expected):
        if held.people or any(len(each) > 1 for each in (held.named, held.numbers, held.sides, held.places)):
            return False
    return found.sides == expected.sides and found.doses == expected.doses


def is_plain(text: str) -> bool:
    """Whether a sentence may be rewritten at all: nothing in it is left blank or marked."""
    return re.search(r"_{2,}|\[|\]", text) is None
