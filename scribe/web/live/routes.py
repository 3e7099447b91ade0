"""The Live page, and how it begins, finds and carries recordings."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response, WebSocket
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from scribe.errors import NotFoundError, ScribeError
from scribe.store.actor import Actor
from scribe.types import Mode
from scribe.web.desk import desk
from scribe.web.identity import CurrentActor, Permitted, require
from scribe.web.live import messages, told
from scribe.web.live.registry import Registry
from scribe.web.live.socket import Conversation
from scribe.web.once import idempotency_key, rendered
from scribe.web.problems import ProblemError
from scribe.web.standing import Standings
from scribe.web.templating import page

router = APIRouter(tags=["live"])


class Carrier(Permitted):
    """As `Permitted`, but the refusal goes to the route: it tells it over the socket, where the page reads it."""

    def __call__(self, connection: HTTPConnection) -> Actor | ProblemError:  # type: ignore[override]
        """The actor, or why not."""
        try:
            return super().__call__(connection)
        except ProblemError as error:
            return error


CurrentCarrier = Annotated[Actor | ProblemError, Depends(Carrier("recording:create", while_locked=True))]


class Begin(BaseModel):
    """What will be recorded, and that everybody agreed."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode = Mode.VISIT
    consent: str | None = Field(default=None, max_length=500)
    """The words that were agreed to. A visit cannot be recorded without; a dictation needs none."""


class Unfinished(BaseModel):
    """A recording that was not stopped."""

    id: str
    mode: Mode
    begun: AwareDatetime
    seconds: float
    carried: bool
    """Another tab or browser is recording it now."""


class Done(BaseModel):
    """A recording that is finished, and how long it is: a page that keeps more of it does not forget that."""

    id: str
    seconds: float


class Mine(BaseModel):
    """Your recordings from a page: those that are not finished, the newest first, and those that are."""

    recordings: list[Unfinished]
    finished: list[Done]


@router.get("/live", include_in_schema=False, dependencies=[require("recording:create")])
def live_page(request: Request, actor: CurrentActor) -> HTMLResponse:
    """The Live page. Whoever opens it will soon talk."""
    _registry(request).get_ready()
    return page(request, "live.html", actor)


@router.post(
    "/api/v1/live",
    status_code=201,
    dependencies=[require("recording:create"), Depends(idempotency_key)],
    response_model=told.Begun,
)
def begin(request: Request, actor: CurrentActor, wanted: Begin) -> Response:
    """Begin a recording."""
    if wanted.mode is Mode.VISIT and not (wanted.consent or "").strip():
        detail = "a visit is recorded only with the consent of everyone in the room: ask for it and confirm it"
        raise ProblemError(422, "consent", detail)
    registry, consent = _registry(request), wanted.consent or ""
    if request.app.state.store is None:  # nothing is told, and no key is kept
        return rendered(told.Begun(id=registry.begin(wanted.mode, actor, consent).id), 201)
    return told.begin(registry, desk(request, actor), wanted.mode, consent)


@router.get("/api/v1/live", dependencies=[require("recording:create")])
def mine(request: Request, actor: CurrentActor) -> Mine:
    """Your recordings from a page."""
    left, finished = _registry(request).unfinished(actor.user_id)
    shown = [
        Unfinished(id=item.id, mode=item.mode, begun=item.begun, seconds=item.seconds, carried=item.carried)
        for item in left
    ]
    done = [Done(id=name, seconds=seconds) for name, seconds in finished.items()]
    return Mine(recordings=shown, finished=done)


@router.websocket("/api/v1/live/{recording}/socket")
async def carry(socket: WebSocket, recording: str, actor: CurrentCarrier) -> None:
    """Carry a recording: `scribe.web.live.messages` describes what is said.

    It goes on while the screen is locked, without words.
    """
    await socket.accept()
    registry: Registry = socket.app.state.live
    if isinstance(actor, ProblemError):
        # Whoever signs in again goes on: the page keeps trying, and keeps the sound until then.
        barred = actor.status == HTTPStatus.FORBIDDEN
        await _turn_away(socket, actor.code, actor.detail, fatal=barred, close=4403 if barred else 4401)
        return
    try:
        carried = await to_thread.run_sync(registry.find, recording, actor)
        await to_thread.run_sync(told.follows, socket.app.state.store, carried.id, actor)
    except NotFoundError as error:
        await _turn_away(socket, "unknown", str(error), fatal=True, close=4404)
    except ScribeError as error:
        await _turn_away(socket, "busy", str(error), fatal=False, close=1013)
    else:
        standings: Standings = socket.app.state.standings
        with await to_thread.run_sync(standings.watch, socket, "recording:create") as watch:
            await Conversation(socket, carried, registry, registry.config, watch).run()


async def _turn_away(socket: WebSocket, code: str, detail: str, *, fatal: bool, close: int) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(messages.write("error", code=code, detail=detail, fatal=fatal))
        await socket.close(close)


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.live
    return registry
