"""Single keys of the terminal, read without Enter."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self


class Keys:
    """The keyboard while a command runs; where the input is no terminal, nobody presses anything."""

    def __init__(self) -> None:
        self.present = sys.stdin is not None and sys.stdin.isatty()
        self._undo = ExitStack()
        self._read: Callable[[float], str] = _nobody

    def __enter__(self) -> Self:
        if self.present:
            self._read = _windows if sys.platform == "win32" else self._posix()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def read(self, seconds: float) -> str:
        """The next key in lower case; "" where none is pressed within `seconds`."""
        return self._read(seconds).lower()

    def _posix(self) -> Callable[[float], str]:
        import os
        import select
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        self._undo.callback(termios.tcsetattr, descriptor, termios.TCSADRAIN, before)
        tty.setcbreak(descriptor)

        def read(seconds: float) -> str:
            ready, _, _ = select.select([descriptor], [], [], seconds)
            return os.read(descriptor, 1).decode("ascii", "ignore") if ready else ""

        return read


def _nobody(seconds: float) -> str:
    time.sleep(seconds)
    return ""


def _windows(seconds: float) -> str:
    import msvcrt

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
        time.sleep(0.02)
    return ""
