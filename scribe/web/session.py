"""`/api/v1/session`: who is signed in, what they may do, and the token that changes need."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from scribe.store.actor import StaffRole
from scribe.web.guard import csrf_token
from scribe.web.identity import CurrentActor, require
from scribe.web.permissions import PERMISSIONS, allowed
from scribe.web.visits import visit

router = APIRouter(prefix="/api/v1/session", tags=["session"])


class Session(BaseModel):
    """Who is signed in."""

    user_id: str
    name: str
    roles: list[StaffRole]
    permissions: list[str]
    csrf_token: str
    """Send it as X-CSRF-Token with every request that changes something."""


@router.get("", dependencies=[require("self")])
def read_session(request: Request, response: Response, actor: CurrentActor) -> Session:
    """Who is signed in, what they may do, and the CSRF token."""
    cookie, fresh = visit(request)
    if fresh:
        fresh.set_on(response)
    return Session(
        user_id=actor.user_id,
        name=actor.name,
        roles=sorted(actor.roles),
        permissions=[name for name in PERMISSIONS if allowed(actor, name)],
        csrf_token=csrf_token(cookie),
    )
