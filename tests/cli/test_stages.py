"""`scribe transcribe`, `sections` and `code`: each stage alone, each on the wire form of one type."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe import audio, serial
from scribe.cli.app import app
from scribe.config import Config
from scribe.errors import ConfigError, InputError
from scribe.types import Note, Role, Transcript

DIALOGUE = """\
Doctor: What brings you in today?
Patient: I have had a sore throat for three days.
Doctor: Any fever?
Patient: No.
Doctor: I think this is strep throat. Let's start amoxicillin 500 mg three times a day.
"""


def scribe(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def dialogue(tmp_path: Path) -> Path:
    file = tmp_path / "visit.txt"
    file.write_text(DIALOGUE)
    return file


def test_sections_of_a_dialogue(dialogue: Path) -> None:
    note = serial.loads(scribe("sections", dialogue, "--json").stdout, Note)
    text = " ".join(statement.text for statement in note.statements)
    assert "Denies fever" in text
    assert "amoxicillin 500 mg 3 times a day" in text
    assert "What brings you" not in text


def test_sections_as_markdown(dialogue: Path) -> None:
    assert "Denies fever" in scribe("sections", dialogue).stdout


def test_code_reads_what_sections_writes(dialogue: Path, tmp_path: Path) -> None:
    (tmp_path / "note.json").write_text(scribe("sections", dialogue, "--json").stdout)
    coded = serial.loads(scribe("code", tmp_path / "note.json", "--json").stdout, Note)
    assert "J02.0" in {suggestion.coding.code for suggestion in coded.suggestions}


def test_code_reads_the_text_of_a_note(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("Assessment: Type 2 diabetes. Hypertension. No asthma.\nFamily history: Father had gout.\n")
    shown = scribe("code", file).stdout
    assert "E11.9" in shown
    assert "I10" in shown
    assert "J45" not in shown
    assert "M10" not in shown


@pytest.mark.parametrize("verb", ["sections", "code"])
@pytest.mark.parametrize("content", ["", "   \n"])
def test_an_empty_file_is_refused(verb: str, content: str, tmp_path: Path) -> None:
    file = tmp_path / "empty.txt"
    file.write_text(content)
    assert isinstance(scribe(verb, file).exception, InputError)


def test_the_wrong_document_is_refused(dialogue: Path, tmp_path: Path) -> None:
    (tmp_path / "note.json").write_text(scribe("sections", dialogue, "--json").stdout)
    done = scribe("sections", tmp_path / "note.json")
    assert isinstance(done.exception, InputError)
    assert "holds a note" in str(done.exception)


def test_one_form_at_a_time() -> None:
    assert isinstance(scribe("transcribe", "x.wav", "--json", "--srt").exception, ConfigError)


@pytest.fixture
def clip(samples: Path, tmp_path: Path) -> Path:
    """The first twelve seconds of the dictation."""
    sound = audio.load(samples / "dictation.flac", Config().audio)
    with wave.open(str(tmp_path / "clip.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.sample_rate)
        file.writeframes((sound.samples[: 12 * sound.sample_rate] * 32767).astype("<i2").tobytes())
    return tmp_path / "clip.wav"


@pytest.mark.weights
def test_transcribe_in_each_form(clip: Path) -> None:
    mode = ("--mode", "dictation")
    transcript = serial.loads(scribe("transcribe", clip, *mode, "--json").stdout, Transcript)
    assert transcript.role_of(transcript.words[0].speaker) is Role.CLINICIAN
    assert scribe("transcribe", clip, *mode, "--vtt").stdout.startswith("WEBVTT")
    assert "-->" in scribe("transcribe", clip, *mode, "--srt").stdout
    assert "cough" in scribe("transcribe", clip, *mode).stdout.lower()


def test_config_show_names_every_origin(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBE_ASR__THREADS", "2")
    rows = json.loads(scribe("config", "show", "--json", "--set", "asr.beam_size=1").stdout)
    assert rows["asr.beam_size"] == {"value": 1, "origin": "command line"}
    assert rows["asr.threads"] == {"value": 2, "origin": "SCRIBE_ASR__THREADS"}
    assert rows["asr.engine"]["origin"] == "default"


def test_config_default_is_the_shipped_file() -> None:
    assert scribe("config", "default").stdout == (Path(__file__).parents[2] / "config.yaml").read_text()


def test_a_writer_that_does_not_answer_leaves_the_note_whole(dialogue: Path, loopback: None) -> None:
    sets = ("--set", "sections.writer_url=http://127.0.0.1:1/v1", "--set", "sections.writer_model=m")
    with_writer = scribe("sections", dialogue, "--writer", "openai-compatible", *sets)
    assert with_writer.exit_code == 0
    assert "could not be reached" in with_writer.stderr
    assert "stay as the rules made them" in with_writer.stderr
    assert "Denies fever" in with_writer.stdout
    assert "amoxicillin 500 mg 3 times a day" in with_writer.stdout


def test_a_writer_without_an_endpoint_is_refused(dialogue: Path) -> None:
    result = scribe("sections", dialogue, "--writer", "openai-compatible")
    assert result.exit_code == 1
    assert "sections.writer_url" in str(result.exception)
