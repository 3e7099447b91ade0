"""How words sound, and how alike two of them do.

Phonemes are written one letter each (`VOWELS` and `CONSONANTS`), without stress, so that they compare by edit distance.
A word's phonemes come from its spelling, by rules learned from a pronouncing dictionary, and from a list of common
words that the rules get wrong (`models/sounds/CARD.md`).
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scribe import assets
from scribe.config import ModelsSettings
from scribe.errors import AssetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

VOWELS = "aAeEiIoOuUYWV3"  # as in fAther trAp drEss fAce flEEce kIt gOAt chOIce gOOse fOOt prIce mOUth strUt nUrse
CONSONANTS = "pbtdkgfvTDszSZCJmnNlrwyh"  # T D S Z C J N: thin then ship measure chin gin sing
LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "E bi si di i ef Ji EC Y JE kE el em en o pi kyu ar es ti yu vi dVbVlyu eks wY zi".split(),
        strict=True,
    )
)
DIGITS = dict(zip("0123456789", "ziro wVn tu Tri for fYv sIks sevVn Et nYn".split(), strict=True))
PARTS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d")
NO_VOWEL = re.compile(r"[^aeiouy]+")

# Letters before and after a letter that a rule may look at, the narrowest context first.
CONTEXTS = ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4), (4, 6))
BEFORE, AFTER = max(left for left, _ in CONTEXTS), max(right for _, right in CONTEXTS)


def padded(word: str) -> str:
    """`word` with edges around it, so that every letter has its whole context."""
    return f"{'#' * BEFORE}{word}{'#' * AFTER}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a letter stands for in a context: one table for each of `CONTEXTS`, letters to phonemes."""

    tables: tuple[dict[str, str], ...] = field(repr=False)

    def phonemes(self, word: str) -> str:
        """The phonemes of a word of letters a to z, by its spelling."""
        letters = padded(word)
        return "".join(self._piece(letters, at) for at in range(BEFORE, BEFORE + len(word)))

    def _piece(self, letters: str, at: int) -> str:
        for table, (left, right) in zip(reversed(self.tables), reversed(CONTEXTS), strict=True):
            found = table.get(letters[at - left : at + right + 1])
            if found is not None:
                return found
        return ""


@dataclass(frozen=True, slots=True)
class Sounds:
    """Words to phonemes."""

    rules: Rules
    exceptions: dict[str, str] = field(repr=False)

    def of(self, text: str) -> str:
        """The phonemes of a word or phrase, joined; letters that make no syllable are spelled: "mg", "ST"."""
        return "".join(map(self._part, PARTS.findall(text.lower())))

    def _part(self, part: str) -> str:
        if part in DIGITS:
            return DIGITS[part]
        word = part.replace("'", "")
        if known := self.exceptions.get(word):
            return known
        if NO_VOWEL.fullmatch(word):
            return "".join(LETTERS[letter] for letter in word)
        return self.rules.phonemes(word)


def load(settings: ModelsSettings) -> Sounds:
    """The shipped tables. Raises AssetError where they are missing or damaged."""
    return _read(assets.locate("sounds", settings) / "tables.json.gz")


@lru_cache(maxsize=2)
def _read(path: Path) -> Sounds:
    try:
        tables = json.loads(gzip.decompress(path.read_bytes()))
        return Sounds(Rules(tuple(tables["rules"])), tables["exceptions"])
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        raise AssetError(f"the tables of sounds {path} cannot be read: install scribe again") from error


# --- likeness

_VOICED = "pb td kg fv TD sz SZ CJ".split()
_NEAR = {  # pairs that listeners and recognisers mix up, and what a mix-up costs
    **dict.fromkeys(_VOICED, 0.3),
    **dict.fromkeys("mn nN sS zZ SC ZJ Tf Dv Ts Tt Dd sC zJ".split(), 0.4),
    **dict.fromkeys("lr vw vb pf tC dJ ts dz lw rw kh".split(), 0.55),
    **dict.fromkeys("pt kt bd gd pk bg mN fs TS".split(), 0.7),
}
_DROPPED = {**dict.fromkeys("tdhwy", 0.55), **dict.fromkeys("rlNn", 0.65)}  # what leaving out or adding one costs
_ALIKE_VOWELS = ("aV", "AeE", "iIeE", "IV", "oUu", "V3", "aoW", "VU", "eV", "AV", "aAV", "Yi", "YI")
VOWEL_WEIGHT, DROPPED_VOWEL, DROPPED_CONSONANT = 0.6, 0.4, 0.8
SAME_KIND, OTHER_KIND = 0.4, 1.0  # a vowel for a distant vowel; a consonant for any other, or for a vowel


def _costs() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    symbols = VOWELS + CONSONANTS
    size = len(symbols) + 1  # 0 is the edge
    swap = np.full((size, size), OTHER_KIND, np.float32)
    vowels = [symbols.index(symbol) + 1 for symbol in VOWELS]
    swap[np.ix_(vowels, vowels)] = SAME_KIND
    for group in _ALIKE_VOWELS:
        for one in group:
            for other in group:
                swap[symbols.index(one) + 1, symbols.index(other) + 1] = 0.2
    for pair, cost in _NEAR.items():
        a, b = (symbols.index(symbol) + 1 for symbol in pair)
        swap[a, b] = swap[b, a] = cost
    np.fill_diagonal(swap, 0.0)
    drop = np.array(
        [0.0, *(DROPPED_VOWEL if s in VOWELS else _DROPPED.get(s, DROPPED_CONSONANT) for s in symbols)], np.float32
    )
    weight = np.array([0.0, *(VOWEL_WEIGHT if s in VOWELS else 1.0 for s in symbols)], np.float32)
    return swap, drop, weight


SWAP, DROP, WEIGHT = _costs()
_NUMBER = {symbol: at + 1 for at, symbol in enumerate(VOWELS + CONSONANTS)}


def encoded(phonemes: Sequence[str]) -> NDArray[np.int8]:
    """Phoneme strings as numbers, shape (string, longest), filled up with 0."""
    table = np.zeros((len(phonemes), max(map(len, phonemes), default=0)), np.int8)
    for row, string in enumerate(phonemes):
        table[row, : len(string)] = [_NUMBER[symbol] for symbol in string]
    return table


def likeness(heard: str, others: NDArray[np.int8]) -> NDArray[np.float32]:
    """How alike `heard` sounds to each of `others` (`encoded`), shape (other,): 1 the same, 0 or less unlike.

    One minus the cost of the cheapest edit, per weight of the phonemes: a wrong vowel costs little, a voiced for an
    unvoiced consonant somewhat more, another consonant most.
    """
    query = encoded([heard])[0]
    rows, length = others.shape
    above = np.concatenate([np.zeros((rows, 1), np.float32), np.cumsum(DROP[others], axis=1)], axis=1)
    for symbol in query:
        row = np.empty_like(above)
        row[:, 0] = above[:, 0] + DROP[symbol]
        for at in range(length):
            swapped = above[:, at] + SWAP[symbol, others[:, at]]
            dropped = np.minimum(above[:, at + 1] + DROP[symbol], row[:, at] + DROP[others[:, at]])
            row[:, at + 1] = np.minimum(swapped, dropped)
        above = row
    lengths = (others > 0).sum(axis=1)
    cost = above[np.arange(rows), lengths]
    weight = (WEIGHT[query].sum() + WEIGHT[others].sum(axis=1)) / 2
    return np.asarray(1 - cost / np.maximum(weight, 1e-6), np.float32)
