"""Who spoke when, by voice: pyannote.audio's segmentation network and CAM++ embeddings, from local files.

The recording is cut into overlapping stretches of ten seconds. In each, segmentation-3.0 tells apart up to three
people, also where two speak at once. Each of them gets one embedding, made of the moments in which nobody else speaks.
The embeddings give the voices (`clustering`), and the voices give each stretch its names (`stitching`).

The default pipeline of pyannote.audio does the same in smaller steps, and embeds silent speakers too: eight times the
work for the same turns.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from scribe import assets
from scribe.config import Config
from scribe.diarization import campplus, clustering, stitching
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Annotation, Audio, Interval, Provenance

SEGMENTATION = "segmentation-3.0"
EMBEDDING = "campplus"

STRETCH_SECONDS = 10.0  # what the segmentation network was trained on
STEP_SECONDS = 2.5  # from one stretch to the next
BATCH = 8  # stretches segmented at once; more is not faster on a CPU
LONGEST_SECONDS = 5.0  # an embedding of more speech is not better, only slower
SHORTEST_SECONDS = 0.4  # of speech for one embedding: 40 frames, and the network needs 30

Floats = NDArray[np.float32]
S = TypeVar("S")
T = TypeVar("T")


class _Stretches(NamedTuple):
    """What the segmentation network says about each stretch of the recording."""

    active: NDArray[np.bool_]  # (stretches, frames, local speakers)
    frame: float  # seconds from one frame to the next
    step: float  # seconds from one stretch to the next


class Pyannote:
    """A `Diarizer` and `VoiceEncoder`: weights only, safe to share between calls."""

    def __init__(self, config: Config) -> None:
        """Load both networks. Raises AssetError where their weights are missing."""
        self._threads = config.diarization.threads or os.cpu_count() or 1
        self._segmentation = _load_segmentation(_single_file(SEGMENTATION, config, "*.bin"))
        self._embedding = campplus.load(_single_file(EMBEDDING, config, "*.pt"))
        self._provenance = Provenance(
            engine="pyannote",
            weights=assets.weights(SEGMENTATION) + assets.weights(EMBEDDING),
            versions=tuple((name, version(name)) for name in ("pyannote.audio", "torch")),
        )

    @property
    def provenance(self) -> Provenance:
        """Engine, weights and versions."""
        return self._provenance

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
        stretches = self._segment(audio, on_progress)
        embeddings, seconds = self._embed_stretches(audio, stretches, on_progress)
        if not (seconds > 0).any():
            return Annotation(())
        return _name(stretches, embeddings, seconds, num_speakers, audio.duration)

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        """How the voice sounds in each piece: (pieces, 192), zeros where a piece is too short to tell."""

        def one(piece: Interval) -> Floats:
            start, end = (round(time * audio.sample_rate) for time in (piece.start, piece.end))
            samples = audio.samples[max(start, 0) : end][: round(LONGEST_SECONDS * audio.sample_rate)]
            if len(samples) < SHORTEST_SECONDS * audio.sample_rate:
                return np.zeros(campplus.DIMENSION, dtype=np.float32)
            return self._embed(campplus.features(torch.from_numpy(samples)))

        out = np.zeros((len(pieces), campplus.DIMENSION), dtype=np.float32)
        for at, vector in enumerate(_spread(one, pieces, self._threads)):
            out[at] = vector
            on_progress("diarization", 0.8 + 0.2 * (at + 1) / len(pieces), 1)
        return out

    def _segment(self, audio: Audio, on_progress: OnProgress) -> _Stretches:
        """Which local speakers are active in each frame of each stretch."""
        length, step = (round(seconds * audio.sample_rate) for seconds in (STRETCH_SECONDS, STEP_SECONDS))
        count = 1 + max(0, -(-(len(audio.samples) - length) // step))

        def batch(first: int) -> NDArray[np.bool_]:
            chunks = np.zeros((min(BATCH, count - first), 1, length), dtype=np.float32)
            for at, chunk in enumerate(chunks):
                samples = audio.samples[(first + at) * step :][:length]
                chunk[0, : len(samples)] = samples
            return np.asarray(self._segmentation.infer(torch.from_numpy(chunks)) > 0.5)

        batches = []
        for found in _spread(batch, range(0, count, BATCH), self._threads):
            batches.append(found)
            on_progress("diarization", 0.2 * min(len(batches) * BATCH / count, 1.0), 1)
        frame = float(self._segmentation.model.receptive_field.step)
        return _Stretches(np.concatenate(batches), frame, STEP_SECONDS)

    def _embed_stretches(self, audio: Audio, stretches: _Stretches, on_progress: OnProgress) -> tuple[Floats, Floats]:
        """Embeddings (stretches, locals, 192) of the local speakers, and the seconds (stretches, locals) in each."""
        count, frames, local = stretches.active.shape
        length = round(frames * stretches.frame * audio.sample_rate)
        embeddings = np.zeros((count, local, campplus.DIMENSION), dtype=np.float32)
        seconds = np.zeros((count, local), dtype=np.float32)

        def one(at: int) -> None:
            samples = audio.samples[round(at * stretches.step * audio.sample_rate) :][:length]
            alone = stretches.active[at] & (stretches.active[at].sum(axis=1, keepdims=True) == 1)
            if not alone.any() or len(samples) < SHORTEST_SECONDS * audio.sample_rate:
                return
            bank = campplus.features(torch.from_numpy(samples))
            for speaker in range(local):
                chosen = _frames_of(alone[:, speaker], stretches.frame, len(bank))
                if len(chosen) >= 100 * SHORTEST_SECONDS:
                    embeddings[at, speaker] = self._embed(bank[chosen])
                    seconds[at, speaker] = alone[:, speaker].sum() * stretches.frame

        for done, _ in enumerate(_spread(one, range(count), self._threads), start=1):
            on_progress("diarization", 0.2 + 0.6 * done / count, 1)
        return embeddings, seconds

    def _embed(self, bank: torch.Tensor) -> Floats:
        """(frames, 80) -> (192,)."""
        out: Floats = self._embedding((bank - bank.mean(dim=0)).unsqueeze(0))[0].numpy()
        return out


def _name(
    stretches: _Stretches, embeddings: Floats, seconds: Floats, num_speakers: int | None, duration: float
) -> Annotation:
    """Turns from the local speakers of each stretch and how they sound."""
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
    step = stretches.step / stretches.frame
    named = stitching.assign(stretches.active, similarity, round(step), stretches.frame)
    share = stitching.activity(stretches.active, named, len(voices), step)
    return stitching.turns(share, stretches.frame, duration)


def _frames_of(alone: NDArray[np.bool_], frame: float, total: int) -> NDArray[np.intp]:
    """Feature frames (10 ms each) in which a speaker is alone; an even choice of them where there are many."""
    centres = ((np.arange(total) + 0.5) * 0.01 / frame).astype(int)
    chosen = np.flatnonzero(alone[np.minimum(centres, len(alone) - 1)])
    return chosen[: round(100 * LONGEST_SECONDS)]


def _load_segmentation(path: Path) -> Any:
    """pyannote.audio's sliding inference over the segmentation network; telemetry is switched off for good."""
    os.environ["PYANNOTE_METRICS_ENABLED"] = "false"  # read at import; on by default
    with warnings.catch_warnings():
        # It says that torchcodec or FFmpeg is missing: neither is used, the sound is decoded already.
        warnings.simplefilter("ignore")
        from pyannote.audio import Inference, Model

        model = Model.from_pretrained(path)
    if model is None:
        raise EngineError(f"{path} is no segmentation network: run `scribe models verify`")
    return Inference(model, duration=STRETCH_SECONDS, skip_aggregation=True)


def _single_file(asset: str, config: Config, pattern: str) -> Path:
    return next(assets.locate(asset, config.models).glob(pattern))


def _spread(work: Callable[[S], T], items: Iterable[S], threads: int) -> Iterator[T]:
    """The results of `work`, in order, done on `threads` threads.

    Each runs whole networks on its own. Threads inside the layers of networks as small as these wait for one another
    most of the time, and on a busy machine burn many times the work in waiting.
    """

    def quietly(item: S) -> T:
        with torch.inference_mode():  # holds for one thread only
            return work(item)

    before = torch.get_num_threads()
    torch.set_num_threads(1)  # the process's, so it is put back
    try:
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(quietly, items)
    finally:
        torch.set_num_threads(before)
