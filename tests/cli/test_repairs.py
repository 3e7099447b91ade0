"""`scribe repairs`: what was replaced, and taking it back, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe import serial
from scribe.asr import risk, vocabulary
from scribe.cli.app import app
from scribe.config import Config
from scribe.errors import ConfigError, InputError, OutputError
from scribe.types import FlagKind, Repair, Segment, Transcript, Word


def scribe(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["repairs", *map(str, arguments)])


@pytest.fixture
def transcript() -> Transcript:
    """Two repairs: lisinopril for "listen opril", apixaban for "apixabin"."""
    texts = ("take", "lisinopril", "and", "apixaban", "daily.")
    words = tuple(Word(float(at), at + 0.9, f" {text}", 0.8, "SPEAKER_00") for at, text in enumerate(texts))
    heard = (Word(1.0, 1.5, " listen", 0.31), Word(1.5, 1.9, " opril", 0.5))
    repairs = (
        Repair(1, 1, heard, "sound-and-dose", 0.95),
        Repair(3, 1, (Word(3.0, 3.9, " apixabin", 0.4),), "second-decode", 0.9),
    )
    return Transcript((Segment(words),), repairs=repairs, duration=5.0)


@pytest.fixture
def file(transcript: Transcript, tmp_path: Path) -> Path:
    path = tmp_path / "transcript.json"
    path.write_text(serial.dumps(transcript))
    return path


def read(path: Path) -> Transcript:
    return serial.loads(path.read_text(), Transcript)


def test_the_list_shows_what_was_heard_its_probability_the_rule_and_the_time(file: Path) -> None:
    before = file.read_bytes()
    lines = scribe(file).stdout.splitlines()
    assert lines[0].split() == ["1", "00:01", "listen", "opril", "(31%)", "->", "lisinopril:", "sound", "and", "dose"]
    assert "apixabin (40%) -> apixaban: a second decoding" in lines[1]
    assert file.read_bytes() == before


def test_one_is_taken_back_and_the_other_stays(file: Path, transcript: Transcript) -> None:
    assert scribe(file, "--undo", "1").exit_code == 0
    undone = read(file)
    assert undone.text == " take listen opril and apixaban daily."
    assert [repair.original for repair in undone.repairs] == [transcript.repairs[1].original]
    assert "apixabin (40%) -> apixaban" in scribe(file).stdout


def test_what_was_taken_back_is_checked_as_it_was_heard(file: Path, transcript: Transcript) -> None:
    before = risk.flagged(transcript, vocabulary.load(Config()))
    assert [flag.reason for flag in before.flags] == [risk.REPLACED] * 2
    file.write_text(serial.dumps(before))
    assert scribe(file, "--undo", "2").exit_code == 0
    first, second = read(file).flags
    assert first.reason == risk.REPLACED
    assert (second.kind, second.readings) == (FlagKind.DRUG, ("apixabin",))
    assert second.reason != risk.REPLACED


def test_all_are_taken_back_into_another_file(file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    assert scribe(file, "--undo", "1", "--undo", "2", "--out", tmp_path / "raw.json").exit_code == 0
    assert read(tmp_path / "raw.json").text == " take listen opril and apixabin daily."
    assert file.read_bytes() == before


@pytest.mark.parametrize("numbers", [("3",), ("1", "3")])
def test_a_number_that_is_not_in_the_list_changes_nothing(file: Path, numbers: tuple[str, ...]) -> None:
    before = file.read_bytes()
    done = scribe(file, *(part for number in numbers for part in ("--undo", number)))
    assert isinstance(done.exception, ConfigError)
    assert "no repair 3: they are numbered 1 to 2" in str(done.exception)
    assert file.read_bytes() == before


def test_out_without_undo_is_refused(file: Path, tmp_path: Path) -> None:
    assert isinstance(scribe(file, "--out", tmp_path / "x.json").exception, ConfigError)
    assert not (tmp_path / "x.json").exists()


def test_a_transcript_without_repairs_says_so(file: Path) -> None:
    file.write_text(serial.dumps(Transcript(())))
    done = scribe(file)
    assert done.exit_code == 0
    assert "nothing was replaced" in done.stderr


@pytest.mark.parametrize("content", ["", "take lisinopril", '{"schema": "scribe/note/1"}'])
def test_another_file_is_refused(file: Path, content: str) -> None:
    file.write_text(content)
    assert isinstance(scribe(file).exception, InputError)


@pytest.mark.parametrize(
    ("field", "value"), [("first", 9), ("first", -1), ("count", 0), ("count", 3), ("original", [])]
)
def test_repairs_that_do_not_fit_the_words_are_refused(file: Path, field: str, value: object) -> None:
    tree = json.loads(file.read_text())
    tree["repairs"][0][field] = value
    file.write_text(json.dumps(tree))
    done = scribe(file, "--undo", "1")
    assert isinstance(done.exception, InputError)
    assert "do not fit" in str(done.exception)


def test_a_folder_that_cannot_be_written_is_an_error(file: Path) -> None:
    assert isinstance(scribe(file, "--undo", "1", "--out", file / "x.json").exception, OutputError)
