"""A real sound server with a virtual microphone: what is played into it is recorded through PortAudio."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, correlate, sosfilt

from scribe.capture.microphone import LOOPBACK_WARNING
from scribe.capture.recording import Recording
from tests.capture.conftest import RATE

SERVER = (
    *("--daemonize=no", "--exit-idle-time=-1", "--system=false", "--disallow-exit", "-n"),
    *("-L", "module-native-protocol-unix", "-L", "module-null-sink sink_name=virtual rate=48000"),
)
NEEDED = ("pulseaudio", "pactl", "paplay")
SECONDS = 60  # a busy machine takes its time

RECORD = """
import sys, threading, time
from pathlib import Path
from scribe.capture.intake import Intake
from scribe.capture.microphone import Microphone
from scribe.capture.recorder import Recorder
from scribe.types import Mode

source = Microphone(sys.argv[2])
with Recorder.create(Path(sys.argv[1]), key=None, mode=Mode.VISIT, source=source.name, id="mic") as recorder:
    intake = Intake(source, recorder)
    intake.start()
    print("recording", flush=True)
    sys.stdin.readline()
    intake.stop()
    print(intake.error, source.overflows, flush=True)
    recorder.stop()
"""


@pytest.fixture
def virtual_microphone(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A sound server of the test's own, whose only sink goes nowhere; the environment in which it is found."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if not list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        missing.append("libasound2-plugins")
    if missing:
        assert not os.environ.get("CI"), f"missing in CI: {missing}"
        pytest.skip(f"not installed: {', '.join(missing)}; tests/services.sh installs them")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(home), "HOME": str(home), "PULSE_RUNTIME_PATH": str(home / "pulse")}
    environ.pop("PULSE_SERVER", None)
    server = subprocess.Popen(
        ["pulseaudio", *SERVER],
        env=environ,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = time.monotonic() + SECONDS
        while subprocess.run(["pactl", "info"], env=environ, capture_output=True).returncode:
            assert time.monotonic() < ready, "the sound server does not answer"
            time.sleep(0.1)
        yield environ
    finally:
        server.terminate()
        server.wait(SECONDS)


def speech_like(seconds: float) -> NDArray[np.int16]:
    """Noise in the band of speech that comes and goes, so that only one place fits."""
    rng = np.random.default_rng(3)
    envelope = np.repeat(rng.uniform(0.1, 1, round(seconds * 10)), RATE // 10)
    noise = sosfilt(butter(4, (200, 3000), "bandpass", fs=RATE, output="sos"), rng.normal(size=len(envelope)))
    return (envelope * noise * 12000).clip(-32000, 32000).astype(np.int16)


def test_what_is_played_is_recorded(virtual_microphone: dict[str, str], tmp_path: Path) -> None:
    played = speech_like(4)
    with wave.open(str(tmp_path / "played.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(played.tobytes())
    recorder = subprocess.Popen(
        [sys.executable, "-c", RECORD, str(tmp_path), "default"],
        env=virtual_microphone,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # ALSA tells there of everything that it does not find
        text=True,
    )
    assert recorder.stdout is not None
    assert recorder.stdout.readline() == "recording\n"
    heard = Recording.open(tmp_path / "mic", key=None)
    ready = time.monotonic() + SECONDS
    while not heard.samples:
        assert time.monotonic() < ready, "nothing is recorded"
        time.sleep(0.05)
        heard.refresh()
    player = subprocess.Popen(["paplay", "--device=virtual", str(tmp_path / "played.wav")], env=virtual_microphone)
    time.sleep(1)
    os.kill(recorder.pid, signal.SIGSTOP)  # the sound server bridges a second in which this program does not run
    time.sleep(1)
    os.kill(recorder.pid, signal.SIGCONT)
    assert player.wait(SECONDS) == 0
    time.sleep(0.5)
    told, _ = recorder.communicate("\n", timeout=SECONDS)
    assert recorder.returncode == 0
    assert told == "None 0\n"
    recorded = Recording.open(tmp_path / "mic", key=None).read(0, 10**9)
    assert len(recorded) > len(played)
    starts = range(0, len(played), RATE // 2)
    places = [place_of(played[start : start + RATE // 2] / 32768, recorded) for start in starts]
    assert min(alike for _, alike in places) > 0.95
    assert len({at - start for start, (at, _) in zip(starts, places, strict=True)}) == 1, "bits are missing in between"


def test_what_scribe_devices_says_of_it(virtual_microphone: dict[str, str]) -> None:
    """The sound server's monitor passes for a microphone: it is told apart, and silence fails the test."""
    scribe = [sys.executable, "-c", "from scribe.cli import main; main()", "devices"]
    listed = subprocess.run(
        [*scribe, "--json"], env=virtual_microphone, capture_output=True, text=True, timeout=SECONDS
    )
    assert {item["name"]: item["loopback"] for item in json.loads(listed.stdout)}["default"] is True
    assert not listed.stderr  # ALSA has a lot to say there
    tested = subprocess.run(
        [*scribe, "--test", "3", "--json"], env=virtual_microphone, capture_output=True, text=True, timeout=SECONDS
    )
    assert tested.returncode == 1
    assert "muted" in tested.stderr
    assert LOOPBACK_WARNING in json.loads(tested.stdout)["warnings"]


def place_of(piece: NDArray[np.float64], recorded: NDArray[np.float32]) -> tuple[int, float]:
    """The sample of `recorded` at which `piece` fits best, and how alike they are there (correlation, -1 to 1)."""
    fit = correlate(recorded, piece, mode="valid", method="fft")
    at = int(np.argmax(fit))
    return at, float(fit[at] / (np.linalg.norm(recorded[at : at + len(piece)]) * np.linalg.norm(piece)))
