"""Benches on texts, with the shipped classifier and code system."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from scribe.bench import labels
from scribe.config import Config
from scribe.errors import EngineError, InputError

DIALOGUES = (
    ("ALLERGY", "Doctor: Are you allergic to any medicines?\nPatient: Yes, penicillin gives me a rash."),
    ("MEDICATIONS", "Doctor: What medications do you take?\nPatient: Lisinopril, metformin and aspirin every day."),
    ("FAM/SOCHX", "Doctor: Do you smoke or drink?\nPatient: I smoke a pack a day, and I live with my wife."),
)


def dialogues(path: Path, rows: tuple[tuple[str, str], ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ID", "section_header", "section_text", "dialogue"])
        writer.writerows([at, header, "", dialogue] for at, (header, dialogue) in enumerate(rows))
    return path


def test_sections(tmp_path: Path) -> None:
    report = labels.sections(dialogues(tmp_path / "test.csv", DIALOGUES), Config())
    assert report.metrics["items"] == 3
    assert report.metrics["accuracy"] == report.metrics["macro_f1"] == 1.0
    assert report.metrics["group_accuracy"] == report.metrics["group_macro_f1"] == 1.0
    assert report.metrics["per_group"]["history"]["items"] == 3
    assert [(item["id"], item["reference"]) for item in report.predictions] == [
        (str(at), header) for at, (header, _) in enumerate(DIALOGUES)
    ]


def test_a_wrong_header_of_the_right_group(tmp_path: Path) -> None:
    wrong = (("IMMUNIZATIONS", DIALOGUES[0][1]), *DIALOGUES[1:])
    metrics = labels.sections(dialogues(tmp_path / "test.csv", wrong), Config()).metrics
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    assert metrics["macro_f1"] == pytest.approx(2 / 4)  # two headers right, one missed, one wrongly given
    assert metrics["group_accuracy"] == 1.0
    assert metrics["per_class"]["IMMUNIZATIONS"]["recall"] == 0.0


def test_headers_of_another_data_set_are_refused(tmp_path: Path) -> None:
    file = dialogues(tmp_path / "test.csv", (("SUBJECTIVE", "Doctor: Hello."),))
    with pytest.raises(InputError, match="section header 'SUBJECTIVE'"):
        labels.sections(file, Config())


def test_whole_visits_are_measured_by_the_divisions_of_their_notes(tmp_path: Path) -> None:
    said = [
        ("doctor", "what brings you in today ?"),
        ("patient", "my left ankle swelled up after i slipped on the stairs on sunday ."),
        ("doctor", "on exam there is tenderness over the lateral malleolus . the x-ray shows no fracture ."),
        ("doctor", "i think it is a sprain . i 'm going to refer you to physical therapy and prescribe naproxen ."),
        ("patient", "okay , thank you ."),
    ]
    note = (
        "HPI\n\nThe left ankle swelled after she slipped on the stairs on Sunday.\n\nEXAM\n\nTenderness over the "
        "lateral malleolus.\n\nRESULTS\n\nX-ray shows no fracture.\n\n"
        "PLAN\n\nRefer to physical therapy. Prescribe naproxen."
    )
    file = tmp_path / "visits.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        dialogue = "\n".join(f"[{who}] {text}" for who, text in said)
        csv.writer(stream).writerows([["dataset", "encounter_id", "dialogue", "note"], ["aci", "D1", dialogue, note]])
    report = labels.sections(file, Config())
    assert report.metrics["visits"] == 1
    assert report.metrics["turns"] == 4  # the doctor's second went to three divisions
    assert report.metrics["whole_turn_macro_f1"] == 1.0  # of history and plan, which most words of the two turns are
    assert report.metrics["turn_macro_f1"] == report.metrics["sentence_macro_f1"] == 1.0
    assert [(item["id"], item["reference"]) for item in report.predictions] == [
        ("D1/1", "history"),
        ("D1/2", "exam"),
        ("D1/2", "results"),
        ("D1/2", "assessment and plan"),
    ]


def test_a_classifier_without_headers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels.pipeline, "engine", lambda stage, name, config: object())
    with pytest.raises(EngineError, match="'linear' cannot name"):
        labels.sections(dialogues(tmp_path / "test.csv", DIALOGUES), Config())
