"""`/api/v1/session`: signing in and out, the locked screen, what one may do, and the token that changes need."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from scribe.store.actor import ME, StaffRole
from scribe.store.devices import LIFE
from scribe.store.people import comparable_login
from scribe.web.accounts import SignedIn
from scribe.web.guard import DEVICE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, csrf_token
from scribe.web.identity import SIGN_IN, accounts_of, require, visitor_of
from scribe.web.permissions import ANYONE, granted
from scribe.web.problems import ProblemError
from scribe.web.visits import Cookie, browser_of, visit

router = APIRouter(prefix="/api/v1/session", tags=["session"])
Secret = Annotated[str, Field(max_length=1000, repr=False)]


class Session(BaseModel):
    """Who is signed in. Without accounts it is whoever sits at this machine."""

    signed_in: bool
    accounts: bool = Field(description="Whether people sign in here.")
    locked: bool = Field(False, description="The screen is locked until the password is given.")
    must_change_password: bool = False
    user_id: str = ""
    name: str = ""
    roles: list[StaffRole] = Field(default_factory=list)
    permissions: list[str] = Field(default_factory=list)
    idle_minutes: float = Field(description="The screen locks after that long without a key or a click.")
    csrf_token: str = Field(description="Send it as X-CSRF-Token with every request that changes something.")


class SignIn(BaseModel):
    """Login, password and, where the account has one, the second factor."""

    model_config = ConfigDict(extra="forbid")
    login: Annotated[str, Field(max_length=200, repr=False)]
    password: Secret
    code: Annotated[str, Field(max_length=40, repr=False)] = ""


class Unlock(BaseModel):
    """The password once more."""

    model_config = ConfigDict(extra="forbid")
    password: Secret


@router.get("", dependencies=[require(ANYONE)])
def read_session(request: Request, response: Response) -> Session:
    """Who is signed in, what they may do, and the CSRF token."""
    cookie, fresh = visit(request)
    if fresh:
        fresh.set_on(response)
    return describe(request, cookie)


@router.post("", dependencies=[require(ANYONE)])
async def sign_in(given: SignIn, request: Request, response: Response) -> Session:
    """Sign in. 401 with code `sign-in` or `second-factor`; 429 or 503 with `Retry-After`.

    `too-many` says that there were too many wrong tries, `busy` that too many sign in at the moment.
    """
    accounts = await to_thread.run_sync(accounts_of, request)
    if accounts is None:
        raise ProblemError(409, "no-accounts", "nobody signs in here: make an account with `scribe users add`")
    browser = browser_of(request)
    known = await to_thread.run_sync(accounts.knows, given.login, browser, given.code)

    def work() -> SignedIn:
        return accounts.sign_in(given.login, given.password, given.code, browser)

    signed = await accounts.in_turn(work, browser, who=comparable_login(given.login), first=known)
    return await to_thread.run_sync(welcome, request, response, signed)


@router.delete("", status_code=204, dependencies=[require(ANYONE)])
def sign_out(request: Request, response: Response) -> None:
    """Sign out; a locked screen can sign out too."""
    visitor = visitor_of(request)
    if visitor:
        with request.app.state.store.begin(visitor.actor) as unit:
            unit.sessions.end(visitor.session.id)
        request.app.state.standings.hurry()
    Cookie(SESSION_COOKIE, "", request.app.state.secure).drop_from(response)


@router.post("/seen", status_code=204, dependencies=[require("self")])
def seen() -> None:
    """The person did something: the screen does not lock yet. Any request but GET says so too."""


@router.post("/lock", status_code=204, dependencies=[require("self")])
def lock(request: Request) -> None:
    """Lock the screen; a recording goes on."""
    visitor = visitor_of(request)
    if visitor:
        with request.app.state.store.begin(visitor.actor) as unit:
            unit.sessions.lock(visitor.session.id)
        request.app.state.standings.hurry()


@router.post("/unlock", dependencies=[require(ANYONE)])
async def unlock(given: Unlock, request: Request, response: Response) -> Session:
    """Unlock the screen. The cookie and the CSRF token are new."""
    accounts = await to_thread.run_sync(accounts_of, request)
    visitor = await to_thread.run_sync(visitor_of, request)
    if accounts is None or visitor is None:
        raise ProblemError(401, "signed-out", SIGN_IN)
    browser = browser_of(request)

    def work() -> SignedIn:
        return accounts.unlock(visitor, given.password, browser)

    signed = await accounts.in_turn(work, browser, who=visitor.person.id)
    request.app.state.standings.renewed(visitor.session.id, signed.cookie)
    return await to_thread.run_sync(welcome, request, response, signed)


def welcome(request: Request, response: Response, signed: SignedIn) -> Session:
    """The answer to whoever just showed who they are, with the new cookie."""
    secure = request.app.state.secure
    Cookie(SESSION_COOKIE, signed.cookie, secure).set_on(response)
    Cookie(VISIT_COOKIE, "", secure).drop_from(response)
    if signed.device:
        Cookie(DEVICE_COOKIE, signed.device, secure, lasts=round(LIFE.total_seconds())).set_on(response)
    return describe(request, signed.cookie)


def describe(request: Request, cookie: str) -> Session:
    """Whose session it is."""
    accounts, token = accounts_of(request), csrf_token(cookie)
    idle = request.app.state.config.web.idle_minutes
    if accounts is None:
        return Session(
            signed_in=True,
            accounts=False,
            user_id=ME.user_id,
            name=ME.name,
            roles=sorted(ME.roles),
            permissions=list(granted(ME.roles)),
            idle_minutes=idle,
            csrf_token=token,
        )
    visitor = accounts.visitor(cookie)
    if visitor is None:
        return Session(signed_in=False, accounts=True, idle_minutes=idle, csrf_token=token)
    return Session(
        signed_in=True,
        accounts=True,
        locked=visitor.locked,
        must_change_password=visitor.person.must_change,
        user_id=visitor.person.id,
        name=visitor.person.name,
        roles=sorted(visitor.person.roles),
        permissions=list(granted(visitor.person.roles)),
        idle_minutes=idle,
        csrf_token=token,
    )
