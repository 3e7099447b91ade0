"""One recording that a page carries here: what it sends goes to the disk first, and everything else follows that.

A cut of the socket ends nothing: the recording stays open, recognition goes on with what is there, and the page comes
back to where the disk ends.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from scribe.capture.folder import SAMPLE_RATE
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording
from scribe.capture.stream import StreamReceiver, session_of
from scribe.errors import ScribeError
from scribe.events import LiveEvent, LiveSnapshot
from scribe.store.actor import Actor
from scribe.types import MarkKind
from scribe.web.live.messages import Control, Hello, ProtocolError

TAKEN = "this recording is carried by another browser or tab: go on there, or close that one first"
LEAVE = 2.0  # seconds that a driver gets to end what it is at
_BLOCK = 60 * SAMPLE_RATE  # samples read at once


class Listener(Protocol):
    """What a page gets of a driver: `snapshot` is how things were when it joined, then come the events after it."""

    snapshot: LiveSnapshot

    def __iter__(self) -> Iterator[LiveEvent]:
        """Events until the driver is done."""

    def put(self, event: LiveEvent | None) -> None:
        """Hand an event on; None ends it."""


class Driver(Protocol):
    """Follows a recording, and makes its record once it has stopped: `scribe.live.LiveDriver`, or a test's own."""

    def start(self) -> None:
        """Begin, in a thread of its own."""

    def subscribe(self) -> Any:
        """A `Listener` from now on."""

    def unsubscribe(self, subscription: Any) -> None:
        """No more events for it."""

    @property
    def snapshot(self) -> LiveSnapshot:
        """Everything so far."""

    def abandon(self) -> None:
        """End without a record."""

    def join(self, timeout: float | None = None) -> Any:
        """Wait for the record. Raises ScribeError where it cannot be made."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a recording is safe here."""

    next_sample: int  # what comes before is here
    durable_sample: int  # what comes before is safe from a power cut
    control: int  # the highest number of a control of this tab that was done; -1: none


