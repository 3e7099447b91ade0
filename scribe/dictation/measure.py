"""What has a value: a vital sign, a laboratory test, a score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that has a value: a vital sign, a laboratory test, a score."""

    name: str
    kind: str  # vital, lab, score
    low: float | None = None  # values outside low to high are flagged
    high: float | None = None
