"""`scribe live`: from a recording that goes on to the draft; keys, signals, and what was broken off."""

from __future__ import annotations

import json
import math
import os
import pty
import signal
import subprocess
import sys
import threading
import wave
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from scribe import audio, serial
from scribe.capture.level import Level
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording, State
from scribe.capture.simulate import Playback
from scribe.cli import _live_screen as screens
from scribe.cli import _take
from scribe.cli._keys import Keys
from scribe.cli.app import app
from scribe.cli.live import SURE, Hands
from scribe.config import Config
from scribe.errors import AssetError, CaptureError, ConfigError, InputError, OutputError
from scribe.events import Committed, LivePolicy, LiveSnapshot, LiveState, StateChanged
from scribe.types import Mode, Note, Role, SpeakerRole, Transcript, Word

FILES = {"transcript.json", "note.json", "note.md", "note.html"}
ROOT = Path(__file__).parents[2]


def words(*lines: tuple[str, str]) -> tuple[Word, ...]:
    pairs = [(speaker, f" {text}") for speaker, line in lines for text in line.split()]
    return tuple(Word(at * 0.3, at * 0.3 + 0.2, text, speaker=speaker) for at, (speaker, text) in enumerate(pairs))


SAID = words(("A", "Good morning."), ("B", "My knee hurts."))
ROLES = (SpeakerRole("A", Role.CLINICIAN, 0.9),)


def shown(snapshot: LiveSnapshot, status: screens.Status) -> str:
    from rich.console import Console

    console = Console(width=100, height=20, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(screens.screen(snapshot, status, None), height=20)
    console.file.close()
    return console.export_text()


def test_the_screen_says_who_said_what_and_that_it_is_a_preview() -> None:
    tentative = words(("B", "since Tuesday"))
    snapshot = LiveSnapshot(3, LiveState.RECORDING, 9.0, words=SAID, tentative=tentative, roles=ROLES, behind=31.0)
    text = shown(snapshot, screens.Status(65.0, False, Level(-0.5, -20.0), ("the disk is nearly full",)))
    for part in ("Recording 01:05", "too loud", "Clinician: Good morning.", "Speaker 2: My knee hurts. since Tuesday"):
        assert part in text
    for part in ("preview", "the disk is nearly full", "behind by 31 s", "drop the last minute"):
        assert part in text
    assert "Paused" in shown(snapshot, screens.Status(65.0, True))


def test_the_screen_shows_the_end_of_a_long_visit() -> None:
    lines = [("A" if at % 2 else "B", f"line number {at}.") for at in range(200)]
    text = shown(LiveSnapshot(3, LiveState.RECORDING, 9.0, words=words(*lines)), screens.Status())
    assert "line number 199." in text
    assert "line number 3." not in text


def test_before_the_first_word_it_says_that_recording_goes_on() -> None:
    start = LiveSnapshot(0, LiveState.RECORDING, 0.0)
    assert "Recognition is getting ready" in shown(start, screens.Status())
    assert "Listening" in shown(LiveSnapshot(1, LiveState.RECORDING, 0.0, policy=LivePolicy.WINDOWS), screens.Status())


def test_without_a_screen_there_are_lines() -> None:
    snapshot = LiveSnapshot(3, LiveState.RECORDING, 9.0, words=SAID, roles=ROLES)
    made = list(screens.lines(Committed(3, 0, SAID), snapshot))
    assert made == ["[00:00] Clinician: Good morning.", "[00:00] Speaker 2: My knee hurts."]
    assert list(screens.lines(StateChanged(4, LiveState.PAUSED), snapshot)) == ["(paused)"]


class FakeTake:
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.seconds = 30.0
        self.recorder = SimpleNamespace(paused=False)
        self.asked_to_stop = threading.Event()

    def toggle_pause(self) -> None:
        self.recorder.paused = not self.recorder.paused
        self.done.append("pause")

    def mark(self) -> None:
        self.done.append("mark")

    def drop(self) -> None:
        self.done.append("drop")


def test_keys_do_what_the_last_line_says() -> None:
    take: Any = FakeTake()
    hands = Hands(take, screens.Status())
    for key in ("", "x", " ", "p", "m", "d"):
        hands.press(key)
    assert take.done == ["pause", "pause", "mark"]  # one "d" drops nothing
    hands.press("d")
    assert take.done[-1] == "drop"
    hands.press("d")
    take.seconds += SURE + 1
    hands.press("d")  # too late for the one before
    assert take.done.count("drop") == 1
    hands.press("s")
    assert take.asked_to_stop.is_set()


def test_single_keys_are_read_and_the_terminal_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import termios

    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    with os.fdopen(slave, "r") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with Keys() as keys:
            assert keys.present
            os.write(master, b"M ")
            assert [keys.read(5), keys.read(5), keys.read(0)] == ["m", " ", ""]
        assert termios.tcgetattr(slave) == before
    os.close(master)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (["--date", "tomorrow"], ConfigError),
        (["--date", "1999-01-15"], AssetError),
        (["--mode", "auto"], ConfigError),
        (["--finish", "nothing"], InputError),
        (["--continue", "nothing"], InputError),
        (["--finish", "one", "--continue", "one"], ConfigError),
        (["--out", "taken"], OutputError),
    ],
)
def test_bad_options_are_told_before_anything_is_recorded(in_tmp: Path, options: list[str], kind: type) -> None:
    (in_tmp / "taken").mkdir()
    (in_tmp / "taken" / "transcript.json").write_text("{}")
    done = CliRunner().invoke(app, ["live", "--set", f"capture.folder={in_tmp / 'recordings'}", *options])
    assert isinstance(done.exception, kind)
    assert not (in_tmp / "recordings").exists()


