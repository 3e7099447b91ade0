"""A short stretch of real speech with known words."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe import audio, serial
from scribe.config import AudioSettings
from scribe.types import Audio, Transcript

CLIP_SECONDS = 10.0


@pytest.fixture(scope="session")
def clip(samples: Path) -> Audio:
    """The first seconds of the shipped visit."""
    whole = audio.load(samples / "visit.flac", AudioSettings())
    return Audio(whole.samples[: int(CLIP_SECONDS * whole.sample_rate)].copy())


@pytest.fixture(scope="session")
def clip_words(samples: Path) -> list[str]:
    """What is said in `clip`: its words without case and marks."""
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    text = "".join(word.text for word in gold.words if word.end < CLIP_SECONDS).lower()
    return "".join(c for c in text if c.isalnum() or c in " '").split()
