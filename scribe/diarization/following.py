"""Who spoke when in one recording, found while it goes on or all at once: what is computed is kept.

The networks work on overlapping stretches of ten seconds, each by itself, and that is nearly all of the work. So a
stretch is taken in once it is whole; names for the voices, which need all stretches, are found anew whenever somebody
asks, in a moment. Whether the recording was followed or not, the turns are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scribe.diarization import clustering, stitching
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Annotation, Audio, Interval, Provenance

STRETCH_SECONDS = 10.0  # what the segmentation network was trained on
STEP_SECONDS = 2.5  # from one stretch to the next
SHORTEST_SECONDS = 0.4  # of speech for one embedding: 40 frames, and the network needs 30
AT_ONCE = 4  # stretches that one `hear` takes in: 10 s of the recording

Floats = NDArray[np.float32]


class Networks(Protocol):
    """The networks that work on stretches; stretch `n` begins at `n * STEP_SECONDS`."""

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""

    @property
    def frame(self) -> float:
        """Seconds from one frame of a stretch to the next."""

    def segment(self, audio: Audio, stretches: Sequence[int]) -> Iterable[NDArray[np.bool_]]:
        """Which local speakers are active in each frame of each stretch: (frames, local speakers) for each."""

    def embed_stretches(
        self, audio: Audio, stretches: Sequence[int], active: Sequence[NDArray[np.bool_]]
    ) -> Iterable[tuple[Floats, Floats]]:
        """For each stretch the embeddings (locals, dim) of its local speakers, and the seconds (locals,) in each."""

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        """How the voice sounds in each piece: (pieces, dim), zeros where a piece is too short to tell."""


class Following:
    """A `Follower`: diarizer and voice encoder of one recording."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._active: dict[int, NDArray[np.bool_]] = {}  # by stretch
        self._voices: dict[int, tuple[Floats, Floats]] = {}  # embeddings and seconds, by stretch
        self._pieces: dict[tuple[int, int], Floats] = {}  # by first and last sample

    @property
    def provenance(self) -> Provenance:
        """That of the networks."""
        return self._networks.provenance

    def due(self, audio: Audio) -> bool:
        """Whether stretches of the recording so far are whole and not taken in yet."""
        return bool(self._missing(audio))

    def hear(self, audio: Audio) -> None:
        """Take in a few of them."""
        for _ in self._take_in(audio, self._missing(audio)[:AT_ONCE]):
            pass

    def _missing(self, audio: Audio) -> list[int]:
        return [at for at in range(_whole(audio)) if at not in self._voices]

    def forget(self, interval: Interval) -> None:
        """The sound of `interval` (seconds) is no longer what it was."""
        for at in [at for at in self._voices if _overlap(Interval(*_bounds(at)), interval)]:
            del self._active[at], self._voices[at]
        rate = 16_000
        self._pieces = {
            key: found
            for key, found in self._pieces.items()
            if not _overlap(Interval(key[0] / rate, key[1] / rate), interval)
        }

    def diarize(
        self, audio: Audio, *, num_speakers: int | None = None, on_progress: OnProgress = no_progress
    ) -> Annotation:
        """Turns by voice, `VOICE_00` the one who speaks most; turns overlap where people speak at once.

        Raises EngineError where more voices are asked for than can be told apart.
        """
        if num_speakers is not None and not 1 <= num_speakers <= clustering.MAX_SPEAKERS:
            raise EngineError(f"diarization tells at most {clustering.MAX_SPEAKERS} voices apart, not {num_speakers}")
        if audio.duration < SHORTEST_SECONDS:
            return Annotation(())
        stretches = range(_all(audio))
        for done in self._take_in(audio, [at for at in stretches if at not in self._voices]):
            on_progress("diarization", 0.8 * done, 1)
        active = np.stack([self._active[at] for at in stretches])
        embeddings = np.stack([self._voices[at][0] for at in stretches])
        seconds = np.stack([self._voices[at][1] for at in stretches])
        for at in stretches[_whole(audio) :]:  # they go on
            del self._active[at], self._voices[at]
        if not (seconds > 0).any():
            return Annotation(())
        return _name(active, self._networks.frame, embeddings, seconds, num_speakers, audio.duration)

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        """How the voice sounds in each piece, (pieces, dim), zeros where a piece is too short to tell."""
        keys = [_samples(piece, audio.sample_rate) for piece in pieces]
        missing = [at for at, key in enumerate(keys) if key not in self._pieces]
        found = self._networks.embed(audio, [pieces[at] for at in missing], on_progress=on_progress)
        self._pieces.update((keys[at], vector) for at, vector in zip(missing, found, strict=True))
        return np.stack([self._pieces[key] for key in keys]) if keys else found

    def _take_in(self, audio: Audio, stretches: Sequence[int]) -> Iterator[float]:
        """Work through stretches; tells the share that is done."""
        active = []
        for found in self._networks.segment(audio, stretches):
            active.append(found)
            yield 0.25 * len(active) / len(stretches)
        voices = self._networks.embed_stretches(audio, stretches, active)
        for done, (at, found, voice) in enumerate(zip(stretches, active, voices, strict=True), start=1):
            self._active[at], self._voices[at] = found, voice
            yield 0.25 + 0.75 * done / len(stretches)


def _all(audio: Audio) -> int:
    """How many stretches cover the recording; the last may reach beyond its end."""
    length, step = (round(seconds * audio.sample_rate) for seconds in (STRETCH_SECONDS, STEP_SECONDS))
    return 1 + max(0, -(-(len(audio.samples) - length) // step))


def _whole(audio: Audio) -> int:
    """How many of them end within it."""
    length, step = (round(seconds * audio.sample_rate) for seconds in (STRETCH_SECONDS, STEP_SECONDS))
    return max(0, 1 + (len(audio.samples) - length) // step)


def _bounds(stretch: int) -> tuple[float, float]:
    return stretch * STEP_SECONDS, stretch * STEP_SECONDS + STRETCH_SECONDS


def _samples(piece: Interval, rate: int) -> tuple[int, int]:
    return round(piece.start * rate), round(piece.end * rate)


def _overlap(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end


def _name(
    active: NDArray[np.bool_],
    frame: float,
    embeddings: Floats,
    seconds: Floats,
    num_speakers: int | None,
    duration: float,
) -> Annotation:
    """Turns from the local speakers of each stretch, (stretches, frames, locals), and how they sound."""
    known = seconds > 0
    row = np.cumsum(known).reshape(known.shape) - 1  # of each (stretch, local speaker) among the known
    pairs = [
        (row[at, one], row[at, other])
        for at in range(len(known))
        for one in range(known.shape[1])
        for other in range(one)
        if seconds[at, one] >= 1.0 and seconds[at, other] >= 1.0
    ]
    together = np.array(pairs, dtype=int).reshape(-1, 2)
    voices = clustering.centroids(embeddings[known], seconds[known], together, num_speakers)
    similarity = clustering.unit(embeddings) @ voices.T
    step = STEP_SECONDS / frame
    named = stitching.assign(active, similarity, round(step), frame)
    share = stitching.activity(active, named, len(voices), step)
    return stitching.turns(share, frame, duration)
