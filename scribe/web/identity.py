"""Who asks, and whether they may: the dependencies that every route uses.

    @router.get("/encounters", dependencies=[require("encounter:list")])
    def worklist(actor: CurrentActor) -> ...

On loopback without accounts every visitor is `ME`, with all roles. They work for WebSockets as well.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from scribe.store.actor import ME, Actor
from scribe.web.permissions import PERMISSIONS, allowed
from scribe.web.problems import ProblemError


def current(connection: HTTPConnection) -> Actor:
    """Who asks. Raises ProblemError 401 where accounts exist and nobody is signed in."""
    return ME


CurrentActor = Annotated[Actor, Depends(current)]


class Permitted:
    """A dependency that lets through whoever has the permission; others get 403. Its name is read by the tests."""

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise KeyError(f"no permission {permission!r} in scribe/web/permissions.py")
        self.permission = permission

    def __call__(self, actor: CurrentActor) -> Actor:
        """The actor. Raises ProblemError 403."""
        if not allowed(actor, self.permission):
            raise ProblemError(403, "forbidden", f"your role does not include {self.permission}: ask an administrator")
        return actor


def require(permission: str) -> Any:
    """The permission that a route needs, as in `dependencies=[require("note:sign")]`."""
    return Depends(Permitted(permission))
