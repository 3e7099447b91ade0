"""Dialogues with notes, read from the layouts of three data sets."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from scribe.bench import encounters
from scribe.bench.encounters import Division
from scribe.errors import InputError
from scribe.types import Role

DIALOGUE = "[doctor] hi , do n't you have any pain ?\n[patient] no , i 'm fine .\n[patient_guest] he 's gon na lie .\n"
NOTE = """CHIEF COMPLAINT

Annual exam.

VITALS REVIEWED

BP 120/80

RESULTS

X-ray normal.

ASSESSMENT

COPD.

INSTRUCTIONS

Return."""


def written(path: Path, columns: list[str], row: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, row])
    return path


def test_aci_bench(tmp_path: Path) -> None:
    path = written(tmp_path / "aci.csv", ["dataset", "encounter_id", "dialogue", "note"], ["aci", "D1", DIALOGUE, NOTE])
    (read,) = encounters.read(path)
    assert read.id == "D1"
    assert [(turn.role, turn.text) for turn in read.turns] == [
        (Role.CLINICIAN, "hi, don't you have any pain?"),
        (Role.PATIENT, "no, i'm fine."),
        (Role.OTHER, "he's gonna lie."),
    ]
    assert read.divisions == {
        Division.HISTORY: "CHIEF COMPLAINT\nAnnual exam.",
        Division.EXAM: "VITALS REVIEWED\nBP 120/80",
        Division.RESULTS: "RESULTS\nX-ray normal.",
        Division.ASSESSMENT_AND_PLAN: "ASSESSMENT\nCOPD.\nINSTRUCTIONS\nReturn.",
    }


def test_the_transcript_holds_every_word_and_who_said_it(tmp_path: Path) -> None:
    path = written(tmp_path / "aci.csv", ["dataset", "encounter_id", "dialogue", "note"], ["aci", "D1", DIALOGUE, NOTE])
    transcript = encounters.read(path)[0].transcript
    assert transcript.text == " hi, don't you have any pain? no, i'm fine. he's gonna lie."
    assert transcript.role_of(transcript.words[0].speaker) is Role.CLINICIAN
    assert transcript.role_of(transcript.words[-1].speaker) is Role.OTHER
    assert not transcript.timed


def test_mts_dialog(tmp_path: Path) -> None:
    columns = ["ID", "section_header", "section_text", "dialogue"]
    path = written(tmp_path / "mts.csv", columns, ["7", "ALLERGY", "None known.", "Doctor: Allergies?\nPatient: None."])
    (read,) = encounters.read(path)
    assert (read.id, read.note, read.divisions) == ("7", "None known.", {})


def grid(tier: str, start: float, text: str) -> str:
    return f'class = "IntervalTier"\nname = "{tier}"\nxmin = {start}\nxmax = {start + 1}\ntext = "{text}"\n'


def test_primock57(tmp_path: Path) -> None:
    (tmp_path / "c1_doctor.TextGrid").write_text(grid("Doctor", 0.0, "Any <UNSURE>pain</UNSURE>?"), encoding="utf-8")
    (tmp_path / "c1_patient.TextGrid").write_text(grid("Patient", 1.0, "None."), encoding="utf-8")
    (tmp_path / "c1.json").write_text(json.dumps({"note": "No pain.\n\nImp: well\nrest"}), encoding="utf-8")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    (read,) = encounters.read(tmp_path)
    assert [turn.text for turn in read.turns] == ["Any pain?", "None."]
    assert read.divisions == {Division.HISTORY: "No pain.", Division.ASSESSMENT_AND_PLAN: "Imp: well\nrest"}


@pytest.mark.parametrize("content", ["", "dialogue,other\nx,y\n", "dataset,encounter_id,dialogue,note\n"])
def test_other_data_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        encounters.read(path)


def test_missing_or_empty_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        encounters.read(tmp_path / "none")
    with pytest.raises(InputError, match="no dialogue with a note"):
        encounters.read(tmp_path)


def test_every_heading_of_the_training_notes_has_a_division(shared_data: Path) -> None:
    read = encounters.read(shared_data / "aci-bench" / "train.csv")
    assert all(len(encounter.divisions) >= 3 for encounter in read)


def test_several_files_and_folders_are_read_in_order(tmp_path: Path) -> None:
    columns = ["dataset", "encounter_id", "dialogue", "note"]
    folder = tmp_path / "aci"
    folder.mkdir()
    written(folder / "a.csv", columns, ["aci", "D1", DIALOGUE, NOTE])
    written(folder / "b.csv", columns, ["aci", "D2", DIALOGUE, NOTE])
    single = written(tmp_path / "c.csv", columns, ["aci", "D3", DIALOGUE, NOTE])
    assert [encounter.id for encounter in encounters.read(single, folder)] == ["D3", "D1", "D2"]
