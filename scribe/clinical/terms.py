"""What visits are about, by name: drugs, diseases, symptoms, habits, tests, procedures, allergens.

Our own words are in `terms.tsv`; the names of drugs, diseases, tests and procedures come from the shipped vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from scribe.clinical import english, lexicon, notation
from scribe.clinical.lexicon import TermKind, key_of
from scribe.clinical.lists import lists
from scribe.clinical.text import Text
from scribe.config import ModelsSettings

TABLE = Path(__file__).with_name("terms.tsv")
EVERYDAY = 4.1  # Zipf: a single word that is said more often is no evidence that the term was meant
BRAND = 3.3  # the same for the brands of drugs
DENIED = "no "  # before a concept: its words deny it
DENYING = frozenset({"no", "not", "non", "without"})  # a term of the vocabulary that begins so denies another


ADJECTIVE = re.compile(r"(?:al|ic|ary|ous|ive|ar|oid)$")  # says what kind of thing, and names none
NAMES = frozenset(  # ... but these do
    "adenoid anicteric bradycardic cachectic carcinoid colic diaphoretic dic ectopic epidural eschar euthymic "
    "hemorrhoid hyperglycemic hypertensive hypotensive hypoxic keloid lethargic orthostatic pemphigoid sarcoid "
    "schizoaffective subdural tachycardic tachypneic typhoid vasovagal".split()
)


class Kind(StrEnum):
    """What a term names."""

    SYMPTOM = "symptom"
    SIGN = "sign"  # a symptom that a clinician may see or feel
    STRUCTURE = "structure"  # as exam, or the place of a sign: "the ear drum looks red"
    EXAM = "exam"  # what is examined, and told with how it is
    PROBLEM = "problem"
    DRUG = "drug"
    DRUG_CLASS = "drug class"
    HABIT = "habit"
    ALLERGEN = "allergen"
    PROCEDURE = "procedure"
    TEST = "test"
    RESULT = "result"  # of a test that has a value
    VITAL = "vital"
    IMMUNIZATION = "immunization"
    NONE = "none"  # it looks like a term
    PLAN = "plan"  # advice, a referral, a visit to come


SHIPPED = {
    TermKind.DRUG: Kind.DRUG,
    TermKind.DISEASE: Kind.PROBLEM,
    TermKind.FINDING: Kind.SYMPTOM,
    TermKind.PROCEDURE: Kind.PROCEDURE,
    TermKind.TEST: Kind.TEST,
}


ILLNESSES = frozenset({Kind.PROBLEM, Kind.SYMPTOM, Kind.PROCEDURE})


@dataclass(frozen=True, slots=True)
class Named:
    """A term in a text: what it is, its name, and the tokens it stands on."""

    kind: Kind
    concept: str = field(repr=False)
    tokens: range
    denied: bool = False  # the word itself says that it is not there: "nontender"


class Lexicon:
    """Finds terms in a text: of two in one place the longer, and our own before one of the vocabulary."""

    def __init__(self, shipped: dict[tuple[str, ...], tuple[Kind, str]]) -> None:
        self._shipped = shipped
        self._firsts: dict[str, int] = {}
        for words in shipped:
            self._firsts[words[0]] = max(self._firsts.get(words[0], 0), len(words))

    def named(self, text: Text) -> tuple[Named, ...]:
        """The terms of a text, in order; none overlaps another."""
        found = [*self._own(text), *self._of_vocabulary(text)]
        found.sort(key=lambda item: (-len(item.tokens), item.tokens.start))
        taken: set[int] = set()
        kept = []
        for item in found:
            if taken.isdisjoint(item.tokens):
                taken.update(item.tokens)
                kept.append(item)
        kept = [item for item in kept if item.kind is not Kind.NONE]
        return tuple(sorted(kept, key=lambda item: item.tokens.start))

    def _own(self, text: Text) -> Iterator[Named]:
        for kind, concept, pattern in _rows():
            for match in pattern.finditer(text.line):
                if tokens := text.tokens_between(*match.span()):
                    yield Named(kind, concept.removeprefix(DENIED), tokens, concept.startswith(DENIED))

    def _of_vocabulary(self, text: Text) -> Iterator[Named]:
        words = [(number, token.text) for number, token in enumerate(text.tokens) if token.text != "-"]
        for at, (first, word) in enumerate(words):
            for length in range(min(self._firsts.get(word, 0), len(words) - at), 0, -1):
                key = tuple(word for _, word in words[at : at + length])
                if (entry := self._shipped.get(key)) is not None:
                    yield Named(*entry, range(first, words[at + length - 1][0] + 1))
                    break


@lru_cache(maxsize=4)
def load(settings: ModelsSettings) -> Lexicon:
    """The lexicon, made once. Raises AssetError where the vocabulary is missing, InputError where a row is bad."""
    shipped: dict[tuple[str, ...], tuple[Kind, str]] = {}
    for term in lexicon.read(settings):
        kind = SHIPPED.get(term.kind)
        words = tuple(key_of(term.text).split())
        if kind is None or not words[0][0].isalpha() or words[0] in DENYING:
            continue
        if len(words) == 1 and kind in ILLNESSES and ADJECTIVE.search(words[0]) and words[0] not in NAMES:
            continue
        if len(words) == 1 and english.zipf(words[0]) >= (BRAND if term.brand else EVERYDAY):
            continue
        shipped.setdefault(words, (kind, " ".join(words)))
    return Lexicon(shipped)


@cache
def _rows() -> tuple[tuple[Kind, str, re.Pattern[str]], ...]:
    made = []
    seen: dict[str, int] = {}
    for line, (kind, concept, words) in notation.rows(TABLE, ("kind", "concept", "words")):
        with notation.at_line(TABLE, line):
            alternatives = words.split(";")
            for one in alternatives:
                if one in seen:
                    raise ValueError(f"{one!r} stands in line {seen[one]}, too")
                seen[one] = line
            pattern = "|".join(notation.expression(one, lists()) for one in alternatives)
            made.append((Kind(kind), concept, re.compile(rf"(?<!\S)(?:{pattern})")))
    return tuple(made)
