"""Recordings on their way in: how many at once, of one person and of all, and how long they may take.

An upload waits for its bytes without a thread; only what has come is written by one. So half-sent uploads cost others
nothing but their place, and those who are too slow lose it (`guard`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from scribe.store.blobs import Blobs, Incoming
from scribe.web.problems import ProblemError

WRITTEN_AT_ONCE = 1 << 20  # bytes that are gathered before a thread writes them
WRITERS = 4  # threads that write
AGAIN = 5  # seconds until whoever was refused may try again


class Uploads:
    """`each` of one person and `most` of all at the same time; what is beyond is refused before it is read."""

    def __init__(self, *, each: int, most: int = 64) -> None:
        self._each, self._most = each, most
        self._mutex = threading.Lock()
        self._now: Counter[str] = Counter()

    @contextmanager
    def place(self, user_id: str) -> Iterator[None]:
        """A place for one upload. Raises ProblemError 429 or 503 where there is none."""
        with self._mutex:
            if self._now[user_id] >= self._each:
                raise _refused(429, f"{self._each} uploads of yours are on their way: let one of them end first")
            if self._now.total() >= self._most:
                raise _refused(503, "too many uploads are on their way: try again in a few seconds")
            self._now[user_id] += 1
        try:
            yield
        finally:
            with self._mutex:
                self._now[user_id] -= 1
                self._now = +self._now

    @property
    def now(self) -> int:
        """How many are on their way."""
        return self._now.total()


async def received(request: Request, blobs: Blobs, head_size: int) -> tuple[Incoming, bytes]:
    """The body of a request as a file of the store, and its first bytes. Nothing is left of one that breaks off."""
    writers = _writers(request)
    arrival = await to_thread.run_sync(blobs.arrival, limiter=writers)
    head, waiting = bytearray(), bytearray()
    try:
        async for chunk in request.stream():
            head += chunk[: head_size - len(head)]
            waiting += chunk
            if len(waiting) >= WRITTEN_AT_ONCE:
                await to_thread.run_sync(arrival.write, bytes(waiting), limiter=writers)
                waiting.clear()
        await to_thread.run_sync(arrival.write, bytes(waiting), limiter=writers)
        return await to_thread.run_sync(arrival.finish, limiter=writers), bytes(head)
    except BaseException:
        arrival.discard()
        raise


def _writers(request: Request) -> CapacityLimiter:
    """The threads that write; a limiter belongs to the event loop that first asks for it."""
    state = request.app.state
    if getattr(state, "upload_writers", None) is None:
        state.upload_writers = CapacityLimiter(WRITERS)
    limiter: CapacityLimiter = state.upload_writers
    return limiter


def _refused(status: int, detail: str) -> ProblemError:
    return ProblemError(status, "busy", detail, headers={"Retry-After": str(AGAIN)})
