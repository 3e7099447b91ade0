"""Which recognised words may be misheard terms, and which terms they may have been.

A word is doubted because no word list knows it, because hardly anybody uses it, or because it was improbable and a
dose follows it; a few words together also where they have the very sounds of one long term ("unstable in China").
Words around a doubted one may belong to it ("well butrin", "a tenelol"), so all stretches of up to four words that
hold it are compared; how alike they sound to a term decides which of them it is. Numbers, negations, sides and known
terms are never doubted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from scribe.asr import doses, quantities
from scribe.asr.retrieval import Index
from scribe.asr.vocabulary import Term, TermKind, Vocabulary
from scribe.clinical.number_words import CARDINALS, FREQUENCIES, ORDINALS, PARTS
from scribe.clinical.units import words_of
from scribe.types import Word

MOST_WORDS = 4  # of a stretch
MOST_READINGS = 4  # of a suspect
LEAST_LETTERS = 4  # of a stretch
STOPS = (".", "?", "!", ",", ";", ":")  # a stretch does not reach across them
FRAME_WORDS = 2  # a dose so many words after a word makes it a drug
LONG_TERM = 8  # phonemes of a term from which everyday words may be doubted for their sound alone
WEAK = 0.6  # probability below which a word before a dose is doubted
FAIR = 0.95  # below which it is, if a drug that is made in this strength sounds like it
RARE_ZIPF = 2.5  # less than once in three million words of English
COMMON_BONUS = 0.08  # of likeness, for a term that everybody says daily, against one that nobody does
DOSE_BONUS = {
    True: 0.04,
    False: -0.06,
    None: 0.0,
}  # of likeness, by whether the drug is made in the strength that follows
KNOWN_BONUS = 0.03  # of likeness, for a drug that the recording names elsewhere, clearly
DOSE_UNITS = words_of(("mg", "mcg", "g", "unit", "meq"))
NUMBERS = CARDINALS | ORDINALS.keys() | PARTS.keys() | FREQUENCIES.keys() | {"point"}
KEPT = frozenset(  # what changes a meaning, and what stands between a drug and its dose
    "no not never without denies deny denied none neither nor cannot left right bilateral dose doses "
    "daily total additional milligram milligrams microgram micrograms units".split()
)
EDGES = re.compile(r"^[^\w]+|[^\w%]+$")
NAMED = frozenset("dr doctor mr mrs ms miss professor nurse".split())  # what follows is a name, no term


class Doubt(IntEnum):
    """Why a stretch is doubted, from weak to strong."""

    SOUND = 1  # everyday words that together sound like a long term
    RARE = 2  # a word that is hardly ever used
    DOSED = 3  # an improbable word before a dose
    UNKNOWN = 4  # a word in no list


LEAST_LIKENESS = {Doubt.SOUND: 0.88, Doubt.RARE: 0.8, Doubt.DOSED: 0.7, Doubt.UNKNOWN: 0.62}


@dataclass(frozen=True, slots=True)
class Reading:
    """Words `first` to `last` (indices, both included) as a term, and how alike both sound (0 to 1)."""

    first: int
    last: int
    heard: str = field(repr=False)
    term: Term = field(repr=False)
    likeness: float
    dose_fits: bool | None = None  # whether the dose that follows can be taken of it; None: none follows, or not known
    known: bool = False  # the recording names it elsewhere, clearly

    @property
    def rank(self) -> float:
        """Likeness, and a little for a term that is often said, a dose that fits, a drug known to be taken."""
        bonus = COMMON_BONUS * self.term.common + DOSE_BONUS[self.dose_fits] + KNOWN_BONUS * self.known
        return self.likeness + bonus


@dataclass(frozen=True, slots=True)
class Suspect:
    """A doubted stretch and its readings, the likeliest by sound first; empty where nothing sounds like it."""

    first: int
    last: int
    doubt: Doubt
    readings: tuple[Reading, ...]


def bare(word: Word) -> str:
    """The word without marks around it, in lower case."""
    return EDGES.sub("", word.text).lower()


def suspects(
    words: Sequence[Word], vocabulary: Vocabulary, index: Index, *, known: Collection[str] = ()
) -> list[Suspect]:
    """The doubted stretches of `words`, in order; none overlap. `known`: drugs that the recording names clearly."""
    texts = [bare(word) for word in words]
    found = [_knowing(suspect, known) for suspect in _by_word(words, texts, vocabulary, index)]
    taken = {at for suspect in found for at in range(suspect.first, suspect.last + 1)}
    found += _by_sound(words, texts, vocabulary, index, taken)
    return sorted(found, key=lambda suspect: suspect.first)


def _knowing(suspect: Suspect, known: Collection[str]) -> Suspect:
    """The suspect with its readings ranked anew, a little higher where they are known drugs."""
    readings = (replace(reading, known=reading.term.text in known) for reading in suspect.readings)
    return replace(suspect, readings=tuple(sorted(readings, key=lambda reading: -reading.rank)))


def is_fixed(text: str) -> bool:
    """Whether a word is never part of a repair: a number, or what turns a meaning round."""
    if not text or any(letter.isdigit() for letter in text):
        return True
    return any(part in NUMBERS or part in KEPT for part in text.split("-"))  # "twenty-five", "right-sided"


def _by_word(words: Sequence[Word], texts: Sequence[str], vocabulary: Vocabulary, index: Index) -> Iterator[Suspect]:
    dosed = _dosed(words, texts, vocabulary)
    until = -1
    for at, word in enumerate(words):
        if at <= until or is_fixed(texts[at]) or (at and texts[at - 1] in NAMED):
            continue
        if not vocabulary.is_word(texts[at]):
            doubt = Doubt.UNKNOWN
        elif at in dosed and word.probability < FAIR and not vocabulary.get(texts[at]):
            doubt = Doubt.DOSED
        elif vocabulary.frequency(texts[at]) < RARE_ZIPF and not vocabulary.get(texts[at]):
            doubt = Doubt.RARE
        else:
            continue
        found = _readings(at, words, texts, doubt, vocabulary, index, dosed)
        if doubt is Doubt.DOSED and word.probability >= WEAK:
            found = (reading for reading in found if reading.dose_fits)
        readings = _best(found)
        if not readings and (doubt is Doubt.RARE or (doubt is Doubt.DOSED and word.probability >= WEAK)):
            continue
        first, last = (readings[0].first, readings[0].last) if readings else (at, at)
        until = max(last, at)
        yield Suspect(first, until, doubt, readings)


def _readings(
    at: int,
    words: Sequence[Word],
    texts: Sequence[str],
    doubt: Doubt,
    vocabulary: Vocabulary,
    index: Index,
    dosed: Mapping[int, tuple[float, str]],
) -> Iterator[Reading]:
    """What stretches around a word may have been."""
    for first, last in _stretches(at, words, texts):
        heard = " ".join(texts[first : last + 1])
        if len(heard) < LEAST_LETTERS:
            continue
        for candidate in index.alike(heard, least=LEAST_LIKENESS[doubt], most=MOST_READINGS):
            if doubt is Doubt.DOSED and candidate.term.kind is not TermKind.DRUG:
                continue
            if not _swallows(texts[first : last + 1], candidate.term, vocabulary):
                fits = doses.fits(candidate.term, *dosed[last], vocabulary) if last in dosed else None
                yield Reading(first, last, heard, candidate.term, candidate.likeness, fits)


def _stretches(at: int, words: Sequence[Word], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    for first in range(at, max(at - MOST_WORDS, -1), -1):
        if first < at and (is_fixed(texts[first]) or _stops(words[first])):
            return
        for last in range(at, min(first + MOST_WORDS, len(words))):
            if last > at and (is_fixed(texts[last]) or _stops(words[last - 1])):
                break
            yield first, last


def _stops(word: Word) -> bool:
    return word.text.rstrip().endswith(STOPS)


def _swallows(texts: Sequence[str], term: Term, vocabulary: Vocabulary) -> bool:
    """Whether replacing the words by the term would lose another term, or a word the term already is.

    A term that the other ends with is not lost: "a torva statin".
    """
    name = term.text.lower()
    said = name.split()
    return any(text not in name and vocabulary.get(text) is not None for text in texts) or (
        len(texts) > 1 and all(part in texts for part in said)
    )


def _best(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The likeliest stretch of each term, the likeliest terms first."""
    best: dict[str, Reading] = {}
    for reading in sorted(readings, key=lambda item: (-item.rank, item.last - item.first)):
        best.setdefault(reading.term.text, reading)
    return tuple(best.values())[:MOST_READINGS]


