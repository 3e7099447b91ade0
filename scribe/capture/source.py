"""Where sound comes from, as whatever records it sees it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]  # mono, 16 kHz, shape (time,)
Sink = Callable[[Samples], None]
OnGap = Callable[[int], None]  # so many samples will never come: the microphone was unplugged meanwhile


def no_gap(samples: int) -> None:
    """Takes no notice of gaps."""


class Source(Protocol):
    """A microphone, or a recording that is played."""

    @property
    def name(self) -> str:
        """What it is, e.g. "microphone: USB headset"."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with it just now, in words for the screen."""

    def run(self, sink: Sink, stop: Event, on_gap: OnGap = no_gap) -> None:
        """Give sound to `sink` until `stop` is set or there is no more. Raises CaptureError where there is none."""
