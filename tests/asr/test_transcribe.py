"""The stage as a whole: words with times, and no words where nobody speaks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from scribe.asr import vad
from scribe.asr.transcribe import transcribe
from scribe.config import AsrSettings, Config
from scribe.errors import ConfigError
from scribe.plugins import AsrEngine, no_progress, resolve
from scribe.types import Audio, FlagKind, Interval, Provenance, Segment, Word

RATE = 16_000
MINUTE = 60 * RATE


def white_noise() -> np.ndarray:
    return np.random.default_rng(1).normal(0, 0.1, MINUTE)


def pink_noise() -> np.ndarray:
    spectrum = np.fft.rfft(white_noise())
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)) * 20, MINUTE)


def mains_hum() -> np.ndarray:
    time = np.arange(MINUTE) / RATE
    return 0.1 * sum(np.sin(2 * np.pi * 60 * k * time) / k for k in range(1, 8))


def note(pitch: float, seconds: float, vibrato: float = 0.0) -> np.ndarray:
    """A tone with harmonics, an attack and a decay; `pitch` in semitones above A3."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * 220 * 2 ** (pitch / 12) * time + vibrato * np.sin(2 * np.pi * 5.5 * time)
    envelope = np.minimum(time / 0.02, 1) * np.exp(-1.5 * time / seconds)
    return sum(np.sin(k * phase) / k for k in range(1, 9)) * envelope


def melody() -> np.ndarray:
    rng = np.random.default_rng(2)
    return np.concatenate([note(rng.choice([0, 2, 4, 5, 7, 9, 11, 12]), 0.4, vibrato=0.5) for _ in range(150)]) * 0.2


def band() -> np.ndarray:
    """Chords, bass and drums."""
    rng = np.random.default_rng(3)
    bars = []
    for root in np.resize([0, 9, 5, 7], 30):
        bar = sum(note(root + step, 2.0) for step in (0, 4, 7)) + 2 * note(root - 24, 2.0)
        for beat in range(4):
            hit = rng.normal(0, 3.0, 4_000) * np.exp(-np.arange(4_000) / 600)
            bar[beat * 8_000 : beat * 8_000 + 4_000] += hit
        bars.append(bar)
    return np.concatenate(bars) * 0.05


SOUNDS = {
    "silence": lambda: np.zeros(MINUTE),
    "white noise": white_noise,
    "pink noise": pink_noise,
    "mains hum": mains_hum,
    "melody": melody,
    "band": band,
}


@cache
def engine(name: str = "faster-whisper") -> AsrEngine:
    return resolve("asr", name)(Config())  # type: ignore[no-any-return]


@pytest.mark.weights
@pytest.mark.parametrize("sound", SOUNDS)
def test_nothing_is_written_where_nobody_speaks(sound: str) -> None:
    audio = Audio(SOUNDS[sound]().clip(-1, 1).astype(np.float32))
    transcript = transcribe(audio, engine(), Config())
    assert (transcript.text, transcript.flags, transcript.duration) == ("", (), 60.0)


@pytest.mark.weights
@pytest.mark.parametrize("sound", ["silence", "white noise", "melody"])
def test_what_comes_between_speech_is_not_written_either(sound: str, clip: Audio) -> None:
    between = SOUNDS[sound]()[: 20 * RATE].astype(np.float32)
    audio = Audio(np.concatenate([clip.samples, between, clip.samples]).clip(-1, 1))
    transcript = transcribe(audio, engine(), Config())
    starts = [word.start for word in transcript.words]
    assert [start for start in starts if clip.duration + 0.5 < start < clip.duration + 19.5] == []
    assert any(start < clip.duration for start in starts)
    assert any(start > clip.duration + 20 for start in starts)


@pytest.mark.weights
def test_a_transcript_of_speech(clip: Audio) -> None:
    reports: list[tuple[str, float, float]] = []
    config = Config()
    transcript = transcribe(clip, engine(), config, on_progress=lambda *report: reports.append(report))
    assert transcript.text == "".join(segment.text for segment in transcript.segments)
    assert transcript.provenance is not None
    assert (transcript.provenance.engine, transcript.provenance.config_hash) == ("faster-whisper", config.hash)
    assert transcript.timed
    assert {stage for stage, _, _ in reports} <= {"asr", "terms"}
    recognised = [report for report in reports if report[0] == "asr"]
    assert [done for _, done, _ in recognised] == sorted(done for _, done, _ in recognised)
    assert recognised[-1] == ("asr", clip.duration, clip.duration)


class Inventor:
    """An engine that hears a loop wherever it listens, and one phrase where nobody speaks."""

    provenance = Provenance("inventor")

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: Any = no_progress
    ) -> Iterator[Segment]:
        first = speech[0]
        step = first.duration / 20
        times = [first.start + step * at for at in range(20)]
        yield Segment(tuple(Word(at, at + step, " help") for at in times), avg_logprob=-0.2)
        yield Segment((Word(audio.duration - 2, audio.duration - 1, " Bye."),), avg_logprob=-0.2)


def test_the_guards_stand_behind_every_engine(clip: Audio) -> None:
    audio = Audio(np.concatenate([clip.samples, np.zeros(10 * RATE, np.float32)]))
    transcript = transcribe(audio, Inventor(), Config())
    assert transcript.text == " help"
    assert FlagKind.LOOP in {flag.kind for flag in transcript.flags}


def test_an_engine_is_not_asked_where_there_is_no_speech() -> None:
    class Unused:
        provenance = Provenance("unused")

        def transcribe(self, audio: Audio, **_: Any) -> Iterator[Segment]:
            raise AssertionError("there is nothing to recognise")

    assert transcribe(Audio(np.zeros(RATE, np.float32)), Unused(), Config()).words == ()


def test_an_unknown_specialty_is_told_before_the_work_begins() -> None:
    with pytest.raises(ConfigError, match="cardiology"):
        transcribe(Audio(np.zeros(RATE, np.float32)), Inventor(), Config(asr=AsrSettings(specialty="cardiolgy")))


def test_the_stage_loads_no_engine() -> None:
    code = "import sys, scribe.asr.transcribe; print({'torch', 'ctranslate2', 'faster_whisper'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


def test_missing_voice_model_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from scribe.errors import EngineError

    monkeypatch.setattr(vad, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match="pip install"):
        vad.detect(Audio(np.zeros(RATE, np.float32)))
