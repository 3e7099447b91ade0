"""Any rate to 16 kHz, in blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.capture.resample import Resampler
from tests.capture.conftest import RATE


def tone(rate: int, hertz: float, seconds: float = 1.0) -> np.ndarray:
    return np.round(8000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.int16)


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000, 96_000])
@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 20_000), max_size=20))
def test_a_tone_stays_a_tone_whatever_the_blocks(rate: int, sizes: list[int]) -> None:
    sound, resampler, at, out = tone(rate, 1000), Resampler(rate), 0, []
    for size in sizes:
        out.append(resampler.add(sound[at : at + size]))
        at += size
    out.append(resampler.add(sound[at:], last=True))
    heard = np.concatenate(out)
    expected = tone(RATE, 1000)
    assert abs(len(heard) - RATE) <= 1
    assert np.abs(heard[500 : RATE - 500].astype(int) - expected[500 : RATE - 500]).max() < 20


def test_what_is_too_high_for_16_khz_does_not_come_back_as_something_else() -> None:
    heard = Resampler(48_000).add(tone(48_000, 11_000), last=True)
    assert np.abs(heard[500:-500]).max() < 10


def test_silence_stays_silence() -> None:
    assert not Resampler(48_000).add(np.zeros(48_000, np.int16), last=True).any()


def test_it_is_at_most_50_ms_behind() -> None:
    ready = len(Resampler(48_000).add(tone(48_000, 1000)))
    assert RATE - ready < 0.05 * RATE
