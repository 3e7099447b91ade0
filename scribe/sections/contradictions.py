"""Statements of one note that say otherwise: shown beside each other, never resolved.

    "Denies fever."              "A low-grade fever of 100.4."      what is denied here is there elsewhere
    "Takes metformin 500 mg."    "Continue metformin 1,000 mg."     two doses, and nobody changed it
    "Right knee pain."           "Sprain of the left knee."         the side changes between history and assessment

Only what is said of the patient, as a fact, is compared. A topic that is too general ("pain") needs its place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from scribe.config import ModelsSettings
from scribe.sections import fact_reader, phrases
from scribe.sections.catalog import group_of
from scribe.sections.facts import FactKind, stem
from scribe.types import Assertion, Section, SectionGroup, SectionKind, Statement

WORD = re.compile(r"[a-z][a-z'-]+")
DENIAL = re.compile(
    r"^(?:denies|no|negative for|has no|never had|has never had)(?: any)? (?P<topics>.+?)\.?$", re.IGNORECASE
)
TOPICS = re.compile(r",|\bor\b|\band\b|/")
NEGATION = re.compile(r"\b(?:no|not|never|without|denies|negative|\w+n't)\b", re.IGNORECASE)
SMALL = frozenset(
    "a an the of in at on to with or and any new other recent recently some having being get getting".split()
)
TOO_GENERAL, CHANGES = phrases.words("too_general"), phrases.words("changes_dose")
CHANGE_STEMS = frozenset(stem(word) for word in CHANGES)
KEPT = 8192  # statements whose reading is kept
GENERAL = frozenset(stem(word) for word in TOO_GENERAL)
LATER = frozenset({SectionGroup.ASSESSMENT, SectionGroup.PLAN})
FEW = 4  # words that a denied topic has at most; more are a circumstance, not a topic


@dataclass(frozen=True, slots=True)
class _Told:
    """A statement, the part of the note it stands in, and the stems of its words."""

    statement: Statement
    group: SectionGroup
    stems: frozenset[str]


def marked(sections: Sequence[Section], settings: ModelsSettings) -> tuple[Section, ...]:
    """The sections, each statement with the ids of those that contradict it. Raises AssetError without the lexicon."""
    told = [
        _Told(statement, group_of(section.kind), _stems(statement.text))
        for section in sections
        if section.kind is not SectionKind.FAMILY
        for statement in section.statements
    ]
    against: dict[str, list[str]] = defaultdict(list)
    for one, other in dict.fromkeys((*_denied_and_there(told), *_doses_and_sides(told, settings))):
        against[one].append(other)
        against[other].append(one)
    return tuple(
        replace(section, statements=tuple(_with(statement, against) for statement in section.statements))
        for section in sections
    )


def _with(statement: Statement, against: dict[str, list[str]]) -> Statement:
    ids = tuple(dict.fromkeys(against.get(statement.id, ())))
    return replace(statement, contradicts=ids) if ids else statement


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in WORD.findall(text.lower()))


def _denied_and_there(told: Sequence[_Told]) -> Iterator[tuple[str, str]]:
    there = [
        item
        for item in told
        if item.statement.assertion is Assertion.PRESENT and not NEGATION.search(item.statement.text)
    ]
    for item in told:
        if item.statement.assertion is not Assertion.ABSENT:
            continue
        for topic in _topics(item.statement.text):
            for other in there:
                if topic <= other.stems and other.group is not SectionGroup.PLAN:
                    yield item.statement.id, other.statement.id


def _topics(text: str) -> Iterator[frozenset[str]]:
    """What a denial denies, topic by topic, as stems; what is too general to be one is left out."""
    found = DENIAL.match(text)
    for topic in TOPICS.split(found["topics"].lower()) if found else ():
        words = [word for word in WORD.findall(topic) if word not in SMALL]
        stems = frozenset(stem(word) for word in words)
        if 0 < len(words) <= FEW and not stems <= GENERAL and not any(len(name) < 3 for name in stems):
            yield stems


@lru_cache(maxsize=KEPT)
def _read(reader: fact_reader.Reader, text: str) -> tuple[tuple[FactKind, str, str], ...]:
    """The doses and sides that a statement names, each with what it is of. Kept: an edit changes one statement."""
    facts = reader.read(text)
    found = (*facts.of(FactKind.DOSE), *facts.of(FactKind.SIDE))
    return tuple((fact.kind, fact.about, fact.value) for fact in found if fact.about)


def _doses_and_sides(told: Sequence[_Told], settings: ModelsSettings) -> Iterator[tuple[str, str]]:
    reader = fact_reader.reader(settings)
    doses: dict[str, list[tuple[str, str]]] = defaultdict(list)  # drug: (dose, statement)
    sides: dict[str, list[tuple[str, SectionGroup, str]]] = defaultdict(list)  # place: (side, group, statement)
    for item in told:
        if item.statement.assertion not in (Assertion.PRESENT, Assertion.HISTORICAL):
            continue
        for kind, about, value in _read(reader, item.statement.text):
            if kind is FactKind.SIDE:
                sides[about].append((value, item.group, item.statement.id))
            elif not item.stems & CHANGE_STEMS:
                doses[about].append((value, item.statement.id))
    for taken in doses.values():
        yield from ((a, b) for (one, a), (two, b) in combinations(taken, 2) if one != two and a != b)
    for seen in sides.values():
        before = {side for side, group, _ in seen if group not in LATER}
        after = {side for side, group, _ in seen if group in LATER}
        if len(before) == 1 and len(after) == 1 and before != after:
            first = next(name for _, group, name in seen if group not in LATER)
            yield from ((first, name) for _, group, name in seen if group in LATER)
