"""Time that is told, not waited for: a recording played by a clock that the work itself moves on.

A session on this clock meets the same sound at the same moments as in a room: at second `t` it can read the first `t`
seconds. Work moves the clock on by what it costs, and where nothing is due the clock jumps to the next look. So an
hour is played in minutes, and every latency is what it would have been.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from scribe.live.sound import RATE
from scribe.types import Audio, Interval, Mark, Mode

if TYPE_CHECKING:
    from numpy.typing import NDArray


class VirtualClock:
    """Seconds that pass only when somebody says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """What time it is."""
        return self.now

    def begin(self) -> None:
        """All is ready: time starts now."""
        self.now = 0.0

    def worked(self, seconds: float) -> None:
        """Work took so long."""
        self.now += seconds

    def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += seconds


class WallClock(VirtualClock):
    """The real thing, from 0 on: a recording is played as fast as it was spoken."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    def __call__(self) -> float:
        """What time it is."""
        return time.monotonic() - self._began

    def begin(self) -> None:
        """All is ready: time starts now."""
        self._began = time.monotonic()

    def worked(self, seconds: float) -> None:
        """Work takes its time by itself."""

    def wait(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Played:
    """A recording that is being made: `sound`, over and over for `seconds`, as far as the clock has come."""

    def __init__(
        self, sound: NDArray[np.float32], clock: VirtualClock, *, seconds: float | None = None, mode: Mode | None = None
    ) -> None:
        self._sound, self._clock = sound, clock
        self._total = len(sound) if seconds is None else round(seconds * RATE)
        self.mode = mode
        self.samples = 0
        self.paused = False
        self.marks: Sequence[Mark] = ()
        self.dropped: Sequence[Interval] = ()

    @property
    def state(self) -> str:
        """It is finished once all is played."""
        return "recording" if self._clock() * RATE < self._total else "finished"

    def refresh(self) -> None:
        """Hear what was played since."""
        self.samples = min(int(self._clock() * RATE), self._total)

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """Samples from `first` on, (time,)."""
        last = min(first + count, self.samples)
        length = len(self._sound)
        if first // length == max(last - 1, first) // length:
            found = self._sound[first % length : first % length + max(last - first, 0)].copy()
        else:
            found = np.take(self._sound, np.arange(first, last), mode="wrap")
        for hole in self.dropped:
            found[max(round(hole.start * RATE) - first, 0) : max(round(hole.end * RATE) - first, 0)] = 0.0
        return found

    def audio(self) -> Audio:
        """All of it."""
        return Audio(self.read(0, self.samples))
