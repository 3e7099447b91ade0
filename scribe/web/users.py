"""`/api/v1/users` and `/tokens`: accounts and machine tokens, for administrators; `/people` for everybody."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from scribe.errors import InputError
from scribe.store import passwords
from scribe.store.actor import StaffRole
from scribe.store.people import Person, PersonState
from scribe.store.sessions import Token
from scribe.web.accounts import Accounts
from scribe.web.desk import desk as desk_of
from scribe.web.identity import CurrentActor, require
from scribe.web.once import answered, fingerprint, idempotency_key
from scribe.web.permissions import granted
from scribe.web.problems import ProblemError
from scribe.web.visits import browser_of

router = APIRouter(prefix="/api/v1", tags=["people"])
Name = Annotated[str, Field(min_length=1, max_length=200)]


class In(BaseModel):
    """A request."""

    model_config = ConfigDict(extra="forbid")


class Colleague(BaseModel):
    """Somebody to hand work to."""

    id: str
    name: str
    roles: list[StaffRole]


class User(BaseModel):
    """An account."""

    id: str
    login: str
    name: str
    roles: list[StaffRole]
    state: PersonState
    has_password: bool
    must_change: bool
    has_totp: bool
    subject: str | None
    created_at: datetime
    signed_in_at: datetime | None


class SignInFailures(BaseModel):
    """An account or an address with many failed sign-ins. Half of them are forgotten each hour."""

    person_id: str = Field(description="Whose account; empty where it is about an address.")
    address: str = Field(description="From where; empty where it is about an account.")
    failures: int
    last_at: datetime
    waits_until: datetime | None = Field(description="When the next try may be made; null: now.")


class NewUser(In):
    """An account to be made. Without `subject` it gets a first password, which is to be changed."""

    login: Annotated[str, Field(min_length=1, max_length=120)]
    name: Name
    roles: Annotated[list[StaffRole], Field(min_length=1, max_length=6)]
    subject: Annotated[str, Field(max_length=255)] | None = None


class MadeUser(BaseModel):
    """The account, and its first password, shown this once."""

    user: User
    password: str | None


class UserPatch(In):
    """What is to change."""

    name: Name | None = None
    roles: Annotated[list[StaffRole], Field(min_length=1, max_length=6)] | None = None
    subject: Annotated[str, Field(max_length=255)] | None = None


class TokenOut(BaseModel):
    """A machine token, without what opens."""

    id: str
    person_id: str
    name: str
    scopes: list[str]
    created_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class NewToken(In):
    """A token to be made: it acts for `person_id`, within `scopes`."""

    person_id: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    scopes: Annotated[list[str], Field(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=366)] = 90


class MadeToken(BaseModel):
    """The token, and its text for `Authorization: Bearer`, shown this once."""

    token: TokenOut
    text: str


@router.get("/people", dependencies=[require("encounter:list")])
def colleagues(request: Request, actor: CurrentActor) -> list[Colleague]:
    """Whom work can be handed to: everybody who may sign in."""
    with request.app.state.store.begin(actor, read_only=True) as unit:
        people = unit.people.all()
    return [
        Colleague(id=one.id, name=one.name, roles=sorted(one.roles))
        for one in people
        if one.state is PersonState.ACTIVE
    ]


@router.get("/sign-in-failures", dependencies=[require("user:manage")])
def sign_in_failures(request: Request, actor: CurrentActor) -> list[SignInFailures]:
    """Accounts and addresses with many failed sign-ins lately: somebody forgot a password, or somebody guesses."""
    with request.app.state.store.begin(actor, read_only=True) as unit:
        return [SignInFailures(**asdict(found)) for found in unit.attempts.troubles()]


@router.get("/users", dependencies=[require("user:manage")])
def users(request: Request, actor: CurrentActor) -> list[User]:
    """All accounts."""
    with request.app.state.store.begin(actor, read_only=True) as unit:
        return [user_out(one) for one in unit.people.all()]


@router.post(
    "/users", status_code=201, dependencies=[require("user:manage"), Depends(idempotency_key)], response_model=MadeUser
)
async def add_user(given: NewUser, request: Request, actor: CurrentActor) -> Response:
    """Make an account. The first one must be an administrator's; from then on everybody signs in."""
    accounts: Accounts = request.app.state.accounts

    def work() -> Response:
        desk = desk_of(request, actor)

        def make() -> MadeUser:
            password = None if given.subject else passwords.first()
            prepared = passwords.hashed(password) if password else ""
            with desk.change() as unit:
                made = unit.people.add(given.login, given.name, given.roles, password=prepared, subject=given.subject)
                return MadeUser(user=user_out(made), password=password)

        answer = answered(desk, fingerprint("POST users", {"given": given}), make, 201, later=_password_was_shown)
        accounts.noticed()
        return answer

    return await accounts.in_turn(work, browser_of(request), who=actor.user_id)


