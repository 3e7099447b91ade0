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
                                                     <-  error {code, detail, fatal}
    ping                                             ->
                                                     <-  pong

A control says at which sample it stands and has a number of its own that only grows. The page keeps sound and controls
until they are acknowledged (`control`: the highest number that was done), and sends them again after a cut, in order;
what the server has already is passed over by number or place, so nothing is missing and nothing is done twice. `client`
names the tab: it may take the place of its own lost connection, and nobody else's.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from scribe.errors import ScribeError

MOST = 4096  # characters of a message from a page


class ProtocolError(ScribeError):
    """A page sent something that does not belong there. `code` names it, `close` is the WebSocket close code."""

    def __init__(self, code: str, detail: str, *, close: int = 4400, fatal: bool = False) -> None:
        super().__init__(detail)
        self.code, self.close, self.fatal = code, close, fatal


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
