"""Levels, and what is said about them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.capture.level import SILENCE, Level, Meter, Trouble, level_of
from tests.capture.conftest import RATE


def tone(seconds: float, peak: float) -> NDArray[np.int16]:
    """A 440 Hz tone with its peak at `peak` dBFS."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.round(np.sin(2 * np.pi * 440 * time) * 10 ** (peak / 20) * 32767).astype(np.int16)


def test_the_level_of_a_tone() -> None:
    level = level_of(tone(1, -20))
    assert level.peak == pytest.approx(-20, abs=0.1)
    assert level.rms == pytest.approx(-23, abs=0.1)
    assert level_of(np.full(10, -32768, np.int16)).peak == 0
    assert level_of(np.zeros(10, np.int16)) == level_of(np.empty(0, np.int16)) == Level(SILENCE, SILENCE)


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        (tone(20, -20), ()),
        (np.zeros(round(2.9 * RATE), np.int16), ()),
        (np.zeros(round(3.1 * RATE), np.int16), (Trouble.SILENT,)),
        (tone(2, -0.5), (Trouble.CLIPPING,)),
        (np.concatenate([tone(2, -0.5), tone(3.2, -20)]), ()),
        (tone(16, -50), (Trouble.QUIET,)),
        (tone(10, -50), ()),
        (np.concatenate([tone(16, -50), tone(1, -20)]), ()),
    ],
)
@pytest.mark.parametrize("block", [160, 1024, 5000])
def test_what_is_wrong(sound: NDArray[np.int16], expected: tuple[Trouble, ...], block: int) -> None:
    meter = Meter()
    for start in range(0, len(sound), block):
        meter.add(sound[start : start + block])
    assert meter.troubles == expected
    assert all(trouble.message for trouble in expected)