def _password_was_shown(made: MadeUser) -> ProblemError | None:
    if made.password is None:
        return None
    detail = (
        "this account was made when you asked first, and its password is shown only once: give it a new one with "
        "POST /api/v1/users/{id}/password, or on the page People"
    )
    return ProblemError(409, "made-before", detail, more={"id": made.user.id})


@router.patch("/users/{user_id}", dependencies=[require("user:manage")])
def change_user(user_id: str, given: UserPatch, request: Request, actor: CurrentActor) -> User:
    """Another name, other roles, another subject of the identity provider (an empty one takes it away)."""
    with request.app.state.store.begin(actor) as unit:
        found = unit.people.get(user_id)
        if given.name is not None:
            found = unit.people.rename(user_id, given.name)
        if given.roles is not None:
            found = unit.people.set_roles(user_id, given.roles)
        if given.subject is not None:
            found = unit.people.set_subject(user_id, given.subject)
        return user_out(found)


@router.post("/users/{user_id}/lock", dependencies=[require("user:manage")])
def lock_user(user_id: str, request: Request, actor: CurrentActor) -> User:
    """Nobody signs in with it; sessions and tokens end now."""
    with request.app.state.store.begin(actor) as unit:
        return user_out(unit.people.lock(user_id))


@router.post("/users/{user_id}/unlock", dependencies=[require("user:manage")])
def unlock_user(user_id: str, request: Request, actor: CurrentActor) -> User:
    """Signing in is possible again, and at once after too many wrong passwords."""
    with request.app.state.store.begin(actor) as unit:
        found = unit.people.unlock(user_id)
        unit.attempts.forget(found.login, found.id)
        return user_out(found)


@router.post("/users/{user_id}/password", dependencies=[require("user:manage")])
async def reset_password(user_id: str, request: Request, actor: CurrentActor) -> MadeUser:
    """A new first password, shown this once; sessions end, and it is to be changed."""
    accounts: Accounts = request.app.state.accounts

    def work() -> MadeUser:
        password = passwords.first()
        prepared = passwords.hashed(password)
        with request.app.state.store.begin(actor) as unit:
            person = unit.people.set_password(user_id, prepared, by_themselves=False)
        return MadeUser(user=user_out(person), password=password)

    return await accounts.in_turn(work, browser_of(request), who=actor.user_id)


@router.post("/users/{user_id}/totp/remove", dependencies=[require("user:manage")])
def remove_second_factor(user_id: str, request: Request, actor: CurrentActor) -> User:
    """For somebody who lost their second factor."""
    with request.app.state.store.begin(actor) as unit:
        return user_out(unit.people.drop_totp(user_id))


@router.get("/tokens", dependencies=[require("token:manage")])
def tokens(request: Request, actor: CurrentActor) -> list[TokenOut]:
    """All machine tokens."""
    with request.app.state.store.begin(actor, read_only=True) as unit:
        return [_token(one) for one in unit.tokens.of()]


@router.post(
    "/tokens",
    status_code=201,
    dependencies=[require("token:manage"), Depends(idempotency_key)],
    response_model=MadeToken,
)
def add_token(given: NewToken, request: Request, actor: CurrentActor) -> Response:
    """Make a machine token. It can do no more than the person it acts for."""
    desk = desk_of(request, actor)

    def make() -> MadeToken:
        with desk.change() as unit:
            person = unit.people.get(given.person_id)
            beyond = set(given.scopes) - set(granted(person.roles))
            if beyond:
                raise InputError(f"{len(beyond)} of these permissions are not among those of the person it acts for")
            made, text = unit.tokens.add(person.id, given.name, given.scopes, timedelta(days=given.days))
            return MadeToken(token=_token(made), text=text)

    return answered(desk, fingerprint("POST tokens", {"given": given}), make, 201, later=_text_was_shown)


def _text_was_shown(made: MadeToken) -> ProblemError:
    detail = (
        "this token was made when you asked first, and its text is shown only once: revoke it with "
        "DELETE /api/v1/tokens/{id}, or on the page People, and make another"
    )
    return ProblemError(409, "made-before", detail, more={"id": made.token.id})


@router.delete("/tokens/{token_id}", status_code=204, dependencies=[require("token:manage")])
def revoke_token(token_id: str, request: Request, actor: CurrentActor) -> None:
    """It opens nothing from now on."""
    with request.app.state.store.begin(actor) as unit:
        unit.tokens.revoke(token_id)


def user_out(person: Person) -> User:
    """An account as administrators see it."""
    return User(
        id=person.id,
        login=person.login,
        name=person.name,
        roles=sorted(person.roles),
        state=person.state,
        has_password=person.has_password,
        must_change=person.must_change,
        has_totp=person.has_totp,
        subject=person.subject,
        created_at=person.created_at,
        signed_in_at=person.signed_in_at,
    )


def _token(token: Token) -> TokenOut:
    return TokenOut(
        id=token.id,
        person_id=token.person_id,
        name=token.name,
        scopes=list(token.scopes),
        created_at=token.created_at,
        ends_at=token.ends_at,
        used_at=token.used_at,
        revoked_at=token.revoked_at,
    )
