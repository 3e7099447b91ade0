"""Scores, from references and predictions to numbers. Pure: no files, no engines, nothing printed.

Counts add up (`sum(counts, start=WordErrors())`), so the score of a data set is that of all its words or labels
together (micro-average), not the mean over its files. A score that has nothing to be measured on is None, never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from statistics import fmean
from typing import Self

from scribe.bench import words
from scribe.types import Role

RoleWords = Sequence[tuple[str, Role | None]]
"""Normalised words with the role of who said them; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts that can be added."""

    def __add__(self, other: Self) -> Self:
        return replace(
            self, **{item.name: getattr(self, item.name) + getattr(other, item.name) for item in fields(self)}
        )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


# --- words -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WordErrors(Counts):
    """Word edits from a reference to a hypothesis."""

    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    reference_words: int = 0

    @property
    def edits(self) -> int:
        """Words replaced, left out and made up."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Edits by words of the reference (word error rate): 0 is best, more than 1 is possible."""
        return _ratio(self.edits, self.reference_words)


def word_errors(reference: Sequence[str], hypothesis: Sequence[str]) -> WordErrors:
    """Count the word edits between two lists of normalised words."""
    aligned = words.align(reference, hypothesis)
    return WordErrors(aligned.substitutions, aligned.deletions, aligned.insertions, len(reference))


# --- speakers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpeakerCounts(Counts):
    """Words whose speaker can be compared, and how many of them were given to the right one.

    Compared are the words of the reference that the recogniser heard, rightly or as another word: those it missed and
    those it made up have no counterpart. A word without a speaker, or whose speaker has no role, is wrong.
    """

    compared: int = 0
    right: int = 0
    swapped: int = 0  # would be right if clinician and patient changed places
    unassigned: int = 0
    exact_compared: int = 0  # of those heard rightly, whose place in the reference is surer
    exact_right: int = 0

    @property
    def accuracy(self) -> float | None:
        """Share of compared words given to the right role."""
        return _ratio(self.right, self.compared)

    @property
    def exact_accuracy(self) -> float | None:
        """The same over words that were heard rightly."""
        return _ratio(self.exact_right, self.exact_compared)

    @property
    def order_right(self) -> bool:
        """Whether clinician and patient are the right way round: more words right than if they changed places."""
        return self.right > self.swapped


_SWAPPED = {Role.CLINICIAN: Role.PATIENT, Role.PATIENT: Role.CLINICIAN}


def speaker_counts(reference: RoleWords, hypothesis: RoleWords) -> SpeakerCounts:
    """Compare who said each word. Words of the reference without a role are left out."""
    aligned = words.align([word for word, _ in reference], [word for word, _ in hypothesis])
    pairs = [(reference[at][1], hypothesis[by][1], equal) for at, by, equal in aligned.pairs if reference[at][1]]
    return SpeakerCounts(
        compared=len(pairs),
        right=sum(true is found for true, found, _ in pairs),
        swapped=sum(found is not None and true is _SWAPPED.get(found, found) for true, found, _ in pairs),
        unassigned=sum(found is None for _, found, _ in pairs),
        exact_compared=sum(equal for _, _, equal in pairs),
        exact_right=sum(equal and true is found for true, found, equal in pairs),
    )


# --- labels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelCounts(Counts):
    """How often one label, or all of them, was given rightly, wrongly, and not given."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was given that is right."""
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        """Share of what should be given that was."""
        return _ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two."""
        return _ratio(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)


@dataclass(frozen=True, slots=True)
class LabelScores:
    """Counts by label. A task with one label an item is the special case of sets of one."""

    by_label: dict[str, LabelCounts]

    @property
    def micro(self) -> LabelCounts:
        """All labels together; with one label an item its F1 is the accuracy."""
        return sum(self.by_label.values(), start=LabelCounts())

    @property
    def macro_f1(self) -> float | None:
        """Mean F1 over the labels that occur in references or predictions (scikit-learn's default)."""
        return fmean(counts.f1 or 0.0 for counts in self.by_label.values()) if self.by_label else None


def label_scores(items: Iterable[tuple[frozenset[str], frozenset[str]]]) -> LabelScores:
    """Compare sets of labels, (reference, prediction) for each item."""
    found: Counter[str] = Counter()
    invented: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for reference, prediction in items:
        found.update(reference & prediction)
        invented.update(prediction - reference)
        missed.update(reference - prediction)
    labels = sorted(found.keys() | invented.keys() | missed.keys())
    return LabelScores({label: LabelCounts(found[label], invented[label], missed[label]) for label in labels})


def class_scores(items: Iterable[tuple[str, str]]) -> LabelScores:
    """Compare single labels, (reference, prediction) for each item."""
    return label_scores((frozenset({reference}), frozenset({prediction})) for reference, prediction in items)


def by_bin(trust: Iterable[tuple[float, bool]], bins: int) -> dict[int, list[tuple[float, bool]]]:
    """Probabilities with whether they were right, by `bins` of equal width; empty ones are left out."""
    found: dict[int, list[tuple[float, bool]]] = {}
    for said, right in trust:
        found.setdefault(min(int(said * bins), bins - 1), []).append((said, right))
    return found


def calibration_error(trust: Sequence[tuple[float, bool]], bins: int) -> float | None:
    """Expected calibration error (Naeini et al., AAAI 2015): 0 where a probability is the share that is right."""
    gaps = (
        len(held) * abs(fmean(said for said, _ in held) - fmean(right for _, right in held))
        for held in by_bin(trust, bins).values()
    )
    return _ratio(sum(gaps), len(trust))


def category(code: str) -> str:
    """The three-character category of an ICD-10 code ("N44.8" -> "N44")."""
    return code[:3]
