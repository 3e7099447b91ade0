"""Finding codes by words: every name of a code is weighed by how much of what was asked it says, and what more.

Words count by rarity (inverse document frequency), and match as they are, by their root ("tuberculous" finds
"tuberculosis"), as another word for the same thing, or through what a code stands under. Data: `search.yaml`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.coding.index import Entry, Index, Name
from scribe.coding.terms import JOINED, key, tokens

ENDINGS = re.compile(
    r"(?:ations?|ating|itic|itis|osis|otic|ous|ical|ic|al|ary|ia|ies|y|ed|ing|ism|e|us|um|is|a)$"
)  # of English and Latin
PREFIXES = (
    "peri para post pre sub supra infra inter intra retro endo epi hyper hypo poly hemi pan non anti neuro cardio "
    "gastro osteo myo broncho hepato nephro angio lympho fibro cysto pyo hydro hemato pneumo psycho naso thrombo "
    "dermato entero arterio meningo encephalo arthro spondylo micro macro pseudo multi auto immuno"
).split()
ROOT_LETTERS = 7  # of a word that are compared
SHORT = 5  # letters below which a word is its own root
GENERAL = frozenset("unspecified other specified disease disorder classified elsewhere type".split())

CANDIDATES = 5000  # names that are weighed
PER_GROUP = 3  # codes of one subcategory that are shown, so that other answers have room
SYNONYM, MEMBER, PART = 0.8, 0.45, 0.6  # what a match over a synonym, a wider notion, or a part of a word is worth
ABOVE = 0.6  # what a word is worth that only the names above the code have
EXACT = 0.25  # added for words in the very form that was asked
EXTRA, MOST_EXTRA = 0.022, 18.0  # taken off for the rarity of what a name says beyond; and how much rarity counts
LENGTH = 0.002  # taken off for each character of the code: the general before the special
UNSPECIFIED = 0.01  # added for the code of a text that says no more
UNKNOWN = 9.0  # rarity of a word that no name has
OWN = {"lexicon": 0.02}  # added for our own phrases, which mean one code
SURE = 1.5  # a score that only names with the very words reach
WHOLE = 0.5  # added where the name and what was asked are the same words


@dataclass(frozen=True, slots=True)
class Found:
    """One code that was found, the name by which, and how well that fits (higher is better; 1 is every word)."""

    code: str
    display: str
    name: str
    kind: str  # of that name: "name", "inclusion term", "lexicon", "index"
    score: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """One word of the question: the roots that may stand for it, each with its worth, and its rarity."""

    word: str
    worth: Mapping[str, float]
    rarity: float

    def best(self, roots: frozenset[str]) -> float:
        """The worth of the best root among `roots`; 0 where there is none."""
        return max((value for root, value in self.worth.items() if root in roots), default=0.0)


def named(code: str, text: str, kind: str, above: str = "") -> Name:
    """A name of a code, ready for the index; `above` are the roots of the names of what the code stands under."""
    found = words(text)
    return Name(code, text, kind, key(found), key(map(root, found)), above)


def roots_of(texts: Iterable[str]) -> str:
    """The roots of several names, as an index keeps them."""
    return key(root(word) for text in texts for word in words(text))


def search(index: Index, text: str, limit: int = 5) -> list[Found]:
    """The codes whose names say what `text` says, best first; billable ones only."""
    rarities = _Rarities(index)
    asked = list(_asked(text, rarities))
    if not asked:
        return []
    best: dict[str, tuple[float, Name]] = {}
    for candidate in _candidates(index, text, asked):
        score = _score(candidate, asked, rarities)
        if candidate.code not in best or score > best[candidate.code][0]:
            best[candidate.code] = (score, candidate)
    ranked = sorted(best.values(), key=lambda pair: (-pair[0], pair[1].code))
    return list(_shown(ranked, index, limit))


def _candidates(index: Index, text: str, asked: Sequence[_Asked]) -> Iterator[Name]:
    """The names that are what was asked, and those that share most with it."""
    roots = {root for item in asked for root, value in item.worth.items() if value >= PART}
    yield from index.same(key(words(text)))
    yield from index.candidates(roots, CANDIDATES)


def _shown(ranked: Sequence[tuple[float, Name]], index: Index, limit: int) -> Iterator[Found]:
    shown: set[str] = set()
    groups: dict[str, int] = {}
    for score, candidate in ranked:
        entry = index.entry(candidate.code)
        target = _billable(entry, index) if entry else None
        if entry is None or target is None or target.code in shown:
            continue
        group = target.code if "." not in target.code else (entry.parent if entry.billable else entry.code)
        if groups.get(group, 0) >= PER_GROUP and score < SURE:
            continue
        groups[group] = groups.get(group, 0) + 1
        shown.add(target.code)
        yield Found(target.code, target.display, candidate.text, candidate.kind, round(score, 3))
        if len(shown) == limit:
            return


def _billable(entry: Entry, index: Index) -> Entry | None:
    return entry if entry.billable else index.entry(entry.fallback)


def _score(candidate: Name, asked: Sequence[_Asked], rarities: _Rarities) -> float:
    roots = frozenset(candidate.roots.split())
    above = frozenset(candidate.above.split())
    exact = set(candidate.words.split())
    total = sum(item.rarity for item in asked)
    said = 0.0
    for item in asked:
        own = item.best(roots)
        said += item.rarity * (own or ABOVE * item.best(above))
        said += EXACT * item.rarity if item.word in exact else 0.0
    allowed = {root for item in asked for root in item.worth} | _general()
    extra = min(sum(rarities[root] for root in roots if root not in allowed), MOST_EXTRA)
    score = said / total - EXTRA * extra - LENGTH * len(candidate.code) + OWN.get(candidate.kind, 0.0)
    if "nspecified" in candidate.text:
        score += UNSPECIFIED
    if exact == {item.word for item in asked}:
        score += WHOLE
    return score


class _Rarities:
    """The inverse document frequency of roots in one index, asked for once each."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._total = index.name_count
        self._known: dict[str, int] = {}

    def load(self, roots: Iterable[str]) -> None:
        """Ask for several at once."""
        self._known |= self._index.root_counts([root for root in roots if root not in self._known])

    def known(self, root: str) -> bool:
        """Whether any name has this root."""
        self.load([root])
        return root in self._known

    def __getitem__(self, root: str) -> float:
        if root not in self._known:
            self.load([root])
        return math.log(1 + self._total / (1 + self._known.get(root, 0)))


