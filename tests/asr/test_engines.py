"""What every engine promises, on the same clip: a new engine is added to `ENGINES` and nothing else."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache
from typing import Any

import numpy as np
import pytest

from scribe.config import AsrSettings, Config
from scribe.errors import EngineError
from scribe.plugins import AsrEngine, resolve
from scribe.types import Audio, Interval, Segment

ENGINES = ("faster-whisper", "openai-whisper")
SPEECH = (Interval(0.0, 5.0), Interval(5.2, 10.0))

pytestmark = pytest.mark.weights


@cache
def engine(name: str) -> AsrEngine:
    return resolve("asr", name)(Config(asr=AsrSettings(engine=name, beam_size=1, threads=1)))  # type: ignore[no-any-return]


@pytest.fixture(scope="module", params=ENGINES)
def heard(request: pytest.FixtureRequest, clip: Audio) -> tuple[Segment, ...]:
    before = clip.samples.copy()
    segments = tuple(engine(request.param).transcribe(clip, speech=SPEECH))
    np.testing.assert_array_equal(clip.samples, before)  # the recording is not written to
    return segments


def words_of(segments: tuple[Segment, ...]) -> list[str]:
    text = "".join(segment.text for segment in segments).lower()
    return "".join(c for c in text if c.isalnum() or c in " '").split()


def test_the_words_are_those_that_were_said(heard: tuple[Segment, ...], clip_words: list[str]) -> None:
    assert SequenceMatcher(None, words_of(heard), clip_words, autojunk=False).ratio() > 0.85


def test_times_ascend_and_lie_within_the_speech(heard: tuple[Segment, ...]) -> None:
    words = [word for segment in heard for word in segment.words]
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert all(any(part.start <= word.start and word.end <= part.end for part in SPEECH) for word in words)


def test_every_segment_has_words_with_probabilities(heard: tuple[Segment, ...]) -> None:
    assert all(segment.words for segment in heard)
    assert all(0.0 <= word.probability <= 1.0 for segment in heard for word in segment.words)
    assert all(segment.avg_logprob < 0.0 and 0.0 <= segment.no_speech_prob <= 1.0 for segment in heard)


def test_numbers_are_plain_floats(heard: tuple[Segment, ...]) -> None:
    for segment in heard:
        for value in (segment.avg_logprob, segment.no_speech_prob, segment.start, segment.words[0].probability):
            assert type(value) is float


@pytest.mark.parametrize("name", ENGINES)
def test_provenance_names_engine_weights_and_versions(name: str) -> None:
    provenance = engine(name).provenance
    assert provenance.engine == name
    assert dict(provenance.weights)["whisper-base/model.bin"].startswith("d01c3014")
    assert name in dict(provenance.versions)


@pytest.mark.parametrize("name", ENGINES)
def test_nothing_is_heard_outside_of_speech(name: str, clip: Audio) -> None:
    assert list(engine(name).transcribe(clip, speech=())) == []


def test_the_same_sound_gives_the_same_text(clip: Audio) -> None:
    rng = np.random.default_rng(0)
    noisy = Audio((clip.samples + rng.normal(0, 0.2, len(clip.samples))).clip(-1, 1).astype(np.float32))
    runs = [tuple(engine("faster-whisper").transcribe(noisy, speech=[Interval(0.0, 10.0)])) for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("name", ENGINES)
def test_a_language_the_model_does_not_know(name: str) -> None:
    with pytest.raises(EngineError, match="does not know the language 'xx'"):
        resolve("asr", name)(Config(asr=AsrSettings(engine=name, language="xx")))


def test_settings_change_what_the_engine_does(clip: Audio, monkeypatch: pytest.MonkeyPatch) -> None:
    from faster_whisper import WhisperModel

    seen: dict[str, Any] = {}

    def build(self: Any, path: str, **options: Any) -> None:
        seen.update(options)
        raise ValueError

    monkeypatch.setattr(WhisperModel, "__init__", build)
    with pytest.raises(EngineError, match=r"asr\.compute_type"):
        resolve("asr", "faster-whisper")(Config(asr=AsrSettings(threads=3, compute_type="float32", device="auto")))
    assert (seen["cpu_threads"], seen["compute_type"], seen["device"]) == (3, "float32", "auto")


@pytest.mark.parametrize("name", ENGINES)
def test_listening_again_hears_the_same_words_and_knows_them_from_others(
    name: str, clip: Audio, clip_words: list[str]
) -> None:
    listening = engine(name).listen(clip, SPEECH)  # type: ignore[attr-defined]
    text = listening.decode(["atorvastatin"])
    said = "".join(c for c in text.lower() if c.isalnum() or c in " '").split()
    assert SequenceMatcher(None, said, clip_words, autojunk=False).ratio() > 0.75
    right, wrong, empty = listening.weigh([text, f"{text} The weather in Norway is fine.", ""])
    assert 0 > right > wrong
    assert empty == float("-inf")
    likely = listening.languages()
    assert max(likely, key=lambda language: likely[language]) == "en"
