"""Noise with a given spectrum, and the hum of the mains: what rooms sound like when nobody speaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]  # (time,)

WHITE, PINK, BROWN = 0.0, 1.0, 2.0  # how fast the power falls: by 0, 3 and 6 dB an octave
LOWEST = 20.0  # hertz: below it the spectrum is level, so that no power lies where nothing can be heard


def coloured(rng: np.random.Generator, length: int, exponent: float, rate: int) -> Sound:
    """`length` samples of noise whose power falls as 1 / frequency ** exponent, at a root mean square of 1."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / rate), LOWEST)
    return level(np.fft.irfft(spectrum / frequencies ** (exponent / 2), length), 0.0)


def band(rng: np.random.Generator, length: int, low: float, high: float, rate: int) -> Sound:
    """`length` samples of noise between `low` and `high` hertz, at a root mean square of 1."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequencies = np.fft.rfftfreq(length, 1 / rate)
    inside = 1 / (1 + (low / np.maximum(frequencies, 1.0)) ** 8) / (1 + (frequencies / high) ** 8)
    return level(np.fft.irfft(spectrum * inside, length), 0.0)


def hum(rng: np.random.Generator, length: int, mains: float, rate: int, harmonics: int = 8) -> Sound:
    """Hum at `mains` hertz with harmonics of random phase, each 4 dB below the last, at a root mean square of 1."""
    time = np.arange(length) / rate
    tones = (
        10 ** (-4 * number / 20) * np.sin(2 * np.pi * (number + 1) * mains * time + rng.uniform(0, 2 * np.pi))
        for number in range(harmonics)
    )
    return level(np.sum(list(tones), axis=0), 0.0)


def level(sound: NDArray[np.floating], decibels: float) -> Sound:
    """The sound at a root mean square of `decibels` below or above 1; silence stays silence."""
    power = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) if len(sound) else 0.0
    return np.asarray(sound * (10 ** (decibels / 20) / power) if power else sound, dtype=np.float32)