def _asked(text: str, rarities: _Rarities) -> Iterator[_Asked]:
    seen: set[str] = set()
    for word in dict.fromkeys(words(text)):
        own = root(word)
        if own in seen:
            continue
        seen.add(own)
        worth = {own: 1.0}
        if not rarities.known(own):
            worth |= {part: PART for part in _parts(word) if rarities.known(part)}
        for table, value in ((_alike(), SYNONYM), (_among(), MEMBER)):
            for found, standing in list(worth.items()):
                for other in table.get(found, ()):
                    worth[other] = max(worth.get(other, 0.0), value * standing)
        rarities.load(worth)
        known = [rarities[found] for found in worth if rarities.known(found)]
        yield _Asked(word, worth, max(known, default=UNKNOWN))


def _parts(word: str) -> Iterator[str]:
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= SHORT - 1:
            yield root(word[len(prefix) :])


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, singular, in one spelling, without filler."""
    return [word for token in tokens(text) for word in token.words if word != JOINED]


@cache
def root(word: str) -> str:
    """What is left of a word without its ending: "tuberculous" and "tuberculosis" have one root."""
    if len(word) < SHORT or word.isdigit():
        return word
    short = ENDINGS.sub("", word)
    return (short if len(short) >= SHORT - 1 else word[: SHORT - 1])[:ROOT_LETTERS]


@cache
def _tables() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("search.yaml").read_text(encoding="utf-8"))
    return tree


@cache
def _general() -> frozenset[str]:
    return frozenset(root(word) for word in GENERAL)


@cache
def _alike() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _tables()["alike"]:
        roots = {root(word) for word in words(group)}
        for one in roots:
            found.setdefault(one, set()).update(roots - {one})
    return {one: frozenset(others) for one, others in found.items()}


@cache
def _among() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word, wider in _tables()["among"].items():
        for one in words(str(word)):
            found.setdefault(root(one), set()).update(root(other) for other in (words(wider) or wider.split()))
    return {one: frozenset(others) for one, others in found.items()}
