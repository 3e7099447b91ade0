"""ROUGE-1, ROUGE-2 and ROUGE-L (Lin, ACL 2004 workshop), F1 of a text against one reference.

Words are runs of letters a-z and digits in lower case, not stemmed: the defaults of Google's `rouge-score`, which
ACI-Bench's published figures use (Yim et al. 2023). ROUGE-L takes the whole text as one sequence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import LCSseq

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rouge:
    """F1, each 0 to 1."""

    rouge_1: float
    rouge_2: float
    rouge_l: float


def score(reference: str, text: str) -> Rouge | None:
    """The scores of `text` against `reference`; None where both are without words."""
    expected, found = (_WORD.findall(side.lower()) for side in (reference, text))
    if not expected and not found:
        return None
    pairs = tuple(pairwise(expected)), tuple(pairwise(found))
    return Rouge(
        _f1(_shared(expected, found), len(expected), len(found)),
        _f1(_shared(*pairs), len(pairs[0]), len(pairs[1])),
        _f1(LCSseq.similarity(expected, found), len(expected), len(found)),
    )


def _shared(a: Sequence[object], b: Sequence[object]) -> int:
    return (Counter(a) & Counter(b)).total()


def _f1(shared: int, expected: int, found: int) -> float:
    return 2 * shared / (expected + found) if expected + found else 0.0
