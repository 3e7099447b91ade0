"""Who records: a lock that the operating system takes back when its holder dies, however it dies."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from scribe.errors import CaptureError

_PATIENCE = 1.0  # seconds: a reader that only asks holds the lock for a moment


class Held(Protocol):
    """A lock that is held."""

    def release(self) -> None:
        """Give it back."""


def take(path: Path, busy: str) -> Held:
    """Hold the lock. Raises CaptureError, with the message `busy` where another holds it."""
    lock = FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=_PATIENCE, poll_interval=0.02)
    except Timeout as error:
        raise CaptureError(busy) from error
    except OSError as error:
        raise CaptureError(f"cannot write to {path.parent} ({error.strerror}): check its permissions") from error
    return lock


def is_held(path: Path) -> bool:
    """Whether anybody holds the lock now. Asking may make a holder-to-be wait for a moment, never fail."""
    if not path.exists():
        return False
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
