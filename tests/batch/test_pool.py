"""Real worker processes, killed without warning."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scribe.batch import pool
from scribe.batch.pool import Pool
from scribe.config import Config
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import Job, JobState, Priority, RecordingKind, RevisionKind, State
from scribe.store.store import Store
from scribe.web.app import create_app
from tests.batch.conftest import add

PATIENCE = 600.0  # seconds: a busy machine takes long to draft


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice(
    store: Store, config: Config, job: Job, samples: Path
) -> None:
    jobs = [job, add(store, config, samples / "visit.flac")]

    def current(job: Job) -> Job:
        with store.begin(ME, read_only=True) as unit:
            return unit.jobs.get(job.id)

    with Pool(store, config, workers=1) as started:
        for moment in (0.0, 0.3):
            wait_for(lambda: any(current(job).state is JobState.RUNNING for job in jobs))
            time.sleep(moment)
            for pid in list(started.pids.values()):
                os.kill(pid, signal.SIGKILL)
            wait_for(
                lambda: all(
                    current(job).state is not JobState.RUNNING or current(job).worker in started.pids for job in jobs
                )
            )
        wait_for(lambda: all(current(job).state in (JobState.DONE, JobState.PARKED) for job in jobs))
    for job in jobs:
        assert current(job).state is JobState.DONE, current(job).reason
        with store.begin(ME) as unit:
            assert unit.encounters.get(job.encounter_id).state is State.DRAFT
            assert {item.kind for item in unit.recordings.of(job.encounter_id)} == set(RecordingKind)
            assert len(unit.recordings.of(job.encounter_id)) == 3
            for kind in RevisionKind:
                assert len(unit.revisions.history(job.encounter_id, kind)) == 1
                assert unit.revisions.check(job.encounter_id, kind) == ()


def test_what_a_killed_server_left_is_taken_up_at_once(store: Store, config: Config, job: Job) -> None:
    gone = multiprocessing.get_context("fork").Process(target=int)
    gone.start()
    gone.join()
    with store.begin(SYSTEM) as unit:
        assert unit.jobs.claim(f"{socket.gethostname()[:30]}-{gone.pid}-0-aaaa")
        assert unit.jobs.claim("next") is None
    Pool(store, config)._free_orphans()
    with store.begin(SYSTEM) as unit:
        assert unit.jobs.claim("next")


def test_a_pool_that_stops_frees_its_jobs(store: Store, config: Config, job: Job) -> None:
    with Pool(store, config, workers=1):
        wait_for(lambda: _state(store, job) is not JobState.WAITING)
    assert _state(store, job) in (JobState.WAITING, JobState.DONE, JobState.RUNNING)
    with store.begin(ME) as unit:
        left = unit.jobs.get(job.id)
        assert left.state is not JobState.RUNNING or unit.jobs.claim("next")


def _state(store: Store, job: Job) -> JobState:
    with store.begin(ME, read_only=True) as unit:
        return unit.jobs.get(job.id).state


def test_pages_bring_their_workers(store: Store, config: Config, job: Job) -> None:
    app = create_app(config, store=store)

    async def serve() -> None:
        async with app.router.lifespan_context(app):
            for _ in range(int(10 * PATIENCE)):
                if _state(store, job) is JobState.DONE:
                    return
                await asyncio.sleep(0.1)

    asyncio.run(serve())
    assert _state(store, job) is JobState.DONE


def _at_a_long_visit(config: Config, name: str, urgent: bool) -> None:
    """A worker process whose routine job takes for ever."""
    pool._work(config, name, urgent) if urgent else time.sleep(1000)


def test_stat_does_not_wait_behind_a_routine_visit(
    store: Store, config: Config, job: Job, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_work", _at_a_long_visit)
    with Pool(store, config, workers=1) as started:
        ((name, pid),) = started.pids.items()
        with store.begin(SYSTEM) as unit:
            assert unit.jobs.take(job.id, name)
        urgent = add(store, config, samples / "visit.flac")
        with store.begin(ME) as unit:
            unit.encounters.change(urgent.encounter_id, priority=Priority.STAT)
        wait_for(lambda: _state(store, urgent) is JobState.DONE)
        assert _state(store, job) is JobState.RUNNING
        wait_for(lambda: started.pids == {name: pid})  # the one beside goes when nothing is urgent


def test_a_server_that_is_killed_counts_as_no_crash(store: Store, config: Config, job: Job) -> None:
    for _ in range(5):
        gone = multiprocessing.get_context("fork").Process(target=int)
        gone.start()
        name = f"{socket.gethostname()[:30]}-{gone.pid}-0-aaaa"
        gone.join()
        with store.begin(SYSTEM) as unit:
            assert unit.jobs.take(job.id, name)
        Pool(store, config)._free_orphans()
    with store.begin(SYSTEM) as unit:
        left = unit.jobs.get(job.id)
    assert (left.state, left.attempts, left.interruptions) == (JobState.WAITING, 0, 5)
