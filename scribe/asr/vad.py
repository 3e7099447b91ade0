"""Where somebody speaks: the Silero voice activity model, run over any length of sound in bounded memory.

The model is the ONNX file that ships inside the faster-whisper package. It reads 32 ms frames and carries its state
from one to the next, so blocks give the same answer as the whole recording at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scribe.errors import EngineError
from scribe.types import Audio, Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME = 512  # samples: what the model reads at a time
CONTEXT = 64  # samples of the frame before, which it also reads
SECONDS_PER_FRAME = FRAME / 16_000
BLOCK = 1_000  # frames run at once: 32 s

# Silero's own settings, but for a shorter silence and a level floor (Whisper invents words for near-silence).
THRESHOLD = 0.5  # speech begins at this probability
KEEP = 0.35  # and goes on down to this one
MIN_SILENCE = 0.6  # seconds; shorter pauses do not end speech
PAD = 0.4  # seconds of sound kept on each side
FLOOR = 10 ** (-70 / 20)  # RMS of full scale, -70 dB: below it there is no voice, whatever the model says


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """The probability of speech in each 32 ms frame of a recording."""

    probabilities: NDArray[np.float32]  # (frame,), 0 to 1
    duration: float  # seconds of the recording

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Stretches of speech in order, padded, without overlap, within the recording."""
        return padded(spoken(self.probabilities), self.duration)

    def share(self, interval: Interval) -> float:
        """Share of the frames in `interval` in which somebody speaks, 0 to 1; 0 where it holds no frame."""
        first = int(interval.start / SECONDS_PER_FRAME)
        last = int(np.ceil(interval.end / SECONDS_PER_FRAME))
        frames = self.probabilities[first:last]
        return float((frames >= KEEP).mean()) if len(frames) else 0.0


def detect(audio: Audio) -> Speech:
    """Find speech in `audio` (16 kHz). Raises EngineError where the model is not installed."""
    return Speech(_probabilities(audio.samples), audio.duration)


def spoken(probabilities: NDArray[np.float32]) -> list[Interval]:
    """Runs of frames that begin at `THRESHOLD` and end with `MIN_SILENCE` below `KEEP`, in seconds, not padded."""
    runs: list[Interval] = []
    min_frames = MIN_SILENCE / SECONDS_PER_FRAME
    start: int | None = None
    quiet_since: int | None = None
    for at, probability in enumerate(probabilities):
        if probability >= THRESHOLD:
            start, quiet_since = at if start is None else start, None
        elif start is not None and probability < KEEP:
            quiet_since = at if quiet_since is None else quiet_since
            if at - quiet_since >= min_frames:
                runs.append(Interval(start * SECONDS_PER_FRAME, quiet_since * SECONDS_PER_FRAME))
                start, quiet_since = None, None
    if start is not None:
        end = len(probabilities) if quiet_since is None else quiet_since
        runs.append(Interval(start * SECONDS_PER_FRAME, end * SECONDS_PER_FRAME))
    return runs


def padded(runs: list[Interval], duration: float) -> tuple[Interval, ...]:
    """Widen each run by `PAD`; two runs closer than that share the silence between them, half each."""
    intervals = []
    for at, run in enumerate(runs):
        before = run.start - (runs[at - 1].end if at else 0.0)
        after = (runs[at + 1].start if at + 1 < len(runs) else duration) - run.end
        start = run.start - (min(PAD, before / 2) if at else min(PAD, before))
        end = run.end + (min(PAD, after / 2) if at + 1 < len(runs) else min(PAD, after))
        intervals.append(Interval(max(start, 0.0), min(end, duration)))
    return tuple(interval for interval in intervals if interval.end > interval.start)


def _probabilities(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probability of speech per frame, shape (frame,); the last frame is filled up with silence."""
    session = _session()
    state = {name: np.zeros((1, 1, 128), np.float32) for name in ("h", "c")}
    context = np.zeros(CONTEXT, np.float32)
    found = []
    for start in range(0, len(samples), FRAME * BLOCK):
        block = samples[start : start + FRAME * BLOCK]
        block = np.pad(block, (0, -len(block) % FRAME))
        frames = block.reshape(-1, FRAME)
        before = np.vstack([context, frames[:-1, -CONTEXT:]])  # (frame, CONTEXT)
        context = frames[-1, -CONTEXT:]
        output, state["h"], state["c"] = session.run(None, {"input": np.hstack([before, frames]), **state})
        loud = np.sqrt(np.square(frames).mean(axis=1)) >= FLOOR
        found.append(np.where(loud, output.reshape(-1), 0.0).astype(np.float32))
    return np.concatenate(found) if found else np.empty(0, np.float32)


def _session() -> Any:
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])


def _model() -> Path:
    """The ONNX file inside the faster-whisper package, found without importing it."""
    spec = find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for file in sorted(Path(folder, "assets").glob("silero_vad*.onnx")):
            return file
    raise EngineError("the voice activity model is missing: pip install 'faster-whisper>=1.2.1'")
