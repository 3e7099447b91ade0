"""The shipped recordings and what belongs to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe import audio, serial
from scribe.config import AudioSettings
from scribe.types import Role, Transcript

DURATIONS = {"visit": (120.0, 180.0), "dictation": (60.0, 120.0)}  # seconds
SPEAKERS = {"visit": {Role.CLINICIAN, Role.PATIENT}, "dictation": {Role.CLINICIAN}}
MOST_BYTES = 3_000_000


def gold(samples: Path, name: str) -> Transcript:
    return serial.loads((samples / f"{name}.gold.json").read_text(encoding="utf-8"), Transcript)


@pytest.mark.parametrize("name", DURATIONS)
def test_a_recording_is_short_small_and_loud_enough(samples: Path, name: str) -> None:
    recording = samples / f"{name}.flac"
    sound = audio.load(recording, AudioSettings())
    shortest, longest = DURATIONS[name]
    assert shortest <= sound.duration <= longest
    assert recording.stat().st_size < MOST_BYTES
    assert 0.2 < abs(sound.samples).max() <= 1.0


@pytest.mark.parametrize("name", DURATIONS)
def test_the_gold_transcript_fits_its_recording(samples: Path, name: str) -> None:
    transcript = gold(samples, name)
    sound = audio.load(samples / f"{name}.flac", AudioSettings())
    assert transcript.duration == pytest.approx(sound.duration, abs=0.01)
    assert {item.role for item in transcript.roles} == SPEAKERS[name]
    times = [time for word in transcript.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] < sound.duration


@pytest.mark.parametrize("name", DURATIONS)
def test_sentences_stand_where_the_gold_transcript_says(samples: Path, name: str) -> None:
    """The sound of every sentence is far louder than the pauses between them."""
    transcript = gold(samples, name)
    sound = audio.load(samples / f"{name}.flac", AudioSettings())

    def level(start: float, end: float) -> float:
        stretch = sound.samples[int(start * sound.sample_rate) : int(end * sound.sample_rate)]
        return float((stretch**2).mean())

    spoken = [level(segment.start, segment.end) for segment in transcript.segments]
    pauses = [
        level(before.end + 0.02, after.start - 0.02)
        for before, after in zip(transcript.segments, transcript.segments[1:], strict=False)
    ]
    assert min(spoken) > 100 * max(pauses)


@pytest.mark.parametrize("name", DURATIONS)
def test_the_gold_transcript_says_what_the_script_says(samples: Path, name: str) -> None:
    script = (samples / f"{name}.txt").read_text(encoding="utf-8")
    said = " ".join(line.removeprefix("Doctor: ").removeprefix("Patient: ") for line in script.splitlines())
    assert gold(samples, name).text.split() == said.split()


@pytest.mark.parametrize("name", DURATIONS)
def test_the_expected_note_is_there_with_its_parts_and_codes(samples: Path, name: str) -> None:
    note = (samples / f"{name}.note.md").read_text(encoding="utf-8")
    for part in ("## History", "## Exam", "## Assessment", "## Plan", "## Codes (ICD-10-CM)"):
        assert part in note


def test_licences_of_the_voices_are_named(samples: Path) -> None:
    readme = (samples / "README.md").read_text(encoding="utf-8")
    for name in ("Kokoro-82M", "kokoro-onnx", "hibari-tts", "Apache-2.0", "MIT"):
        assert name in readme
    for file in samples.iterdir():
        assert file.name == "README.md" or file.suffix == ".pyc" or file.is_dir() or file.name in readme
