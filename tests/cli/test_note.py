"""`scribe note`: four files or none, and a summary a person can use."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe import serial
from scribe.cli.app import app
from scribe.errors import AudioError, OutputError
from scribe.types import Note, Transcript

FILES = {"transcript.json", "note.json", "note.md", "note.html"}


def write_wav(path: Path, samples: bytes, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return path


@pytest.mark.weights
def test_a_dictation_becomes_four_files(samples: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["note", str(samples / "dictation.flac"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert "J18.9" in done.stdout
    note = serial.loads((tmp_path / "out" / "note.json").read_text(), Note)
    transcript = serial.loads((tmp_path / "out" / "transcript.json").read_text(), Transcript)
    assert note.suggestions
    assert transcript.words

    before = (tmp_path / "out" / "note.json").read_bytes()
    other = write_wav(tmp_path / "dictation.wav", bytes(2 * 16_000))
    done = CliRunner().invoke(app, ["note", str(other), "--out", str(tmp_path / "out")])
    assert isinstance(done.exception, OutputError)
    assert "another recording" in str(done.exception)
    assert (tmp_path / "out" / "note.json").read_bytes() == before


@pytest.mark.weights
def test_silence_is_said_clearly_and_is_not_an_error(tmp_path: Path) -> None:
    silence = write_wav(tmp_path / "silence.wav", bytes(2 * 16_000 * 5))
    done = CliRunner().invoke(app, ["note", str(silence), "--out", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0
    assert "no speech was found" in done.stderr
    assert json.loads(done.stdout)["suggestions"] == []
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_a_bad_recording_writes_nothing(tmp_path: Path) -> None:
    playlist = tmp_path / "playlist.wav"
    playlist.write_text("#EXTM3U\n/etc/passwd\n")
    done = CliRunner().invoke(app, ["note", str(playlist), "--out", str(tmp_path / "out")])
    assert isinstance(done.exception, AudioError)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    silence = write_wav(tmp_path / "silence.wav", bytes(2 * 16_000))
    done = CliRunner().invoke(app, ["note", str(silence), "--out", str(tmp_path / "out")])
    assert isinstance(done.exception, OutputError)
