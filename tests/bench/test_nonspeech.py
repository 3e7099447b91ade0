"""The recordings without speech: what they are, and that nothing is read into a few of them."""

from __future__ import annotations

import numpy as np
import pytest

from scribe import pipeline
from scribe.asr import transcribe
from scribe.bench import nonspeech
from scribe.bench.effects import RATE
from scribe.config import Config


def test_there_are_more_than_a_hundred() -> None:
    assert len(nonspeech.KINDS) * nonspeech.CLIPS_OF_A_KIND > 100
    assert nonspeech.KINDS.keys() >= nonspeech.LONG
    assert nonspeech.KINDS.keys() >= nonspeech.AS_MADE


@pytest.mark.parametrize("kind", nonspeech.KINDS)
def test_a_clip_is_the_same_each_time_and_within_bounds(kind: str) -> None:
    first, second = nonspeech.clip(kind, 1), nonspeech.clip(kind, 1)
    assert np.array_equal(first.audio.samples, second.audio.samples)
    assert first.audio.samples.dtype == np.float32
    assert first.audio.sample_rate == RATE
    assert 2.0 <= first.audio.duration <= nonspeech.LONGEST
    assert np.isfinite(first.audio.samples).all()
    assert np.abs(first.audio.samples).max() <= 1.0
    assert kind == "silence" or first.audio.samples.any()


def test_clips_of_a_kind_differ() -> None:
    names = [clip.name for clip in nonspeech.clips(every=20)]
    assert len(names) == len(set(names)) == 3 * nonspeech.CLIPS_OF_A_KIND


@pytest.mark.weights
@pytest.mark.parametrize(
    ("kind", "number"), [("silence", 1), ("hum 60 Hz", 2), ("knocking", 1), ("chords of strings", 2), ("engine", 1)]
)
def test_nothing_is_read_into_it(kind: str, number: int) -> None:
    config = Config()
    recogniser = pipeline.engine("asr", config.asr.engine, config)
    assert transcribe.transcribe(nonspeech.clip(kind, number).audio, recogniser, config).text == ""
