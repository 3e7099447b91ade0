"""Speech is found, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe import audio as recordings
from scribe.asr import vad
from scribe.config import AudioSettings
from scribe.types import Audio, Interval

FRAME = vad.SECONDS_PER_FRAME


@pytest.fixture(scope="module")
def speech(samples: Path) -> Audio:
    whole = recordings.load(samples / "dictation.flac", AudioSettings())
    return Audio(whole.samples[: 40 * 16_000])


def probabilities(*runs: tuple[float, float]) -> np.ndarray:
    """(seconds, probability) one after the other."""
    return np.concatenate([np.full(round(length / FRAME), value, np.float32) for length, value in runs])


def test_most_of_a_dictation_is_speech(speech: Audio) -> None:
    found = vad.detect(speech)
    assert sum(item.duration for item in found.intervals) > 0.6 * speech.duration
    assert len(found.probabilities) == -(-len(speech.samples) // vad.FRAME)


def test_quiet_speech_is_found_too(speech: Audio) -> None:
    loud = sum(item.duration for item in vad.detect(speech).intervals)
    quiet = sum(item.duration for item in vad.detect(Audio(speech.samples * 0.02)).intervals)
    assert quiet > 0.9 * loud


def test_blocks_give_the_same_answer_as_one_run(speech: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = vad.detect(speech).probabilities
    monkeypatch.setattr(vad, "BLOCK", 37)
    np.testing.assert_allclose(vad.detect(speech).probabilities, whole, atol=1e-4)


def test_a_silence_put_into_speech_is_left_out(speech: Audio) -> None:
    first, second = np.split(speech.samples, 2)
    silence = np.zeros(16_000 * 30, np.float32)
    found = vad.detect(Audio(np.concatenate([first, silence, second])))
    start = len(first) / 16_000
    assert found.share(Interval(start + 1, start + 29)) == 0.0
    assert all(item.end < start + 2 or item.start > start + 28 for item in found.intervals)


def test_below_the_floor_there_is_no_voice(speech: Audio) -> None:
    assert vad.detect(Audio(speech.samples * 1e-4)).intervals == ()


def test_no_sound_at_all() -> None:
    assert vad.detect(Audio(np.empty(0, np.float32))).intervals == ()


def test_short_pauses_do_not_end_speech_and_long_ones_do() -> None:
    runs = vad.spoken(probabilities((1.0, 0.0), (1.0, 0.9), (0.5, 0.1), (1.0, 0.9), (2.0, 0.1), (1.0, 0.9)))
    assert [(run.start, run.end) for run in runs] == [
        (pytest.approx(1.0, abs=0.05), pytest.approx(3.5, abs=0.1)),
        (pytest.approx(5.5, abs=0.1), pytest.approx(6.5, abs=0.1)),
    ]


def test_speech_begins_high_and_goes_on_lower() -> None:
    assert vad.spoken(probabilities((2.0, 0.45))) == []
    (run,) = vad.spoken(probabilities((0.5, 0.8), (2.0, 0.4), (2.0, 0.1)))
    assert run.end == pytest.approx(2.5, abs=0.05)


@given(st.lists(st.floats(0, 1, width=32), max_size=300), st.floats(0, 10))
def test_intervals_are_in_order_apart_and_within_the_recording(values: list[float], extra: float) -> None:
    found = vad.Speech(np.array(values, np.float32), len(values) * FRAME + extra)
    edges = [time for item in found.intervals for time in (item.start, item.end)]
    assert edges == sorted(edges)
    assert all(0.0 <= time <= found.duration for time in edges)
    assert bool(edges) == bool(vad.spoken(found.probabilities))
    assert all(0.0 <= found.share(item) <= 1.0 for item in found.intervals)


def heard(audio: Audio, chunk: int) -> tuple[vad.Growing, list[Interval]]:
    """The recording in chunks of samples, and the stretches in the order in which they were settled."""
    growing, settled = vad.Growing(), []
    for at in range(0, len(audio.samples), chunk):
        growing.feed(audio.samples[at : at + chunk])
        settled += growing.settled(len(settled))
    return growing, settled


@pytest.mark.parametrize("chunk", [333, 1600, 70_000])
def test_a_growing_recording_is_judged_as_the_whole_of_it(speech: Audio, chunk: int) -> None:
    growing, settled = heard(speech, chunk)
    found, whole = growing.finish(), vad.detect(speech)
    np.testing.assert_allclose(found.probabilities, whole.probabilities, atol=1e-4)
    assert found.duration == whole.duration
    assert found.intervals == whole.intervals
    assert tuple(settled) == whole.intervals[: len(settled)]
    assert len(settled) >= len(whole.intervals) - 2


def test_what_is_erased_was_not_said(speech: Audio) -> None:
    growing, _ = heard(speech, 1600)
    growing.erase(Interval(5.0, 10.0))
    assert growing.so_far.share(Interval(5.1, 9.9)) == 0.0
    assert growing.so_far.share(Interval(10.0, 20.0)) > 0
