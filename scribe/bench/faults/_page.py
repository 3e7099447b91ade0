"""What the Live page's worker does, for a loop: it sends sound, keeps what is not acknowledged, and sends it again."""

from __future__ import annotations

import json
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from scribe.bench.faults._server import GONE, PATIENCE
from scribe.capture.stream import StreamFrame, encode, session_of
from scribe.errors import EngineError

FRAME = 4_000  # samples: a quarter second


class Seat(Protocol):
    """Whoever is signed in at a browser."""

    address: str

    @property
    def cookie(self) -> str:
        """What the browser sends with each request."""


class Page:
    """One recording of a page. It outlives connections and servers."""

    def __init__(self, recording: str, sound: NDArray[np.int16]) -> None:
        """`sound` is spoken again and again, shape (time,)."""
        self.recording = recording
        self.spoken = 0  # samples so far
        self.durable = 0  # samples that were acknowledged
        self.there = 0  # samples that the server had when it was reached last
        self.stopped = False  # the server has acknowledged the stop
        self.differs = False  # ... and has other sound
        self._stopping = False  # nothing is spoken any more
        self._sound = sound
        self._client = secrets.token_hex(8)
        self._socket: ClientConnection | None = None
        self._frames = 0
        self._changed = threading.Condition()
        self._closed = True
        self.is_saved = False  # ... or said that it cannot be, for now
        self.told = False  # the server has said that something is wrong
        self.link = ""  # where the server has put it

    @property
    def samples(self) -> NDArray[np.int16]:
        """All that was spoken, shape (time,)."""
        return self._part(0, self.spoken)

    def _part(self, first: int, end: int) -> NDArray[np.int16]:
        return np.take(self._sound, np.arange(first, end), mode="wrap")

    def speak(self, samples: int) -> None:
        """Send so much more sound; nothing after the stop."""
        if not self._stopping:
            first, self.spoken = self.spoken, self.spoken + samples
            self._send(first)

    def _send(self, first: int) -> None:
        for at in range(first, self.spoken, FRAME):
            part = self._part(at, min(at + FRAME, self.spoken))
            frame = StreamFrame(session_of(self.recording), self._frames, at, part)
            self._frames += 1
            self._out(encode(frame))

    def _out(self, message: bytes | str) -> None:
        if self._socket is None:
            raise EngineError("the page is not connected")
        self._socket.send(message)

    def stop(self) -> None:
        """Stop, and wait until the server has acknowledged that."""
        self.press_stop()
        self.wait(lambda: self.stopped)

    def press_stop(self) -> None:
        """Stop. What was not acknowledged of it is said again with the next connection."""
        self._stopping = True
        self._send_stop()

    def _send_stop(self) -> None:
        self._out(json.dumps({"type": "control", "kind": "stop", "seq": 1, "at": self.spoken}))

    def wait_for_draft(self) -> None:
        """Wait until the server says that the draft is kept, or cannot be made there."""
        self.wait(lambda: self.is_saved)

    def wait(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until it is so. Raises EngineError where the connection ends before, or it takes too long."""
        with self._changed:
            self._changed.wait_for(lambda: true() or self._closed, seconds)
        if not true():
            raise EngineError("the server did not answer the page")

    def hear(self, message: Any) -> None:
        """A message of the server."""
        with self._changed:
            if message["type"] == "ready":
                self.there = message["next_sample"]
                self.durable = max(self.durable, message["durable_sample"])
            elif message["type"] == "ack":
                self.durable = max(self.durable, message["durable_sample"])
            elif message["type"] == "receipt":
                ours = zlib.crc32(self.samples.tobytes())
                self.differs = message["samples"] != self.spoken or message["crc32"] not in (None, ours)
                self.stopped = True
            elif message["type"] == "saved":
                self.is_saved, self.link = True, message["link"] or ""
            elif message["type"] == "error" and message["detail"]:
                self.told = True
            self._changed.notify_all()

    def _listen(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException, OSError):
            for text in socket:
                self.hear(json.loads(text))
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def persist(self, browser: Seat, true: Callable[[], bool], seconds: float) -> bool:
        """Connect as often as it takes, until it is so; whether it is."""
        end = time.monotonic() + seconds
        while not true() and (left := end - time.monotonic()) > 0:
            with suppress(*GONE), self.connected(browser):
                if self._stopping and not self.stopped:
                    self._send_stop()
                self.wait(true, left)
            time.sleep(0.2)
        return true()

    @contextmanager
    def connected(self, browser: Seat) -> Iterator[None]:
        """A connection; what the server does not have is sent again. Raises EngineError where it takes none."""
        address = browser.address.replace("http", "ws", 1) + f"/api/v1/live/{self.recording}/socket"
        headers = {"Cookie": browser.cookie}
        origin = Origin(browser.address)
        with connect(address, origin=origin, additional_headers=headers, open_timeout=PATIENCE) as socket:
            socket.send(json.dumps({"type": "hello", "client": self._client, "rate": 16_000}))
            end = time.monotonic() + PATIENCE
            while (message := json.loads(socket.recv(timeout=PATIENCE)))["type"] != "ready":
                self.hear(message)
                if message["type"] == "error" or time.monotonic() > end:
                    raise EngineError(f"the server refuses a recording ({message.get('code')})")
            self.hear(message)
            self._socket, self._frames, self._closed = socket, 0, False
            threading.Thread(target=self._listen, args=(socket,), daemon=True).start()
            try:
                self._send(self.there)
                yield
            finally:
                self._socket = None
