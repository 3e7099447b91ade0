"""How a term is made comparable: words without inflection, order, filler or spelling variants.

A term and a stretch of a note name the same thing where their keys are equal. A key is the sorted set of the term's
words: "Pain in the left knee" and "left knee pains" both give `knee left pain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical import sides
from scribe.clinical.number_words import ONES

WORD = re.compile(r"\d+(?:\.\d+)+|[^\W_]+(?:['\u2019][^\W_]+)?")
HARD = re.compile(r"[.;:!?()\[\]\n]|(?<=\s)-(?=\s)")  # what no term reaches across
INITIAL = re.compile(r"(?:^|\W)[A-Z]$")  # of a genus
ROMAN = re.compile(r"(?P<digits>x?(?:i{1,3}|i?v|vi{1,3}|ix|x))(?P<part>[abc]?)")
DIGITS = {"i": 1, "v": 5, "x": 10}
JOINERS = frozenset({"and", "or"})
JOINED = "&"  # stands for a joiner in a key: "nausea and vomiting" is not "nausea vomiting"
SLASHED = {("b", "l"): "bilateral", ("w", "o"): "without"}  # two letters with a slash between them
LETTER_SIDES = {"L": "left", "R": "right"}  # only as capitals, and before a word


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: where it stands (character offsets), and the words it counts as in a key."""

    start: int
    end: int
    lower: str
    words: tuple[str, ...]  # empty: filler; the joiner's mark: "and", "or"
    break_before: str = ""  # "": none, ",": a comma, "|": a hard break

    @property
    def joins(self) -> bool:
        """Whether this is "and" or "or"."""
        return self.words == (JOINED,)


@cache
def tables() -> dict[str, Any]:
    """The word tables of `words.yaml`."""
    tree = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    lists = ("dropped", "loose", "counted", "lettered", "not_sides", "sites", "between")
    return {
        **{name: frozenset(str(word) for word in tree[name]) for name in lists},
        "trailing": frozenset(map(str, tree["trailing"])) | sides.BY_WORD.keys(),
        "sides": {**sides.BY_WORD, **sides.SHORT},
        "same": {word: tuple(stem(part) for part in str(other).split()) for word, other in tree["same"].items()},
        "joined": {tuple(pair.split()): pair.replace(" ", "") for pair in tree["joined"]},
        "leading": _leading(tree["joined"]),
        "vague": tuple(tree["vague"]),
        "decoys": tuple(tree["decoys"]),
    }


def _leading(joined: Iterable[str]) -> frozenset[str]:
    """The words whose meaning hangs on the word that follows."""
    pairs = {pair.split()[0] for pair in joined} | {first for first, _ in SLASHED}
    return frozenset(pairs | {letter.lower() for letter in LETTER_SIDES} | {"right"})


@cache
def vague() -> frozenset[str]:
    """Keys of everyday words that the name of a code alone must not match."""
    return frozenset(key_of(term) for term in tables()["vague"])


@cache
def decoys() -> frozenset[str]:
    """Keys of words that look like a condition and are none."""
    return frozenset(key_of(term) for term in tables()["decoys"])


@cache
def decoy_words() -> frozenset[str]:
    """The words of the decoys."""
    return frozenset(word for term in decoys() for word in term.split())


@cache
def stem(word: str) -> str:
    """A lower-case word without its plural and in one spelling ("oedemas" and "edema" are one)."""
    word = word.replace("ae", "e").replace("oe", "e") if len(word) > 4 else word
    if word.endswith("our") and len(word) > 5:
        word = word[:-3] + "or"
    if len(word) <= 3 or word.endswith(("ss", "us", "is", "ous")):
        return word
    if word.endswith("oses"):
        return word[:-2] + "is"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word.removesuffix("s")


def tokens(text: str) -> list[Token]:
    """The words of `text`, in order."""
    found: list[Token] = []
    raw = [(match.start(), match.end(), match.group()) for match in WORD.finditer(text)]
    at, previous_end = 0, 0
    while at < len(raw):
        start, end, shown = raw[at]
        gap = text[previous_end:start]
        following = raw[at + 1] if at + 1 < len(raw) else None
        words, taken = _read(shown, following, text[end : following[0]] if following else "", found)
        end = raw[at + taken - 1][1]
        initial = bool(found) and gap == ". " and INITIAL.search(text[:previous_end]) and shown[0].islower()
        gap = " " if initial else gap  # "E. coli"
        found.append(Token(start, end, text[start:end].lower(), words, _break(gap, first=not found)))
        at, previous_end = at + taken, end
    return found


def _break(gap: str, *, first: bool) -> str:
    if first:
        return "|"
    if gap == " ":
        return ""
    if HARD.search(gap):
        return "|"
    return "," if "," in gap else ""


def _read(
    shown: str, following: tuple[int, int, str] | None, gap: str, before: Sequence[Token]
) -> tuple[tuple[str, ...], int]:
    """The key words of one word (or of two that are read as one), and how many words were read."""
    table = tables()
    word = shown.lower().replace("\u2019", "'").removesuffix("'s").replace("'", "")
    if following and word in table["leading"]:
        pair = (word, following[2].lower())
        if gap == "/" and pair in SLASHED:
            return (SLASHED[pair],), 2
        joined = table["joined"].get(pair) or table["joined"].get((word, stem(pair[1])))
        if joined and gap in {"-", " "}:
            return normal(joined), 2
        if word == "right" and pair[1] in table["not_sides"]:
            return (), 1
        if shown in LETTER_SIDES and gap == " " and following[2][:1].isalpha():
            return (LETTER_SIDES[shown],), 1
    if before and before[-1].lower in table["counted"]:
        word = numeral(word)
    if word == "a" and before and before[-1].lower in table["lettered"]:
        return ("a",), 1
    return normal(word), 1


@cache
def numeral(word: str) -> str:
    """A number word or a Roman numeral in figures ("two", "iiia"); any other word as it is."""
    if word in ONES:
        return str(ONES[word])
    found = ROMAN.fullmatch(word)
    if not word or not found:
        return word
    digits = [DIGITS[letter] for letter in found["digits"]]
    value = sum(-one if one < following else one for one, following in zip(digits, [*digits[1:], 0], strict=True))
    return f"{value}{found['part']}"


@cache
def normal(word: str) -> tuple[str, ...]:
    """The key words that one lower-case word counts as; empty for filler."""
    table = tables()
    if word in JOINERS:
        return (JOINED,)
    if word in table["dropped"]:
        return ()
    if word in table["sides"]:
        return (table["sides"][word],)
    stemmed = stem(word)
    return tuple(table["same"].get(word) or table["same"].get(stemmed) or (stemmed,))


def key(words: Iterable[str]) -> str:
    """The key of a term, from its normal words."""
    return " ".join(sorted(set(words)))


def key_of(term: str) -> str:
    """The key of a term as it is written."""
    return key(normal_words(term))


def normal_words(term: str) -> frozenset[str]:
    """The words of a term, made comparable."""
    return frozenset(word for token in tokens(term) for word in token.words)


SIDES = frozenset(sides.BY_WORD.values())
