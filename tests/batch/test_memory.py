"""A job takes no more memory than it may, and long sound is held once."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from scribe.asr import vad
from scribe.batch import drafting, memory
from scribe.batch.worker import Worker
from scribe.config import Config, StoreSettings
from scribe.plugins import OnProgress
from scribe.store.actor import SYSTEM
from scribe.store.records import Job, JobState
from scribe.store.store import Store
from scribe.types import Audio

ROOT = Path(memory.__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="a limit of Linux")
def test_what_goes_beyond_the_limit_is_refused_before_it_is_taken() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from scribe.batch import memory\nfrom scribe.config import StoreSettings\n"
        "print(memory.limit(StoreSettings(job_memory_mb=512)) // 2**20)\n"
        "held = bytearray(2**27)\n"
        "try: bytearray(2**30)\n"
        "except MemoryError as error: print('refused', memory.is_shortage(error))\n"
        "status = open('/proc/self/status').read()\n"  # getrusage would tell of the process it came from, too
        "print(int(status.split('VmHWM:')[1].split()[0]) < 2**19)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == [
        "512",
        "refused",
        "True",
        "True",
    ]


def test_workers_share_what_the_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_memory", lambda: 10 * 2**30)
    assert memory.allowed(StoreSettings()) == 8 * 2**30
    assert memory.allowed(StoreSettings(workers=4)) == 2 * 2**30
    assert memory.allowed(StoreSettings(workers=4, job_memory_mb=100)) == 100 * 2**20
    monkeypatch.setattr(memory, "_memory", lambda: 0)
    assert memory.limit(StoreSettings()) == 0


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("std::bad_alloc"), RuntimeError("can't allocate memory")]
)
def test_a_job_that_needs_more_is_parked_and_says_so(store: Store, config: Config, job: Job, error: Exception) -> None:
    def work(store: Store, job: Job, config: Config, on_progress: OnProgress) -> None:
        raise error

    assert Worker(store, config, "w", work=work).step()
    with store.begin(SYSTEM) as unit:
        found = unit.jobs.get(job.id)
    assert found.state is JobState.PARKED
    assert "needs more memory than the" in found.reason
    assert "raise store.job_memory_mb" in found.reason


def extra(sound: Audio, work: object) -> float:
    """Memory that `work` takes beside the samples, as a share of theirs."""
    tracemalloc.start()
    try:
        work(sound)  # type: ignore[operator]
        return tracemalloc.get_traced_memory()[1] / sound.samples.nbytes
    finally:
        tracemalloc.stop()


class _Deaf:
    def judge(self, samples: np.ndarray) -> np.ndarray:
        return np.zeros(len(samples) // vad.FRAME, np.float32)


def test_hours_of_sound_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vad, "_Detector", _Deaf)
    sound = Audio(np.zeros(16_000 * 600 + 7, np.float32))
    assert extra(sound, vad.detect) < 0.1
    assert extra(sound, drafting.peaks) < 0.2
    assert extra(sound, lambda sound: sum(len(part) for part in drafting.wav(sound))) < 0.3
