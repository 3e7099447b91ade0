"""Any sample rate to 16 kHz, block by block, with soxr's high-quality filter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scribe.capture.folder import SAMPLE_RATE


class Resampler:
    """One stream of sound; blocks go in as they come, and no sample is counted twice or lost between them."""

    def __init__(self, rate: float) -> None:
        """`rate` in hertz."""
        self._stream = None
        if rate != SAMPLE_RATE:
            import soxr  # type: ignore[import-untyped]

            # in float: of 16-bit silence soxr would make the faint noise of dithering, and silence has to show
            self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")

    def add(self, samples: NDArray[np.int16], *, last: bool = False) -> NDArray[np.int16]:
        """What is ready after `samples`, shape (time,): a few milliseconds behind, all of it with `last`."""
        if self._stream is None:
            return samples
        ready: NDArray[np.float32] = self._stream.resample_chunk(samples.astype(np.float32), last=last)
        return ready.round().clip(-32768, 32767).astype(np.int16)
