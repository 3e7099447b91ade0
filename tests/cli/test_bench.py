"""`scribe bench`: what is printed, what is written, and what is said when the data is wrong."""

from __future__ import annotations

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
