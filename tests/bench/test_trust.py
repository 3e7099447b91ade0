"""Silences spliced in, and words counted where nobody speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scribe import audio
from scribe.asr import vad
from scribe.bench import data, nonspeech, systems, trust
from scribe.config import Config
from scribe.plugins import no_progress
from scribe.types import Audio, Segment, Transcript, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.conftest import Clip


def test_silences_lie_in_pauses_and_nothing_is_lost(clip: Clip) -> None:
    sound = audio.load(clip.audio, Config().audio)
    cuts = trust.longest_pauses(sound, 2)
    assert list(cuts) == sorted(cuts)
    speech = vad.detect(sound)
    assert all(probability < vad.THRESHOLD for probability in (speech.probabilities[int(cut / 0.032)] for cut in cuts))
    longer = trust.spliced(sound, cuts)
    assert longer.duration == pytest.approx(sound.duration + sum(trust.SILENCES[: len(cuts)]))
    first = round(cuts[0] * 16_000)
    assert np.array_equal(longer.samples[:first], sound.samples[:first])
    assert np.array_equal(longer.samples[-1000:], sound.samples[-1000:])


def test_a_recording_without_pauses_stays_as_it_is() -> None:
    sound = Audio(np.zeros(16_000, np.float32))
    assert trust.longest_pauses(sound, 3) == ()
    assert np.array_equal(trust.spliced(sound, ()).samples, sound.samples)


def test_a_steady_recogniser(clip: Clip) -> None:
    recogniser = systems.systems(clip.scripted(clip.transcript))
    (row,) = trust.silences(data.recordings(clip.folder), recogniser, no_progress).values()
    assert row["runs"] == trust.RUNS
    assert row["runs_that_differ"] == 0
    assert row["words"] > 20
    assert row["silences"] <= len(trust.SILENCES)


def test_every_word_read_into_noise_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [nonspeech.clip("silence", 1), nonspeech.clip("white", 1)]
    heard = {id(clips[0].audio): " Thank you.", id(clips[1].audio): ""}

    class Hearing(systems.Systems):
        def transcript(self, audio: Audio, use: str = systems.BOTH) -> Transcript:
            text = heard[id(audio)] if use == systems.BOTH else ""
            words = tuple(Word(0.0, 1.0, f" {word}") for word in text.split())
            return Transcript((Segment(words),) if words else ())

    def few(every: int = 1) -> Iterator[nonspeech.Clip]:
        return iter(clips)

    monkeypatch.setattr(trust.nonspeech, "clips", few)
    rows = trust.invented(Hearing(None, Config()), no_progress, with_baseline=False)  # type: ignore[arg-type]
    assert rows["first_pass"]["words"] == rows["first_pass"]["clips_with_words"] == 0
    assert (rows["both"]["words"], rows["both"]["clips_with_words"], rows["both"]["clips"]) == (2, 1, 2)
    assert rows["both"]["heard_in"] == "silence 2"
    minutes = sum(clip.audio.duration for clip in clips) / 60
    assert rows["both"]["words_per_minute"] == pytest.approx(2 / minutes)
