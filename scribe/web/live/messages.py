"""What page and server say to each other over the socket, beside the sound (`scribe.capture.stream`).

    page                                                       server
    hello {client, rate}                             ->
                                                     <-  ready {session, next_sample, durable_sample}
                                                     <-  snapshot {snapshot}
    (sound, in frames) and control {seq, at, kind}   ->
                                                     <-  ack {durable_sample, control}, after each flush to the disk
                                                     <-  event {event}
    control {kind: "stop"}                           ->
                                                     <-  receipt {samples, crc32}
                                                     <-  event ..., saved {link, draft}, in no certain order
                                                     <-  locked {}
                                                     <-  error {code, detail, fatal}
    ping                                             ->
                                                     <-  pong

A control says at which sample it stands and has a number of its own that only grows. The page keeps sound and controls
until they are acknowledged (`control`: the highest number that was done), and sends them again after a cut, in order;
what the server has already is passed over by number or place, so nothing is missing and nothing is done twice. `client`
names the tab: it may take the place of its own lost connection, and nobody else's.

While the screen of the page's session is locked, `locked` stands in place of snapshot and events; a snapshot says that
it is open again. The server closes with 1000 when all is said, 4400 after what does not belong there, 4401 where nobody
is signed in any more (sign in, and go on), 4403 where the permission to record is gone or the account was locked (the
recording ends there), 4404 for a recording that is not there, 4408 without a hello, 4409 where another tab carries it.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from scribe.errors import ScribeError
from scribe.web.standing import Standing

MOST = 4096  # characters of a message from a page


class ProtocolError(ScribeError):
    """A page sent something that does not belong there. `code` names it, `close` is the WebSocket close code."""

    def __init__(self, code: str, detail: str, *, close: int = 4400, fatal: bool = False) -> None:
        super().__init__(detail)
        self.code, self.close, self.fatal = code, close, fatal


FAREWELLS = {
    Standing.SIGNED_OUT: (
        4401,
        "the session has ended: sign in again to go on; this browser keeps the sound until then",
    ),
    Standing.BARRED: (
        4403,
        "your account was locked by an administrator, and the recording has ended: what the server had until then is "
        "kept and becomes a draft; ask an administrator",
    ),
    Standing.FORBIDDEN: (
        4403,
        "you may not record any more, and the recording has ended: what the server had until then is kept and becomes "
        "a draft; ask an administrator",
    ),
}


def farewell(standing: Standing) -> ProtocolError:
    """What a page is told whose session or permission has ended."""
    close, detail = FAREWELLS[standing]
    return ProtocolError(standing.value, detail, close=close, fatal=close == 4403)


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Hello(_Message):
    """The first message of a page."""

    type: Literal["hello"]
    client: str = Field(min_length=8, max_length=64)
    rate: Literal[16000]


class Control(_Message):
    """Something done with the recording when it had `at` samples."""

    type: Literal["control"]
    seq: int = Field(ge=0)
    at: int = Field(ge=0)
    kind: Literal["pause", "resume", "mark", "drop", "stop"]
    seconds: float = Field(default=0.0, ge=0, le=3600)  # of a drop


class Ping(_Message):
    """Is anybody there."""

    type: Literal["ping"]


Said = Hello | Control | Ping
_SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


def read(text: str) -> Said:
    """A message of a page. Raises ProtocolError where it is none."""
    if len(text) > MOST:
        raise ProtocolError("too-large", "a message of the page is too large: reload the page", close=1009)
    try:
        return _SAID.validate_json(text)
    except ValidationError as error:
        raise ProtocolError("garbled", "the server does not understand this page: reload it") from error


def write(kind: str, **content: Any) -> str:
    """A message to a page."""
    return json.dumps({"type": kind, **content}, ensure_ascii=False, separators=(",", ":"))
