"""The local engine: worker processes of this machine, watched over and started again where one dies.

A worker is a process of its own, so that a recording that exhausts the memory takes no page with it. What it was
working on is free again at once, and is tried by the next.

Where a STAT job waits while every worker is at something else, one more worker is started beside them, for STAT jobs
only; it ends when none waits any more. So STAT never waits behind a long visit, and no work that was begun is lost.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from multiprocessing.process import BaseProcess
from threading import Event, Thread
from types import FrameType
from typing import Protocol, Self

from scribe.batch import memory, process
from scribe.batch.worker import Worker
from scribe.config import Config
from scribe.errors import ScribeError, StoreError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState
from scribe.store.store import Store

WATCH = 0.5  # seconds between two looks at the workers
REST = 30.0  # seconds at most before a worker that keeps dying is started again
GRACE = 3.0  # seconds for all workers to hand back their jobs

log = logging.getLogger("scribe.worker")


class Engine(Protocol):
    """Something that works on the jobs of a store: this pool, or a cluster."""

    def start(self) -> None:
        """Begin to work, in the background."""

    def stop(self) -> None:
        """Leave off; jobs that are not done are free again."""


class Pool:
    """The local `Engine`: `store.workers` processes."""

    def __init__(self, store: Store, config: Config, *, workers: int | None = None) -> None:
        self._store = store
        self._config = config
        self._count = workers or max(config.store.workers, 1)
        self._workers: dict[str, BaseProcess] = {}
        self._beside: str = ""  # the worker for STAT jobs that was started beside the others
        self._stop = Event()
        self._watcher: Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pids(self) -> dict[str, int]:
        """The process of each worker, by the name that is in the ledger."""
        return {name: process.pid for name, process in self._workers.items() if process.pid}

    def start(self) -> None:
        """Start the workers and what watches them. What workers of a pool that was killed had is free again."""
        self._free_orphans()
        for _ in range(self._count):
            self._add()
        self._watcher = Thread(target=self._watch, name="watcher of workers", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Tell the workers to hand back their jobs; who does not in time is killed, and its job freed."""
        self._stop.set()
        if self._watcher:
            self._watcher.join()
        for worker in self._workers.values():
            worker.terminate()
        end = time.monotonic() + GRACE
        for name, worker in self._workers.items():
            worker.join(max(end - time.monotonic(), 0.0))
            if worker.is_alive():
                worker.kill()
                worker.join()
            self._free(name, crashed=False)
        self._workers.clear()

    def _add(self, *, urgent: bool = False) -> str:
        name = process.new_name()
        worker = multiprocessing.get_context("spawn").Process(
            target=_work, args=(self._config, name, urgent), name=name, daemon=True
        )
        worker.start()
        self._workers[name] = worker
        return name

    def _watch(self) -> None:
        deaths, rest = 0, WATCH
        while not self._stop.wait(rest):
            ended = [name for name, worker in self._workers.items() if not worker.is_alive()]
            dead = [name for name in ended if name != self._beside or self._workers[name].exitcode]
            for name in ended:
                self._bury(name, crashed=name in dead)
                if name == self._beside:
                    self._beside = ""
                elif not self._stop.is_set():
                    self._add()
            if not self._stop.is_set() and not self._beside and self._stat_waits():
                self._beside = self._add(urgent=True)
            deaths += len(dead)
            rest = min(WATCH * 2 ** min(deaths, 6), REST) if dead and deaths > 3 * self._count else WATCH

    def _bury(self, name: str, *, crashed: bool) -> None:
        if crashed:
            log.warning("worker %s stopped (%s): starting another", name, self._workers[name].exitcode)
        self._workers.pop(name).join()
        self._free(name, crashed=crashed)

    def _stat_waits(self) -> bool:
        """Whether a STAT job waits while every worker is at another job."""
        try:
            with self._store.begin(SYSTEM, read_only=True) as unit:
                if not unit.jobs.urgent_waits():
                    return False
                busy = {job.worker for job in unit.jobs.find(JobState.RUNNING)}
                return busy.issuperset(self._workers)
        except StoreError:
            return False

    def _free_orphans(self) -> None:
        """Jobs of workers of this machine whose process is no more: their scribe was stopped or killed with them."""
        with self._store.begin(SYSTEM) as unit:
            for job in unit.jobs.find(JobState.RUNNING):
                if job.worker and process.is_gone(job.worker):
                    unit.jobs.abandoned(job.worker, crashed=False)

    def _free(self, name: str, *, crashed: bool) -> None:
        try:
            with self._store.begin(SYSTEM) as unit:
                unit.jobs.abandoned(name, crashed=crashed)
        except StoreError as error:  # its lease ends all the same
            log.warning("%s", error)


def _work(config: Config, name: str, urgent: bool) -> None:
    """What a worker process does."""
    stop = Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which tells us
    memory.limit(config.store)
    Thread(target=_outlived, args=(stop,), daemon=True).start()
    try:
        store = Store.open(config)
    except ScribeError as error:
        log.error("%s", error)
        raise SystemExit(1) from None
    try:
        Worker(store, config, name, stop=stop, urgent=urgent).run()
    finally:
        store.close()


def _outlived(stop: Event) -> None:
    """Stop where the parent is gone."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        stop.set()
