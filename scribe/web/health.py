"""`/api/v1/health`: whether the workbench can take in changes now, for what watches over it and for administrators."""

from __future__ import annotations

import threading
import time

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from scribe.capture.folder import root
from scribe.store.health import Check, checks
from scribe.web.identity import require
from scribe.web.permissions import ANYONE

router = APIRouter(prefix="/api/v1/health", tags=["health"])
AGAIN = 2.0  # seconds for which an answer stands: whoever asks more often costs nothing
_LOOKING = threading.Lock()


class CheckOut(BaseModel):
    """One thing that was looked at."""

    name: str = Field(description="database, folder, recordings, checkpoints or room.")
    ready: bool


class Health(BaseModel):
    """Whether changes can be taken in."""

    ready: bool
    checks: list[CheckOut]


class CheckDetail(CheckOut):
    """One thing that was looked at, and what is wrong with it."""

    trouble: str


class HealthDetails(BaseModel):
    """Whether changes can be taken in, and what to do where not."""

    ready: bool
    checks: list[CheckDetail]


@router.get("", dependencies=[require(ANYONE)], responses={503: {"model": Health, "description": "Not ready."}})
def read_health(request: Request, response: Response) -> Health:
    """200 where changes can be taken in, 503 where something stands against it. Names no file and no person."""
    found = _checks(request)
    ready = all(one.ready for one in found)
    response.status_code = 200 if ready else 503
    return Health(ready=ready, checks=[CheckOut(name=one.name, ready=one.ready) for one in found])


@router.get("/details", dependencies=[require("user:manage")])
def read_health_details(request: Request) -> HealthDetails:
    """The same, with what is wrong and what to do."""
    found = _checks(request)
    shown = [CheckDetail(name=one.name, ready=one.ready, trouble=one.trouble) for one in found]
    return HealthDetails(ready=all(one.ready for one in found), checks=shown)


def _checks(request: Request) -> tuple[Check, ...]:
    state = request.app.state
    if state.store is None:
        return (Check("database", "no database is open: start the workbench with `scribe serve`"),)
    with _LOOKING:
        at, found = getattr(state, "health", (-AGAIN, ()))
        if time.monotonic() - at >= AGAIN:
            found = checks(state.store, root(state.config.capture))
            state.health = (time.monotonic(), found)
        result: tuple[Check, ...] = found
    return result
