"""The facts of statements, for the checks of `scribe.review`: it may not know how a stage finds them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from scribe.config import ModelsSettings
from scribe.sections import fact_reader
from scribe.sections.compare import compare
from scribe.sections.facts import Fact, FactKind, Polarity

NAMES = {
    FactKind.NUMBER: "number",
    FactKind.DOSE: "dose",
    FactKind.MEASURE: "number",
    FactKind.DRUG: "drug",
    FactKind.SIDE: "side",
    FactKind.PROBLEM: "term",
    FactKind.TERM: "term",
    FactKind.RELATIVE: "relative",
    FactKind.NEGATION: "denial",
}
CONTENT = (FactKind.DRUG, FactKind.DOSE, FactKind.NUMBER, FactKind.MEASURE, FactKind.SIDE, FactKind.PROBLEM)
DENIED = frozenset({FactKind.DRUG, FactKind.PROBLEM, FactKind.TERM, FactKind.NEGATION})
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
        read = fact_reader.reader(self._settings).read(text)
        return frozenset(f"{fact.kind}:{fact.value}:{_denied(fact)}" for fact in read.of(*CONTENT))

    def _compared(self, text: str, pieces: tuple[tuple[str | None, str], ...]) -> tuple[str, ...]:
        reader = fact_reader.reader(self._settings)
        found = compare(reader.read(text), reader.read_exchange(pieces))
        named = [NAMES[fact.kind] for fact in found.invented]
        named += ["denial" if fact.kind in DENIED else NAMES[fact.kind] for fact in found.flipped]
        return tuple(dict.fromkeys(named))


def _denied(fact: Fact) -> str:
    return "no" if fact.polarity is Polarity.NEGATED else "yes"


@lru_cache(maxsize=4)
def facts(settings: ModelsSettings) -> Facts:
    """The reader for some settings."""
    return Facts(settings)
