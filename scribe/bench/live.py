"""Bench of live work (`live`): how soon words are on the screen, how good they are, what it all costs.

A recording is played to a session as if it were spoken just now. By default time is virtual (`scribe.live.clock`): what
a step costs is measured, and the recording goes on meanwhile by as much. So the figures are those of playing it in real
time on this machine, if nothing else runs on it; `paced` plays it in real time indeed.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from scribe import audio, pipeline
from scribe.bench import data, live_screen, scores, words
from scribe.bench.meter import Meter
from scribe.bench.report import Report
from scribe.bench.scores import WordErrors
from scribe.config import Config
from scribe.errors import EngineError, InputError
from scribe.events import LiveEvent
from scribe.live.clock import Played, VirtualClock, WallClock
from scribe.live.machine import prepare
from scribe.live.session import LiveSession
from scribe.live.sound import RATE
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Mode, Transcript

LOOK_SECONDS = 0.05  # between two looks at a recording in which nothing is due
SOAK_PARTS = 8  # rows of a soak
Timed = tuple[float, LiveEvent]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class How:
    """How a recording is played."""

    paced: bool = False  # in real time
    by_cpu: bool = (
        False  # work costs its processor time, shared by all cores: for a machine that does other things, too
    )

    @property
    def timer(self) -> Callable[[], float]:
        """What work costs, in seconds."""
        cores = os.cpu_count() or 1
        return (lambda: time.process_time() / cores) if self.by_cpu else time.perf_counter


@dataclass(frozen=True, slots=True)
class Visit:
    """What one recording gave."""

    seconds: float
    events: tuple[Timed, ...] = field(repr=False)
    live: str = field(repr=False)
    final: Transcript = field(repr=False)
    offline: Transcript = field(repr=False)
    costs: dict[str, float]  # seconds by kind of work
    total: float  # seconds of work until the recording stopped
    final_seconds: float
    offline_seconds: float
    most_behind: float
    peak_memory_mb: float | None


def live(
    path: Path,
    config: Config,
    *,
    limit: int | None = None,
    seconds: float | None = None,
    how: How | None = None,
    on_progress: OnProgress = no_progress,
) -> Report:
    """Play the recording or recordings in `path`, at most the first `seconds` of each, and measure.

    Words are compared with the same recording recognised at once (`offline`), and with a reference where there is one
    and the whole recording is played. Raises InputError where there is no audio, and what the pipeline raises.
    """
    files = data.audio_files(path)[:limit]
    references = _references(path) if seconds is None else {}
    rows: dict[str, dict[str, Any]] = {}
    predictions, visits = [], []
    for at, (name, file) in enumerate(zip(data.names(files), files, strict=True)):
        on_progress("recordings", at, len(files))
        visit = _in_own_process(_play_file, file, config, seconds, how or How())
        visits.append((visit, references.get(file)))
        rows[name] = _row([visits[-1]])
        predictions.append({"id": name, "live": visit.live, "final": visit.final.text, "offline": visit.offline.text})
    on_progress("recordings", len(files), len(files))
    costs = {
        kind: {"share": sum(visit.costs.get(kind, 0.0) for visit, _ in visits) / sum(v.seconds for v, _ in visits)}
        for kind in sorted({kind for visit, _ in visits for kind in visit.costs})
    }
    return Report({"recordings": len(files), **_row(visits), "files": rows, "work": costs}, tuple(predictions))


def soak(path: Path, config: Config, hours: float, *, how: How | None = None) -> Report:
    """Play the recordings in `path` one after the other, over and over, for `hours` of virtual time.

    One row for each eighth: whether cost, backlog or memory grow. Raises as `live`.
    """
    if how and how.paced:
        raise InputError("a soak is played in virtual time: leave --paced out")
    return Report(_in_own_process(_soak, data.audio_files(path), config, hours, how or How()))


# --- playing
def play(
    session: LiveSession, clock: VirtualClock, timer: Callable[[], float], on_step: Callable[[LiveSession], None]
) -> tuple[list[Timed], float]:
    """Step until all is committed: events with the times at which they were on the screen, and the cost in seconds."""
    events: list[Timed] = []
    total = 0.0
    while not session.caught_up:
        before = timer()
        found = session.step()
        cost = timer() - before
        total += cost
        clock.worked(cost)
        events += ((clock(), event) for event in found)
        on_step(session)
        if not found:
            clock.wait(LOOK_SECONDS)
    return events, total


def _play_file(file: Path, config: Config, seconds: float | None, how: How) -> Visit:
    sound = audio.load(file, config.audio)
    samples = sound.samples if seconds is None else sound.samples[: round(seconds * RATE)]
    sound = Audio(samples)
    behind = [0.0]
    meter = Meter()
    with meter.measure("live"):
        prepare(config)  # before anybody speaks
        timer, clock = how.timer, WallClock() if how.paced else VirtualClock()
        session = LiveSession(Played(samples, clock, mode=Mode.VISIT), config, clock=clock, timer=timer)
        clock.begin()
        events, total = play(session, clock, timer, lambda it: behind.append(it.behind))
        shown = session.snapshot.transcript.text
        costs = dict(session.costs)
        before = timer()
        final = session.finish().transcript
        final_seconds = timer() - before
    before = timer()
    offline = pipeline.transcribe(sound, config, mode=Mode.VISIT)
    return Visit(
        seconds=sound.duration,
        events=tuple(events),
        live=shown,
        final=final,
        offline=offline,
        costs=costs,
        total=total,
        final_seconds=final_seconds,
        offline_seconds=timer() - before,
        most_behind=max(behind),
        peak_memory_mb=meter.costs["live"].peak_memory_mb,
    )


def _soak(files: Sequence[Path], config: Config, hours: float, how: How) -> dict[str, Any]:
    samples = np.concatenate([audio.load(file, config.audio).samples for file in files])
    clock, timer = VirtualClock(), how.timer
    seconds = hours * 3600
    session = LiveSession(Played(samples, clock, seconds=seconds, mode=Mode.VISIT), config, clock=clock, timer=timer)
    meter = Meter()
    rows: dict[str, dict[str, Any]] = {}
    names: dict[int, str] = {}  # of the parts; a step that is longer than one skips it
    behind, spent = [0.0], [0.0]

    def look(session: LiveSession) -> None:
        part = min(int(clock() / seconds * SOAK_PARTS), SOAK_PARTS - 1)
        while part >= len(behind):
            behind.append(0.0)
            spent.append(sum(session.costs.values()))
        behind[part] = max(behind[part], session.behind)
        names[part] = f"{(part + 1) * hours / SOAK_PARTS:.4f}".rstrip("0") + " h"
        meter.switch(names[part])

    events, _ = play(session, clock, timer, look)
    meter.switch(None)
    spent.append(sum(session.costs.values()))
    part_seconds = seconds / SOAK_PARTS
    for part, name in names.items():
        within = [event for event in events if part * part_seconds <= event[0] < (part + 1) * part_seconds]
        rows[name] = {
            "rtf": (spent[part + 1] - spent[part]) / part_seconds,
            "most_behind": behind[part],
            "commit_p95": _percentile(live_screen.commit_latencies(within), 95),
            "peak_memory_mb": meter.costs[name].peak_memory_mb,
        }
    return {"hours": hours, "words": len(session.snapshot.words), "soak": rows}


# --- reckoning
def _row(visits: Sequence[tuple[Visit, str | None]]) -> dict[str, Any]:
    """The metrics of recordings, all of them together."""
    seconds = sum(visit.seconds for visit, _ in visits)
    commits = [late for visit, _ in visits for late in live_screen.commit_latencies(visit.events, visit.offline)]
    firsts = [late for visit, _ in visits for late in live_screen.first_latencies(visit.events)]
    changed, shown = (sum(pair) for pair in zip(*(live_screen.churn(visit.events) for visit, _ in visits), strict=True))
    final_seconds = sum(visit.final_seconds for visit, _ in visits)
    memory = [visit.peak_memory_mb for visit, _ in visits if visit.peak_memory_mb is not None]
    return {
        "audio_seconds": seconds,
        "first_p50": _percentile(firsts, 50),
        "first_p95": _percentile(firsts, 95),
        "commit_p50": _percentile(commits, 50),
        "commit_p95": _percentile(commits, 95),
        "churn": changed / shown if shown else None,
        "changed": sum(live_screen.changed(visit.events) for visit, _ in visits),
        **_errors(visits),
        "rtf": sum(visit.total for visit, _ in visits) / seconds,
        "most_behind": max(visit.most_behind for visit, _ in visits),
        "final_seconds": final_seconds,
        "final_per_minute": final_seconds / seconds * 60,
        "offline_per_minute": sum(visit.offline_seconds for visit, _ in visits) / seconds * 60,
        "peak_memory_mb": max(memory, default=None),
    }


def _errors(visits: Sequence[tuple[Visit, str | None]]) -> dict[str, Any]:
    """Word error rates against the offline text, and against references."""
    texts = [
        ({"live": visit.live, "final": visit.final.text, "offline": visit.offline.text}, ref) for visit, ref in visits
    ]
    found: dict[str, Any] = {
        f"{name}_vs_offline": _wer([(text["offline"], text[name]) for text, _ in texts]) for name in ("live", "final")
    }
    known = [(text, ref) for text, ref in texts if ref]
    rates = {name: _wer([(ref, text[name]) for text, ref in known]) for name in ("offline", "live", "final")}
    found |= {f"{name}_wer": rate for name, rate in rates.items()}
    offline = rates["offline"]
    for name in ("live", "final"):
        rate = rates[name]
        found[f"{name}_ratio"] = rate / offline if rate is not None and offline else None
    return found


def _wer(pairs: Sequence[tuple[str, str]]) -> float | None:
    errors = (scores.word_errors(words.normalise(one), words.normalise(other)) for one, other in pairs)
    return sum(errors, start=WordErrors()).rate


def _percentile(values: Sequence[float], share: float) -> float | None:
    return float(np.percentile(values, share)) if values else None


def _references(path: Path) -> dict[Path, str]:
    try:
        return {recording.audio: recording.text for recording in data.recordings(path)}
    except InputError:
        return {}  # none has one: words are compared with the offline text only


def _in_own_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        try:
            return pool.submit(work, *args, **kwargs).result()
        except BrokenProcessPool as error:
            raise EngineError("the run was ended by the system: free some memory and try again") from error
