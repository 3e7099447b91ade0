"""Who asks, and whether they may: the dependencies that every route uses.

    @router.get("/encounters", dependencies=[require("encounter:list")])
    def worklist(actor: CurrentActor) -> ...

On loopback without accounts every visitor is `ME`, with all roles. They work for WebSockets as well; what
carries a recording says `require("recording:create", while_locked=True)` and goes on while the screen is locked.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from scribe.store.actor import ME, NOBODY, Actor
from scribe.store.audit import Event
from scribe.store.store import Store
from scribe.web.accounts import Accounts, Visitor
from scribe.web.guard import SAFE, SESSION_COOKIE
from scribe.web.permissions import ANYONE, PERMISSIONS, allowed
from scribe.web.problems import ProblemError

SIGN_IN = "sign in: nobody is signed in here, or the session has ended"
LOCKED = "the screen is locked: give the password to go on"
OWN = ("/api/v1/session", "/api/v1/me", "/account")  # open before a first password was changed


def accounts_of(connection: HTTPConnection) -> Accounts | None:
    """The accounts, where there are any; None in single-user mode."""
    accounts: Accounts | None = connection.app.state.accounts
    return accounts if accounts is not None and accounts.exist() else None


def visitor_of(connection: HTTPConnection) -> Visitor | None:
    """Whoever the cookie belongs to, locked or not; None in single-user mode too."""
    accounts = accounts_of(connection)
    return accounts.visitor(connection.cookies.get(SESSION_COOKIE)) if accounts else None


def current(connection: HTTPConnection) -> Actor:
    """Who asks. Raises ProblemError 401 where nobody is signed in or the screen is locked."""
    return _actor(connection, locked_too=False)


def recorder(connection: HTTPConnection) -> Actor:
    """As `current`, for what goes on while the screen is locked: the sound of a recording on its way in."""
    return _actor(connection, locked_too=True)


CurrentActor = Annotated[Actor, Depends(current)]
Recorder = Annotated[Actor, Depends(recorder)]


class Permitted:
    """A dependency that lets through whoever has the permission; others get 403. Its name is read by the tests."""

    def __init__(self, permission: str, *, while_locked: bool = False) -> None:
        if permission not in PERMISSIONS:
            raise KeyError(f"no permission {permission!r} in scribe/web/permissions.py")
        self.permission, self.while_locked = permission, while_locked

    def __call__(self, connection: HTTPConnection) -> Actor:
        """The actor. Raises ProblemError 401 or 403."""
        if self.permission == ANYONE:
            return NOBODY
        actor = recorder(connection) if self.while_locked else current(connection)
        if not allowed(actor, self.permission):
            _tell_refusal(connection, actor, self.permission)
            raise ProblemError(403, "forbidden", f"your role does not include {self.permission}: ask an administrator")
        return actor


def require(permission: str, *, while_locked: bool = False) -> Any:
    """The permission that a route needs, as in `dependencies=[require("note:sign")]`."""
    return Depends(Permitted(permission, while_locked=while_locked))


def _tell_refusal(connection: HTTPConnection, actor: Actor, permission: str) -> None:
    store: Store | None = connection.app.state.store
    if store is not None:
        with store.begin(actor) as unit:
            unit.record(Event("role.refused", permission, outcome="refused"))


def _actor(connection: HTTPConnection, *, locked_too: bool) -> Actor:
    accounts = accounts_of(connection)
    if accounts is None:
        return ME
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        machine = accounts.machine(bearer.strip())
        if machine is None:
            raise ProblemError(401, "token", "this token opens nothing: it has ended, was revoked, or is mistyped")
        return machine
    visitor = accounts.visitor(connection.cookies.get(SESSION_COOKIE))
    if visitor is None:
        raise ProblemError(401, "signed-out", SIGN_IN)
    if visitor.locked and not locked_too:
        raise ProblemError(401, "locked", LOCKED)
    if visitor.person.must_change and not connection.url.path.startswith(OWN):
        raise ProblemError(403, "password-change", "choose a password of your own first, at /account")
    if connection.scope.get("method", "GET") not in SAFE:
        accounts.touch(visitor)
    return visitor.actor
