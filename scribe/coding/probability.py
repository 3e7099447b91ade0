"""How often a candidate with such evidence is right: the score of its best evidence, put on the scale of probabilities.

Platt scaling (Platt 1999) of the score's log-odds. The two numbers were fitted by `models/coding/calibrate.py` to 420
candidates of outpatient notes that one reader judged; `models/coding/CARD.md` says what that is worth.
"""

from __future__ import annotations

import math

from scribe.coding.rules import Proposal

SLOPE, OFFSET = 0.536, 0.818
LOWEST, HIGHEST = 0.01, 0.99  # between which a score is taken to lie


def of(item: Proposal) -> float:
    """The probability (0 to 1) that a reader would keep this candidate."""
    score = min(max(item.score, LOWEST), HIGHEST)
    return round(1 / (1 + math.exp(-(SLOPE * math.log(score / (1 - score)) + OFFSET))), 3)
