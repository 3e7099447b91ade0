"""Bench of cost (`speed`): time and memory of each stage, from a file to a coded note.

Every run is a process of its own, as `scribe note` is: neither weights nor memory of an earlier run count for a later
one. Loading the weights is a stage of its own, `weights`, and is part of the total.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from scribe import audio, pipeline
from scribe.bench import data
from scribe.bench.meter import Cost, Meter
from scribe.bench.report import Report
from scribe.config import Config
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress

STAGES = ("load", "weights", "asr", "diarization", "sections", "coding")
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Run:
    """The costs of one recording once through the pipeline."""

    audio_seconds: float
    stages: dict[str, Cost]

    def cost(self, stage: str) -> Cost:
        """The cost of one stage, or of all of them one after the other (`TOTAL`)."""
        return sum(self.stages.values(), start=Cost()) if stage == TOTAL else self.stages[stage]


def speed(
    path: Path, config: Config, *, runs: int = 1, limit: int | None = None, on_progress: OnProgress = no_progress
) -> Report:
    """Cost of each stage for the recording or recordings in `path`: medians over `runs` runs of each.

    Raises InputError where there is no audio, EngineError where a run was killed, and what the pipeline raises.
    """
    files = data.audio_files(path)[:limit]
    measured: dict[str, list[Run]] = {}
    for at, (name, file) in enumerate(zip(data.names(files), files, strict=True)):
        for again in range(runs):
            on_progress("runs", at * runs + again, len(files) * runs)
            measured.setdefault(name, []).append(_in_own_process(file, config))
    on_progress("runs", len(files) * runs, len(files) * runs)
    predictions = tuple(
        {"id": name, "run": number, "audio_seconds": run.audio_seconds, "stages": _as_dicts(run)}
        for name, of_file in measured.items()
        for number, run in enumerate(of_file, start=1)
    )
    return Report(summarise(measured), predictions)


def measure(file: Path, config: Config) -> Run:
    """Take one recording through the pipeline, in this process, and measure each stage."""
    meter = Meter()
    with meter.measure("load"):
        sound = audio.load(file, config.audio)
    with meter.measure("weights"):
        for stage, name in _engines(config):
            pipeline.engine(stage, name, config)
    with meter.measure("asr"):
        transcript = pipeline.transcribe(sound, config, on_progress=_switching(meter))
    with meter.measure("sections"):
        note = pipeline.draft(transcript, config).note
    with meter.measure("coding"):
        pipeline.code(note, config)
    return Run(sound.duration, {stage: meter.costs.get(stage, Cost()) for stage in STAGES})


def summarise(measured: Mapping[str, Sequence[Run]]) -> dict[str, Any]:
    """Metrics of runs by recording: medians over the runs of a recording; the recordings together are their sum."""
    seconds = sum(runs[0].audio_seconds for runs in measured.values())
    costs = {
        stage: sum((_median([run.cost(stage) for run in runs]) for runs in measured.values()), start=Cost())
        for stage in (*STAGES, TOTAL)
    }
    total = costs[TOTAL]
    return {
        "recordings": len(measured),
        "runs": min(len(runs) for runs in measured.values()),
        "audio_seconds": seconds,
        "rtf": total.seconds / seconds,
        "cpu_rtf": total.cpu_seconds / seconds,
        "peak_memory_mb": total.peak_memory_mb,
        "stages": {
            stage: {**_row(cost, seconds), "share": cost.seconds / total.seconds} for stage, cost in costs.items()
        },
        "files": {name: _file_row(runs) for name, runs in measured.items()},
    }


def _in_own_process(file: Path, config: Config) -> Run:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        try:
            return pool.submit(measure, file, config).result()
        except BrokenProcessPool as error:
            raise EngineError(f"the run on {file} was ended by the system: free some memory and try again") from error


def _engines(config: Config) -> tuple[tuple[str, str], ...]:
    return (
        ("asr", config.asr.engine),
        ("diarization", config.diarization.engine),
        ("sections", config.sections.classifier),
        *(("coding", name) for name in config.coding.systems),
    )


def _switching(meter: Meter) -> OnProgress:
    """Progress that tells the meter which stage of `pipeline.transcribe` runs: once the words are done, diarization."""

    def on_progress(stage: str, done: float, total: float) -> None:
        words_are_done = stage == "diarization" or (stage == "asr" and done >= total)
        meter.switch("diarization" if words_are_done else "asr")

    return on_progress


def _file_row(runs: Sequence[Run]) -> dict[str, Any]:
    seconds = runs[0].audio_seconds
    rtfs = [run.cost(TOTAL).seconds / seconds for run in runs]
    row = _row(_median([run.cost(TOTAL) for run in runs]), seconds)
    return {"audio_seconds": seconds, **row, "lowest_rtf": min(rtfs), "highest_rtf": max(rtfs)}


def _median(costs: Sequence[Cost]) -> Cost:
    peaks = [cost.peak_memory_mb for cost in costs if cost.peak_memory_mb is not None]
    return Cost(
        median(cost.seconds for cost in costs),
        median(cost.cpu_seconds for cost in costs),
        median(peaks) if peaks else None,
    )


def _row(cost: Cost, audio_seconds: float) -> dict[str, Any]:
    return {
        "seconds": cost.seconds,
        "cpu_seconds": cost.cpu_seconds,
        "rtf": cost.seconds / audio_seconds,
        "cpu_rtf": cost.cpu_seconds / audio_seconds,
        "peak_memory_mb": cost.peak_memory_mb,
    }


def _as_dicts(run: Run) -> dict[str, dict[str, Any]]:
    return {stage: _row(run.cost(stage), run.audio_seconds) for stage in (*STAGES, TOTAL)}
