"""Pages from Jinja2 templates: everything that is put in is escaped, and a missing name is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scribe.store.actor import Actor
from scribe.web import routers
from scribe.web.guard import csrf_token
from scribe.web.permissions import allowed
from scribe.web.visits import visit

HERE = Path(__file__).parent
STATIC = HERE / "static"

environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, actor: Actor | None, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page; `actor` is None before sign-in.

    Templates extend base.html and see, beside `context`: actor, navigation (the links this actor may follow), here (the
    path), csrf (the token for X-CSRF-Token, also in `<meta name="csrf-token">`) and nonce (for a script that must make
    a style element).
    """
    cookie, fresh = visit(request)
    links = [link for link in routers.NAVIGATION if actor and allowed(actor, link.permission)]
    if actor and not actor.session_id:  # without accounts no encounter is somebody else's
        links = [link for link in links if link.permission != "emergency:access"]
    text = environment.get_template(template).render(
        actor=actor,
        navigation=links,
        here=request.url.path,
        csrf=csrf_token(cookie),
        nonce=request.state.nonce,
        signed_in=bool(actor and actor.session_id),
        idle_minutes=request.app.state.config.web.idle_minutes,
        **context,
    )
    response = HTMLResponse(text, status)
    if fresh:
        fresh.set_on(response)
    return response
