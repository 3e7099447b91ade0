"""Voiceprints: how a clinician sounds, and which speaker of a recording that is.

A voiceprint is the mean CAM++ embedding of some speech of one person. It can be compared with the voice of a speaker,
and nothing that was said can be got back from it; it is biometric data all the same, so it stays on this machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scribe.errors import InputError
from scribe.plugins import Diarizer, VoiceEncoder
from scribe.types import Audio, Interval, Provenance

Floats = NDArray[np.floating]

LEAST_SECONDS = 20.0  # of speech
CHUNK_SECONDS = 4.0  # of speech for one embedding
ONE_VOICE = 0.45  # least cosine of any chunk with the mean of the others
SECOND_SHARE = 0.1  # of the speech, from which a second voice counts
QUIET = -45.0  # dB of full scale, mean level of speech
CLIPPED = 0.001  # share of samples at full scale
# Two people in one room came as near as 0.57, one person in two halves of a recording was at 0.92 (docs/live.md).
SAME = 0.65  # cosine of a speaker with a voiceprint from which they may be one person...
AHEAD = 0.15  # ...and by which that speaker must be nearer to it than any other
LEAST_HEARD = 3.0  # seconds of a speaker that are compared


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """A voice. `vector` is never shown."""

    id: str
    name: str
    vector: tuple[float, ...] = field(repr=False)  # at length 1
    seconds: float  # of speech it was made of
    weights: str  # sha256 of the networks that made it: only their own embeddings can be compared
    at: datetime


def heard(audio: Audio, speech: Sequence[Interval], diarizer: Diarizer) -> tuple[Floats, float]:
    """The voice in `speech`, (dim,) at length 1, and how many seconds it was made of.

    Raises InputError where that is too little speech, too quiet or clipped, or more than one voice.
    """
    if not isinstance(diarizer, VoiceEncoder):
        raise InputError("this diarization engine has no voice embeddings: set diarization.engine to pyannote")
    seconds = sum(interval.duration for interval in speech)
    if seconds < LEAST_SECONDS:
        raise InputError(
            f"{seconds:.0f} s of speech were found: a voice needs {LEAST_SECONDS:.0f} s; speak as to a patient, alone"
        )
    _check_level(audio, speech)
    turns = diarizer.diarize(audio).turns
    spoken: dict[str, float] = {}
    for turn in turns:
        spoken[turn.speaker] = spoken.get(turn.speaker, 0.0) + turn.end - turn.start
    several = [name for name, length in spoken.items() if length >= SECOND_SHARE * sum(spoken.values())]
    vectors = _unit(diarizer.embed(audio, list(_chunks(speech))))
    vectors = vectors[np.linalg.norm(vectors, axis=1) > 0]
    if len(several) > 1 or not _is_one(vectors):
        raise InputError("more than one voice is heard: record the clinician alone, and try again")
    return _unit(vectors.mean(axis=0)), seconds


def clinician(sound: Floats, seconds: Floats, names: Sequence[str], prints: Sequence[Voiceprint]) -> str | None:
    """The speaker whom a voiceprint knows; None where none is near enough, or two are.

    `sound` (pieces, dim) are embeddings at length 1, `seconds` (pieces,) how long each piece is, `names` the speaker of
    each piece.
    """
    voices: dict[str, Floats] = {}
    for name in dict.fromkeys(names):
        own = np.array([other == name for other in names])
        if sound.shape[1] and seconds[own].sum() >= LEAST_HEARD:
            voices[name] = _unit(np.average(sound[own], axis=0, weights=seconds[own]))
    likeness = {
        name: max((float(voice @ np.array(item.vector)) for item in prints), default=-1.0)
        for name, voice in voices.items()
    }
    ranked = sorted(likeness, key=lambda name: -likeness[name])
    if not ranked or likeness[ranked[0]] < SAME:
        return None
    if len(ranked) > 1 and likeness[ranked[0]] - likeness[ranked[1]] < AHEAD:
        return None
    return ranked[0]


def weights(provenance: Provenance) -> str:
    """One sha256 for the networks behind embeddings."""
    return hashlib.sha256("".join(sha256 for _, sha256 in provenance.weights).encode()).hexdigest()


def usable(prints: Sequence[Voiceprint], provenance: Provenance) -> tuple[Voiceprint, ...]:
    """Those made by the same networks: others cannot be compared."""
    return tuple(item for item in prints if item.weights == weights(provenance))


def _check_level(audio: Audio, speech: Sequence[Interval]) -> None:
    rate = audio.sample_rate
    spoken = np.concatenate([audio.samples[round(one.start * rate) : round(one.end * rate)] for one in speech])
    level = 10 * np.log10(max(float(np.square(spoken).mean()), 1e-12))
    if level < QUIET:
        raise InputError(f"the recording is too quiet ({level:.0f} dB): come nearer to the microphone, and try again")
    if float((np.abs(spoken) >= 0.999).mean()) > CLIPPED:
        raise InputError("the recording is too loud and distorted: turn the microphone down, and try again")


def _chunks(speech: Sequence[Interval]) -> list[Interval]:
    """Speech in parts of at most `CHUNK_SECONDS`."""
    parts = []
    for interval in speech:
        count = max(round(interval.duration / CHUNK_SECONDS), 1)
        edges = np.linspace(interval.start, interval.end, count + 1)
        parts += [Interval(float(start), float(end)) for start, end in pairwise(edges)]
    return [part for part in parts if part.duration >= 1.0]


def _is_one(vectors: Floats) -> bool:
    """Whether nearly every chunk sounds like the others."""
    if len(vectors) < 2:
        return len(vectors) == 1
    total = vectors.sum(axis=0)
    likeness = np.array([float(vector @ _unit(total - vector)) for vector in vectors])
    return float(np.quantile(likeness, 0.1)) >= ONE_VOICE


def _unit(vectors: Floats) -> Floats:
    out: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return out
