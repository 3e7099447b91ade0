"""Kinds of talk, on statements that were labelled before the rules; a third was held back until the rules stood."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scribe.bench.reading.residue import kind_of

STATEMENTS = Path(__file__).with_name("statements.tsv")


def labelled(part: str) -> list[tuple[str, str]]:
    with STATEMENTS.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["kind"], row["statement"]) for row in rows if row["part"] == part]


@pytest.mark.parametrize(("part", "least"), [("tuned", 0.97), ("held", 0.9)])
def test_talk_is_told_from_notes(part: str, least: float) -> None:
    rows = labelled(part)
    right = sum((kind == "note") is (kind_of(statement) is None) for kind, statement in rows)
    assert right / len(rows) >= least


def test_each_kind_is_told_from_the_others() -> None:
    rows = labelled("tuned")
    assert sum((kind_of(statement) or "note") == kind for kind, statement in rows) / len(rows) >= 0.97


@pytest.mark.parametrize(
    "statement",
    [
        "Right knee pain, 3 weeks.",
        "Well nourished, in no distress.",
        "Took naproxen, but it did not help.",
        "Start with 5 mg nightly.",
        "Feels well.",
    ],
)
def test_what_only_looks_like_talk_is_none(statement: str) -> None:
    assert kind_of(statement) is None
