"""Recordings whose speech and words are known exactly: loud where somebody speaks, silent elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe import pipeline, serial
from scribe.asr import vad
from scribe.config import Config, load
from scribe.diarization.scripted import ScriptedDiarizer
from scribe.types import Annotation, Segment, Transcript, Turn, Word

RATE = 16_000
LOUD = 0.3
Utterance = tuple[float, float, str]  # seconds, seconds, speaker


def sound(utterances: Sequence[Utterance], seconds: float) -> NDArray[np.float32]:
    """Loud where somebody speaks."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    for start, end, _ in utterances:
        samples[round(start * RATE) : round(end * RATE)] = LOUD
    return samples


def script(utterances: Sequence[Utterance], texts: Sequence[str] = ()) -> Transcript:
    """About three words a second in each utterance; without `texts` every word is another."""
    segments, number = [], 0
    for at, (start, end, _) in enumerate(utterances):
        parts = texts[at].split() if texts else [f"w{number + n}" for n in range(max(round(3 * (end - start)), 1))]
        number += len(parts)
        step = (end - start) / len(parts)
        segments.append(
            Segment(
                tuple(
                    Word(round(start + n * step, 3), round(start + (n + 1) * step, 3), f" {part}")
                    for n, part in enumerate(parts)
                )
            )
        )
    return Transcript(tuple(segments), duration=utterances[-1][1] if utterances else 0.0)


@pytest.fixture
def by_loudness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speech is what is loud: the voice activity model is a stranger to tones."""

    class Detector:
        def judge(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
            frames = samples.reshape(-1, vad.FRAME)
            return (np.abs(frames).mean(axis=1) > LOUD / 4).astype(np.float32)

    monkeypatch.setattr(vad, "_Detector", Detector)


@pytest.fixture
def scripted(by_loudness: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Config]]:
    """Settings under which the words and turns given are what is heard."""
    engine = pipeline.engine

    def settings(utterances: Sequence[Utterance], texts: Sequence[str] = ()) -> Config:
        path = tmp_path / "script.json"
        path.write_text(serial.dumps(script(utterances, texts)), encoding="utf-8")
        turns = Annotation(tuple(Turn(start, end, who) for start, end, who in utterances))

        def chosen(stage: str, name: str, config: Config) -> object:
            return ScriptedDiarizer(turns) if stage == "diarization" else engine(stage, name, config)

        monkeypatch.setattr(pipeline, "engine", chosen)
        return load(
            overrides={"asr.engine": "scripted", "asr.model": str(path), "asr.bias": False, "asr.repair": False}
        )

    yield settings
    engine.cache_clear()
