"""Names of drugs and medical terms in what was said and in what was recognised: which were kept, lost and invented."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribe.asr.vocabulary import COMMON_ZIPF, Vocabulary
from scribe.bench import references, words
from scribe.bench.scores import LabelCounts
from scribe.clinical.lexicon import Term
from scribe.errors import InputError

EVERYDAY = 4.1  # Zipf: "oxygen", "fish oil" and "same" are no evidence that a drug was meant
UNITS = {  # what a recogniser may write for a unit that is said in full
    "mg": "milligrams",
    "mcg": "micrograms",
    "ml": "milliliters",
    "kg": "kilograms",
    "g": "grams",
    "cm": "centimeters",
    "mm": "millimeters",
    "cc": "cc",
}
_UNIT = re.compile(rf"(?<=\d)\s?({'|'.join(UNITS)})\b", re.IGNORECASE)
_MARKS = re.compile(r"[^\w']+")


@dataclass(frozen=True)
class Names:
    """Names as they are looked for: each a run of normalised words."""

    entries: frozenset[tuple[str, ...]]

    @property
    def longest(self) -> int:
        """Words of the longest name."""
        return max(map(len, self.entries), default=0)


def comparable(text: str) -> list[str]:
    """The words of `text`, normalised as for the word error rate, with the units after a figure written out."""
    return _UNIT.sub(lambda unit: f" {UNITS[unit[1].lower()]}", " ".join(words.normalise(text))).split()


def drug_names(vocabulary: Vocabulary) -> Names:
    """The names of drugs, without those that are everyday words besides; medwer's list says that "Xanax" is none."""

    def is_everyday(term: Term) -> bool:
        known_brand = not term.brand or words.is_listed(term.text)
        return vocabulary.frequency(term.text) >= (EVERYDAY if known_brand else COMMON_ZIPF)

    return names(term.text for term in vocabulary.drugs if not is_everyday(term))


def read_names(path: Path) -> Names:
    """Names from a file, one a line; `#` opens a comment. Raises InputError where it cannot be read or holds none."""
    lines = (line.partition("#")[0].strip() for line in references.read_text(path).splitlines())
    found = names(line for line in lines if line)
    if not found.entries:
        raise InputError(f"{path} holds no names: expected one a line")
    return found


def names(texts: Iterable[str]) -> Names:
    """Names made comparable: without case, hyphens and marks."""
    return Names(frozenset(key for text in texts if (key := tuple(_MARKS.sub(" ", text.casefold()).split()))))


def mentions(said: Sequence[str], among: Names) -> list[str]:
    """The names in normalised words, in order; the longest at each place, none within another."""
    found, at, longest = [], 0, among.longest
    while at < len(said):
        lengths = range(min(longest, len(said) - at), 0, -1)
        length = next((some for some in lengths if tuple(said[at : at + some]) in among.entries), 0)
        if length:
            found.append(" ".join(said[at : at + length]))
        at += length or 1
    return found


def compared(reference: Sequence[str], hypothesis: Sequence[str]) -> LabelCounts:
    """Terms said and recognised (true positives), recognised only and said only; each mention counts."""
    said, heard = Counter(reference), Counter(hypothesis)
    return LabelCounts((said & heard).total(), (heard - said).total(), (said - heard).total())
