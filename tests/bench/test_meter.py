"""Costs of stages."""

from __future__ import annotations

import mmap
import sys
import time
from pathlib import Path

import pytest

from scribe.bench import meter
from scribe.bench.meter import Cost, Meter


def test_times_add_up_and_the_higher_peak_stays() -> None:
    assert Cost(1.0, 2.0, 30.0) + Cost(3.0, 4.0, 20.0) == Cost(4.0, 6.0, 30.0)
    assert Cost(1.0, 2.0, None) + Cost(0.0, 0.0, 20.0) == Cost(1.0, 2.0, 20.0)
    assert (Cost() + Cost()).peak_memory_mb is None


def test_waiting_takes_time_but_no_work_and_counting_takes_both() -> None:
    time.sleep(0.5)  # threads of libraries that an earlier test used spin a little before they rest
    meter = Meter()
    with meter.measure("waiting"):
        time.sleep(0.1)
    with meter.measure("working"):
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
    assert meter.costs["waiting"].seconds >= 0.1
    assert meter.costs["waiting"].cpu_seconds < 0.05
    assert meter.costs["working"].cpu_seconds >= 0.1


def test_a_stage_entered_again_goes_on() -> None:
    meter = Meter()
    for stage in ("asr", "asr", "diarization", "asr", None):
        meter.switch(stage)
        time.sleep(0.02)
    assert list(meter.costs) == ["asr", "diarization"]
    assert meter.costs["asr"].seconds >= 0.06
    assert 0.02 <= meter.costs["diarization"].seconds < meter.costs["asr"].seconds


def test_a_stage_that_fails_ends() -> None:
    meter = Meter()
    with pytest.raises(ValueError, match="broken"), meter.measure("asr"):
        raise ValueError("broken")
    time.sleep(0.02)
    meter.switch(None)
    assert meter.costs["asr"].seconds < 0.02


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
