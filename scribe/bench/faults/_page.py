"""What the Live page's worker does, for a loop: it sends sound, keeps what is not acknowledged, and sends it again."""

from __future__ import annotations

import json
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from scribe.bench.faults._server import PATIENCE, Browser
from scribe.capture.stream import StreamFrame, encode, session_of
from scribe.errors import EngineError

FRAME = 4_000  # samples: a quarter second


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
        self._saved = False

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
        self._stopping = True
        self._out(json.dumps({"type": "control", "kind": "stop", "seq": 1, "at": self.spoken}))
        self.wait(lambda: self.stopped)

    def wait_for_draft(self) -> None:
        """Wait until the server says that the draft is kept, or cannot be made there."""
        self.wait(lambda: self._saved)

    def wait(self, true: Callable[[], bool]) -> None:
        """Wait until it is so. Raises EngineError where the connection ends before, or it takes too long."""
        with self._changed:
            self._changed.wait_for(lambda: true() or self._closed, PATIENCE)
        if not true():
            raise EngineError("the server did not answer the page")

    def hear(self, message: Any) -> None:
        """A message of the server."""
        with self._changed:
            if message["type"] == "ready":
                self.there = message["next_sample"]
            elif message["type"] == "ack":
                self.durable = max(self.durable, message["durable_sample"])
            elif message["type"] == "receipt":
                ours = zlib.crc32(self.samples.tobytes())
                self.differs = message["samples"] != self.spoken or message["crc32"] not in (None, ours)
                self.stopped = True
            elif message["type"] == "saved":
                self._saved = True
            self._changed.notify_all()

    def _listen(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException, OSError):
            for text in socket:
                self.hear(json.loads(text))
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @contextmanager
    def connected(self, browser: Browser) -> Iterator[None]:
        """A connection; what the server does not have is sent again. Raises EngineError where it takes none."""
        address = browser.address.replace("http", "ws", 1) + f"/api/v1/live/{self.recording}/socket"
        headers = {"Cookie": browser.cookie}
        origin = Origin(browser.address)
        with connect(address, origin=origin, additional_headers=headers, open_timeout=PATIENCE) as socket:
            socket.send(json.dumps({"type": "hello", "client": self._client, "rate": 16_000}))
            end = time.monotonic() + PATIENCE
            while (message := json.loads(socket.recv(timeout=PATIENCE)))["type"] != "ready":
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
