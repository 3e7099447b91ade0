"""What a stage costs: wall-clock seconds, CPU seconds, and peak memory.

Memory is the resident set of the whole process at its highest while the stage ran, so it holds what earlier stages
left behind (weights stay loaded). Linux keeps that mark and lets a process set it back, which makes it exact for each
stage. Elsewhere the mark only ever rises: then a stage's figure is the peak so far, which is exact for the total only.
Where there is no such mark (Windows), it is None.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")  # writing 5 sets the peak back, see proc(5)
_KIB_IN_MB = 1024 / 1e6


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took."""

    seconds: float = 0.0  # by the clock on the wall
    cpu_seconds: float = 0.0  # user and system, all threads
    peak_memory_mb: float | None = None  # megabytes (10^6 bytes)

    def __add__(self, other: Cost) -> Cost:
        """One after the other: times add up, of the peaks the higher one stays."""
        peaks = [cost.peak_memory_mb for cost in (self, other) if cost.peak_memory_mb is not None]
        return Cost(self.seconds + other.seconds, self.cpu_seconds + other.cpu_seconds, max(peaks, default=None))


class Meter:
    """Adds up the costs of stages. A stage entered again goes on where it was."""

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}
        self.stage: str | None = None  # that runs now
        self._wall = self._cpu = 0.0

    def switch(self, stage: str | None) -> None:
        """End the stage that runs, if any, and begin `stage`, if any."""
        if stage == self.stage:
            return
        if self.stage is not None:
            cost = Cost(time.perf_counter() - self._wall, time.process_time() - self._cpu, _peak_memory_mb())
            self.costs[self.stage] = self.costs.get(self.stage, Cost()) + cost
        self.stage = stage
        _reset_peak_memory()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Count what happens inside as `stage`."""
        self.switch(stage)
        try:
            yield
        finally:
            self.switch(None)


def _reset_peak_memory() -> None:
    try:
        _CLEAR_REFS.write_text("5")
    except OSError:  # not Linux, or not allowed: the mark stays, see above
        return


def _peak_memory_mb() -> float | None:
    """The highest resident set of this process since the last reset, in megabytes."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return _peak_since_start_mb()
    kib = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return int(kib) * _KIB_IN_MB if kib else None


def _peak_since_start_mb() -> float | None:
    if os.name != "posix":
        return None
    import resource

    unit = 1.0 if sys.platform == "darwin" else 1024.0  # bytes on macOS, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
