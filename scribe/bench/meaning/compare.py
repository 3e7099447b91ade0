"""Facts of a note against those of what was said: what was invented, what was turned round, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.bench.meaning.facts import Fact, FactKind, Facts, Polarity, stem
from scribe.types import Span

COUNTED = (FactKind.NUMBER, FactKind.DOSE, FactKind.MEASURE, FactKind.DRUG, FactKind.SIDE, FactKind.PROBLEM)


CLAIMED = frozenset({Polarity.AFFIRMED, Polarity.HEDGED})


@dataclass(frozen=True, slots=True)
class Differences:
    """Facts of the note that were not said or said otherwise, and facts that were said and are not in the note."""

    invented: tuple[Fact, ...] = ()
    flipped: tuple[Fact, ...] = ()
    missed: tuple[Fact, ...] = ()

    @property
    def faithful(self) -> bool:
        """Whether nothing was added or turned round; something may be missing."""
        return not self.invented and not self.flipped

    def both(self, other: Differences) -> Differences:
        """What differs here and there."""
        invented, flipped = {fact.key for fact in other.invented}, {fact.key for fact in other.flipped}
        return Differences(
            tuple(fact for fact in self.invented if fact.key in invented | flipped),
            tuple(fact for fact in self.flipped if fact.key in invented | flipped),
            self.missed,
        )


def compare(note: Facts, source: Facts) -> Differences:
    """What `note` adds to, changes of and leaves out of `source`.

    Invented: a number, drug, side or term that the source does not have. Flipped: it has the number with another unit
    or for another drug, the place with the other side, or the word only denied where the note affirms it (or only
    affirmed where the note denies it), or only of a relative where the note says it of the patient.
    """
    invented = [fact for fact in note.facts if _is_invented(fact, note, source)]
    invented += _too_often(note, source, invented)
    flipped = [fact for fact in note.facts if fact not in invented and _is_flipped(fact, note, source)]
    flipped += _turned_words(note, source)
    held = {fact.key for fact in note.facts}
    missed = [fact for fact in source.facts if fact.kind in COUNTED and fact.key not in held]
    return Differences(tuple(invented), tuple(flipped), tuple(missed))


def _too_often(note: Facts, source: Facts, known: Sequence[Fact]) -> Iterator[Fact]:
    """Numbers and sides that the note has more often: "3 to 3 days" of "2 to 3 days", both knees as the left one."""
    said = Counter((fact.kind, fact.value) for fact in source.facts)
    for fact in note.of(FactKind.NUMBER, FactKind.SIDE):
        if fact not in known and fact.key in said:
            said[fact.key] -= 1
            if said[fact.key] < 0:
                yield fact


def _is_invented(fact: Fact, note: Facts, source: Facts) -> bool:
    if fact.kind is FactKind.NUMBER:
        return fact.value not in source.possible
    if fact.kind in (FactKind.DOSE, FactKind.MEASURE):
        bare = " " not in fact.value  # "months"; else its number is one of the others
        return bare and fact.value not in {other.value.rpartition(" ")[2] for other in source.of(fact.kind)}
    if any(fact.kind is other.kind and fact.value == other.value for other in source.facts):
        return False
    if fact.kind is FactKind.SIDE:
        return not source.of(FactKind.SIDE)
    words = (stem(word) for word in fact.value.split() if word.isalpha())
    return any(word not in source.words for word in words if word in note.words)


def _is_flipped(fact: Fact, note: Facts, source: Facts) -> bool:
    if fact.kind in (FactKind.DOSE, FactKind.MEASURE):
        return _dose_is_flipped(fact, source)
    if fact.kind is FactKind.SIDE:
        here = [other.value for other in source.of(FactKind.SIDE) if other.about == fact.about]
        anywhere = [other.value for other in source.of(FactKind.SIDE)]
        return fact.value not in (here or anywhere)
    same = [other for other in source.facts if other.key == fact.key]
    if fact.kind in (FactKind.PROBLEM, FactKind.DRUG, FactKind.TERM) and same:
        if _opposed(fact.polarity, {other.polarity for other in same}):
            return True
        return fact.kind is FactKind.PROBLEM and _whose_is_flipped(fact, same, source)
    return False


def _dose_is_flipped(fact: Fact, source: Facts) -> bool:
    number, _, unit = fact.value.rpartition(" ")
    split = [other.value.rpartition(" ") for other in source.of(fact.kind)]
    stated = [its_unit for its_number, _, its_unit in split if its_number == number]
    if stated and unit not in stated:
        return True
    if not fact.about:
        return False
    doses = [other.value for other in source.of(FactKind.DOSE) if other.about == fact.about]
    in_unit = [dose for dose in doses if dose.rpartition(" ")[2] == unit]
    return bool(in_unit) and fact.value not in in_unit


def _whose_is_flipped(fact: Fact, same: Sequence[Fact], source: Facts) -> bool:
    """Whether a relative's problem became the patient's, or the patient's that of a relative whom nobody named."""
    if fact.of_relative:
        return not source.of(FactKind.RELATIVE)
    return all(other.of_relative for other in same)


def _turned_words(note: Facts, source: Facts) -> Iterator[Fact]:
    """Words that are no clinical terms, denied where they were affirmed or the other way round."""
    terms = {stem(word) for fact in note.facts for word in fact.value.split()}
    for word, claimed in note.words.items():
        said = source.words.get(word)
        if word not in terms and said and len(claimed) == 1 and _opposed(next(iter(claimed)), said):
            yield Fact(FactKind.NEGATION, word, Span(0, 0), polarity=next(iter(claimed)))


def _opposed(claimed: Polarity, said: frozenset[Polarity] | set[Polarity]) -> bool:
    """Whether a word is denied that was only ever said to be, or may be, or the other way round."""
    if claimed is Polarity.NEGATED:
        return bool(said) and said <= CLAIMED
    return claimed in CLAIMED and said == {Polarity.NEGATED}
