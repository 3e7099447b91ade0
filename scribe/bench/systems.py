"""One recogniser, measured with and without its uses of the vocabulary: the same weights, the same first decoding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scribe import pipeline
from scribe.asr import transcribe
from scribe.bench import baseline
from scribe.config import Config
from scribe.plugins import AsrEngine, Listening, OnProgress, Relistener, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Transcript

PLAIN, BOTH = "first_pass", "both"
USES = {  # row of the table: (asr.bias, asr.repair)
    PLAIN: (False, False),
    "bias": (True, False),
    "repair": (False, True),
    BOTH: (True, True),
}
RAW = {"raw": False, "raw_vad": True}  # row of the table: voice activity detection of faster-whisper's own


@dataclass(frozen=True, slots=True)
class Timed:
    """A transcript, and the seconds it took after the first decoding."""

    transcript: Transcript
    seconds: float


@dataclass(frozen=True, slots=True)
class Systems:
    """The recogniser of `config` in each of `USES`, on one engine."""

    engine: AsrEngine
    config: Config

    def transcripts(self, audio: Audio, uses: Sequence[str] = tuple(USES)) -> dict[str, Timed]:
        """What each of `uses` makes of a recording, and what it costs; the first decoding is shared, and not timed."""
        engine = remembering(self.engine)
        transcribe.transcribe(audio, engine, with_use(self.config, PLAIN))
        return {use: _timed(audio, engine, with_use(self.config, use)) for use in uses}

    def transcript(self, audio: Audio, use: str = BOTH) -> Transcript:
        """What one use makes of a recording, decoded anew."""
        return transcribe.transcribe(audio, self.engine, with_use(self.config, use))


def systems(config: Config) -> Systems:
    """The recogniser of `config`, loaded once. Raises what its engine raises."""
    return Systems(pipeline.engine("asr", config.asr.engine, config), config)


def with_use(config: Config, use: str) -> Config:
    """The settings of one row of `USES`."""
    bias, repair = USES[use]
    return config.model_copy(update={"asr": config.asr.model_copy(update={"bias": bias, "repair": repair})})


def raw(recording: Path, config: Config) -> dict[str, str]:
    """What faster-whisper writes with the same weights, as it comes and with its own voice activity detection."""
    return {row: baseline.transcribe(recording, config, vad=vad) for row, vad in RAW.items()}


def _timed(audio: Audio, engine: AsrEngine, config: Config) -> Timed:
    begun = time.perf_counter()
    transcript = transcribe.transcribe(audio, engine, config)
    return Timed(transcript, time.perf_counter() - begun)


def remembering(engine: AsrEngine) -> AsrEngine:
    """`engine`, which decodes a recording once however often it is asked; it still listens again if it could before."""
    return _Relistening(engine, engine) if isinstance(engine, Relistener) else _Remembering(engine)


class _Remembering:
    """`AsrEngine` that keeps the segments of its last recording."""

    def __init__(self, engine: AsrEngine) -> None:
        self._engine = engine
        self._last: tuple[Audio, tuple[Interval, ...], tuple[Segment, ...]] | None = None

    @property
    def provenance(self) -> Provenance:
        """That of the engine."""
        return self._engine.provenance

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        """The engine's segments, decoded at the first time of asking."""
        if self._last is None or self._last[0] is not audio or self._last[1] != tuple(speech):
            segments = tuple(self._engine.transcribe(audio, speech=speech, on_progress=on_progress))
            self._last = (audio, tuple(speech), segments)
        return iter(self._last[2])


class _Relistening(_Remembering):
    """The same, over an engine that listens again."""

    def __init__(self, engine: AsrEngine, relistener: Relistener) -> None:
        super().__init__(engine)
        self._relistener = relistener

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Listening:
        """As the engine does."""
        return self._relistener.listen(audio, pieces)
