"""`scribe dictate`: what is said stands written where it is wanted, and can be taken back until it is handed on."""

from __future__ import annotations

import math
import os
import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe import audio
from scribe.capture.simulate import Playback
from scribe.cli import _clipboard as clipboard
from scribe.cli import _take
from scribe.cli._dictated import Dictated
from scribe.cli.app import app
from scribe.config import Config
from scribe.errors import ConfigError, OutputError
from scribe.types import Word

HEARD = 20
"""Seconds of the shipped dictation."""
STEP = 0.3
"""Seconds from word to word; an utterance ends with a second of silence."""


def said(*utterances: str) -> tuple[Word, ...]:
    words, at = [], 0.0
    for utterance in utterances:
        for text in utterance.split():
            words.append(Word(at, at + 0.8 * STEP, f" {text}"))
            at += STEP
        at += 1.0
    return tuple(words)


def handed_out(*utterances: str) -> tuple[list[str], Dictated]:
    """The pieces as they come, after each utterance and at the end."""
    dictated = Dictated(Config())
    pieces = [dictated.piece(said(*utterances[:count]), last=False) for count in range(1, len(utterances) + 1)]
    pieces.append(dictated.piece(said(*utterances), last=True))
    return [piece for piece in pieces if piece], dictated


def test_an_utterance_is_handed_out_when_the_next_has_begun() -> None:
    pieces, dictated = handed_out("The lungs are clear period", "Heart is regular period", "No edema period")
    assert pieces == ["The lungs are clear.", "Heart is regular.", "No edema."]
    assert not dictated.taken_back


def test_what_was_scratched_in_time_is_never_handed_out() -> None:
    pieces, dictated = handed_out(
        "The lungs are clear period", "Heart is irregular period", "scratch that", "No edema."
    )
    assert " ".join(pieces) == "The lungs are clear. No edema."
    assert not dictated.taken_back


def test_what_was_handed_out_and_is_corrected_follows_anew_and_is_told() -> None:
    pieces, dictated = handed_out(
        "Start lisinopril 5 milligrams period", "The lungs are clear period", "correct lisinopril to losartan"
    )
    assert pieces[0] == "Start lisinopril 5 mg."
    assert dictated.taken_back
    assert pieces[-1].startswith("losartan 5 mg.")


def test_the_clipboard_is_whatever_program_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "xclip"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path / 'clipboard'}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin:/usr/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    clipboard.copy("Blutdruck 120/80 \u2265", clipboard.program())
    assert (tmp_path / "clipboard").read_text(encoding="utf-8") == "Blutdruck 120/80 \u2265"
    program.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(OutputError, match="xclip could not"):
        clipboard.copy("text", clipboard.program())


def test_without_a_clipboard_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = CliRunner().invoke(app, ["dictate", "--clipboard"])
    assert isinstance(done.exception, OutputError)
    assert "xclip" in str(done.exception)


def test_push_to_talk_needs_a_keyboard() -> None:
    done = CliRunner().invoke(app, ["dictate", "--push-to-talk"])
    assert isinstance(done.exception, ConfigError)


@pytest.fixture
def dictate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, samples: Path) -> Callable[..., object]:
    """Runs the command on the shipped dictation, whose words are read from its gold transcript, without waiting."""
    monkeypatch.setattr(_take, "Playback", partial(Playback, speed=math.inf))
    sets = {
        "asr.engine": "scripted",
        "asr.model": samples / "dictation.gold.json",
        "asr.bias": "false",
        "asr.repair": "false",
        "capture.folder": tmp_path / "recordings",
    }
    sound = audio.load(samples / "dictation.flac", Config().audio)
    with wave.open(str(tmp_path / "heard.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((sound.samples[: HEARD * 16_000] * 32767).astype("<i2").tobytes())
    options = [part for name, value in sets.items() for part in ("--set", f"{name}={value}")]
    return lambda *more: CliRunner().invoke(
        app, ["dictate", "--simulate", str(tmp_path / "heard.wav"), *options, *map(str, more)]
    )


@pytest.mark.weights
def test_pieces_on_standard_output_and_nothing_else(dictate: Callable[..., object], samples: Path) -> None:
    from scribe import serial
    from scribe.types import Transcript

    done = dictate("--stdout")
    assert done.exit_code == 0, done.exception  # type: ignore[attr-defined]
    gold = serial.loads((samples / "dictation.gold.json").read_text(), Transcript)
    lines = done.stdout.splitlines()  # type: ignore[attr-defined]
    whole = " ".join(line.replace("\\n", " ") for line in lines).split()
    assert whole == Dictated(Config()).written([word for word in gold.words if word.end < HEARD]).split()
    assert "recorded" in done.stderr  # type: ignore[attr-defined]


@pytest.mark.weights
def test_the_text_is_kept_in_a_file(dictate: Callable[..., object], tmp_path: Path) -> None:
    done = dictate("--to", tmp_path / "report.txt")
    assert done.exit_code == 0, done.exception  # type: ignore[attr-defined]
    text = (tmp_path / "report.txt").read_text()
    assert text.startswith("Chief complaint: Cough and fever.")
    assert text.strip() in done.stdout  # type: ignore[attr-defined]
