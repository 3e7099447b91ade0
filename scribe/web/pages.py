"""The pages that people work on. They hold no patient text themselves: their scripts read it from the API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from scribe.web.identity import CurrentActor, require
from scribe.web.templating import page

router = APIRouter(include_in_schema=False)

EncounterId = Annotated[str, Path(pattern=r"^[\w-]{1,80}$")]


@router.get("/", dependencies=[require("self")])
def worklist(request: Request, actor: CurrentActor) -> HTMLResponse:
    """What there is to do."""
    return page(request, "worklist.html", actor)


@router.get("/encounters/{encounter_id}", dependencies=[require("encounter:read")])
def editor(request: Request, actor: CurrentActor, encounter_id: EncounterId) -> HTMLResponse:
    """Transcript, note, codes and recording of one encounter."""
    return page(request, "editor.html", actor, encounter=encounter_id)


@router.get("/encounters/{encounter_id}/sign", dependencies=[require("encounter:read")])
def sign(request: Request, actor: CurrentActor, encounter_id: EncounterId) -> HTMLResponse:
    """Checks, signature, addenda, revisions and what was changed."""
    return page(request, "sign.html", actor, encounter=encounter_id)
