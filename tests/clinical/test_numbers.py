"""The one reader of numbers: rows written before it, and all that its users make of the same phrase."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from scribe.asr import quantities
from scribe.clinical.figures import normal
from scribe.clinical.stated import values
from scribe.dictation.formatting import format_text
from scribe.types import Word


def rows(name: str) -> Iterator[dict[str, str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)


ROWS = [*rows("numbers.tsv"), *rows("numbers_held.tsv")]
TEXTS = [row["text"] for row in ROWS]


def stated(text: str) -> list[str]:
    """What the sections read."""
    return [each.value for each in values(text)]


def recognised(text: str) -> list[str]:
    """What recognition reads; "?" for what is no one number."""
    words = [Word(float(at), at + 1.0, f" {word}", 0.9) for at, word in enumerate(text.split())]
    found = [number.value for number in quantities.numbers(quantities.tokens(words))]
    return ["?" if value is None else normal(Decimal(str(value))) for value in found]


def expected(cell: str) -> list[str]:
    return [] if cell == "-" else cell.split()


@pytest.mark.parametrize("row", ROWS, ids=TEXTS)
def test_what_is_stated(row: dict[str, str]) -> None:
    assert stated(row["text"]) == expected(row["values"])


@pytest.mark.parametrize("row", [row for row in ROWS if row["asr"] != "-"], ids=lambda row: row["text"])
def test_recognition_reads_the_same(row: dict[str, str]) -> None:
    cell = row["values"] if row["asr"] == "=" else row["asr"]
    assert recognised(row["text"]) == [normal(Decimal(str(float(value)))) for value in expected(cell)]


@pytest.mark.parametrize("text", TEXTS)
def test_writing_changes_no_number(text: str) -> None:
    assert stated(format_text(text)) == stated(text)
