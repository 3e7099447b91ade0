"""The bench of notes, with the shipped writer."""

from __future__ import annotations

import csv
from pathlib import Path

from scribe.bench import notes
from scribe.config import Config

DIALOGUE = """[doctor] what brings you in today ?
[patient] i have had knee pain for three weeks .
[doctor] any fever ?
[patient] no .
[doctor] i think this is arthritis . let's start ibuprofen 400 milligrams twice a day ."""
NOTE = "CHIEF COMPLAINT\n\nKnee pain.\n\nASSESSMENT AND PLAN\n\nArthritis. Start ibuprofen 400 mg twice a day."


def data(folder: Path, *rows: tuple[str, str]) -> Path:
    path = folder / "aci.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["dataset", "encounter_id", "dialogue", "note"])
        writer.writerows(("aci", f"D{at}", dialogue, note) for at, (dialogue, note) in enumerate(rows, 1))
    return path


def test_a_note_is_compared_as_a_whole_and_by_division(tmp_path: Path) -> None:
    report = notes.notes(data(tmp_path, (DIALOGUE, NOTE)), Config())
    assert report.metrics["notes"] == 1
    assert 0 < report.metrics["rouge_l"] <= report.metrics["rouge_1"] < 1
    assert list(report.metrics["by_division"]) == ["history", "assessment and plan"]
    (item,) = report.predictions
    assert item["id"] == "D1"
    assert report.metrics["length_ratio"] == len(item["note"].split()) / len(NOTE.split())
