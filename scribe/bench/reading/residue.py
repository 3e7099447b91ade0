"""How much of a note is still talk: statement by statement, of which kind.

    kind_of("Asked \u201cany fever?\u201d: \u201cno.\u201d")  -> Residue.QUOTATION
    kind_of("Denies fever.")  -> None

Clinicians' own notes, cut into sentences, are read with the same rules: what is found there is the floor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from scribe.bench.meaning.facts import tokens

QUOTED = re.compile('[\u201c"]([^\u201c\u201d"]*)[\u201d"]')
BROKEN = re.compile(r"\.\.\.|\u2026|\b(\w+)- \1", re.IGNORECASE)  # "a... swelling", "Thurs- Thursday"
UNKNOWN = re.compile(r"\[[^\]]*\?\]")  # a blank of our own, not a question
FEW = 2  # words that a quotation marks as a term ("FDS tendon"), and quotes nobody
SHORT = 7  # words of a sentence that hardly ends with a preposition
LONG_ECHO = 4  # words before a colon that make it the answer to a question, where a verb stands among them


class Residue(StrEnum):
    """Kinds of talk, in the order in which they are looked for."""

    QUOTATION = "quotation"
    QUESTION = "question"
    SMALL_TALK = "small talk"
    FILLER = "filler"
    FIRST_PERSON = "first person"
    SECOND_PERSON = "second person"
    ORDER = "order"
    TELLING = "telling"
    PRONOUN = "pronoun"
    HALF_START = "half-start"
    FRAGMENT = "fragment"


def kind_of(statement: str) -> Residue | None:
    """The kind of talk that a statement is; None where it reads as a note does."""
    text = UNKNOWN.sub("", statement.strip())
    words = [token.text for token in tokens(text)]
    checks: dict[Residue, Callable[[], bool]] = {
        Residue.QUOTATION: lambda: _quotes(text, words),
        Residue.QUESTION: lambda: _asks(text, words),
        Residue.SMALL_TALK: lambda: _has(words, "small_talk"),
        Residue.FILLER: lambda: _fills(words),
        Residue.FIRST_PERSON: lambda: _first_person(text),
        Residue.SECOND_PERSON: lambda: bool(_listed("second_person") & set(words)),
        Residue.ORDER: lambda: _begins(words, "orders"),
        Residue.TELLING: lambda: bool(_listed("telling_first") & set(words[:1])) or _has(words, "telling_phrases"),
        Residue.PRONOUN: lambda: _unnamed(words),
        Residue.HALF_START: lambda: BROKEN.search(text) is not None or _stutters(words),
        Residue.FRAGMENT: lambda: _is_fragment(words),
    }
    return next((kind for kind, check in checks.items() if check()), None)


# --- the kinds -------------------------------------------------------------------------------------------------------


def _quotes(text: str, words: Sequence[str]) -> bool:
    if words[:1] == ["asked"]:
        return True
    return any(len(found[1].split()) > FEW or "?" in found[1] or ":" in text for found in QUOTED.finditer(text))


def _asks(text: str, words: Sequence[str]) -> bool:
    """Whether it is a question by its mark or its order of words, or begins with one that is then answered."""
    if re.search(r"\w\s*\?", text):  # "Imp: ? migraine" and "?UTI" are doubts
        return True
    plain = [word for word in words if word[0].isalnum()]
    first, second, third = (*plain, "", "", "")[:3]
    if ":" in words and len(words[: words.index(":")]) >= LONG_ECHO and _echoes(words[: words.index(":")]):
        return True
    if first in _listed("question_words"):
        return second in _listed("auxiliaries") or (first == "how" and third in _listed("auxiliaries"))
    if first not in _listed("auxiliaries") or second not in _listed("subjects"):
        return False
    return first not in _words("inverting") or _is_inverted(plain)


def _is_inverted(plain: Sequence[str]) -> bool:
    """Whether "has" or "had" asks: its subject stands between it and a participle, as in "Has the pain moved"."""
    near = plain[2:5]
    return any(word in _listed("participles") or word.endswith("ed") for word in near)


def _echoes(words: Sequence[str]) -> bool:
    """Whether the words before a colon are those of a question: they hold a verb with its subject, or ask how."""
    if words[0] in _listed("question_words"):
        return True
    pairs = pairwise(words)
    if any(before in _listed("auxiliaries") and after in _listed("subjects") for before, after in pairs):
        return True
    return "example" in words


def _fills(words: Sequence[str]) -> bool:
    first, second = (*words, "", "")[:2]
    opens = first in _listed("openers") or (first in _listed("openers_with_comma") and second == ",")
    if opens and not (first == "well" and second in _listed("well_followed")):
        return True
    if _listed("fillers") & set(words):
        return True
    return any(
        list(words[start:stop]) not in (["kind", "of"], ["sort", "of"])
        or not set(words[max(0, start - 1) : start]) & _listed("kinds_meant")
        for start, stop in _found(words, "filler_phrases")
    )


def _first_person(text: str) -> bool:
    """Whether somebody speaks of themselves; a numeral ("stage I", "I/VI") and "US" are no pronouns."""
    raw = re.findall(r"\w+(?:['\u2019]\w+)*|\S", text)
    for at, word in enumerate(raw):
        low = word.lower().replace("\u2019", "'")
        if low not in _listed("first_person") or word == "US":
            continue
        before = raw[at - 1].lower() if at else ""
        after = raw[at + 1] if at + 1 < len(raw) else ""
        numeral = word == "I" and (before in _listed("numerals") or before == "/" or after in ("/", "&", "-"))
        if not numeral:
            return True
    return False


def _unnamed(words: Sequence[str]) -> bool:
    """Whether a clause has "it", "this" or "they" for its subject and nothing before it that they could stand for."""
    named = False
    for at, word in enumerate(words):
        opens = at == 0 or words[at - 1] in _listed("clause_marks")
        if opens and word in _listed("pronouns") and not named:
            after = next((each for each in words[at + 1 :] if each[0].isalnum()), "")
            if "'" in word or after in _listed("verbs") or (word in ("it", "they") and after):
                return True
        named = named or (word[0].isalpha() and word not in _listed("thin") and word not in _listed("reporting"))
    return False


def _stutters(words: Sequence[str]) -> bool:
    """Whether a word is said twice, or one stands behind "the" that cannot; across a comma only small words count."""
    for at, before in enumerate(words):
        apart = words[at + 1 : at + 2] == [","]
        after = (*words[at + 1 + apart : at + 2 + apart], "")[0]
        small = before in _listed("thin") | _listed("question_words")
        if before == after and before.isalpha() and before not in _listed("doubled") and (small or not apart):
            return True
        if before in _listed("determiners") and after in _listed("not_after_determiner"):
            return True
    return False


def _is_fragment(words: Sequence[str]) -> bool:
    plain = [word for word in words if word[0].isalnum() or word[0] == "'"]
    if not plain:
        return True
    first, *rest = plain
    if plain[-1] in _listed("dangling") or (len(plain) <= SHORT and plain[-1] in _listed("dangling_if_short")):
        return True
    if (first in _listed("subordinate") or _begins(words, "leading_phrases")) and not _has_main_clause(words):
        return True
    if all(word in _listed("thin") or word in _listed("times") or word[0].isdigit() for word in plain):
        return not _is_value(plain)
    if first not in _listed("reporting"):
        return False
    return not rest or rest[0] in _listed("not_reported") or rest[0] in _listed("times") or rest[0].isdigit()


def _has_main_clause(words: Sequence[str]) -> bool:
    """Whether a clause with a verb follows a comma."""
    return "," in words and bool(_listed("verbs") & set(words[words.index(",") :]))


def _is_value(plain: Sequence[str]) -> bool:
    """Whether only figures stand there: the value of a line, such as "148/86"."""
    return all(word[0].isdigit() for word in plain)


# --- lists -----------------------------------------------------------------------------------------------------------


@cache
def _table() -> Mapping[str, Any]:
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("residue.yaml").read_text(encoding="utf-8"))
    return read


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(str(_table()[name]).split())


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(map(str, _table()[name]))


@cache
def _phrases(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(phrase).split()) for phrase in _table()[name])


def _begins(words: Sequence[str], name: str) -> bool:
    return any(tuple(words[: len(phrase)]) == phrase for phrase in _phrases(name))


def _has(words: Sequence[str], name: str) -> bool:
    return next(_found(words, name), None) is not None


def _found(words: Sequence[str], name: str) -> Iterator[tuple[int, int]]:
    for at in range(len(words)):
        for phrase in _phrases(name):
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield at, at + len(phrase)