class Carried:
    """A recording in the hands of a page. Calls may come from several threads; one page at a time carries it.

    `recorder` None: it was stopped before, and only the record is still to be made.
    """

    def __init__(self, recording: Recording, recorder: Recorder | None, actor: Actor, driver: Driver) -> None:
        self.recording = recording
        self.id, self.mode = recording.id, recording.mode
        self.actor = actor  # who records
        self.driver = driver
        self.begun: datetime = recording.card.created.astimezone(UTC)
        self.awakening: threading.Thread | None = None  # starts the driver
        self.finishing = False  # its record is being made, or was
        self.link = ""  # where the draft is, once it is kept
        self.trouble = ""  # why the record could not be made
        self.settled = threading.Event()  # the record is made, or cannot be
        self._settlers: list[Callable[[], None]] = []
        self._recorder = recorder
        self._samples = recording.samples  # once it has stopped
        self._receiver = StreamReceiver(recorder) if recorder else None
        self._control = -1
        self._since = 0 if recorder is None else recorder.samples  # samples that were here before this server
        self._client = ""  # the tab that carries it now
        self._evict: Callable[[], None] | None = None
        self._mutex = threading.RLock()

    @property
    def session(self) -> str:
        """Its number in frames of sound, as text: it is too large for a number of JavaScript."""
        return str(session_of(self.id))

    @property
    def is_carried(self) -> bool:
        """Whether a page is connected."""
        return self._evict is not None

    @property
    def stopped(self) -> bool:
        """Whether nothing more is recorded."""
        return self._recorder is None

    @property
    def samples(self) -> int:
        """How many were taken."""
        return self._samples if self._recorder is None else self._recorder.samples

    @property
    def position(self) -> Position:
        """How far it is safe."""
        safe = self._samples if self._recorder is None else self._recorder.durable_sample
        return Position(self.samples, safe, self._control)

    def take(self, hello: Hello, evict: Callable[[], None]) -> Position:
        """The tab of `hello` carries the recording from now on; `evict` cuts its connection.

        Raises ProtocolError where another tab is connected. A tab takes the place of its own earlier connection.
        """
        with self._mutex:
            if self._evict and self._client != hello.client:
                raise ProtocolError("taken", TAKEN, close=4409, fatal=True)
            if self._evict:
                self._evict()
            if self._client != hello.client:
                self._control = -1
            self._client, self._evict = hello.client, evict
            if self._receiver is not None:
                self._receiver.connect()
            return self.position

    def let_go(self, evict: Callable[[], None]) -> None:
        """The connection that `take` was called with has ended."""
        with self._mutex:
            if self._evict is evict:
                self._evict = None

    def add(self, data: bytes) -> None:
        """Record a frame of sound; samples that are there already are passed over.

        Raises StreamError where it cannot be part of the recording, DiskFullError where there is no room for it.
        """
        with self._mutex:
            if self._receiver is not None:
                self._receiver.receive(data)

    def control(self, told: Control) -> None:
        """Do what the person at the page did, once, however often it is sent.

        Raises ProtocolError where sound before it is missing, CaptureError where it cannot be written.
        """
        with self._mutex:
            recorder = self._recorder
            if recorder is None or told.seq <= self._control:
                return
            if told.at > recorder.samples:
                raise ProtocolError("gap", "sound that comes before this is missing: the page sends it again")
            if told.at == recorder.samples or told.at > self._since:
                self._do(recorder, told)
            self._control = told.seq  # before what was here already: it was done then

    def _do(self, recorder: Recorder, told: Control) -> None:
        if told.kind == "pause":
            recorder.pause()
        elif told.kind == "resume":
            recorder.resume()
        elif told.kind == "mark":
            self._mark(recorder, told.at / SAMPLE_RATE)
        elif told.kind == "drop":
            recorder.drop_last(told.seconds)
        else:
            self._stop(recorder)

    def _mark(self, recorder: Recorder, at: float) -> None:
        self.recording.refresh()
        if all(abs(mark.at - at) > 0.5 / SAMPLE_RATE for mark in self.recording.marks):
            recorder.mark(MarkKind.MOMENT, at)

    def _stop(self, recorder: Recorder) -> None:
        recorder.stop()
        self._samples, self._recorder, self._receiver = recorder.samples, None, None
        self.recording.refresh()

    def end(self) -> None:
        """Stop with what is here, unless it was stopped. Raises CaptureError where it cannot be written."""
        with self._mutex:
            if self._recorder is not None:
                self._stop(self._recorder)

    def sync(self) -> Position:
        """Make safe what has come so far. Raises DiskFullError or CaptureError."""
        with self._mutex:
            if self._recorder is not None:
                self._recorder.sync()
            return self.position

    def settle(self, trouble: str) -> None:
        """The work after the stop is over; `trouble` says why there is no record."""
        self.trouble = trouble
        self.settled.set()
        for hear in tuple(self._settlers):
            hear()

    def checksum(self) -> int | None:
        """CRC-32 of all samples, 16 bits each, little-endian; None where some are gone, so that there is none."""
        with self._mutex:
            return self._checksum()

    def _checksum(self) -> int | None:
        self.recording.refresh()
        if self.recording.dropped or self.recording.missing:
            return None
        crc = 0
        for first in range(0, self.recording.samples, _BLOCK):
            crc = zlib.crc32(self.recording.read_pcm(first, _BLOCK).astype("<i2").tobytes(), crc)
        return crc

    def when_settled(self, hear: Callable[[], None]) -> Callable[[], None]:
        """`hear` is called when the work after the stop is over; the answer ends that."""
        self._settlers.append(hear)
        if self.settled.is_set():
            hear()
        return lambda: self._settlers.remove(hear) if hear in self._settlers else None

    def let_go_of_it(self) -> None:
        """Keep what was recorded and end what follows it, without waiting; it can be taken up again."""
        self.driver.abandon()
        with self._mutex:
            if self._recorder is not None:
                self._recorder.close()

    def close(self, *, within: float = LEAVE) -> None:
        """Let go of it, finished or not; nothing is lost. The driver gets `within` seconds to end what it is at."""
        self.let_go_of_it()
        end = time.monotonic() + within
        if self.awakening is not None:
            self.awakening.join(max(within, 0.0))
            if not self.awakening.is_alive():
                with suppress(ScribeError):
                    self.driver.join(max(end - time.monotonic(), 0.0))
