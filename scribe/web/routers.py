"""What the workbench is made of. To add a part: one line in a table here.

A router that is listed is mounted as it is (it carries its own prefix). Names are "module:attribute", so that a part is
loaded only where pages are served.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from fastapi import APIRouter

ROUTERS: tuple[str, ...] = (
    "scribe.web.health:router",  # /api/v1/health
    "scribe.web.session:router",  # /api/v1/session
    "scribe.web.me:router",  # /api/v1/me
    "scribe.web.users:router",  # /api/v1/users, /api/v1/tokens, /api/v1/people
    "scribe.web.audit:router",  # /api/v1/audit
    "scribe.web.emergency:router",  # /api/v1/emergency
    "scribe.web.people_pages:router",  # /sign-in, /account, /people, /audit
    "scribe.web.pages:router",  # /, /encounters/...
    "scribe.web.api.encounters:router",  # /api/v1/encounters, the worklist
    "scribe.web.api.events:router",  # /api/v1/encounters/{id}/events
    "scribe.web.api.transcript:router",  # /api/v1/encounters/{id}/transcript
    "scribe.web.api.note:router",  # /api/v1/encounters/{id}/note, /api/v1/templates
    "scribe.web.api.codes:router",  # /api/v1/encounters/{id}/codes and /queries, /api/v1/codes
    "scribe.web.api.signing:router",  # /api/v1/encounters/{id}/checks, sign, addenda, amend
    "scribe.web.api.history:router",  # /api/v1/encounters/{id}/revisions, diff, statistics; /api/v1/statistics
    "scribe.web.api.documents:router",  # /api/v1/encounters/{id}/documents
    "scribe.web.api.comments:router",  # /api/v1/encounters/{id}/comments
    "scribe.web.api.vocabulary:router",  # /api/v1/vocabulary
    "scribe.web.api.recordings:router",  # /api/v1/recordings
    "scribe.web.api.jobs:router",  # /api/v1/jobs
    "scribe.web.live.routes:router",  # /live, /api/v1/live
)

# What runs beside the requests: functions `service(app)` that return an async context manager.
SERVICES: tuple[str, ...] = (
    "scribe.web.workers:service",
    "scribe.web.live.service:service",
    "scribe.web.housekeeping:service",
)

# Paths whose body may be as large as `web.max_upload_mb`: recordings. Every other body is small.
UPLOADS: tuple[str, ...] = ("/api/v1/recordings",)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the navigation, shown to whoever has the permission."""

    label: str
    path: str
    permission: str


NAVIGATION: tuple[Link, ...] = (
    Link("Worklist", "/", "encounter:list"),
    Link("Live", "/live", "recording:create"),
    Link("Emergency", "/emergency", "emergency:access"),
    Link("People", "/people", "user:manage"),
    Link("Audit", "/audit", "audit:read"),
)


def load(name: str) -> object:
    """The object behind "module:attribute"."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def routers() -> tuple[APIRouter, ...]:
    """All routers, in the order of the table."""
    found = tuple(load(name) for name in ROUTERS)
    return tuple(router for router in found if isinstance(router, APIRouter))
