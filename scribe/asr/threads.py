"""How many CPU threads to use."""

from __future__ import annotations

import os


def count(setting: int) -> int:
    """`setting`, or one per core that this process may run on where it is 0."""
    if setting:
        return setting
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1
