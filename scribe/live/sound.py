"""The recording as a live session reads it: samples that grow, read where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from scribe.types import Audio, Interval, Mark, Mode

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 16_000  # hertz


class Recorded(Protocol):
    """What a session needs of a recording; `scribe.capture` has one, and the bench another."""

    @property
    def mode(self) -> Mode | None:
        """Visit or dictation; None: not known."""

    @property
    def samples(self) -> int:
        """How many samples can be read, as of the last `refresh`."""

    @property
    def state(self) -> str:
        """One of "recording", "interrupted", "finished"; asked anew each time."""

    @property
    def paused(self) -> bool:
        """Whether the writer has paused."""

    @property
    def marks(self) -> Sequence[Mark]:
        """Marked moments, by time."""

    @property
    def dropped(self) -> Sequence[Interval]:
        """What was dropped; it reads as silence."""

    def refresh(self) -> None:
        """Take in what was written since."""

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """Samples from `first` on, (time,); at most `count`."""

    def audio(self) -> Audio:
        """All of it."""


class _Samples:
    """The samples of a recording as an array that is read slice by slice and never held."""

    def __init__(self, recording: Recorded, count: int, silence: int) -> None:
        self._recording, self._count, self._silence = recording, count, silence

    def __len__(self) -> int:
        return self._count + self._silence

    def __getitem__(self, part: slice) -> NDArray[np.float32]:
        first, last, step = part.indices(len(self))
        if step != 1:
            raise IndexError("samples are read in one run")
        found = self._recording.read(first, max(min(last, self._count) - first, 0))
        return np.pad(found, (0, max(last - first, 0) - len(found))) if len(found) < last - first else found


def so_far(recording: Recorded, count: int, *, silence: float = 0.0) -> Audio:
    """The first `count` samples of the recording, and `silence` seconds after them, without holding them in memory."""
    samples = _Samples(recording, count, round(silence * RATE))
    return Audio(cast("NDArray[np.float32]", samples), RATE)
