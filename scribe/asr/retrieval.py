"""Terms of the vocabulary by sound: what a stretch of recognised words may have been.

A term is filed under its consonants, in classes that are often mixed up (p with b, s with z and sh), and under what is
left of them when one or two are dropped, after the symmetric deletes of SymSpell (Garbe 2012). So a look-up costs the
same for a thousand terms as for fifty thousand; `sounds.likeness` then compares whole pronunciations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, groupby

import numpy as np

from scribe.asr.sounds import Sounds, encoded, likeness
from scribe.asr.vocabulary import Term

_CLASSES = {"pb": "p", "tdTD": "t", "kg": "k", "fv": "f", "szSZCJ": "s", "mnN": "n", "l": "l", "r3": "r"}
_CLASS = {symbol: name for symbols, name in _CLASSES.items() for symbol in symbols}
LONG = 6  # consonants from which two of them may differ, below that one
LEAST_PHONEMES = 4  # shorter terms sound like too much else


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that words may have been, and how alike both sound (0 to 1)."""

    term: Term = field(repr=False)
    likeness: float
    phonemes: str = field(repr=False)


def skeleton(phonemes: str) -> str:
    """The classes of the consonants, doubles as one: "lIsInoprVl" and "lIstenaprVl" are near each other."""
    return "".join(name for name, _ in groupby(_CLASS[symbol] for symbol in phonemes if symbol in _CLASS))


def deletions(bones: str) -> Iterator[str]:
    """`bones` itself, and what is left when one (of long ones, two) of them are dropped."""
    yield bones
    for dropped in range(1, 3 if len(bones) >= LONG else 2):
        for places in combinations(range(len(bones)), dropped):
            yield "".join(bone for at, bone in enumerate(bones) if at not in places)


class Index:
    """Terms by sound."""

    def __init__(self, terms: Iterable[Term], sounds: Sounds) -> None:
        self._sounds = sounds
        self._terms: list[Term] = []
        said: list[str] = []
        self._filed: defaultdict[str, list[int]] = defaultdict(list)
        for term in terms:
            for phonemes in {sounds.of(spoken) for spoken in (term.text, *term.sounds_like)}:
                if len(phonemes) < LEAST_PHONEMES:
                    continue
                for key in set(deletions(skeleton(phonemes))):
                    self._filed[key].append(len(self._terms))
                self._terms.append(term)
                said.append(phonemes)
        self._said = said
        self._encoded = encoded(said)

    def alike(self, text: str, *, least: float, most: int, exact: bool = False) -> list[Candidate]:
        """At most `most` terms that sound at least so alike (0 to 1) to `text`, the most alike first.

        `exact`: only those with the consonants of `text`, or one or two more.
        """
        heard = self._sounds.of(text)
        if len(heard) < LEAST_PHONEMES:
            return []
        bones = skeleton(heard)
        keys = (bones,) if exact else deletions(bones)
        rows = sorted({row for key in keys for row in self._filed.get(key, ())})
        if not rows:
            return []
        longest = max(len(self._said[row]) for row in rows)
        scores = likeness(heard, self._encoded[rows, :longest])
        found: dict[str, Candidate] = {}
        for at in np.argsort(-scores, kind="stable"):
            if scores[at] < least or len(found) == most:
                break
            term = self._terms[rows[at]]
            found.setdefault(term.text, Candidate(term, float(scores[at]), self._said[rows[at]]))
        return list(found.values())

    def between(self, text: str, other: str) -> float:
        """How alike two texts sound."""
        return float(likeness(self._sounds.of(text), encoded([self._sounds.of(other)]))[0])
