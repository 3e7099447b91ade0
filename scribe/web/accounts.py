"""Signing in and out, and who a request is from: what stands between a cookie or a token and an `Actor`.

Whoever guesses learns nothing: a wrong password, an unknown account and a locked one get the same answer after the same
work, and every failure makes the next try wait longer, by account and address, account, and address.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from scribe.config import WebSettings
from scribe.errors import InputError
from scribe.store import passwords
from scribe.store.actor import NOBODY, Actor
from scribe.store.audit import Event
from scribe.store.people import Person, PersonState, comparable_login
from scribe.store.sessions import TOUCH, Attempt, Session
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.web.problems import ProblemError

AT_ONCE = 2  # sign-ins that are checked at the same time; others wait
LOOK_AGAIN = 2.0  # seconds: how soon the first account is noticed
WRONG = "login and password do not fit: type them again, or ask an administrator"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever signed in, and the value of their cookie."""

    person: Person
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a cookie belongs to."""

    person: Person
    session: Session
    locked: bool  # by hand, or for want of a key or click

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return Actor(self.person.id, self.person.name, self.person.roles, self.session.id[:16])


class Accounts:
    """The accounts of a store, for the pages."""

    def __init__(self, store: Store, settings: WebSettings) -> None:
        self._store = store
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._length = timedelta(hours=settings.session_hours)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._exist, self._looked = False, -LOOK_AGAIN

    def exist(self) -> bool:
        """Whether there are accounts: then everybody signs in. Accounts do not go away."""
        if not self._exist and time.monotonic() - self._looked > LOOK_AGAIN:
            with self._store.begin(NOBODY, read_only=True) as unit:
                self._exist = unit.people.exist()
            self._looked = time.monotonic()
        return self._exist

    def noticed(self) -> None:
        """An account was just made: look again."""
        self._looked = -LOOK_AGAIN

    # --- from a request to a person
    def visitor(self, cookie: str | None) -> Visitor | None:
        """Whoever the cookie belongs to; None where nobody is signed in with it."""
        if not cookie:
            return None
        with self._store.begin(NOBODY, read_only=True) as unit:
            session = unit.sessions.find(cookie)
            if session is None:
                return None
            person = unit.people.get(session.person_id)
        if person.state is not PersonState.ACTIVE:
            return None
        idle = self._store.clock() - session.seen_at > self._idle
        return Visitor(person, session, locked=session.locked or idle)

    def machine(self, secret: str) -> Actor | None:
        """Whoever a bearer token acts for; None where it opens nothing."""
        with self._store.begin(NOBODY, read_only=True) as unit:
            token = unit.tokens.open(secret)
            if token is None:
                return None
            person = unit.people.get(token.person_id)
        if person.state is not PersonState.ACTIVE:
            return None
        actor = Actor(person.id, f"{person.name} ({token.name})", person.roles, token.id, frozenset(token.scopes))
        now = self._store.clock()
        if token.used_at is None or now - token.used_at > TOUCH:
            with self._store.begin(actor) as unit:
                unit.tokens.used(token.id)
        return actor

    def touch(self, visitor: Visitor) -> None:
        """The person did something."""
        if self._store.clock() - visitor.session.seen_at > TOUCH:
            with self._store.begin(visitor.actor) as unit:
                unit.sessions.touch(visitor.session.id)

    # --- signing in
    def sign_in(self, login: str, password: str, code: str, *, address: str, old: str | None = None) -> SignedIn:
        """Raises ProblemError 401 where something is wrong, 429 where the next try has to wait."""
        tried = Attempt(comparable_login(login), address)
        with self._turns:
            person = self._checked(tried, password)
            if person.has_totp and not code:
                raise ProblemError(401, "second-factor", "type the six digits that your authenticator shows now")
            with self._store.begin(NOBODY) as unit:
                fits = not person.has_totp or unit.people.second_factor_fits(person.id, code)
                wait = timedelta(0) if fits else self._failed(unit, tried, person.id, "second factor")
            if not fits:
                detail = "these digits do not fit, or were used already: wait for the next ones, and check the clock"
                raise ProblemError(401, "second-factor", detail, headers=_retry_after(wait))
            return self.start(person, address=address, old=old, tried=tried)

    def start(
        self, person: Person, *, address: str, old: str | None = None, tried: Attempt | None = None, how: str = ""
    ) -> SignedIn:
        """A new session for somebody who has shown who they are; the old one of this browser ends."""
        with self._store.begin(NOBODY) as unit:
            if tried:
                unit.attempts.succeeded(tried)
            before = unit.sessions.find(old) if old else None
            if before:
                unit.sessions.end(before.id)
            cookie = unit.sessions.start(person.id, address, self._length)
            unit.people.signed_in(person.id)
            actor = Actor(person.id, person.name, person.roles)
            unit.record(Event("session.sign_in", f"person:{person.id}", reason=how), actor=actor)
        return SignedIn(person, cookie)

    def unlock(self, visitor: Visitor, password: str, *, address: str) -> SignedIn:
        """The same session goes on under a new cookie. Raises ProblemError 401 or 429."""
        tried = Attempt(visitor.person.login, address)
        with self._turns:
            person = self._checked(tried, password)
            if person.id != visitor.person.id:
                raise ProblemError(401, "sign-in", WRONG)
            with self._store.begin(visitor.actor) as unit:
                unit.attempts.succeeded(tried)
                cookie = unit.sessions.renew(visitor.session)
                unit.record(Event("session.unlock"))
        return SignedIn(person, cookie)

    def change_password(self, visitor: Visitor, old: str, new: str, *, address: str) -> SignedIn:
        """Another password; every other session of the person ends. Raises ProblemError 401 or 429, InputError."""
        tried = Attempt(visitor.person.login, address)
        with self._turns:
            person = self._checked(tried, old)
        if old == new:
            raise InputError("the new password is the old one: choose another")
        prepared = passwords.accepted(new, person.login)
        with self._store.begin(visitor.actor) as unit:
            unit.people.set_password(person.id, prepared, by_themselves=True)
        return self.start(person, address=address, how="after a new password")

    def confirm(self, visitor: Visitor, password: str, *, address: str) -> None:
        """It is really them, who are about to change how they sign in. Raises ProblemError 401 or 429."""
        with self._turns:
            self._checked(Attempt(visitor.person.login, address), password)

    def refused(self, what: str, reason: str) -> None:
        """Note a sign-in that came to nothing elsewhere."""
        with self._store.begin(NOBODY) as unit:
            unit.record(Event("session.sign_in", what, outcome="refused", reason=reason))

    def _checked(self, tried: Attempt, password: str) -> Person:
        """Whoever has that login and password. The database is not locked while the password is checked."""
        with self._store.begin(NOBODY, read_only=True) as unit:
            wait = unit.attempts.wait(tried)
            stored = unit.people.password_hash(tried.login)
            person = unit.people.by_login(tried.login)
        if wait > timedelta(0):
            detail = f"too many wrong passwords: wait {max(1, round(wait.total_seconds()))} s and try again"
            raise ProblemError(429, "too-many", detail, headers=_retry_after(wait))
        fits = passwords.fits(password, stored)
        if fits and person is not None and person.state is PersonState.ACTIVE:
            return person
        with self._store.begin(NOBODY) as unit:
            wait = self._failed(unit, tried, person.id if person else "unknown", "password")
        raise ProblemError(401, "sign-in", WRONG, headers=_retry_after(wait))

    def _failed(self, unit: Unit, tried: Attempt, who: str, what: str) -> timedelta:
        wait = unit.attempts.failed(tried)
        reason = f"{what}; address {tried.address}" + (f"; waits {wait.total_seconds():.0f} s" if wait else "")
        unit.record(Event("session.sign_in", f"person:{who}", outcome="refused", reason=reason))
        return wait


def _retry_after(wait: timedelta) -> Mapping[str, str]:
    return {"Retry-After": str(max(1, round(wait.total_seconds())))} if wait else {}
