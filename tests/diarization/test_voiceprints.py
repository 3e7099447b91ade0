"""Which speaker a voiceprint knows, and which recordings make one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scribe import audio, serial
from scribe.asr import vad
from scribe.config import Config
from scribe.diarization import voiceprints
from scribe.diarization.attribute import attribute
from scribe.diarization.pyannote import Pyannote
from scribe.diarization.voiceprints import Voiceprint
from scribe.errors import InputError
from scribe.types import Audio, Interval, Role, Segment, Transcript, Word

ANN, BEN = np.eye(2)
BETWEEN = np.array([0.72, 0.694])
RATE = 16_000


def known(vector: np.ndarray, weights: str = "w") -> Voiceprint:
    return Voiceprint("id", "Ann", tuple(vector), 30.0, weights, datetime(2026, 1, 1, tzinfo=UTC))


def test_the_speaker_who_sounds_like_the_print_is_found() -> None:
    sound, seconds = np.stack([ANN, BEN, ANN, BEN]), np.full(4, 2.0)
    assert voiceprints.clinician(sound, seconds, ["x", "y", "x", "y"], [known(BEN)]) == "y"
    assert voiceprints.clinician(sound, seconds, ["x", "y", "x", "y"], [known(-ANN), known(ANN)]) == "x"


def test_nobody_is_found_where_nobody_is_near_or_two_are() -> None:
    sound, seconds = np.stack([ANN, BEN]), np.full(2, 5.0)
    assert voiceprints.clinician(sound, seconds, ["x", "y"], [known(-ANN)]) is None
    assert voiceprints.clinician(sound, seconds, ["x", "y"], [known(BETWEEN)]) is None
    assert voiceprints.clinician(sound, seconds, ["x", "y"], []) is None


def test_a_lone_speaker_who_is_only_somewhat_like_the_print_is_not_taken_for_it() -> None:
    somewhat = np.array([0.57, 0.82])
    assert voiceprints.clinician(np.stack([ANN]), np.array([9.0]), ["x"], [known(somewhat)]) is None
    assert voiceprints.clinician(np.stack([ANN]), np.array([9.0]), ["x"], [known(BETWEEN)]) == "x"


def test_who_hardly_spoke_is_not_compared() -> None:
    assert voiceprints.clinician(np.stack([ANN, BEN]), np.array([1.0, 9.0]), ["x", "y"], [known(ANN)]) is None
    assert voiceprints.clinician(np.zeros((2, 0)), np.array([5.0, 9.0]), ["x", "y"], [known(ANN)]) is None


# --- with the networks


@cache
def engine() -> Pyannote:
    return Pyannote(Config())


@cache
def visit(samples: Path) -> tuple[Audio, Transcript]:
    gold = serial.loads((samples / "visit.gold.json").read_text(encoding="utf-8"), Transcript)
    return audio.load(samples / "visit.flac", Config().audio), gold


def alone(samples: Path, role: Role, until: float = 200.0) -> Audio:
    """What one of the two says in the visit, joined."""
    sound, gold = visit(samples)
    words = [word for word in gold.words if gold.role_of(word.speaker) is role and word.end < until]
    return Audio(np.concatenate([sound.samples[round(w.start * RATE) : round(w.end * RATE)] for w in words]))


def whole(sound: Audio) -> list[Interval]:
    return [Interval(0.0, sound.duration)]


def print_of(samples: Path, role: Role) -> Voiceprint:
    sound = alone(samples, role)
    vector, _ = voiceprints.heard(sound, whole(sound), engine())
    return known(vector, voiceprints.weights(engine().provenance))


@pytest.mark.weights
@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.PATIENT])
def test_whoever_is_enrolled_is_the_clinician(samples: Path, role: Role) -> None:
    sound, gold = visit(samples)
    start = Audio(sound.samples[: 60 * RATE])
    words = tuple(word for word in gold.words if word.end < 60)
    plain = Transcript((Segment(tuple(Word(word.start, word.end, word.text) for word in words)),))
    found = attribute(plain, start, engine(), Config(), prints=[print_of(samples, role)])
    clinicians = [found.role_of(word.speaker) is Role.CLINICIAN for word in found.words]
    truth = [gold.role_of(word.speaker) is role for word in words]
    assert np.mean(np.array(clinicians) == np.array(truth)) > 0.97


@pytest.mark.weights
def test_a_print_of_other_networks_changes_nothing(samples: Path) -> None:
    other = known(np.array(print_of(samples, Role.PATIENT).vector), "another network")
    assert voiceprints.usable([other], engine().provenance) == ()


@pytest.mark.weights
def test_recordings_that_make_no_voiceprint_are_refused(samples: Path) -> None:
    sound, _ = visit(samples)
    clinician = alone(samples, Role.CLINICIAN)
    refused = {
        "a voice needs 20 s": Audio(clinician.samples[: 15 * RATE]),
        "too quiet": Audio(clinician.samples * 0.003),
        "distorted": Audio(np.clip(clinician.samples * 60, -1, 1)),
        "more than one voice": Audio(sound.samples[: 60 * RATE]),
    }
    for message, bad in refused.items():
        with pytest.raises(InputError, match=message):
            voiceprints.heard(bad, whole(bad), engine())


@pytest.mark.weights
def test_a_dictation_is_one_voice(samples: Path) -> None:
    sound = audio.load(samples / "dictation.flac", Config().audio)
    sound = Audio(sound.samples[: 40 * RATE])
    vector, seconds = voiceprints.heard(sound, vad.detect(sound).intervals, engine())
    assert seconds > 20
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
