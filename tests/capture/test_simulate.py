"""A recording that is played, and what takes it in."""

from __future__ import annotations

import math
import time
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe import vault
from scribe.capture.intake import Intake
from scribe.capture.recorder import Recorder
from scribe.capture.simulate import Playback
from scribe.errors import CaptureError
from scribe.types import Audio, Interval, Mode
from tests.capture.conftest import RATE, noise


class FakeTime:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def wait(self, event: Event, seconds: float) -> bool:
        self.now += seconds
        return event.is_set()


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_blocks_come_when_they_would_have_been_spoken(speed: float) -> None:
    fake = FakeTime()
    times, blocks = [], []
    source = Playback(Audio(noise(2.05) / np.float32(32768)), "x.wav", speed=speed, clock=fake.clock, wait=fake.wait)

    def sink(block: NDArray[np.int16]) -> None:
        times.append(fake.now - 100)
        blocks.append(block)

    source.run(sink, Event())
    np.testing.assert_array_equal(np.concatenate(blocks), noise(2.05))
    np.testing.assert_allclose(times, np.append(np.arange(1, 21) * 0.1, 2.05) / speed)


def test_a_clock_that_jumps_back_loses_nothing() -> None:
    fake = FakeTime()
    heard: list[NDArray[np.int16]] = []

    def sink(block: NDArray[np.int16]) -> None:
        heard.append(block)
        if len(heard) == 5:
            fake.now -= 3600

    Playback(Audio(noise(1) / np.float32(32768)), "x", clock=fake.clock, wait=fake.wait).run(sink, Event())
    np.testing.assert_array_equal(np.concatenate(heard), noise(1))


def test_only_16_khz_and_a_speed_above_zero() -> None:
    with pytest.raises(CaptureError, match="16000 Hz"):
        Playback(Audio(np.zeros(5, np.float32), 8000), "x")
    with pytest.raises(CaptureError, match="above 0"):
        Playback(Audio(np.zeros(5, np.float32)), "x", speed=0)


def test_played_into_a_recording(tmp_path: Path, key: vault.Key | None) -> None:
    source = Playback(Audio(noise(25) / np.float32(32768)), "visit.wav", speed=math.inf)
    with Recorder.create(tmp_path, key=key, mode=Mode.VISIT, source=source.name) as recorder:
        intake = Intake(source, recorder)
        intake.start()
        while intake.running:
            time.sleep(0.01)
        intake.stop()
        assert intake.error is None
        assert intake.level.rms > -40
        np.testing.assert_array_equal(recorder.stop().read_pcm(0, 10**9), noise(25))


class Broken:
    """A source that has a gap, and then fails."""

    name = "broken"
    warnings = ("the microphone is gone",)

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def run(self, sink: object, stop: Event, on_gap: object = None) -> None:
        assert callable(sink)
        assert callable(on_gap)
        sink(noise(1))
        on_gap(RATE)
        sink(noise(1))
        raise self.failure


@pytest.mark.parametrize(
    ("failure", "told"), [(CaptureError("no such device"), "no such device"), (KeyError("her words"), "KeyError")]
)
def test_a_gap_is_silence_and_a_failure_leaves_the_recording_safe(
    tmp_path: Path, failure: Exception, told: str
) -> None:
    with Recorder.create(tmp_path, key=None, mode=Mode.VISIT, source="test") as recorder:
        intake = Intake(Broken(failure), recorder, warn_seconds=1e12)
        intake.start()
        intake.stop()
        assert told in str(intake.error)
        assert "her words" not in str(intake.error)
        assert intake.warnings[1] == "the microphone is gone"
        assert "more minutes" in intake.warnings[0]
        recording = recorder.stop()
    assert recording.missing == (Interval(1.0, 2.0),)
    np.testing.assert_array_equal(recording.read_pcm(0, 10**9), np.r_[noise(1), np.zeros(RATE, np.int16), noise(1)])
