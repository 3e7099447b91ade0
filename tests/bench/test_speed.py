"""Costs of the whole pipeline."""

from __future__ import annotations

import operator
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scribe.bench import speed
from scribe.bench.meter import Cost, Meter
from scribe.bench.speed import STAGES, Run
from scribe.config import Config
from scribe.errors import AudioError, EngineError, InputError

if TYPE_CHECKING:
    from tests.bench.conftest import Clip


def run(audio_seconds: float, **seconds: float) -> Run:
    """A run in which each named stage took so long, did half as much work, and needed 100 MB a second."""
    stages = {stage: seconds.get(stage, 0.0) for stage in STAGES}
    return Run(audio_seconds, {name: Cost(took, took / 2, took * 100) for name, took in stages.items()})


def test_summary_by_hand() -> None:
    measured = {
        "visit": [run(100, asr=10, diarization=4), run(100, asr=20, diarization=4), run(100, asr=12, diarization=7)],
        "report": [run(50, asr=6), run(50, asr=6), run(50, asr=9)],
    }
    metrics = speed.summarise(measured)
    assert (metrics["recordings"], metrics["runs"], metrics["audio_seconds"]) == (2, 3, 150)
    assert metrics["stages"]["asr"]["seconds"] == 12 + 6  # the medians of each recording
    assert metrics["stages"]["asr"]["cpu_seconds"] == 9
    assert metrics["stages"]["asr"]["rtf"] == pytest.approx(18 / 150)
    assert metrics["stages"]["asr"]["peak_memory_mb"] == 1200
    assert metrics["stages"]["diarization"]["seconds"] == 4
    assert metrics["stages"]["total"]["seconds"] == 19 + 6  # medians of totals 14, 24, 19 and 6, 6, 9
    assert metrics["rtf"] == pytest.approx(25 / 150)
    assert metrics["cpu_rtf"] == pytest.approx(12.5 / 150)
    assert metrics["peak_memory_mb"] == 1200
    assert metrics["stages"]["asr"]["share"] == pytest.approx(18 / 25)
    visit = metrics["files"]["visit"]
    assert (visit["rtf"], visit["lowest_rtf"], visit["highest_rtf"]) == pytest.approx((0.19, 0.14, 0.24))


def test_a_total_is_all_stages() -> None:
    assert run(10, load=1, weights=2, asr=3, diarization=4, sections=5, coding=6).cost("total").seconds == 21


def test_what_follows_the_last_word_is_diarization() -> None:
    measured = Meter()
    on_progress = speed._switching(measured)
    seen = []
    for stage, done, total in (("asr", 0, 9), ("asr", 4, 9), ("asr", 9, 9), ("diarization", 0.5, 1)):
        on_progress(stage, done, total)
        seen.append(measured.stage)
    assert seen == ["asr", "asr", "diarization", "diarization"]


def test_an_error_comes_out_of_the_other_process(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"not sound")
    with pytest.raises(AudioError, match=r"broken\.wav"):
        speed.speed(broken, Config())


def test_a_run_that_the_system_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "measure", operator.call)  # the other process does no more than exit
    with pytest.raises(EngineError, match="ended by the system"):
        speed._in_own_process(os._exit, 9)


def test_no_recording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no audio file"):
        speed.speed(tmp_path, Config())


@pytest.mark.weights
def test_every_stage_of_a_real_run_is_measured(clip: Clip) -> None:
    report = speed.speed(clip.audio, Config(), runs=1)
    stages = report.metrics["stages"]
    assert list(stages) == [*STAGES, "total"]
    for stage in ("load", "weights", "asr", "diarization", "sections", "coding"):
        assert stages[stage]["seconds"] > 0, stage
        assert stages[stage]["peak_memory_mb"] > 10, stage
    assert stages["total"]["seconds"] == pytest.approx(sum(stages[stage]["seconds"] for stage in STAGES))
    assert stages["total"]["share"] == 1.0
    assert report.metrics["audio_seconds"] == pytest.approx(14.0, abs=0.01)
    assert report.metrics["rtf"] == pytest.approx(stages["total"]["seconds"] / report.metrics["audio_seconds"])
    assert report.metrics["peak_memory_mb"] == max(stages[stage]["peak_memory_mb"] for stage in STAGES)
    assert [item["run"] for item in report.predictions] == [1]
