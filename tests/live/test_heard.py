"""Live recognition with the real engines: silence and noise have no words, and the last word is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scribe import audio, pipeline, serial
from scribe.asr import transcribe
from scribe.asr.agreement import key
from scribe.asr.streaming import Streaming
from scribe.config import AudioSettings, Config
from scribe.types import Audio, Transcript, Word

pytestmark = pytest.mark.weights
RATE = 16_000


def heard(samples: np.ndarray) -> tuple[list[Word], list[Word]]:
    """What is committed, and all that was tentative, of a recording heard in blocks of a fifth of a second."""
    config = Config()
    streaming = Streaming(pipeline.engine("asr", "faster-whisper", config), config, transcribe.terms_of(config))
    committed: list[Word] = []
    tentative: list[Word] = []
    for at in range(0, len(samples), RATE // 5):
        streaming.hear(samples[at : at + RATE // 5])
        sound = Audio(samples[: at + RATE // 5])
        while (window := streaming.due()) is not None:
            committed += streaming.commit(sound, window).committed
        if streaming.draft_due(3.0):
            tentative += streaming.draft(sound).tentative
    streaming.end()
    while (window := streaming.due(ended=True)) is not None:
        committed += streaming.commit(Audio(np.pad(samples, (0, RATE // 2))), window).committed
    return committed, tentative


@pytest.mark.parametrize("kind", ["silence", "noise", "hum"])
def test_where_nobody_speaks_nothing_is_shown(kind: str) -> None:
    at = np.arange(10 * RATE) / RATE
    noise = np.random.default_rng(1).standard_normal(len(at)) * 0.02
    sounds = {"silence": np.zeros(len(at)), "noise": noise, "hum": 0.1 * np.sin(2 * np.pi * 60 * at)}
    assert heard(sounds[kind].astype(np.float32)) == ([], [])


@pytest.mark.parametrize("length", [0.3, 0.8])
def test_a_clip_of_a_moment_invents_little(samples: Path, length: float) -> None:
    whole = audio.load(samples / "visit.flac", AudioSettings()).samples
    committed, _ = heard(whole[round(1.0 * RATE) : round((1.0 + length) * RATE)].copy())
    assert len(committed) <= 4


def test_the_last_word_is_kept_where_the_recording_ends_with_it(samples: Path) -> None:
    whole = audio.load(samples / "visit.flac", AudioSettings()).samples
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    last = next(word for word, before in zip(gold.words[1:], gold.words, strict=False) if key(before) == "bothering")
    committed, tentative = heard(whole[: round(last.end * RATE)].copy())
    words = [key(word) for word in committed]
    assert words[:3] == ["good", "morning", "come"]
    assert words[-2:] == ["bothering", "me"]
    assert tentative
