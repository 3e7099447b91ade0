import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scribe import audio, serial
from scribe.config import Config
from scribe.diarization import assign
from scribe.diarization.attribute import attribute
from scribe.diarization.pyannote import Pyannote
from scribe.errors import AssetError, EngineError
from scribe.plugins import Diarizer, VoiceEncoder
from scribe.types import Audio, Interval, Role, Segment, Transcript, Word

pytestmark = pytest.mark.weights


@cache
def engine() -> Pyannote:
    return Pyannote(Config())


@cache
def sound(path: Path, seconds: float = 60.0) -> Audio:
    whole = audio.load(path, Config().audio)
    return Audio(whole.samples[: round(seconds * whole.sample_rate)])


def gold(samples: Path) -> Transcript:
    """The words of the first minute of the visit."""
    whole = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    return Transcript((Segment(tuple(word for word in whole.words if word.end < 60)),))


def test_it_is_a_diarizer_that_encodes_voices() -> None:
    diarizer: Diarizer = engine()
    assert isinstance(diarizer, VoiceEncoder)
    assert len(diarizer.provenance.weights) == 2


def test_telemetry_is_off() -> None:
    engine()
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "false"


def test_two_voices_are_told_apart(samples: Path) -> None:
    annotation = engine().diarize(sound(samples / "visit.flac"))
    assert {turn.speaker for turn in annotation.turns} == {"VOICE_00", "VOICE_01"}
    words = gold(samples).words
    heard = assign.voices(words, annotation)
    first = words[0].speaker
    same = [(voice == heard[0]) == (word.speaker == first) for word, voice in zip(words, heard, strict=True)]
    assert np.mean(same) > 0.97


def test_one_voice_is_one_voice(samples: Path) -> None:
    annotation = engine().diarize(sound(samples / "dictation.flac"))
    assert {turn.speaker for turn in annotation.turns} == {"VOICE_00"}


def test_the_result_is_the_same_each_time_and_for_any_number_of_threads(samples: Path) -> None:
    start = sound(samples / "visit.flac", 20)
    config = Config()
    alone = Pyannote(config.model_copy(update={"diarization": config.diarization.model_copy(update={"threads": 1})}))
    assert engine().diarize(start) == engine().diarize(start) == alone.diarize(start)


def test_turns_lie_within_the_recording_and_progress_is_told(samples: Path) -> None:
    start = sound(samples / "visit.flac", 13)
    told: list[float] = []
    annotation = engine().diarize(start, on_progress=lambda stage, done, total: told.append(done / total))
    assert all(0 <= turn.start < turn.end <= start.duration for turn in annotation.turns)
    assert told == sorted(told)
    assert told[-1] <= 1


@pytest.mark.parametrize("seconds", [0.0, 0.2, 3.0, 25.0])
def test_silence_of_any_length_has_no_turns(seconds: float) -> None:
    assert engine().diarize(Audio(np.zeros(int(16_000 * seconds), dtype=np.float32))).turns == ()


def test_too_many_speakers_is_one_clear_error() -> None:
    with pytest.raises(EngineError, match="at most 8"):
        engine().diarize(Audio(np.zeros(16_000, dtype=np.float32)), num_speakers=9)


def test_pieces_too_short_have_no_voice(samples: Path) -> None:
    vectors = engine().embed(
        sound(samples / "visit.flac"), [Interval(1.0, 1.1), Interval(1.0, 3.0), Interval(900, 901)]
    )
    assert np.linalg.norm(vectors, axis=1).astype(bool).tolist() == [False, True, False]


def test_missing_weights_are_named(tmp_path: Path) -> None:
    config = Config()
    with pytest.raises(AssetError, match="scribe models fetch"):
        Pyannote(config.model_copy(update={"models": config.models.model_copy(update={"folder": str(tmp_path)})}))


def test_the_sample_visit_has_its_speakers_and_roles(samples: Path) -> None:
    told = gold(samples)
    roles = {told.words[0].speaker: Role.CLINICIAN}
    plain = tuple(Word(word.start, word.end, word.text) for word in told.words)
    found = attribute(Transcript((Segment(plain),)), sound(samples / "visit.flac"), engine(), Config())
    truth = [roles.get(word.speaker, Role.PATIENT) for word in told.words]
    assert np.mean([found.role_of(word.speaker) is role for word, role in zip(found.words, truth, strict=True)]) >= 0.97
