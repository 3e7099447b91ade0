"""The first page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from scribe.web.identity import CurrentActor
from scribe.web.templating import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, actor: CurrentActor) -> HTMLResponse:
    """Where everybody starts."""
    return page(request, "home.html", actor)
