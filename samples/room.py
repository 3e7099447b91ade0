"""The room a dictation is spoken in: reverberation, and noise without voices at a given distance below the speech."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve
from voices import LOUDNESS, Sound

from scribe.bench.noise import BROWN, PINK, coloured, hum, level

QUIET = -72.0  # dBFS: real rooms are never silent
DECAY = (0.20, 0.40)  # seconds in which the sound of the room falls by 60 dB, uniform
DIRECT = 9.0  # dB by which the voice itself is louder than the room's answer
MAINS = (50.0, 60.0)  # hertz


def in_room(speech: Sound, rate: int, snr: float | None, rng: np.random.Generator) -> Sound:
    """`speech`, its sentences at `LOUDNESS`, with noise `snr` decibels below; None: a quiet room without an answer."""
    if snr is None:
        return speech + coloured(rng, len(speech), PINK, rate) * np.float32(10 ** (QUIET / 20))
    noise = coloured(rng, len(speech), (PINK, BROWN)[int(rng.integers(2))], rate)
    noise = noise + rng.uniform(0.1, 0.4) * hum(rng, len(speech), MAINS[int(rng.integers(2))], rate)
    sound = reverberated(speech, rate, rng) + level(noise, LOUDNESS - snr)
    return np.asarray(sound * min(1.0, 10 ** (-1 / 20) / np.abs(sound).max()), dtype=np.float32)


def reverberated(speech: Sound, rate: int, rng: np.random.Generator) -> Sound:
    """The speech and the answer of a small room: noise that decays, after Moorer (1979)."""
    decay = rng.uniform(*DECAY)
    time = np.arange(int(decay * rate)) / rate
    answer = rng.standard_normal(len(time)) * 10 ** (-3 * time / decay)
    answer *= 10 ** (-DIRECT / 20) / np.sqrt(np.sum(answer**2))
    answer[0] = 1.0
    return np.asarray(fftconvolve(speech, answer)[: len(speech)], dtype=np.float32)
