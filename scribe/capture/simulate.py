"""A recording that is played as if it were being spoken: the same path as a microphone's, for trying and for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

import numpy as np

from scribe.capture.folder import SAMPLE_RATE
from scribe.capture.source import OnGap, Sink, no_gap
from scribe.errors import CaptureError
from scribe.types import Audio

BLOCK = SAMPLE_RATE // 10


class Playback:
    """Plays `audio` (16 kHz) at `speed` times real time; `math.inf` is as fast as it is taken."""

    def __init__(
        self,
        audio: Audio,
        name: str,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[Event, float], bool] = Event.wait,
    ) -> None:
        """`clock` tells seconds, and `wait` waits so many for an event: a test's own let no time pass."""
        if audio.sample_rate != SAMPLE_RATE:
            raise CaptureError(f"only sound at {SAMPLE_RATE} Hz can be played, this has {audio.sample_rate}")
        if not speed > 0:
            raise CaptureError(f"a recording cannot be played at {speed} times its speed: use a number above 0")
        self._samples = np.round(audio.samples * 32768).clip(-32768, 32767).astype(np.int16)
        self._speed = speed
        self._clock = clock
        self._wait = wait
        self.name = f"file: {name}"
        self.warnings: tuple[str, ...] = ()

    def run(self, sink: Sink, stop: Event, on_gap: OnGap = no_gap) -> None:
        """Play it. A block comes when its last sample would have been spoken."""
        started = self._clock()
        for first in range(0, len(self._samples), BLOCK):
            block = self._samples[first : first + BLOCK]
            due = started + (first + len(block)) / SAMPLE_RATE / self._speed
            if stop.is_set() or (self._clock() < due and self._wait(stop, due - self._clock())):
                return
            sink(block)
