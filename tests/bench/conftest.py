"""A short recording of real speech sounds, with a transcript, cut from the shipped visit."""

from __future__ import annotations

import wave
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from scribe import audio, serial
from scribe.config import Config
from scribe.types import Segment, Transcript

SECONDS = 14.0


@dataclass(frozen=True)
class Clip:
    """`folder` holds clip.wav and clip.gold.json."""

    folder: Path
    transcript: Transcript

    @property
    def audio(self) -> Path:
        return self.folder / "clip.wav"

    def scripted(self, transcript: Transcript) -> Config:
        """Settings under which `transcript` is what the recogniser hears."""
        script = self.folder.parent / "script.json"
        script.write_text(serial.dumps(transcript), encoding="utf-8")
        settings = Config().asr.model_copy(update={"engine": "scripted", "model": str(script)})
        return Config().model_copy(update={"asr": settings})


@pytest.fixture
def clip(samples: Path, tmp_path: Path) -> Clip:
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    sound = audio.load(samples / "visit.flac", Config().audio)
    folder = tmp_path / "data"
    folder.mkdir()
    with wave.open(str(folder / "clip.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.sample_rate)
        kept = sound.samples[: int(SECONDS * sound.sample_rate)]
        file.writeframes((kept * 32767).astype(np.int16).tobytes())
    words = tuple(word for word in gold.words if word.end <= SECONDS)
    transcript = replace(gold, segments=(Segment(words),), duration=SECONDS)
    (folder / "clip.gold.json").write_text(serial.dumps(transcript), encoding="utf-8")
    return Clip(folder, transcript)
