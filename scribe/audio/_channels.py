"""Many channels to one, so that nothing cancels out; and stretches that stand still to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Block: TypeAlias = "tuple[int, NDArray[np.float32]]"
"""A sample rate, and samples of shape (channel, time), full scale at 1.0."""

_BATCH = 32_768  # samples that are joined before their channels are mixed
_OPPOSED = -0.5  # correlation below which a channel is turned round before it is added
_FAINT = 1e-10  # mean square of a channel that says nothing about its phase
STILL = 0.2  # seconds: no room is silent to the last bit for so long
_EDGE = 0.5  # seconds: recorders start and end with some silence
_FEW = 4  # more still stretches than this, and the recorder itself mutes what is faint
_ABRUPT = 0.02  # step at both ends that no such recorder makes, full scale at 1.0


class Mixer:
    """The mean of the channels. One whose phase is opposite to that of the loudest is turned round first."""

    def __init__(self) -> None:
        self._signs: NDArray[np.float64] | None = None
        self.turned = 0  # samples in which a channel was turned round
        self.mixed = 0

    def mix(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """`block` (channel, time) to (time,)."""
        channels = len(block)
        if channels == 1:
            only: NDArray[np.float32] = block[0]
            return only
        if self._signs is None or len(self._signs) != channels:
            self._signs = np.ones(channels)
        wide = block.astype(np.float64)
        powers = np.square(wide).mean(axis=1)
        loudest = int(powers.argmax())
        if powers[loudest] > _FAINT:
            heard = powers > _FAINT
            products = (wide @ wide[loudest]) / wide.shape[1]
            likeness = products[heard] / np.sqrt(powers[heard] * powers[loudest])
            reference = self._signs[loudest]
            signs = self._signs[heard]
            signs[likeness < _OPPOSED] = -reference
            signs[likeness > -_OPPOSED] = reference
            self._signs[heard] = signs
        self.mixed += block.shape[1]
        if (self._signs < 0).any() and (self._signs > 0).any():
            self.turned += block.shape[1]
        mono: NDArray[np.float32] = ((self._signs @ wide) / channels).astype(np.float32)
        return mono


@dataclass(frozen=True, slots=True)
class _Run:
    start: float
    end: float
    step: float  # the smaller of the steps into it and out of it
    edge: bool = False  # at the start or the end of the recording


class Still:
    """Finds stretches in which no channel changes."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._last: NDArray[np.float32] | None = None  # (channel,)
        self._since: float | None = 0.0  # where the stretch that goes on now began; None: there is none
        self._step = 0.0  # the step into it
        self._moved = False
        self._at = 0.0

    def feed(self, block: NDArray[np.float32], rate: int, at: float) -> None:
        """The next `block` (channel, time), whose first sample is `at` seconds from the start."""
        if self._last is None or len(self._last) != len(block):
            self._last = block[:, 0]
            self._since = at if self._since is None else self._since
        joined = np.concatenate([self._last[:, None], block], axis=1)
        steps = np.abs(np.diff(joined, axis=1)).max(axis=0)  # (time,): step from the sample before
        moves = np.flatnonzero(steps)
        if len(moves):
            if self._since is not None:
                self._end(at + moves[0] / rate, float(steps[moves[0]]))
            quiet = np.flatnonzero(np.diff(moves) >= STILL * rate)
            for index in quiet:
                self._since, self._step = at + moves[index] / rate, float(steps[moves[index]])
                self._end(at + moves[index + 1] / rate, float(steps[moves[index + 1]]))
            self._since, self._step = at + moves[-1] / rate, float(steps[moves[-1]])
            self._moved = True
        self._last = block[:, -1]
        self._at = at + block.shape[1] / rate

    def skip(self) -> None:
        """What comes next does not follow: sound was missing between."""
        if self._since is not None and self._at:
            self._end(self._at, 1.0)
        self._since, self._step, self._last = None, 1.0, None

    def _end(self, end: float, step: float) -> None:
        start = self._since or 0.0
        if end - start >= STILL and len(self._runs) < 10_000:
            self._runs.append(_Run(start, end, min(step, self._step), edge=start == 0))
        self._since = None

    def found(self) -> list[tuple[float, float]]:
        """All stretches that no recorder makes: start and end."""
        if not self._moved:
            return []  # nothing but silence
        runs = list(self._runs)
        if self._since is not None and self._at - self._since >= STILL:
            runs.append(_Run(self._since, self._at, self._step, edge=True))
        few = len(runs) <= _FEW
        return [
            (run.start, run.end)
            for run in runs
            if (run.end - run.start >= _EDGE if run.edge else True) and (few or run.step >= _ABRUPT)
        ]


def silence(seconds: float, rate: int, channels: int) -> Iterator[Block]:
    """So many seconds of nothing."""
    left = round(seconds * rate)
    while left > 0:
        yield rate, np.zeros((channels, min(left, _BATCH)), np.float32)
        left -= _BATCH


def batched(blocks: Iterator[Block], mixer: Mixer) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Join blocks of one sample rate into longer ones, and their channels into one: a frame may be as short as 5 ms."""
    held: list[NDArray[np.float32]] = []
    held_rate, length = 0, 0
    for rate, block in blocks:
        if held and (rate != held_rate or len(block) != len(held[0]) or length >= _BATCH):
            yield held_rate, mixer.mix(np.concatenate(held, axis=1))
            held, length = [], 0
        held.append(block)
        held_rate, length = rate, length + block.shape[1]
    if held:
        yield held_rate, mixer.mix(np.concatenate(held, axis=1))
