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
    runs = Runs()
    runs.feed(probabilities)
    return runs.all


class Runs:
    """Runs of speech (see `spoken`), found frame by frame as the frames come."""

    def __init__(self) -> None:
        self.closed: list[Interval] = []
        self._frames = 0
        self._start: int | None = None
        self._quiet_since: int | None = None

    @property
    def open(self) -> Interval | None:
        """The run that goes on, up to the last frame in which somebody spoke."""
        if self._start is None:
            return None
        end = self._frames if self._quiet_since is None else self._quiet_since
        return Interval(self._start * SECONDS_PER_FRAME, end * SECONDS_PER_FRAME)

    @property
    def all(self) -> list[Interval]:
        """Every run, the open one as if it ended here."""
        return [*self.closed, *([self.open] if self.open else [])]

    def feed(self, probabilities: NDArray[np.float32]) -> None:
        """Go on with the next frames."""
        min_frames = MIN_SILENCE / SECONDS_PER_FRAME
        for at, probability in enumerate(probabilities.tolist(), start=self._frames):
            if probability >= THRESHOLD:
                self._start, self._quiet_since = at if self._start is None else self._start, None
            elif self._start is not None and probability < KEEP:
                self._quiet_since = at if self._quiet_since is None else self._quiet_since
                if at - self._quiet_since >= min_frames:
                    self.closed.append(Interval(self._start * SECONDS_PER_FRAME, self._quiet_since * SECONDS_PER_FRAME))
                    self._start, self._quiet_since = None, None
        self._frames += len(probabilities)


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
    detector, whole = _Detector(), len(samples) // FRAME * FRAME
    last = samples[whole:]
    ending = np.pad(last, (0, -len(last) % FRAME))  # padding all samples would copy hours of sound
    return np.concatenate([detector.judge(samples[:whole]), detector.judge(ending)])


class _Detector:
    """The model and the state it carries from one frame to the next."""

    def __init__(self) -> None:
        self._session = _session()
        self._state = {name: np.zeros((1, 1, 128), np.float32) for name in ("h", "c")}
        self._context = np.zeros(CONTEXT, np.float32)

    def judge(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of speech for each of the whole frames in `samples` (time,), which follow those before."""
        found = []
        for start in range(0, len(samples), FRAME * BLOCK):
            frames = samples[start : start + FRAME * BLOCK].reshape(-1, FRAME)
            before = np.vstack([self._context, frames[:-1, -CONTEXT:]])  # (frame, CONTEXT)
            self._context = frames[-1, -CONTEXT:].copy()
            read = {"input": np.hstack([before, frames]), **self._state}
            output, self._state["h"], self._state["c"] = self._session.run(None, read)
            loud = np.sqrt(np.square(frames).mean(axis=1)) >= FLOOR
            found.append(np.where(loud, output.reshape(-1), 0.0).astype(np.float32))
        return np.concatenate(found) if found else np.empty(0, np.float32)


class Growing:
    """Speech in a recording that goes on: every frame is judged once, when it is whole."""

    def __init__(self) -> None:
        self.runs = Runs()
        self._detector = _Detector()
        self._rest = np.empty(0, np.float32)
        self._samples = 0
        self._probabilities = np.empty(1024, np.float32)
        self._frames = 0

    @property
    def heard(self) -> float:
        """Seconds up to which frames are judged."""
        return self._frames * SECONDS_PER_FRAME

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of speech in each frame so far, (frame,); a view, to be read only."""
        return self._probabilities[: self._frames]

    @property
    def so_far(self) -> Speech:
        """What is known now, as of a recording that ends here."""
        return Speech(self.probabilities, self.heard)

    def feed(self, samples: NDArray[np.float32]) -> None:
        """The next samples, (time,)."""
        self._samples += len(samples)
        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // FRAME * FRAME
        if whole:
            self._add(self._detector.judge(self._rest[:whole]))
            self._rest = self._rest[whole:]

    def finish(self) -> Speech:
        """The recording has ended: the same as `detect` finds in the whole of it."""
        if len(self._rest):
            self._add(self._detector.judge(np.pad(self._rest, (0, -len(self._rest) % FRAME))))
            self._rest = self._rest[:0]
        return Speech(self.probabilities.copy(), self._samples / (FRAME / SECONDS_PER_FRAME))

    def settled(self, first: int = 0) -> list[Interval]:
        """The padded stretches of speech from the run number `first` on that nothing heard later can change."""
        closed, going = self.runs.closed, self.runs.open
        known = closed if going or not closed or self.heard - closed[-1].end >= 2 * PAD else closed[:-1]
        around = [*closed[max(first - 1, 0) :], *([going] if going else [])]
        done = padded(around, self.heard)[min(first, 1) :]
        return list(done[: max(len(known) - first, 0)])

    def erase(self, interval: Interval) -> None:
        """Nobody is to have spoken in `interval`: what was heard there is dropped."""
        first, last = (round(time / SECONDS_PER_FRAME) for time in (interval.start, interval.end))
        self.probabilities[first:last] = 0.0
        self.runs = Runs()
        self.runs.feed(self.probabilities)

    def _add(self, probabilities: NDArray[np.float32]) -> None:
        end = self._frames + len(probabilities)
        if end > len(self._probabilities):
            self._probabilities = np.resize(self._probabilities, max(end, 2 * len(self._probabilities)))
        self._probabilities[self._frames : end] = probabilities
        self._frames = end
        self.runs.feed(probabilities)


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
