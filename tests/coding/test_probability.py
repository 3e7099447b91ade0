from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from scribe.coding import probability
from scribe.coding.rules import Proposal
from scribe.types import Assertion, Evidence, Span

SCRIPT = Path(__file__).parents[2] / "models" / "coding" / "calibrate.py"


def of(score: float) -> float:
    return probability.of(
        Proposal("I10", (Evidence("s", Span(0, 1), Assertion.PRESENT, "r", score),), 0, 0, frozenset())
    )


def test_the_numbers_are_those_of_the_judged_candidates() -> None:
    script = runpy.run_path(str(SCRIPT))
    slope, offset = script["fit"](script["judged"]())
    assert pytest.approx((slope, offset), abs=0.001) == (probability.SLOPE, probability.OFFSET)


def test_more_evidence_is_likelier_and_nothing_is_certain() -> None:
    found = [of(score / 20) for score in range(21)]
    assert found == sorted(found)
    assert 0 < found[0] < found[-1] < 1
    assert of(0.95) == pytest.approx(0.92, abs=0.02)
