"""The command line as a whole: help, exit codes, and errors that say nothing a patient said."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scribe import cli
from scribe.errors import AudioError


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command, as a user starts it."""
    return subprocess.run(
        [sys.executable, "-c", "from scribe.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_help_names_every_verb() -> None:
    shown = run("--help").stdout
    for verb in (
        "note",
        "transcribe",
        "repairs",
        "sections",
        "code",
        "watch",
        "devices",
        "recordings",
        "key",
        "models",
        "config",
        "bench",
        "demo",
    ):
        assert verb in shown


def test_version() -> None:
    assert run("--version").stdout.startswith("scribe 0.")


def test_a_foreseen_error_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    done = run("note", tmp_path / "none.wav", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.startswith("scribe: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_an_unforeseen_error_shows_its_place_but_not_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError("the patient said amoxicillin")

    monkeypatch.setattr("scribe.cli.app.app", fail)
    with pytest.raises(SystemExit) as end:
        cli.main()
    shown = capsys.readouterr().err
    assert end.value.code == cli.EXIT_BUG
    assert "amoxicillin" not in shown
    assert "ValueError at test_main.py" in shown


def test_a_foreseen_error_keeps_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise AudioError("x.wav is empty: record it again")

    monkeypatch.setattr("scribe.cli.app.app", fail)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    assert capsys.readouterr().err == "scribe: x.wav is empty: record it again\n"


def test_an_unknown_setting_is_refused_by_name(tmp_path: Path) -> None:
    done = run("config", "show", "--set", "asr.loudness=3")
    assert done.returncode == 1
    assert "unknown setting 'asr.loudness' in command line" in done.stderr


@pytest.mark.weights
def test_ctrl_c_in_the_middle_leaves_nothing_behind(samples: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = "from scribe.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "note", str(samples / "visit.flac"), "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    while process.poll() is None and not out.exists():
        pass  # the folder is made just before the work begins
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=4)
    shown = None
    while shown is None:  # an import may swallow one: then people press it again
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, shown = process.communicate(timeout=10)
    assert process.returncode == cli.EXIT_INTERRUPTED
    assert "stopped" in shown
    assert list(out.iterdir()) == []
