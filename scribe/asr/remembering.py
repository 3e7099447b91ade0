"""An engine that remembers what it was asked: so work done while the recording went on is not done again at its end.

The record of a visit is what `transcribe.transcribe` makes of the whole recording, whether somebody watched or not. It
asks its engine about the same stretches in the same way, so the answers can be had beforehand, one by one (`record`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from scribe.asr import windows
from scribe.config import Config
from scribe.plugins import AsrEngine, Listening, OnProgress, Relistener, no_progress
from scribe.types import Audio, Interval, Provenance, Segment

Key = tuple[tuple[int, int], ...]


def _key(pieces: Sequence[Interval]) -> Key:
    """Pieces to the millisecond."""
    return tuple((round(piece.start * 1000), round(piece.end * 1000)) for piece in pieces)


class Remembering:
    """`AsrEngine` for one recording, over an engine that need not know it."""

    def __init__(self, engine: AsrEngine, config: Config) -> None:
        self._engine = engine
        self._limit = windows.limit(config.asr)
        self._decoded: dict[Key, tuple[Segment, ...]] = {}

    @property
    def provenance(self) -> Provenance:
        """That of the engine."""
        return self._engine.provenance

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        """Words with times and probabilities, in order of time; each block is decoded once."""
        for block in windows.blocks(audio, speech, self._limit):
            key = _key(block.pieces)
            if key not in self._decoded:
                self._decoded[key] = tuple(self._engine.transcribe(audio, speech=block.pieces))
            yield from self._decoded[key]
            on_progress("asr", block.pieces[-1].end, audio.duration)

    def forget(self, interval: Interval) -> None:
        """What was heard in `interval` (seconds) is no longer what is there."""
        self._decoded = {key: found for key, found in self._decoded.items() if not _touches(key, interval)}


class RememberingRelistener(Remembering):
    """The same over an engine that can listen again."""

    def __init__(self, engine: AsrEngine, relistener: Relistener, config: Config) -> None:
        super().__init__(engine, config)
        self._relistener = relistener
        self._listened: dict[Key, _Listened] = {}

    def listen(self, audio: Audio, pieces: Sequence[Interval]) -> Listening:
        """As the engine's own; each question is put to it once."""
        known = self._listened.setdefault(_key(pieces), _Listened())
        return _Again(known, lambda: self._relistener.listen(audio, pieces))

    def forget(self, interval: Interval) -> None:
        """What was heard in `interval` (seconds) is no longer what is there."""
        super().forget(interval)
        self._listened = {key: found for key, found in self._listened.items() if not _touches(key, interval)}


def remembering(engine: AsrEngine, config: Config) -> Remembering:
    """A memory of one recording for `engine`, that can listen again if the engine can."""
    if isinstance(engine, Relistener):
        return RememberingRelistener(engine, engine, config)
    return Remembering(engine, config)


def _touches(key: Key, interval: Interval) -> bool:
    return any(start < interval.end * 1000 and end > interval.start * 1000 for start, end in key)


class _Listened:
    """The answers about one stretch."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, ...], str] = {}
        self.weights: dict[str, float] = {}
        self.languages: Mapping[str, float] | None = None


class _Again:
    """`Listening` that takes the stretch in only where there is a question it was not asked before."""

    def __init__(self, known: _Listened, listen: Callable[[], Listening]) -> None:
        self._known, self._listen = known, listen
        self._taken_in: Listening | None = None

    @property
    def _listening(self) -> Listening:
        if self._taken_in is None:
            self._taken_in = self._listen()
        return self._taken_in

    def decode(self, terms: Sequence[str]) -> str:
        """What was said, recognised with `terms` in mind; no word is timed."""
        key = tuple(terms)
        if key not in self._known.texts:
            self._known.texts[key] = self._listening.decode(terms)
        return self._known.texts[key]

    def weigh(self, readings: Sequence[str]) -> tuple[float, ...]:
        """The natural log of the probability of each reading of the whole stretch, given its sound."""
        new = [text for text in dict.fromkeys(readings) if text not in self._known.weights]
        if new:
            self._known.weights.update(zip(new, self._listening.weigh(new), strict=True))
        return tuple(self._known.weights[text] for text in readings)

    def languages(self) -> Mapping[str, float]:
        """The probability of each language (two-letter code) being spoken."""
        if self._known.languages is None:
            self._known.languages = self._listening.languages()
        return self._known.languages
