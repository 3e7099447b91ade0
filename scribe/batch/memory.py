"""How much memory a job may take, so that one recording cannot take the machine.

A worker is a process that does one job after the other, so the limit is one of the process: what it may write to and
shares with nobody (RLIMIT_DATA, Linux). An allocation beyond it fails before any memory is taken, and the job with it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from scribe.config import StoreSettings
from scribe.errors import ScribeError

SHARE = 0.8  # of the machine's memory that all workers together may take
_GROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_WORDS = ("bad_alloc", "allocate memory", "failed to allocate", "cannot allocate")


class ShortageError(ScribeError):
    """A job needs more memory than it may take."""


def limit(settings: StoreSettings) -> int:
    """Bound this process; the bytes it may take, 0 where the system has no such limit."""
    most = allowed(settings)
    if sys.platform != "linux" or not most:
        return 0
    import resource

    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
        return most
    return 0


def allowed(settings: StoreSettings) -> int:
    """Bytes that one worker may take: `store.job_memory_mb`, or its share of the machine (or container)."""
    if settings.job_memory_mb:
        return settings.job_memory_mb * 2**20
    return int(SHARE * _memory() / max(settings.workers, 1))


def is_shortage(error: BaseException) -> bool:
    """Whether memory ran out: an engine may say so in words of its own."""
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in _WORDS)


def shortage(settings: StoreSettings) -> ShortageError:
    """What to tell of it."""
    return ShortageError(
        f"the recording needs more memory than the {allowed(settings) / 2**20:,.0f} MB that a job may take: "
        "cut it into parts, or raise store.job_memory_mb"
    )


def _memory() -> int:
    """Bytes of memory of the machine, or of the container where that has less; 0 where nobody knows."""
    found = []
    with suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for path in _GROUPS:
        with suppress(OSError, ValueError):
            found.append(int(Path(path).read_text(encoding="ascii")))
    return min(found, default=0)
