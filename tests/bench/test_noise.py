"""Noise has the spectrum and the level that was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from scribe.bench import noise

RATE = 16_000


def power(sound: noise.Sound, low: float, high: float) -> float:
    """Power between two frequencies."""
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(spectrum[(frequencies >= low) & (frequencies < high)].sum())


@pytest.mark.parametrize(("exponent", "decibels"), [(noise.WHITE, 3.0), (noise.PINK, 0.0), (noise.BROWN, -3.0)])
def test_power_by_octave(exponent: float, decibels: float) -> None:
    sound = noise.coloured(np.random.default_rng(1), 20 * RATE, exponent, RATE)
    ratio = power(sound, 1000, 2000) / power(sound, 500, 1000)
    assert 10 * np.log10(ratio) == pytest.approx(decibels, abs=0.5)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(1.0, rel=1e-3)


def test_a_band_holds_its_power() -> None:
    sound = noise.band(np.random.default_rng(1), RATE, 500, 1500, RATE)
    assert power(sound, 400, 1900) > 0.98 * power(sound, 0, RATE / 2)


def test_hum_is_at_multiples_of_the_mains() -> None:
    sound = noise.hum(np.random.default_rng(1), RATE, 60.0, RATE)
    harmonics = sum(power(sound, 60 * number - 2, 60 * number + 2) for number in range(1, 9))
    assert harmonics > 0.99 * power(sound, 0, RATE / 2)


def test_level() -> None:
    loud = noise.level(np.ones(10), -20.0)
    assert loud == pytest.approx(0.1)
    assert not noise.level(np.zeros(10), -20.0).any()
    assert not len(noise.level(np.zeros(0), -20.0))
