"""`scribe enroll`: a voice is kept, shown and forgotten; what is no voice is refused with the reason."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from scribe import audio, vault
from scribe.cli.app import app
from scribe.config import AudioSettings
from scribe.errors import CaptureError, ConfigError, InputError, VaultError


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr("scribe.diarization.enrolment.user_data_path", lambda *names, **options: folder)
    return folder


def start_of(file: Path, seconds: int, into: Path) -> Path:
    """The first seconds of a recording as a WAV file."""
    samples = audio.load(file, AudioSettings()).samples[: seconds * 16_000]
    with wave.open(str(into), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes((samples * 32767).astype("<i2").tobytes())
    return into


def enroll(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["enroll", *map(str, arguments)])


@pytest.mark.weights
def test_a_voice_is_kept_listed_and_forgotten(samples: Path, data: Path) -> None:
    result = enroll("Dr. Noor", "--file", start_of(samples / "dictation.flac", 32, data.parent / "a.wav"))
    assert result.exit_code == 0, result.output
    assert "Enrolled from" in result.stdout
    assert "diarization.voiceprints" in result.stderr
    assert "Dr. Noor" in enroll("--list").stdout
    assert enroll("dr. noor", "--delete").exit_code == 0
    assert enroll("--list").stdout == "No voice is enrolled.\n"
    assert not any(file.is_file() for file in data.rglob("*"))


@pytest.mark.weights
def test_two_voices_are_refused(samples: Path, data: Path) -> None:
    result = enroll("Noor", "--file", start_of(samples / "visit.flac", 32, data.parent / "b.wav"))
    assert isinstance(result.exception, InputError)
    assert "more than one voice" in str(result.exception)
    assert not any(file.is_file() for file in data.rglob("*"))


def test_deleting_who_is_not_there_fails() -> None:
    assert isinstance(enroll("Noor", "--delete").exception, InputError)


def test_a_name_is_needed() -> None:
    assert isinstance(enroll().exception, ConfigError)


def test_a_wrong_key_is_told_before_anybody_speaks(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.diarization.enrolment import Voices

    Voices(data / "voices", vault.new_key()).add("Noor", np.ones(3), 20.0, "w")
    monkeypatch.setenv("SCRIBE_STORE__KEY", "environment")
    monkeypatch.setenv("SCRIBE_KEY", vault.as_text(vault.new_key()))
    result = enroll("Kim", "--file", data / "nothing.wav")
    assert isinstance(result.exception, VaultError)


def test_without_a_microphone_the_reason_is_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.capture.microphone.devices", lambda: ())
    result = enroll("Noor")
    assert isinstance(result.exception, CaptureError)
    assert "no microphone" in str(result.exception)
