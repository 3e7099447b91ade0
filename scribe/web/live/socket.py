"""The conversation with a page over its socket: what was said, in `messages`; what is done with it, in `carried`.

Sound may always come in as long as the page may record. Words go out only while its session is open: a page whose
screen is locked is told so and gets none, and one whose session or permission has ended is sent away.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from anyio import CancelScope, create_task_group, fail_after, move_on_after, sleep_forever, to_thread
from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from scribe.config import Config
from scribe.errors import DiskFullError, ScribeError, StreamError
from scribe.events import LiveEvent
from scribe.web.live import messages, view
from scribe.web.live.carried import Carried, Listener
from scribe.web.live.messages import Control, Hello, Ping, ProtocolError
from scribe.web.live.outgoing import Outgoing
from scribe.web.live.registry import Registry
from scribe.web.standing import Standing, Watch

HELLO_WITHIN = 20.0  # seconds
ACK_EVERY = 0.5  # seconds: how long a frame may wait to be flushed and acknowledged
MIND_EVERY = 0.2  # seconds between two looks at what the page may have
LAST_WORDS = 0.5  # seconds in which a page that is sent away is told why
FULL = "the disk of the server is full: what you say is kept in this browser until there is room again"


class Conversation:
    """One connection of one page. All sending happens in one task, so that messages do not mix."""

    def __init__(self, socket: WebSocket, carried: Carried, registry: Registry, config: Config, watch: Watch) -> None:
        self._socket, self._carried, self._registry, self._config = socket, carried, registry, config
        self._watch = watch
        self._loop = asyncio.get_running_loop()
        self._out = Outgoing()
        self._dirty = asyncio.Event()  # something came that is not flushed yet
        self._closing = (1000, "")
        self._listener: Listener | None = None  # None: the page gets no words
        self._unsettle: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Until the page or we hang up. What was recorded stays recorded however that happens."""
        evict = self._thread_safe(lambda: self._hang_up(4409, "taken over"))
        try:
            with fail_after(HELLO_WITHIN):
                hello = await self._hello()
            position = await to_thread.run_sync(self._carried.take, hello, evict)
        except (ProtocolError, TimeoutError) as error:
            await self._refuse(error)
            return
        self._registry.awaken(self._carried)
        try:
            here = {"next_sample": position.next_sample, "durable_sample": position.durable_sample}
            self._out.put("ready", session=self._carried.session, **here)
            if self._watch.standing is Standing.OPEN:
                self._follow()
            else:
                self._out.put("locked")
            if self._carried.stopped:
                self._registry.finish(self._carried)
                await self._receipt()
            async with create_task_group() as group:
                for work in (self._receive, self._acknowledge, self._send, self._mind):
                    group.start_soon(_first, work, group.cancel_scope)
        finally:
            self._unfollow()
            self._registry.left(self._carried, evict)
            with move_on_after(5, shield=True), suppress(Exception):
                with suppress(ScribeError):  # a disk that refuses: the page is told how it ended all the same
                    await to_thread.run_sync(self._carried.sync)
                self._out.end()
                await self._send()
                await self._socket.close(*self._closing)

    async def _hello(self) -> Hello:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise TimeoutError
        said = messages.read(message.get("text") or "")
        if not isinstance(said, Hello):
            raise ProtocolError("garbled", "the first message of a page is hello: reload the page")
        return said

    async def _refuse(self, error: ProtocolError | TimeoutError) -> None:
        with suppress(Exception):
            if isinstance(error, ProtocolError):
                await self._socket.send_text(_error(error))
            await self._socket.close(error.close if isinstance(error, ProtocolError) else 4408)

    # --- words, while the page may have them
    def _follow(self) -> None:
        """Everything so far as a snapshot, then every event from here on."""
        self._unfollow()
        driver = self._carried.driver
        listener: Listener = driver.subscribe()
        self._listener = listener
        shown = view.of_snapshot(listener.snapshot, self._config)
        self._out.put("snapshot", snapshot={**shown, "link": self._carried.link})
        hear = self._thread_safe(self._tell)

        def listen() -> None:
            for event in listener:
                hear(listener, event)

        threading.Thread(target=listen, name="live-page", daemon=True).start()
        self._unsettle = self._carried.when_settled(self._thread_safe(self._settled))

    def _unfollow(self) -> None:
        if self._listener is not None:
            self._carried.driver.unsubscribe(self._listener)
            self._listener.put(None)
            self._listener = None
        self._unsettle()
        self._unsettle = lambda: None

    def _hush(self) -> None:
        """No words any more, not even those that wait to be sent."""
        self._unfollow()
        self._out.drop_words()

    def _tell(self, listener: Listener, event: LiveEvent) -> None:
        if listener is not self._listener:
            return  # it was on its way when the page lost its words, or got a snapshot
        if self._watch.standing is not Standing.OPEN:
            self._hush()
        elif self._out.is_full:
            self._out.drop_words()
            self._follow()
        else:
            driver = self._carried.driver
            self._out.put("event", event=view.of_event(event, lambda: driver.snapshot, self._config))

    def _settled(self) -> None:
        if self._listener is None:
            return
        if self._carried.trouble:
            self._out.put("error", code="no-draft", detail=self._carried.trouble, fatal=False)
        self._out.put("saved", link=self._carried.link, draft=not self._carried.trouble)

    async def _mind(self) -> None:
        """Until the page may not be here any more, and was told."""
        silent = self._listener is None
        while not (standing := self._watch.standing).is_over:
            if standing is Standing.OPEN and self._listener is None:
                self._follow()
            elif standing is Standing.LOCKED and not silent:
                self._hush()
                self._out.put("locked")
            silent = self._listener is None
            await asyncio.sleep(MIND_EVERY)
        self._hush()
        message = messages.farewell(standing)
        self._out.put("error", code=message.code, detail=str(message), fatal=message.fatal)
        self._hang_up(message.close, message.code)
        if message.fatal:
            self._registry.end(self._carried)
        await asyncio.sleep(LAST_WORDS)

    async def _receipt(self) -> None:
        checksum = await to_thread.run_sync(self._carried.checksum)
        self._out.put("receipt", samples=self._carried.samples, crc32=checksum)

    def _thread_safe(self, act: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any) -> None:
            with suppress(RuntimeError):  # the loop has ended, and the page with it
                self._loop.call_soon_threadsafe(act, *arguments)

        return call

    def _hang_up(self, code: int, reason: str) -> None:
        self._closing = (code, reason)
        self._out.end()

    async def _send(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while (text := await self._out.get()) is not None:
                await self._socket.send_text(text)

    async def _receive(self) -> None:
        """Until the page is gone; after what does not belong there, until the page has been told."""
        try:
            while (message := await self._socket.receive())["type"] != "websocket.disconnect":
                data, text = message.get("bytes"), message.get("text")
                await self._sound(data) if data is not None else await self._told(text or "")
        except ProtocolError as error:
            self._out.put("error", code=error.code, detail=str(error), fatal=error.fatal)
            self._hang_up(error.close, error.code)
        except StreamError as error:
            self._out.put("error", code=error.reason, detail=str(error), fatal=False)
            self._hang_up(4400, error.reason)
        except ScribeError as error:
            self._give_up(error)
        else:
            return
        await sleep_forever()  # the sender ends the conversation

    async def _sound(self, data: bytes) -> None:
        """A frame of sound; on a full disk it waits here, and those after it in the browser."""
        while True:
            try:
                await to_thread.run_sync(self._carried.add, data)
            except DiskFullError:
                self._out.put("error", code="disk-full", detail=FULL, fatal=False)
                await asyncio.sleep(1)
            else:
                self._dirty.set()
                return

    async def _told(self, text: str) -> None:
        said = messages.read(text)
        if isinstance(said, Ping):
            self._out.put("pong")
        elif isinstance(said, Control):
            await to_thread.run_sync(self._do, said)
            self._dirty.set()
            if self._carried.stopped:
                await self._receipt()
        else:
            raise ProtocolError("garbled", "a page says hello only once: reload it")

    def _do(self, said: Control) -> None:
        """In a thread: a connection that is lost meanwhile does not come between a stop and the record."""
        self._carried.control(said)
        if self._carried.stopped:
            self._registry.finish(self._carried)

    async def _acknowledge(self) -> None:
        full = False
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                position = await to_thread.run_sync(self._carried.sync)
            except DiskFullError:
                if not full:
                    self._out.put("error", code="disk-full", detail=FULL, fatal=False)
                full = True
                self._dirty.set()
            except ScribeError as error:
                self._give_up(error)
                await sleep_forever()  # the sender ends the conversation
            else:
                if full:
                    self._out.put("error", code="disk-full", detail="", fatal=False)  # it is over
                full = False
                self._out.put("ack", durable_sample=position.durable_sample, control=position.control)
            await asyncio.sleep(ACK_EVERY)

    def _give_up(self, error: ScribeError) -> None:
        """What came cannot be kept for a reason that waiting does not mend: the page keeps it, and tries again."""
        self._out.put("error", code="capture", detail=str(error), fatal=False)
        self._hang_up(1011, "capture")


async def _first(work: Callable[[], Awaitable[None]], scope: CancelScope) -> None:
    """Whichever of the works of a conversation ends first ends it."""
    await work()
    scope.cancel()


def _error(error: ProtocolError) -> str:
    return messages.write("error", code=error.code, detail=str(error), fatal=error.fatal)
