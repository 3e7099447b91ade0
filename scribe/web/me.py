"""`/api/v1/me`: one's own password, second factor and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from scribe.store import second_factor
from scribe.web.accounts import Accounts, SignedIn, Visitor
from scribe.web.identity import SIGN_IN, accounts_of, require, visitor_of
from scribe.web.problems import ProblemError
from scribe.web.qr import picture
from scribe.web.session import Secret, Session, welcome
from scribe.web.visits import browser_of

router = APIRouter(prefix="/api/v1/me", tags=["session"], dependencies=[require("self")])


class In(BaseModel):
    """A request."""

    model_config = ConfigDict(extra="forbid")


class NewPassword(In):
    """The password so far, and the new one."""

    old: Secret
    new: Secret


class Confirmation(In):
    """The password once more."""

    password: Secret


class Offer(BaseModel):
    """A secret for an authenticator. It counts only when its digits were sent back."""

    secret: str
    address: str = Field(description="What the QR code says, `otpauth://...`.")
    picture: str = Field(description="The QR code as SVG in a `data:` address.")


class Enrolment(In):
    """The secret that was offered, the digits that it shows now, and the password once more."""

    secret: Annotated[str, Field(min_length=16, max_length=64, pattern="^[A-Z2-7]+$", repr=False)]
    code: Annotated[str, Field(max_length=20, repr=False)]
    password: Secret


class RecoveryCodes(BaseModel):
    """Each works once in place of the digits. They are shown this once."""

    codes: list[str]


class OwnSession(BaseModel):
    """Where one is signed in."""

    id: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    this: bool


class OwnDevice(BaseModel):
    """A browser one has signed in from."""

    id: str
    created_at: datetime
    used_at: datetime
    address: str
    this: bool


@router.post("/password")
async def change_password(given: NewPassword, request: Request, response: Response) -> Session:
    """Change the password. All other sessions end; the cookie and the CSRF token are new."""
    accounts, visitor = await to_thread.run_sync(_who, request)
    browser = browser_of(request)

    def work() -> SignedIn:
        return accounts.change_password(visitor, given.old, given.new, browser)

    signed = await accounts.in_turn(work, browser, who=visitor.person.id)
    return await to_thread.run_sync(welcome, request, response, signed)


@router.post("/totp/offer")
def offer_totp(request: Request) -> Offer:
    """A new secret for an authenticator."""
    _, visitor = _who(request)
    secret = second_factor.new_secret()
    address = second_factor.address(secret, visitor.person.login)
    return Offer(secret=secret, address=address, picture=picture(address))


@router.post("/totp")
async def enrol_totp(given: Enrolment, request: Request) -> RecoveryCodes:
    """Ask for the second factor from now on."""
    accounts, visitor = await to_thread.run_sync(_who, request)
    browser = browser_of(request)

    def work() -> RecoveryCodes:
        accounts.confirm(visitor, given.password, browser)
        with request.app.state.store.begin(visitor.actor) as unit:
            return RecoveryCodes(codes=list(unit.people.enrol(visitor.person.id, given.secret, given.code)))

    return await accounts.in_turn(work, browser, who=visitor.person.id)


@router.post("/totp/remove", status_code=204)
async def remove_totp(given: Confirmation, request: Request) -> None:
    """Ask for no second factor any more."""
    accounts, visitor = await to_thread.run_sync(_who, request)
    browser = browser_of(request)

    def work() -> None:
        accounts.confirm(visitor, given.password, browser)
        with request.app.state.store.begin(visitor.actor) as unit:
            unit.people.drop_totp(visitor.person.id)

    await accounts.in_turn(work, browser, who=visitor.person.id)


@router.get("/sessions")
def own_sessions(request: Request) -> list[OwnSession]:
    """Where one is signed in."""
    _, visitor = _who(request)
    with request.app.state.store.begin(visitor.actor, read_only=True) as unit:
        found = unit.sessions.of(visitor.person.id)
    return [
        OwnSession(
            id=one.id[:16],
            created_at=one.created_at,
            seen_at=one.seen_at,
            ends_at=one.ends_at,
            address=one.address,
            this=one.id == visitor.session.id,
        )
        for one in found
    ]


@router.get("/devices")
def own_devices(request: Request) -> list[OwnDevice]:
    """The browsers one has signed in from lately. Failed sign-ins from elsewhere do not make them wait."""
    _, visitor = _who(request)
    here = browser_of(request).device
    with request.app.state.store.begin(visitor.actor, read_only=True) as unit:
        found, this = unit.devices.of(visitor.person.id), unit.devices.known(here, visitor.person.id)
    return [
        OwnDevice(
            id=one.id[:16], created_at=one.created_at, used_at=one.used_at, address=one.address, this=one.id == this
        )
        for one in found
    ]


@router.post("/devices/forget-others", status_code=204)
def forget_other_devices(request: Request) -> None:
    """No other browser is known any more."""
    _, visitor = _who(request)
    with request.app.state.store.begin(visitor.actor) as unit:
        unit.devices.forget(visitor.person.id, but=browser_of(request).device)


@router.post("/sessions/end-others", status_code=204)
def end_other_sessions(request: Request) -> None:
    """Sign out everywhere else."""
    _, visitor = _who(request)
    with request.app.state.store.begin(visitor.actor) as unit:
        for one in unit.sessions.of(visitor.person.id):
            if one.id != visitor.session.id:
                unit.sessions.end(one.id)


def _who(request: Request) -> tuple[Accounts, Visitor]:
    """Raises ProblemError where it is no signed-in person: a token, or single-user mode."""
    accounts = accounts_of(request)
    if accounts is None:
        raise ProblemError(409, "no-accounts", "nobody signs in here: make an account with `scribe users add`")
    visitor = visitor_of(request)
    if visitor is None:
        raise ProblemError(401, "signed-out", SIGN_IN)
    return accounts, visitor
