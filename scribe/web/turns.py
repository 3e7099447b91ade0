"""Heavy work in turns: few at a time, in threads of its own, fairly among those who ask, refused when too many wait.

Checking a password takes a good part of a core for a tenth of a second. Eighty at once would take every thread and core
from everybody else; here they wait in a line that is short for each address and for each login. Those who have shown
something already (a session, a known browser) go first. Others take turns by address, and at an address by login.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from scribe.web.problems import ProblemError

T = TypeVar("T")
Job = tuple[Future[Any], Callable[[], Any]]
AGAIN = 2  # seconds until whoever was refused may try again
BUSY = "too many people wait for this at the moment: try again in a few seconds"


def at_once() -> int:
    """One core stays free for everybody else, where there are several."""
    return max(1, min(2, (os.cpu_count() or 1) - 1))


class _Line:
    """Jobs that wait, by address and by who: whoever was served goes to the end."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, OrderedDict[str, deque[Job]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(self.of(address) for address in self._waiting)

    def of(self, address: str, who: str | None = None) -> int:
        """How many wait for an address, or for one person there."""
        people = self._waiting.get(address, OrderedDict())
        return sum(len(jobs) for name, jobs in people.items() if who in (None, name))

    def put(self, address: str, who: str, job: Job) -> None:
        self._waiting.setdefault(address, OrderedDict()).setdefault(who, deque()).append(job)

    def get(self) -> Job:
        address, people = self._waiting.popitem(last=False)
        who, jobs = people.popitem(last=False)
        job = jobs.popleft()
        if jobs:
            people[who] = jobs
        if people:
            self._waiting[address] = people
        return job


class Turns:
    """`most` wait in all, `each` of an address, `own` of one person there; what is beyond is refused at once."""

    def __init__(self, name: str, *, threads: int, most: int = 64, each: int = 16, own: int = 4) -> None:
        self._name, self._threads = name, threads
        self._most, self._each, self._own = most, each, own
        self._lines = (_Line(), _Line())  # who goes first, and the others
        self._changed = threading.Condition()
        self._idle, self._started = 0, 0

    async def take(self, work: Callable[[], T], *, address: str, who: str, first: bool = False) -> T:
        """What `work` returns when its turn has come. Raises ProblemError 503 or 429 where too many wait."""
        future = self._enqueue(work, address, who, first)
        try:
            return await asyncio.wrap_future(future)
        finally:
            future.cancel()  # whoever asked is gone: nobody needs it any more

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._changed:
            return sum(map(len, self._lines))

    def _enqueue(self, work: Callable[[], T], address: str, who: str, first: bool) -> Future[T]:
        line = self._lines[0 if first else 1]
        future: Future[T] = Future()
        with self._changed:
            if line.of(address) >= self._each or line.of(address, who) >= self._own:
                raise busy(429)
            if len(line) >= self._most:
                raise busy(503)
            line.put(address, who, (future, work))
            if not self._idle and self._started < self._threads:
                self._started += 1
                threading.Thread(target=self._run, name=self._name, daemon=True).start()
            self._changed.notify()
        return future

    def _run(self) -> None:
        while True:
            with self._changed:
                while not any(self._lines):
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                future, work = next(line for line in self._lines if line).get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
            del future, work


def busy(status: int) -> ProblemError:
    """The refusal of somebody who may come again soon."""
    return ProblemError(status, "busy", BUSY, headers={"Retry-After": str(AGAIN)})
