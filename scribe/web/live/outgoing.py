"""What waits to be sent to one page: in order, bounded, and without words once the page may not have them."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from scribe.web.live import messages

MOST = 500  # messages with words that may wait for a page that reads slowly
WORDS = frozenset({"snapshot", "event", "saved"})  # kinds of messages that tell of the patient


class Outgoing:
    """The messages of one connection. For the thread of its event loop only."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, str]] = deque()  # kind, text
        self._filled = asyncio.Event()
        self._ended = False
        self._words = 0

    @property
    def is_full(self) -> bool:
        """Whether more words wait than a page needs one by one: a snapshot says the same."""
        return self._words >= MOST

    def put(self, kind: str, **content: Any) -> None:
        """Send a message when those before it are sent; none after the end."""
        if not self._ended:
            self._words += kind in WORDS
            self._waiting.append((kind, messages.write(kind, **content)))
            self._filled.set()

    def drop_words(self) -> None:
        """What tells of the patient and is not sent yet is never sent."""
        self._waiting = deque(item for item in self._waiting if item[0] not in WORDS)
        self._words = 0

    def end(self) -> None:
        """Nothing comes after what waits now."""
        self._ended = True
        self._filled.set()

    async def get(self) -> str | None:
        """The next message; None: there will be no more."""
        while not self._waiting:
            if self._ended:
                return None
            self._filled.clear()
            await self._filled.wait()
        kind, text = self._waiting.popleft()
        self._words -= kind in WORDS
        return text
