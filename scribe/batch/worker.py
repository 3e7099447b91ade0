"""One worker: claims a job, does it, says how far it is, and finishes or fails it.

While it works, a thread beside it renews the lease and writes the progress. A worker that finds that its job is
another's by now, or that is told to stop, leaves off at the next sign of progress; nothing of it is stored then.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from scribe.batch import drafting, memory, room
from scribe.config import Config
from scribe.errors import (
    AssetError,
    AudioError,
    ConfigError,
    ConflictError,
    InputError,
    NotFoundError,
    ScribeError,
    StoreError,
    VaultError,
)
from scribe.plugins import OnProgress
from scribe.store.actor import SYSTEM
from scribe.store.records import Job
from scribe.store.store import Store

POLL = 1.0  # seconds between two looks for work
REPORT = 1.0  # seconds between two reports of progress
BEATS = 4  # heartbeats within one lease
HOPELESS = (  # another try changes nothing
    AudioError,
    ConfigError,
    InputError,
    AssetError,
    NotFoundError,
    VaultError,
    memory.ShortageError,
)

Work = Callable[[Store, Job, Config, OnProgress], None]
log = logging.getLogger("scribe.worker")


class Stopped(Exception):  # noqa: N818 - no error: the worker was told to
    """The worker leaves its job: it was told to stop, or the job is another's."""


class Worker:
    """Works on one job after the other."""

    def __init__(
        self,
        store: Store,
        config: Config,
        name: str,
        *,
        work: Work = drafting.work,
        stop: Event | None = None,
        urgent: bool = False,
    ) -> None:
        """`urgent`: works on STAT jobs only, and ends when none waits."""
        self._store = store
        self._config = config
        self._work = work
        self.name = name
        self.stop = stop or Event()
        self._urgent = urgent

    def run(self) -> None:
        """Until it is told to stop. A database or a folder of sound files that is away, or full, is waited for."""
        pause = POLL
        while not self.stop.is_set():
            try:
                pause = POLL if self.step() else min(pause * 1.2, 2 * POLL)
                if pause == POLL:
                    continue
                if self._urgent:
                    return
            except StoreError as error:
                log.warning("%s", error)
                pause = min(pause * 2, 30.0)
            self.stop.wait(pause)

    def step(self) -> bool:
        """Do the next job; False where there is none. Raises StoreError where the store is away, sound or rows."""
        self._store.blobs.check()
        with self._store.begin(SYSTEM) as unit:
            job = unit.jobs.claim(self.name, kinds=(drafting.KIND,), urgent=self._urgent)
        if job is None:
            return False
        try:
            with self._beating(job) as on_progress:
                self._work(self._store, job, self._config, on_progress)
        except Stopped:
            self._hand_back(job)
        except Exception as error:
            if room.is_full(error):
                self._hand_back(job)
                raise StoreError(room.FULL) from error
            try:
                self._store.blobs.check()
            except StoreError:
                self._hand_back(job)  # the folder of sound files is away, and that says nothing about the job
                raise
            self._fail(job, error)
        return True

    @contextmanager
    def _beating(self, job: Job) -> Iterator[OnProgress]:
        """A lease that is renewed, and the function that takes progress, while the work goes on."""
        latest: list[tuple[str, float, float]] = []
        lost, over = Event(), Event()

        def beat() -> None:
            last_beat, told = time.monotonic(), None
            while not over.wait(min(REPORT, self._store.settings.lease_seconds / BEATS)):
                now = latest[-1] if latest else None
                due = time.monotonic() - last_beat > self._store.settings.lease_seconds / BEATS
                if now == told and not due:
                    continue
                try:
                    with self._store.begin(SYSTEM) as unit:
                        stage, done, total = now or ("", 0.0, 0.0)
                        unit.jobs.heartbeat(job, stage=stage, done=done, total=total)
                    last_beat, told = time.monotonic(), now
                except (ConflictError, NotFoundError):
                    lost.set()
                    return
                except StoreError:
                    continue  # the database is away; the lease may outlast that

        def on_progress(stage: str, done: float, total: float) -> None:
            latest[:] = [(stage, float(done), float(total))]
            if lost.is_set() or self.stop.is_set():
                raise Stopped

        thread = Thread(target=beat, name=f"heartbeat of {self.name}", daemon=True)
        thread.start()
        try:
            yield on_progress
        finally:
            over.set()
            thread.join()

    def _hand_back(self, job: Job) -> None:
        try:
            with self._store.begin(SYSTEM) as unit:
                unit.jobs.hand_back(job)
        except StoreError:
            log.info("job %s is another worker's now", job.id)

    def _fail(self, job: Job, error: Exception) -> None:
        if isinstance(error, ConflictError) and "worker" in str(error):
            log.info("job %s is another worker's now", job.id)
            return
        if memory.is_shortage(error):
            error = memory.shortage(self._config.store)
        reason = explained(error)
        log.warning("job %s: %s", job.id, reason)
        try:
            with self._store.begin(SYSTEM) as unit:
                unit.jobs.fail(job, reason, again=not isinstance(error, HOPELESS))
        except StoreError as refused:  # the lease ends, and the job is free again
            log.warning("job %s: %s", job.id, refused)


def explained(error: Exception) -> str:
    """What went wrong, without a word that a patient said: our own messages, or the kind and the place of others."""
    if isinstance(error, ScribeError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"an unforeseen {type(error).__name__}{place}: look at the log, or try again"
