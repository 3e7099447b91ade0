"""`scribe note`: four files or none, and a summary a person can use."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from scribe import serial
from scribe.cli.app import app
from scribe.cli.note import print_checks
from scribe.cli.transcribe import counts
from scribe.errors import AudioError, OutputError
from scribe.export.checks import Checklist
from scribe.types import (
    Encounter,
    Flag,
    FlagKind,
    Interval,
    Note,
    Section,
    SectionGroup,
    SectionKind,
    Segment,
    Span,
    Statement,
    Transcript,
    Word,
)

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
def test_a_folder_is_used_again_for_the_same_recording_or_by_force(tmp_path: Path) -> None:
    first = write_wav(tmp_path / "a.wav", bytes(2 * 16_000))
    other = write_wav(tmp_path / "b.wav", bytes(3 * 16_000))
    out = ["--out", str(tmp_path / "out")]
    assert CliRunner().invoke(app, ["note", str(first), *out]).exit_code == 0
    assert CliRunner().invoke(app, ["note", str(first), *out]).exit_code == 0
    assert isinstance(CliRunner().invoke(app, ["note", str(other), *out]).exception, OutputError)
    assert CliRunner().invoke(app, ["note", str(other), *out, "--force"]).exit_code == 0


@pytest.mark.weights
def test_what_is_missing_is_said_and_flagged_in_every_file(tmp_path: Path) -> None:
    """Read from standard input, with more sound promised than there is."""
    noise = np.random.default_rng(2).integers(-40, 40, 16_000 * 4, dtype=np.int16)
    content = bytearray(write_wav(tmp_path / "a.wav", noise.tobytes()).read_bytes())
    content[40:44] = (2 * 16_000 * 9).to_bytes(4, "little")
    arguments = ["note", "-", "--out", str(tmp_path / "out"), "--set", "audio.accept_damaged=true"]
    done = CliRunner().invoke(app, arguments, input=bytes(content))
    assert done.exit_code == 0
    assert "0:04 to 0:09: the recording is cut short" in done.stderr
    transcript = serial.loads((tmp_path / "out" / "transcript.json").read_text(), Transcript)
    (flag,) = (flag for flag in transcript.flags if flag.kind is FlagKind.MISSING)
    assert flag.interval == Interval(4.0, 9.0)
    for name in ("note.md", "note.html"):
        assert "Sound missing" in (tmp_path / "out" / name).read_text()


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


def checklist(*flags: Flag) -> Checklist:
    words = tuple(
        Word(float(at), at + 1.0, f" {text}") for at, text in enumerate(["we", "started", "lisinopril", "today"])
    )
    transcript = Transcript((Segment(words),), flags=flags, duration=4.0)
    heard = Statement("s1", "Lisinopril was started.", (Span(0, 27),), (Interval(0.0, 4.0),))
    section = Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (heard,))
    return Checklist(Note("n", Encounter("e"), (section,)), transcript)


def test_the_summary_shows_the_most_dangerous_first_and_no_more_than_eight_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    numbers = [Flag(FlagKind.NUMBER, Interval(at / 4, at / 4 + 0.1), "a number", (f"{at}[0]",)) for at in range(10)]
    drug = Flag(FlagKind.DRUG, Interval(2.0, 3.0), "sounds like another", ("lisinopril", "Lipitor"))
    print_checks(checklist(*numbers, drug))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Check first"
    assert lines[1].split(maxsplit=1) == ["Drug", "lisinopril or Lipitor: sounds like another (00:02)"]
    assert lines[2].split(maxsplit=1) == ["Number", "0[0]: a number (00:00)"]
    assert lines[-1].strip() == "and 3 more, in note.html"
    assert len(lines) == 1 + 8 + 1
    assert "was started" not in "".join(lines)


def test_the_summary_never_promises_that_all_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_checks(checklist())
    assert "nothing stood out. What is not listed can be wrong, too." in capsys.readouterr().out


def test_transcribe_counts_what_to_check_by_kind() -> None:
    drug, other = (Flag(FlagKind.DRUG, Interval(at, at + 1.0), "heard poorly") for at in (1.0, 5.0))
    side = Flag(FlagKind.SIDE, Interval(0.0, 0.5), "heard poorly")
    assert counts((side, drug, other)) == "2 drug, 1 side"
