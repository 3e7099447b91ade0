"""From a source into a recorder, in a thread of its own, with a level and warnings to show meanwhile."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from scribe.capture.folder import SAMPLE_RATE
from scribe.capture.level import Level, Meter
from scribe.capture.recorder import Recorder
from scribe.capture.source import Source
from scribe.errors import CaptureError, DiskFullError, ScribeError

_CHECK_DISK = 10 * SAMPLE_RATE  # samples between two looks at how much room is left


class Intake:
    """Records what a source gives.

    A full disk does not end it: the sound waits in memory (`Recorder`), `warnings` says so, and it is written when
    there is room. Any other failure ends it; `error` says which, and what was recorded is safe.
    """

    def __init__(self, source: Source, recorder: Recorder, *, warn_seconds: float = 1800.0) -> None:
        """`warn_seconds`: warn when the disk has room for less than that."""
        self.source = source
        self.recorder = recorder
        self.error: ScribeError | None = None
        self._warn_seconds = warn_seconds
        self._meter = Meter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._disk: tuple[str, ...] = ()
        self._since_check = _CHECK_DISK

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more, and wait until what the source had is with the recorder. The recorder is not stopped."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def running(self) -> bool:
        """Whether more may come; False once the source has ended, it failed, or `stop` was called."""
        return self._thread.is_alive()

    @property
    def level(self) -> Level:
        """How loud the last tenth of a second was."""
        return self._meter.level

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know just now, the worst first."""
        troubles = () if self.recorder.paused else tuple(trouble.message for trouble in self._meter.troubles)
        return (*self._disk, *self.source.warnings, *troubles)

    def _run(self) -> None:
        try:
            self.source.run(self._take, self._stop, self._skip)
        except ScribeError as error:
            self.error = error
        except Exception as error:  # a fault of ours must not end the recording without a word
            name = type(error).__name__
            self.error = CaptureError(f"recording was ended by an internal error ({name}): what was recorded is safe")

    def _take(self, samples: NDArray[np.int16]) -> None:
        self._meter.add(samples)
        try:
            self.recorder.append(samples)
        except DiskFullError:
            self._disk = (_full(self.recorder),)
            return
        self._since_check += len(samples)
        if self._disk or self._since_check >= _CHECK_DISK:
            self._since_check = 0
            self._disk = self._low()

    def _skip(self, samples: int) -> None:
        try:
            self.recorder.skip(samples)
        except DiskFullError:
            self._disk = (_full(self.recorder),)

    def _low(self) -> tuple[str, ...]:
        try:
            left = self.recorder.seconds_left
        except CaptureError as error:
            return (str(error),)
        if left >= self._warn_seconds:
            return ()
        return (f"the disk has room for {left / 60:.0f} more minutes of sound: make room",)


def _full(recorder: Recorder) -> str:
    waiting = recorder.held / SAMPLE_RATE
    if recorder.room:
        return f"the disk is full: make room now; the last {waiting:.0f} seconds wait in memory and are not safe yet"
    return "the disk is full and so is the memory for what waits: sound is being lost, make room now"
