"""Outpatient assessments as clinicians write them, with the codes a coder would give; and their near misses."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import Note

Read = Callable[[str], Note]
HERE = Path(__file__).parent


def rows(name: str) -> Iterator[dict[str, str]]:
    lines = [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


ASSESSMENTS = list(rows("assessments.tsv"))
NEAR_MISSES = list(rows("near_misses.tsv"))


def expected(row: dict[str, str]) -> set[str]:
    return set(row["codes"].replace(">", " ").split()) - {"-"}


def codes(note: Note, system: Icd10cm) -> list[str]:
    return [item.coding.code for item in suggest(note, [system], Config()).suggestions]


@pytest.mark.parametrize("row", ASSESSMENTS, ids=lambda row: row["note"][:60])
def test_assessment(row: dict[str, str], read_note: Read, icd10cm: Icd10cm) -> None:
    found = codes(read_note(row["note"]), icd10cm)
    assert set(found) == expected(row)
    if ">" in row["codes"]:
        assert found[0] == row["codes"].split(">")[0], "first-listed"


@pytest.mark.parametrize("row", NEAR_MISSES, ids=lambda row: row["note"][:60])
def test_near_miss(row: dict[str, str], read_note: Read, icd10cm: Icd10cm) -> None:
    assert set(codes(read_note(row["note"]), icd10cm)) == expected(row)
