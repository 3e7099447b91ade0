"""How loud the sound is that comes in, and what is wrong with it.

Levels are in decibels of full scale (dBFS): 0 is the loudest a sample can be, `SILENCE` stands for nothing at all.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scribe.capture.folder import SAMPLE_RATE

SILENCE = -120.0
CLIPPING = -1.0  # a peak from here on is cut off, or nearly
QUIET = -45.0  # the RMS of speech from a microphone at a sensible distance is above this
_WINDOW = SAMPLE_RATE // 10  # the level is that of the last 0.1 s
_SILENT_SECONDS = 3.0
_CLIPPED_SECONDS = 3.0  # for how long it is shown
_QUIET_SECONDS = 15.0  # nobody may say anything for a while


class Trouble(StrEnum):
    """What is wrong with the sound."""

    SILENT = "silent"
    QUIET = "quiet"
    CLIPPING = "clipping"

    @property
    def message(self) -> str:
        """What it means and what to do, for the screen."""
        return _MESSAGES[self]


_MESSAGES = {
    Trouble.SILENT: "no sound at all is coming in: is the microphone muted, or not allowed by the system's settings?",
    Trouble.QUIET: "the sound is very quiet: move the microphone closer or turn up its level",
    Trouble.CLIPPING: "the sound is too loud and is cut off: turn the microphone's level down",
}


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a moment was, in dBFS."""

    peak: float = SILENCE
    rms: float = SILENCE

    @property
    def clips(self) -> bool:
        """Whether the loudest samples are cut off, or nearly."""
        return self.peak >= CLIPPING


def level_of(samples: NDArray[np.int16]) -> Level:
    """The level of samples, shape (time,)."""
    if not len(samples):
        return Level()
    sound = samples.astype(np.float64) / 32768
    return Level(_decibels(float(np.abs(sound).max())), _decibels(math.sqrt(float(np.mean(sound**2)))))


class Meter:
    """Listens to blocks of samples at 16 kHz as they come. Its time is the samples' own."""

    def __init__(self) -> None:
        self._held: list[NDArray[np.int16]] = []
        self._length = 0
        self._silent = 0.0  # seconds for which every sample was zero
        self._since_clipping = math.inf  # seconds
        self._recent: deque[float] = deque(maxlen=round(_QUIET_SECONDS * SAMPLE_RATE / _WINDOW))  # RMS of windows
        self.level = Level()

    def add(self, samples: NDArray[np.int16]) -> None:
        """Hear more samples, shape (time,)."""
        self._held.append(samples)
        self._length += len(samples)
        if self._length < _WINDOW:
            return
        block = np.concatenate(self._held)
        whole = len(block) // _WINDOW * _WINDOW
        for start in range(0, whole, _WINDOW):
            self._hear(block[start : start + _WINDOW])
        self._held, self._length = [block[whole:]], len(block) - whole

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong just now."""
        found = []
        if self._silent >= _SILENT_SECONDS:
            found.append(Trouble.SILENT)
        elif len(self._recent) == self._recent.maxlen and max(self._recent) < QUIET:
            found.append(Trouble.QUIET)
        if self._since_clipping < _CLIPPED_SECONDS:
            found.append(Trouble.CLIPPING)
        return tuple(found)

    def _hear(self, window: NDArray[np.int16]) -> None:
        seconds = len(window) / SAMPLE_RATE
        self.level = level_of(window)
        self._silent = 0.0 if window.any() else self._silent + seconds
        self._since_clipping = 0.0 if self.level.clips else self._since_clipping + seconds
        self._recent.append(self.level.rms)


def _decibels(amplitude: float) -> float:
    return max(SILENCE, 20 * math.log10(amplitude)) if amplitude else SILENCE
