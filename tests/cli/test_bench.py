"""`scribe bench`: what is printed, what is written, and what is said when the data is wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe.cli.bench import app
from scribe.errors import ConfigError, InputError, OutputError, ScribeError

CSV = """\
ID,section_header,section_text,dialogue
0,ALLERGY,,"Doctor: Any allergies?
Patient: Penicillin gives me a rash."
1,MEDICATIONS,,"Doctor: What medications do you take?
Patient: Lisinopril and metformin."
"""
VERBS = ("asr", "words", "speakers", "sections", "notes", "codes", "speed")


def bench(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    file = tmp_path / "test.csv"
    file.write_text(CSV)
    return file


def test_a_table_names_every_metric(dialogues: Path) -> None:
    shown = bench("sections", dialogues).stdout
    for name in ("accuracy", "macro_f1", "group_macro_f1", "ALLERGY", "history"):
        assert name in shown
    assert "Penicillin" not in shown


def test_json_is_one_object_and_nothing_else(dialogues: Path) -> None:
    metrics = json.loads(bench("sections", dialogues, "--json").stdout)
    assert metrics["items"] == 2
    assert {"accuracy", "macro_f1", "group_accuracy", "group_macro_f1", "per_class"} <= metrics.keys()


def test_limit(dialogues: Path) -> None:
    assert json.loads(bench("sections", dialogues, "--json", "--limit", "1").stdout)["items"] == 1


def test_predictions_are_written_where_asked(dialogues: Path, tmp_path: Path) -> None:
    out = tmp_path / "results" / "sections.jsonl"
    bench("sections", dialogues, "--out", out)
    items = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(item["id"], item["reference"]) for item in items] == [("0", "ALLERGY"), ("1", "MEDICATIONS")]
    assert all(item["prediction"] for item in items)


def test_a_place_that_cannot_be_written_is_found_before_the_work(dialogues: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert isinstance(
        bench("sections", tmp_path / "none.csv", "--out", tmp_path / "file" / "out").exception, OutputError
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["nothing", "folder", "file.txt"])
def test_wrong_data_is_an_input_error(tmp_path: Path, verb: str, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").write_text("Patient: I have chest pain.")
    done = bench(verb, tmp_path / name)
    assert isinstance(done.exception, InputError)
    assert name in str(done.exception)
    assert "\n" not in str(done.exception)
    assert "chest" not in str(done.exception)


@pytest.mark.parametrize("verb", VERBS)
def test_settings_are_checked_first(tmp_path: Path, verb: str) -> None:
    done = bench(verb, tmp_path / "none", "--set", "asr.beams=3")
    assert isinstance(done.exception, ConfigError)


@pytest.mark.parametrize("verb", ["asr", "words", "speakers", "speed"])
def test_an_unknown_engine_is_an_error(samples: Path, tmp_path: Path, verb: str) -> None:
    for name in ("visit.flac", "visit.gold.json"):
        (tmp_path / name).symlink_to(samples / name)
    done = bench(verb, tmp_path, "--engine", "no-such-engine")
    assert isinstance(done.exception, ScribeError)
    assert "no-such-engine" in str(done.exception)


def test_a_reading_sheet_is_written_filled_and_summed(tmp_path: Path) -> None:
    data, sheet = tmp_path / "visits.csv", tmp_path / "sheets" / "sheet.csv"
    data.write_text(
        "encounter_id,dialogue,note\n"
        'D1,"[doctor] what brings you in ?\n[patient] i have had a cough for a week .",Cough.\n'
    )
    assert bench("notes", data, "--sheet", sheet, "--json").exit_code == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["encounter"] == "D1" and row["statement"] and row["heard"] for row in rows)
    for row in rows:
        row["verdict"] = "edit"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    summed = json.loads(bench("notes", "--graded", sheet, "--json").stdout)
    assert (summed["statements"], summed["edited"]) == (len(rows), 100)
    assert "by_section" in bench("notes", "--graded", sheet).stdout


@pytest.mark.parametrize("arguments", [("notes",), ("notes", "visits.csv", "--graded", "sheet.csv")])
def test_notes_take_either_data_or_a_graded_sheet(arguments: tuple[str, ...]) -> None:
    done = bench(*arguments)
    assert done.exit_code != 0
    assert isinstance(done.exception, InputError)


def test_bad_rows_of_a_graded_sheet_end_in_an_error_that_names_them(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "encounter,section,statement,heard,rule,verdict,meaning changed,missing\nD1,Plan,Rest.,w,r,maybe,,\n"
    )
    done = bench("notes", "--graded", sheet)
    assert done.exit_code != 0
    assert "line 2" in str(done.exception)
