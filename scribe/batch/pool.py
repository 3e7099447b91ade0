"""The local engine: worker processes of this machine, watched over and started again where one dies.

A worker is a process of its own, so that a recording that exhausts the memory takes no page with it. What it was
working on is free again at once, and is tried by the next.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import signal
import socket
from multiprocessing.process import BaseProcess
from threading import Event, Thread
from types import FrameType
from typing import Protocol, Self

from scribe.batch.worker import Worker
from scribe.config import Config
from scribe.errors import ScribeError, StoreError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState
from scribe.store.store import Store

WATCH = 0.5  # seconds between two looks at the workers
REST = 30.0  # seconds at most before a worker that keeps dying is started again
GRACE = 10.0  # seconds for workers to hand back their jobs

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
        for process in self._workers.values():
            process.terminate()
        for name, process in self._workers.items():
            process.join(GRACE)
            if process.is_alive():
                process.kill()
                process.join()
            self._free(name)
        self._workers.clear()

    def _add(self) -> None:
        name = f"{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
        process = multiprocessing.get_context("spawn").Process(
            target=_work, args=(self._config, name), name=name, daemon=True
        )
        process.start()
        self._workers[name] = process

    def _watch(self) -> None:
        deaths, rest = 0, WATCH
        while not self._stop.wait(rest):
            dead = [name for name, process in self._workers.items() if not process.is_alive()]
            if not dead:
                rest = WATCH
                continue
            deaths += len(dead)
            for name in dead:
                log.warning("worker %s stopped (%s): starting another", name, self._workers[name].exitcode)
                self._workers.pop(name).join()
                self._free(name)
                if not self._stop.is_set():
                    self._add()
            rest = min(WATCH * 2 ** min(deaths, 6), REST) if deaths > 3 * self._count else WATCH

    def _free_orphans(self) -> None:
        """Jobs of pools of this machine whose process is no more."""
        with self._store.begin(SYSTEM) as unit:
            for job in unit.jobs.find(JobState.RUNNING):
                host, _, rest = (job.worker or "").rpartition("-")[0].rpartition("-")
                if job.worker and host == _host() and rest.isdigit() and not _runs(int(rest)):
                    unit.jobs.abandoned(job.worker)

    def _free(self, name: str) -> None:
        try:
            with self._store.begin(SYSTEM) as unit:
                unit.jobs.abandoned(name)
        except StoreError as error:  # its lease ends all the same
            log.warning("%s", error)


def _host() -> str:
    return socket.gethostname()[:40]


def _runs(pid: int) -> bool:
    """Whether there is such a process. Where that cannot be asked, the lease decides."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _work(config: Config, name: str) -> None:
    """What a worker process does."""
    stop = Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which tells us
    Thread(target=_outlived, args=(stop,), daemon=True).start()
    try:
        store = Store.open(config)
    except ScribeError as error:
        log.error("%s", error)
        raise SystemExit(1) from None
    try:
        Worker(store, config, name, stop=stop).run()
    finally:
        store.close()


def _outlived(stop: Event) -> None:
    """Stop where the parent is gone."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        stop.set()
