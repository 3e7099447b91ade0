"""Costs of stages."""

from __future__ import annotations

import mmap
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from scribe.bench import meter
from scribe.bench.meter import Cost, Meter


def test_times_add_up_and_the_higher_peak_stays() -> None:
    assert Cost(1.0, 2.0, 30.0) + Cost(3.0, 4.0, 20.0) == Cost(4.0, 6.0, 30.0)
    assert Cost(1.0, 2.0, None) + Cost(0.0, 0.0, 20.0) == Cost(1.0, 2.0, 20.0)
    assert (Cost() + Cost()).peak_memory_mb is None


class Clock:
    """Stands for the module `time`: both clocks go on when a test says so."""

    def __init__(self) -> None:
        self.wall = self.cpu = 100.0

    def perf_counter(self) -> float:
        return self.wall

    def process_time(self) -> float:
        return self.cpu

    def wait(self, seconds: float) -> None:
        self.wall += seconds

    def work(self, seconds: float) -> None:
        self.wall += seconds
        self.cpu += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(meter, "time", made)
    return made


def spent(measured: Meter, stage: str) -> tuple[float, float]:
    """Seconds by the clock and seconds of work."""
    cost = measured.costs[stage]
    return round(cost.seconds, 6), round(cost.cpu_seconds, 6)


def test_waiting_takes_time_but_no_work_and_counting_takes_both(clock: Clock) -> None:
    meter = Meter()
    with meter.measure("waiting"):
        clock.wait(3)
    with meter.measure("working"):
        clock.work(2)
    assert spent(meter, "waiting") == (3, 0)
    assert spent(meter, "working") == (2, 2)


def test_a_stage_entered_again_goes_on(clock: Clock) -> None:
    meter = Meter()
    for stage in ("asr", "asr", "diarization", "asr", None):
        meter.switch(stage)
        clock.work(2)
    assert list(meter.costs) == ["asr", "diarization"]
    assert spent(meter, "asr") == (6, 6)
    assert spent(meter, "diarization") == (2, 2)


def test_a_stage_that_fails_ends(clock: Clock) -> None:
    meter = Meter()
    with suppress(ValueError), meter.measure("asr"):
        clock.work(1)
        raise ValueError("broken")
    clock.work(5)
    meter.switch(None)
    assert spent(meter, "asr") == (1, 1)


def test_the_clocks_are_those_of_this_machine() -> None:
    meter = Meter()
    with meter.measure("working"):
        sum(range(200_000))
    assert meter.costs["working"].seconds > 0
    assert meter.costs["working"].cpu_seconds > 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the peak back")
def test_memory_given_back_does_not_count_for_the_next_stage() -> None:
    meter = Meter()
    with meter.measure("large"), mmap.mmap(-1, 200_000_000) as held:  # of its own, not memory that was used before
        held.write(b"x" * 200_000_000)
    with meter.measure("small"):
        pass
    large, small = meter.costs["large"].peak_memory_mb, meter.costs["small"].peak_memory_mb
    assert large is not None
    assert small is not None
    assert large - small > 150


def test_without_the_mark_of_linux_the_peak_so_far_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(meter, "_STATUS", tmp_path / "none")
    monkeypatch.setattr(meter, "_CLEAR_REFS", tmp_path)
    measured = Meter()
    with measured.measure("asr"):
        pass
    peak = measured.costs["asr"].peak_memory_mb
    assert peak is not None
    assert 10 < peak < 100_000
