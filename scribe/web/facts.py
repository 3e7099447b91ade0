"""The facts of statements, for the checks of `scribe.review`: it may not know how a stage finds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from scribe.clinical import stated
from scribe.clinical.terms import Kind
from scribe.config import ModelsSettings
from scribe.sections import facts as sections
from scribe.sections.facts import Facts as Read
from scribe.types import Basis, Claims

CONTENT = frozenset({Kind.DRUG, Kind.SYMPTOM, Kind.PROBLEM, Kind.HABIT})
Pieces = Sequence[tuple[str | None, str]]


class Facts:
    """Reads and compares facts; what was compared lately is remembered, by its words."""

    def __init__(self, settings: ModelsSettings) -> None:
        self._settings = settings
        self._differs = lru_cache(maxsize=2_000)(self._compared)

    def differs(self, text: str, pieces: Pieces) -> tuple[str, ...]:
        """The kinds of facts that `text` has and what was said has not, or otherwise. As `review.checks.Differs`."""
        return self._differs(text, tuple(pieces))

    def of(self, text: str) -> frozenset[str]:
        """What a text names, each fact as one word that can be compared. As `review.scores.FactsOf`."""
        read = sections.read(text, self._settings)
        named = (f"{item.kind}:{item.concept}:{item.claims.polarity}" for item in read.named if item.kind in CONTENT)
        return frozenset(
            (
                *named,
                *(f"number:{value}" for value in read.numbers),
                *(f"amount:{value}" for value in read.amounts),
                *(f"side:{place}:{side}" for place, side in read.sides),
            )
        )

    def _compared(self, text: str, pieces: tuple[tuple[str | None, str], ...]) -> tuple[str, ...]:
        said = sections.exchange(pieces, self._settings)
        possible = stated.possible("\n".join(piece for _, piece in pieces))
        return tuple(dict.fromkeys(_differences(sections.read(text, self._settings), said, possible)))


def _differences(text: Read, said: Read, possible: frozenset[str]) -> Iterator[str]:
    """The kinds of facts of `text` that were not said, or said otherwise. `possible`: numbers that may be heard."""
    if not possible.issuperset(text.numbers) or _too_often(text.numbers, said.numbers):
        yield "number"
    if any(amount in _of_another_unit(text, said) for amount in text.amounts):
        yield "dose" if any(amount in dict(text.doses).values() for amount in text.amounts) else "number"
    if any(_given_otherwise(drug, amount, said) for drug, amount in text.doses):
        yield "dose"
    known = {(item.kind is Kind.DRUG, item.concept) for item in said.named}
    for item in text.named:
        if item.kind is Kind.VITAL:
            continue  # a name before a value: "BP 120/80" of "one twenty over eighty"
        if (item.kind is Kind.DRUG, item.concept) not in known and not _words_of(item.concept, said):
            yield "drug" if item.kind is Kind.DRUG else "term"
    if any(_turned(place, side, said) for place, side in text.sides):
        yield "side"
    if set(text.people) - set(said.people):
        yield "relative"
    yield from _claimed_otherwise(text, said)


def _too_often(text: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a number that was said stands more often than it was said: "3 to 3 days" of "2 to 3 days"."""
    often = Counter(text) - Counter(said)
    return any(value in said for value in often)


def _of_another_unit(text: Read, said: Read) -> set[str]:
    """The amounts of a text whose number was said with another unit only."""
    units: dict[str, set[str]] = {}
    for amount in said.amounts:
        number, _, unit = amount.partition(" ")
        units.setdefault(number, set()).add(unit)
    split = ((amount, *amount.partition(" ")[::2]) for amount in text.amounts)
    return {amount for amount, number, unit in split if number in units and unit not in units[number]}


def _given_otherwise(drug: str, amount: str, said: Read) -> bool:
    unit = amount.rpartition(" ")[2]
    told = {dose for name, dose in said.doses if name == drug and dose.rpartition(" ")[2] == unit}
    return bool(told) and amount not in told


def _words_of(concept: str, said: Read) -> bool:
    """Whether all words of a term were said, if not as the term."""
    return all(sections.stem(word) in said.words for word in concept.split())


def _turned(place: str, side: str, said: Read) -> bool:
    here = {its_side for its_place, its_side in said.sides if its_place == place}
    return side not in (here or {its_side for _, its_side in said.sides})


def _claimed_otherwise(text: Read, said: Read) -> Iterator[str]:
    """What is claimed of terms and other words otherwise than it was said: denied for affirmed, another's as theirs."""
    settled: dict[str, set[Claims]] = {}
    for finding in said.findings:
        settled.setdefault(finding.concept, set()).add(sections.plain(finding.claims))
    named = {item.concept for item in text.named}
    for item in text.named:
        yield from _opposed(item.claims, settled.get(item.concept, set()))
    asked = any(item.claims.basis is Basis.ASKED for item in said.named)
    for word, claims in text.words.items():
        if len(claims) == 1 and not asked and not any(word in map(sections.stem, name.split()) for name in named):
            yield from _opposed(next(iter(claims)), said.words.get(word, frozenset()))


def _opposed(claims: Claims, said: set[Claims] | frozenset[Claims]) -> Iterator[str]:
    if said and claims.polarity not in {other.polarity for other in said}:
        yield "denial"
    if said and claims.basis is not Basis.ASKED and claims.experiencer not in {other.experiencer for other in said}:
        yield "relative"


@lru_cache(maxsize=4)
def facts(settings: ModelsSettings) -> Facts:
    """The reader for some settings."""
    return Facts(settings)
