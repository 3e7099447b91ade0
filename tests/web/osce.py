"""The public OSCE recordings and their reference transcripts, for tests that correct a real draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe import audio, pipeline
from scribe.config import Config
from scribe.review.retime import aligned, key
from scribe.types import Audio, Mode, Role, Transcript

NAME = "GAS0001"
SPEAKERS = {"D": "doctor", "P": "patient"}


def draft(shared_data: Path, config: Config, seconds: float) -> tuple[Audio, Transcript]:
    """The beginning of a recording, and what the engine makes of it. Skips where the recordings are not there."""
    recording = shared_data / "osce" / "audio" / f"{NAME}.mp3"
    if not recording.exists():
        pytest.skip("the recordings are not beside the project")
    sound = audio.load(recording, config.audio)
    sound = Audio(sound.samples[: int(seconds * sound.sample_rate)], sound.sample_rate)
    heard = pipeline.transcribe(sound, config, mode=Mode.VISIT, roles=[Role.CLINICIAN, Role.PATIENT])
    return sound, pipeline.checked(heard, config, mode=Mode.VISIT)


def reference(shared_data: Path, heard: Transcript) -> list[tuple[str, str]]:
    """(speaker, word) of the reference transcript, as far as the draft goes."""
    text = (shared_data / "osce" / "transcripts" / f"{NAME}.txt").read_text(encoding="utf-8")
    spoken, last = _spoken(text), 0
    for same, _, there in aligned([key(word.text) for word in heard.words], [key(word) for _, word in spoken]):
        if same and there.stop - there.start > 2:
            last = there.stop
    return spoken[:last]


def _spoken(text: str) -> list[tuple[str, str]]:
    """(speaker, word) of a transcript with a turn on each line."""
    found: list[tuple[str, str]] = []
    speaker = "doctor"
    for line in text.replace("\ufeff", "").splitlines():
        label, colon, rest = line.partition(":")
        if colon and label.strip() in SPEAKERS:
            speaker, line = SPEAKERS[label.strip()], rest
        found += [(speaker, word) for word in line.split()]
    return found
