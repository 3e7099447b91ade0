"""A thread that drives a session and hands its events to whoever subscribes, each of them all events in order."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue

from scribe.config import Config
from scribe.errors import EngineError, ScribeError
from scribe.events import LiveEvent, LiveSnapshot, LiveState, Warned, applied
from scribe.live.session import LiveSession, Result
from scribe.live.sound import Recorded
from scribe.types import Mode

IDLE_SECONDS = 0.05  # between two looks at a recording in which nothing is due
FAILED = "live recognition has stopped ({}); the recording goes on and can be finished afterwards"


class Subscription:
    """What one subscriber gets: `snapshot` is how things were when it joined, then come the events after it."""

    def __init__(self, snapshot: LiveSnapshot) -> None:
        self.snapshot = snapshot
        self._queue: SimpleQueue[LiveEvent | None] = SimpleQueue()

    def get(self, timeout: float | None = None) -> LiveEvent | None:
        """The next event; None where none came within `timeout` seconds, or where there will be no more."""
        with contextlib.suppress(Empty):
            return self._queue.get(timeout=timeout)
        return None

    def __iter__(self) -> Iterator[LiveEvent]:
        """Events until the session is over."""
        while (event := self._queue.get()) is not None:
            yield event

    def put(self, event: LiveEvent | None) -> None:
        """Hand an event on; None: there will be no more."""
        self._queue.put(event)


class LiveDriver:
    """Drives the session of one recording, from `start` until the recording has stopped and its record is made.

    The session is made in the thread, so that loading the engines keeps nobody waiting; sound that was recorded
    meanwhile is caught up with. Somebody else records and stops: the driver sees it in the recording.
    """

    def __init__(self, recording: Recorded, config: Config, *, mode: Mode | None = None, record: bool = True) -> None:
        """`record` False: no record is made, the live words are all that is wanted."""
        self._make = partial(LiveSession, recording, config, mode=mode, record=record)
        self._wanted = record
        self._session: LiveSession | None = None
        self._lock = threading.Lock()
        self._snapshot = LiveSnapshot(0, LiveState.RECORDING, 0.0)
        self._subscribers: list[Subscription] = []
        self._commands: SimpleQueue[Callable[[LiveSession], None]] = SimpleQueue()
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scribe-live", daemon=True)
        self._over = False
        self.result: Result | None = None  # the record, once it is made
        self.error: ScribeError | None = None  # why it was not

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def subscribe(self) -> Subscription:
        """Join, at any time: how things are now, and every event from now on."""
        with self._lock:
            subscription = Subscription(self.snapshot)
            if self._over:
                subscription.put(None)
            else:
                self._subscribers.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Leave."""
        with self._lock, contextlib.suppress(ValueError):
            self._subscribers.remove(subscription)

    @property
    def snapshot(self) -> LiveSnapshot:
        """Everything that was told so far."""
        session = self._session
        return replace(self._snapshot, seconds=session.seconds) if session else self._snapshot

    def replace_words(self, first: int, count: int, text: str) -> None:
        """Put `text` in place of committed words, by a person; words that are not there (any more) are left alone."""

        def edit(session: LiveSession) -> None:
            with contextlib.suppress(ValueError):
                session.replace_words(first, count, text)

        self._commands.put(edit)

    def abandon(self) -> None:
        """End without a record: the recording stays, to be finished another time."""
        self._abandoned.set()

    def join(self, timeout: float | None = None) -> Result | None:
        """Wait until it is over, at most `timeout` seconds; the record, None where it is not made.

        Raises the ScribeError that was in the way.
        """
        self._thread.join(timeout)
        if self.error is not None:
            raise self.error
        return self.result

    # --- in the thread
    def _run(self) -> None:
        try:
            session = self._session = self._make()
            while not session.caught_up and not self._abandoned.is_set():
                while not self._commands.empty():
                    self._commands.get()(session)
                events = session.step()
                self._publish(events)
                if not events:
                    self._abandoned.wait(IDLE_SECONDS)
            if self._wanted and not self._abandoned.is_set():
                self.result = session.finish(lambda *_: self._publish(session.drain()))
                self._publish(session.drain())
        except ScribeError as error:
            self.error = error
            self._publish([Warned(self._snapshot.seq + 1, str(error))])
        except Exception as error:  # whatever it is, the recording goes on, and screens must be told
            self.error = EngineError(FAILED.format(type(error).__name__))
            self._publish([Warned(self._snapshot.seq + 1, str(self.error))])
        finally:
            with self._lock:
                self._over = True
                self._snapshot, self._session = self.snapshot, None  # its engines' memory is for the next recording
                for subscriber in self._subscribers:
                    subscriber.put(None)

    def _publish(self, events: Sequence[LiveEvent]) -> None:
        with self._lock:
            for event in events:
                self._snapshot = applied(self._snapshot, event)
                for subscriber in self._subscribers:
                    subscriber.put(event)