def write_wav(path: Path, samples: NDArray[np.float32]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_without_sound_it_ends_with_the_reason(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        name, warnings = "microphone: broken", ()

        def run(self, *_: object) -> None:
            raise CaptureError("the microphone cannot be opened: close the other program")

    monkeypatch.setattr("scribe.cli.live.source_of", lambda *_: Broken())
    done = CliRunner().invoke(app, ["live", "--set", f"capture.folder={in_tmp / 'recordings'}"])
    assert isinstance(done.exception, CaptureError)
    assert "close the other program" in str(done.exception)


def scripted(samples: Path, recordings: Path) -> list[str]:
    """Words are read from the gold transcript of the dictation."""
    sets = {
        "asr.engine": "scripted",
        "asr.model": samples / "dictation.gold.json",
        "asr.bias": "false",
        "asr.repair": "false",
        "capture.folder": recordings,
    }
    return [part for name, value in sets.items() for part in ("--set", f"{name}={value}")]


@pytest.mark.weights
def test_a_recording_that_was_broken_off_is_shown_and_finished_with_one_command(
    samples: Path, in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_take, "Playback", partial(Playback, speed=math.inf))
    recordings = in_tmp / "recordings"
    sound = audio.load(samples / "dictation.flac", Config().audio)
    broken = Recorder.create(recordings, key=None, mode=Mode.DICTATION, source="file: earlier")
    broken.append(np.round(sound.samples[: 20 * 16_000] * 32767).astype(np.int16))
    broken.close()
    options = ["--mode", "dictation", *scripted(samples, recordings)]
    heard = write_wav(in_tmp / "dictation.wav", sound.samples[: 20 * 16_000])
    began = date.today()
    done = CliRunner().invoke(app, ["live", "--simulate", str(heard), "--out", "one", *options])
    assert done.exit_code == 0, done.exception
    assert f"`scribe live --finish {broken.id}`" in done.stderr
    assert {path.name for path in (in_tmp / "one").iterdir()} == FILES
    note = serial.loads((in_tmp / "one" / "note.json").read_text(), Note)
    assert began.isoformat() <= (note.encounter.date_of_service or "") <= date.today().isoformat()
    done = CliRunner().invoke(
        app, ["live", "--finish", broken.id[:6], "--out", "two", "--date", "2026-05-15", *options]
    )
    assert done.exit_code == 0, done.exception
    assert json.loads((in_tmp / "two" / "note.json").read_text())["encounter"]["date_of_service"] == "2026-05-15"
    assert Recording.open(recordings / broken.id, key=None).state is State.FINISHED
    more = write_wav(in_tmp / "more.wav", sound.samples[20 * 16_000 : 28 * 16_000])
    done = CliRunner().invoke(
        app, ["live", "--continue", broken.id, "--simulate", str(more), "--out", "three", *options]
    )
    assert done.exit_code == 0, done.exception
    assert Recording.open(recordings / broken.id, key=None).samples == 28 * 16_000
    whole = serial.loads((in_tmp / "three" / "transcript.json").read_text(), Transcript)
    assert whole.duration == pytest.approx(28, abs=0.6)
    assert whole.words[-1].end > 21


@pytest.mark.weights
def test_ctrl_c_ends_the_visit_with_everything_saved(samples: Path, tmp_path: Path) -> None:
    """The real thing: the visit in real time, real recognition, lines on a pipe, and a signal in the middle."""
    command = ["live", "--simulate", str(samples / "visit.flac"), "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-c", "from scribe.cli import main; main()", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCRIBE_CAPTURE__FOLDER": str(tmp_path / "recordings")},
    )
    assert process.stdout is not None
    line = next(line for line in process.stdout if line.startswith("["))
    assert "morning" in line.lower()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert "Draft written to" in rest
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    (folder,) = (path for path in (tmp_path / "recordings").iterdir() if path.is_dir())
    assert Recording.open(folder, key=None).state is State.FINISHED
