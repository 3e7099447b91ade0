"""Fits the two numbers of `scribe/coding/probability.py` to `judged.tsv`, and prints them with how well they hold.

    python models/coding/calibrate.py

Platt scaling (Platt 1999) of the log-odds of a candidate's score: a logistic curve with a slope and an offset, fitted
by Newton's method. How well it holds is measured in ten parts, each on a curve fitted to the other nine.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

FILE = Path(__file__).with_name("judged.tsv")
PARTS = 10
STEPS = 50
Judged = Sequence[tuple[float, bool]]  # score, right


def judged() -> list[tuple[float, bool]]:
    """The scores of the judged candidates, and whether they are right."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(float(row["score"]), row["right"] == "1") for row in csv.DictReader(lines, delimiter="\t")]


def log_odds(score: float) -> float:
    """Of a score, kept away from 0 and 1."""
    kept = min(max(score, 0.01), 0.99)
    return math.log(kept / (1 - kept))


def fit(rows: Judged) -> tuple[float, float]:
    """Slope and offset of the curve that makes `rows` likeliest."""
    slope, offset = 1.0, 0.0
    for _ in range(STEPS):
        gradient, curvature = [0.0, 0.0], [0.0, 0.0, 0.0]
        for score, right in rows:
            x = log_odds(score)
            said = 1 / (1 + math.exp(-(slope * x + offset)))
            miss, weight = right - said, said * (1 - said)
            gradient = [gradient[0] + miss * x, gradient[1] + miss]
            curvature = [curvature[0] + weight * x * x, curvature[1] + weight * x, curvature[2] + weight]
        determinant = curvature[0] * curvature[2] - curvature[1] ** 2
        slope += (curvature[2] * gradient[0] - curvature[1] * gradient[1]) / determinant
        offset += (curvature[0] * gradient[1] - curvature[1] * gradient[0]) / determinant
    return slope, offset


def held_out(rows: Judged) -> list[tuple[float, bool]]:
    """Each candidate with its probability by a curve that was fitted without it."""
    found = []
    for part in range(PARTS):
        slope, offset = fit([row for at, row in enumerate(rows) if at % PARTS != part])
        for score, right in (row for at, row in enumerate(rows) if at % PARTS == part):
            found.append((1 / (1 + math.exp(-(slope * log_odds(score) + offset))), right))
    return found


def main() -> None:
    """Print the numbers."""
    from scribe.bench.scores import calibration_error

    rows = judged()
    slope, offset = fit(rows)
    error = calibration_error(held_out(rows), 10)
    print(f"{len(rows)} candidates, {sum(right for _, right in rows)} right")  # noqa: T201
    print(f"slope {slope:.3f}, offset {offset:.3f}, calibration error held out {error:.3f}")  # noqa: T201


if __name__ == "__main__":
    main()
