"""Speech cut into blocks that an engine decodes one by one, so that memory and cost per hour do not grow with length.

A block is the speech of half a minute with longer silence taken out: silence is where Whisper invents words. Times
inside a block are mapped back to the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scribe import word_pieces
from scribe.config import AsrSettings
from scribe.plugins import OnProgress
from scribe.types import Audio, Interval, Segment, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK_SECONDS = 28.0  # Whisper reads 30 s at a time, filled up with silence
LONG_BLOCK_SECONDS = 300.0  # where the text before is to help: an error is carried on no further than this
PAUSE = 2.0  # seconds: a segment is cut where its words lie further apart
LONG_PAUSE = 0.5  # seconds beyond the sound kept around speech: how much longer a silence is changes nothing
_FULL = 0.6  # share of a block that must be filled before a pause may end it
_QUIET = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Block:
    """Stretches of a recording, in order, that are decoded as one."""

    pieces: tuple[Interval, ...]

    def samples(self, audio: Audio) -> NDArray[np.float32]:
        """The sound of the pieces, joined, shape (time,)."""
        rate = audio.sample_rate
        return np.concatenate(
            [audio.samples[round(piece.start * rate) : round(piece.end * rate)] for piece in self.pieces]
        )

    def located(self, words: Sequence[Word], not_before: float) -> tuple[Word, ...]:
        """Words with times inside the block, moved to their times in the recording.

        A word belongs to the piece that holds its middle and is kept within it. Times ascend, from `not_before` on.
        """
        found = []
        for word in words:
            piece, shift = self._piece_at((word.start + word.end) / 2)
            start = min(max(word.start + shift, piece.start, not_before), max(piece.end, not_before))
            end = max(min(word.end + shift, piece.end), start)
            found.append(replace(word, start=round(start, 3), end=round(end, 3)))
            not_before = found[-1].end
        return tuple(found)

    def _piece_at(self, time: float) -> tuple[Interval, float]:
        """The piece that holds `time` of the block, and what to add to a time of the block within it."""
        passed = 0.0
        for piece in self.pieces:
            if time < passed + piece.duration:
                break
            passed += piece.duration
        else:
            passed -= piece.duration
        return piece, piece.start - passed


def blocks(audio: Audio, speech: Sequence[Interval], limit: float) -> Iterator[Block]:
    """Pack `speech`, in order, into blocks of at most `limit` seconds, each ending at the longest pause near its end.

    A stretch of speech without a pause that is longer than that is cut where it is quietest.
    """
    packer = Packer(limit)
    for interval in speech:
        yield from packer.add(audio, interval)
    yield from packer.finish()


class Packer:
    """Packs stretches of speech into blocks as they come (see `blocks`)."""

    def __init__(self, limit: float) -> None:
        self._limit = limit  # seconds
        self._held: list[Interval] = []

    def add(self, audio: Audio, interval: Interval) -> Iterator[Block]:
        """The blocks that are full once `interval` follows what was added before."""
        for piece in _divided(audio, interval, self._limit):
            if _length(self._held) + piece.duration > self._limit:
                cut = _best_cut(self._held, self._limit)
                yield Block(tuple(self._held[:cut]))
                self._held = self._held[cut:]
            if self._held and _length(self._held) + piece.duration > self._limit:
                yield Block(tuple(self._held))
                self._held = []
            self._held.append(piece)

    def finish(self) -> Iterator[Block]:
        """What is left, as a block of its own."""
        if self._held:
            yield Block(tuple(self._held))
            self._held = []


def _best_cut(pieces: Sequence[Interval], limit: float) -> int:
    """How many of `pieces` to take: up to the longest pause once `_FULL` of `limit` is reached, or all."""
    pauses = [
        (min(pieces[at].start - pieces[at - 1].end, LONG_PAUSE), at)
        for at in range(1, len(pieces))
        if _length(pieces[:at]) >= _FULL * limit
    ]
    return max(pauses)[1] if pauses else len(pieces)


def _length(pieces: Sequence[Interval]) -> float:
    return sum(piece.duration for piece in pieces)


def _divided(audio: Audio, interval: Interval, limit: float) -> Iterator[Interval]:
    """`interval`, or its parts of at most `limit` seconds, each cut at the quietest place of its last quarter."""
    start = interval.start
    while interval.end - start > limit:
        cut = _quietest(audio, start + 0.75 * limit, start + limit)
        yield Interval(start, cut)
        start = cut
    yield Interval(start, interval.end)


def _quietest(audio: Audio, start: float, end: float) -> float:
    """Seconds at the middle of the quietest `_QUIET` seconds between `start` and `end`."""
    step = round(_QUIET * audio.sample_rate)
    samples = audio.samples[round(start * audio.sample_rate) : round(end * audio.sample_rate)]
    energy = np.square(samples[: len(samples) // step * step].reshape(-1, step)).mean(axis=1)
    return start + (float(energy.argmin()) + 0.5) * _QUIET


def limit(settings: AsrSettings) -> float:
    """Seconds of speech in a block."""
    return LONG_BLOCK_SECONDS if settings.condition_on_previous_text else BLOCK_SECONDS


def decoded(
    audio: Audio,
    speech: Sequence[Interval],
    decode: Callable[[NDArray[np.float32]], Iterable[Segment]],
    on_progress: OnProgress,
    *,
    limit: float = BLOCK_SECONDS,
) -> Iterator[Segment]:
    """Segments of `speech`, by blocks of at most `limit` seconds.

    `decode` gets the samples of a block and gives segments timed within it.
    """
    at = 0.0
    for block in blocks(audio, speech, limit):
        for segment in decode(block.samples(audio)):
            words = block.located(segment.words, not_before=at)
            at = words[-1].end
            yield replace(segment, words=words)
        on_progress("asr", block.pieces[-1].end, audio.duration)


def whole_words(heard: Iterable[Segment]) -> Iterator[Segment]:
    """What an engine heard, the pieces of each word joined, cut at pauses: nothing reads it before."""
    return cut_at_pauses(word_pieces.whole(heard))


def cut_at_pauses(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Cut segments where two words lie more than `PAUSE` apart: silence that was taken out lies between them."""
    for segment in segments:
        first = 0
        for at in range(1, len(segment.words)):
            if segment.words[at].start - segment.words[at - 1].end > PAUSE:
                yield replace(segment, words=segment.words[first:at])
                first = at
        yield replace(segment, words=segment.words[first:]) if first else segment
