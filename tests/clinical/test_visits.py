"""Whole short visits read in full: rows written before the rules, and the kinds of visits that were read wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.clinical.gold import asked_for, findings, rows, says, scored, written

MISSED = {  # rows written before the rules that no rule reads yet
    "P: I'm six weeks late and I did a test, it was positive.",
    "D: Have you ever had a blood clot? P: No, never. Oh wait, yes, in my leg after the baby.",
    "D: Any palpitations? P: Not at rest, no, but when I'm anxious I do.",
    "D: And your brother, does he have epilepsy? P: Yes. D: So he's got epilepsy.",
    "P: I had a stent put in after my heart attack in 2018.",
}


@pytest.mark.weights
@pytest.mark.parametrize(
    "row",
    [
        row
        for table in (
            "visits.tsv",
            "visits_held.tsv",
            "notes.tsv",
            "noted.tsv",
            "noted_held.tsv",
            "signed.tsv",
            "signed_held.tsv",
        )
        for row in rows(table)
    ],
    ids=lambda row: row["said"][:70],
)
def test_visit(row: dict[str, str], request: pytest.FixtureRequest) -> None:
    if row["said"] in MISSED:
        request.applymarker(pytest.mark.xfail(reason="read by no rule yet"))
    _, wrong = scored(row)
    assert wrong == []


@pytest.mark.weights
@pytest.mark.parametrize("row", rows("notes_shared.tsv"), ids=lambda row: row["id"])
def test_shared_visit(row: dict[str, str], shared_data: Path) -> None:
    file = shared_data.parent / "cases" / "notes.jsonl"
    if not file.is_file():
        pytest.skip("the shared visits are not here")
    visits = {visit["id"]: visit for visit in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    turns = visits[row["id"]]["turns"]
    said = " ".join(f"{'D' if who == 'clinician' else 'P'}: {text}" for who, text in turns)
    found = [written(item) for item in findings(said)]
    assert [item for item in asked_for(row["findings"]) if not any(says(one, item) for one in found)] == [], found
    assert [one for item in asked_for(row["not"]) for one in found if says(one, item)] == []
