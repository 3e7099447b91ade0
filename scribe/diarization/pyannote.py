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
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from scribe import assets
from scribe.config import Config
from scribe.diarization import campplus
from scribe.diarization.following import SHORTEST_SECONDS, STEP_SECONDS, STRETCH_SECONDS, Following
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Annotation, Audio, Interval, Provenance

SEGMENTATION = "segmentation-3.0"
EMBEDDING = "campplus"

BATCH = 8  # stretches segmented at once; more is not faster on a CPU
LONGEST_SECONDS = 5.0  # an embedding of more speech is not better, only slower

Floats = NDArray[np.float32]
S = TypeVar("S")
T = TypeVar("T")


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

    def follow(self) -> Following:
        """Begin with a new recording, to be worked through while it goes on."""
        return Following(self)

    def diarize(
        self, audio: Audio, *, num_speakers: int | None = None, on_progress: OnProgress = no_progress
    ) -> Annotation:
        """Turns by voice, `VOICE_00` the one who speaks most; turns overlap where people speak at once.

        Raises EngineError where more voices are asked for than can be told apart.
        """
        return self.follow().diarize(audio, num_speakers=num_speakers, on_progress=on_progress)

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        """How the voice sounds in each piece: (pieces, 192), zeros where a piece is too short to tell."""

        def one(piece: Interval) -> Floats:
            start, end = (max(round(time * audio.sample_rate), 0) for time in (piece.start, piece.end))
            samples = audio.samples[start : min(end, start + round(LONGEST_SECONDS * audio.sample_rate))]
            if len(samples) < SHORTEST_SECONDS * audio.sample_rate:
                return np.zeros(campplus.DIMENSION, dtype=np.float32)
            return self._embed(campplus.features(torch.from_numpy(samples)))

        out = np.zeros((len(pieces), campplus.DIMENSION), dtype=np.float32)
        for at, vector in enumerate(_spread(one, pieces, self._threads)):
            out[at] = vector
            on_progress("diarization", 0.8 + 0.2 * (at + 1) / len(pieces), 1)
        return out

    @property
    def frame(self) -> float:
        """Seconds from one frame of a stretch to the next."""
        return float(self._segmentation.model.receptive_field.step)

    def segment(self, audio: Audio, stretches: Sequence[int]) -> Iterator[NDArray[np.bool_]]:
        """Which local speakers are active in each frame of each stretch: (frames, local speakers) for each."""
        length, step = (round(seconds * audio.sample_rate) for seconds in (STRETCH_SECONDS, STEP_SECONDS))

        def batch(first: int) -> NDArray[np.bool_]:
            chosen = stretches[first : first + BATCH]
            chunks = np.zeros((len(chosen), 1, length), dtype=np.float32)
            for chunk, at in zip(chunks, chosen, strict=True):
                samples = audio.samples[at * step : at * step + length]
                chunk[0, : len(samples)] = samples
            return np.asarray(self._segmentation.infer(torch.from_numpy(chunks)) > 0.5)

        for found in _spread(batch, range(0, len(stretches), BATCH), self._threads):
            yield from found

    def embed_stretches(
        self, audio: Audio, stretches: Sequence[int], active: Sequence[NDArray[np.bool_]]
    ) -> Iterator[tuple[Floats, Floats]]:
        """For each stretch the embeddings (locals, 192) of its local speakers, and the seconds (locals,) in each."""

        def one(index: int) -> tuple[Floats, Floats]:
            frames, local = active[index].shape
            first, length = (
                round(seconds * audio.sample_rate) for seconds in (stretches[index] * STEP_SECONDS, frames * self.frame)
            )
            samples = audio.samples[first : first + length]
            embeddings = np.zeros((local, campplus.DIMENSION), dtype=np.float32)
            seconds = np.zeros(local, dtype=np.float32)
            alone = active[index] & (active[index].sum(axis=1, keepdims=True) == 1)
            if alone.any() and len(samples) >= SHORTEST_SECONDS * audio.sample_rate:
                bank = campplus.features(torch.from_numpy(samples))
                for speaker in range(local):
                    chosen = _frames_of(alone[:, speaker], self.frame, len(bank))
                    if len(chosen) >= 100 * SHORTEST_SECONDS:
                        embeddings[speaker] = self._embed(bank[chosen])
                        seconds[speaker] = alone[:, speaker].sum() * self.frame
            return embeddings, seconds

        yield from _spread(one, range(len(stretches)), self._threads)

    def _embed(self, bank: torch.Tensor) -> Floats:
        """(frames, 80) -> (192,)."""
        out: Floats = self._embedding((bank - bank.mean(dim=0)).unsqueeze(0))[0].numpy()
        return out


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