def _by_sound(
    words: Sequence[Word], texts: Sequence[str], vocabulary: Vocabulary, index: Index, taken: set[int]
) -> Iterator[Suspect]:
    """Two to four everyday words with the very consonants of one long term."""
    until = -1
    for first in range(len(words)):
        found = []
        for last in range(first + 1, min(first + MOST_WORDS, len(words))):
            if first <= until or _stops(words[last - 1]) or any(is_fixed(texts[at]) for at in (first, last)):
                break
            if taken.intersection(range(first, last + 1)):
                break
            heard = " ".join(texts[first : last + 1])
            if vocabulary.get(heard):
                continue
            for candidate in index.alike(heard, least=LEAST_LIKENESS[Doubt.SOUND], most=MOST_READINGS, exact=True):
                long = len(candidate.phonemes) >= LONG_TERM
                if long and not _swallows(texts[first : last + 1], candidate.term, vocabulary):
                    found.append(Reading(first, last, heard, candidate.term, candidate.likeness))
        if readings := _best(found):
            until = readings[0].last
            yield Suspect(first, until, Doubt.SOUND, readings)


def _dosed(words: Sequence[Word], texts: Sequence[str], vocabulary: Vocabulary) -> dict[int, tuple[float, str]]:
    """The words (indices) that a dose follows closely, with value and unit; none that a known drug follows first."""
    said = quantities.tokens(words)
    found: dict[int, tuple[float, str]] = {}
    for number in quantities.numbers(said):
        after = said[number.last + 1].key if number.last + 1 < len(said) else ""
        unit = DOSE_UNITS.get(number.unit) or DOSE_UNITS.get(after)
        if not unit or not number.value:
            continue
        start = said[number.first].first
        for at in range(start - 1, max(start - FRAME_WORDS, 0) - 1, -1):
            found[at] = (number.value, unit)
            term = vocabulary.get(texts[at])
            if term is not None and term.kind is TermKind.DRUG:
                break
    return found
