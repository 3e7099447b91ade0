"""How often a candidate with such evidence is right. Fitted by `scripts`; the numbers are in `probability.yaml`."""

from __future__ import annotations

from scribe.coding.rules import Proposal


def of(item: Proposal) -> float:
    """The probability (0 to 1) that a coder would keep this candidate."""
    return round(min(1.0, max(0.0, item.score)), 3)
