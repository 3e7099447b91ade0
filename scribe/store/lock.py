"""Who uses a store: everybody who opens it, together; restore and rekey, alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scribe.errors import StoreError

NAME = "store.lock"


class Hold:
    """A lock on a store's folder, for as long as it is not released. It goes with the process that has it."""

    def __init__(self, folder: Path, *, alone: bool) -> None:
        """Raises StoreError where others use the store and it is wanted alone, or the other way round."""
        try:
            self._handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"cannot write to {folder} ({error.strerror}): check its owner and the disk") from error
        try:
            _flock(self._handle, alone=alone)
        except OSError as error:
            os.close(self._handle)
            if alone:
                raise StoreError(f"the store in {folder} is in use: stop `scribe serve` and `scribe worker`") from error
            raise StoreError(f"the store in {folder} is being restored or encrypted anew: try again later") from error

    def release(self) -> None:
        """Let others in."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _flock(handle: int, *, alone: bool) -> None:
    """Windows has no such lock and needs none: there a file that somebody has open cannot be replaced."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """One process after the other: waits until nobody else has the lock file `path`."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for(handle)
        yield
    finally:
        os.close(handle)


def _wait_for(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
