"""`scribe watch`: each recording once, and a bad one does not stop the rest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe.capture import lock
from scribe.cli.app import app
from scribe.errors import CaptureError


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(samples / "dictation.flac", folder / "b.flac")
    return folder


def watch(folder: Path, out: Path, *more: str) -> Result:
    arguments = ["watch", str(folder), "--out", str(out), "--once", "--settle", "0", "--mode", "dictation", *more]
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def scripted(tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything but the recognition is the real thing."""
    (tmp_path / "words.json").write_bytes((samples / "dictation.gold.json").read_bytes())
    monkeypatch.setenv("SCRIBE_ASR__ENGINE", "scripted")
    monkeypatch.setenv("SCRIBE_ASR__MODEL", str(tmp_path / "words.json"))
    monkeypatch.setenv("SCRIBE_CODING__SYSTEMS", "")


def ledger(out: Path) -> dict[str, tuple[str, str]]:
    lines = [json.loads(line) for line in (out / "watched.jsonl").read_text().splitlines()]
    return {line["name"]: (line["outcome"], line["reason"]) for line in lines}


@pytest.mark.weights
@pytest.mark.usefixtures("scripted")
def test_each_recording_becomes_a_note_once(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert watch(folder, out).exit_code == 0
    assert {path.name for path in (out / "b-note").iterdir()} == {
        "note.html",
        "note.json",
        "note.md",
        "transcript.json",
    }
    made = (out / "b-note" / "note.json").stat().st_mtime_ns
    shutil.copy(folder / "b.flac", folder / "copy.flac")
    again = watch(folder, out)
    assert again.exit_code == 0
    assert "draft" not in again.stdout
    assert (out / "b-note" / "note.json").stat().st_mtime_ns == made
    assert not (out / "copy-note").exists()
    assert "copy.flac gets no note of its own: it holds the same bytes as b.flac" in again.stderr
    assert ledger(out)["copy.flac"] == ("same", "it holds the same bytes as b.flac")
    assert "copy.flac" not in watch(folder, out).stderr  # it is told once


@pytest.mark.weights
@pytest.mark.usefixtures("scripted")
def test_what_cannot_be_used_is_parked_and_the_rest_goes_on(folder: Path, tmp_path: Path) -> None:
    (folder / "a.wav").write_bytes(b"no sound at all")
    out = tmp_path / "out"
    first = watch(folder, out)
    assert isinstance(first.exception, CaptureError)
    assert "1 recordings were parked" in str(first.exception)
    outcome, reason = ledger(out)["a.wav"]
    assert outcome == "parked"
    assert "not a recording" in reason
    assert ledger(out)["b.flac"] == ("done", "")
    second = watch(folder, out)
    assert second.exit_code == 0
    assert "was parked before" in second.stderr
    assert isinstance(watch(folder, out, "--retry").exception, CaptureError)


@pytest.mark.weights
@pytest.mark.usefixtures("scripted")
def test_another_recording_of_the_same_name_has_a_folder_of_its_own(
    folder: Path, tmp_path: Path, samples: Path
) -> None:
    out = tmp_path / "out"
    watch(folder, out)
    shutil.copy(samples / "visit.flac", folder / "b.flac")
    assert watch(folder, out).exit_code == 0
    assert len(list(out.glob("b-*note"))) == 2


@pytest.mark.weights
@pytest.mark.usefixtures("scripted")
def test_one_at_a_time_and_not_into_itself(folder: Path, tmp_path: Path) -> None:
    assert "choose another folder" in str(watch(folder, folder).exception)
    (tmp_path / "out").mkdir()
    held = lock.take(tmp_path / "out" / ".watch.lock", "")
    try:
        assert "stop that one first" in str(watch(folder, tmp_path / "out").exception)
    finally:
        held.release()


def test_what_fails_for_all_is_told_before_the_first(folder: Path, tmp_path: Path) -> None:
    done = watch(folder, tmp_path / "out", "--set", "asr.engine=nonsense")
    assert "nonsense" in str(done.exception)
    assert not (tmp_path / "out" / "watched.jsonl").exists()
