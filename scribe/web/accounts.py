"""Signing in and out, and who a request is from: what stands between a cookie or a token and an `Actor`.

Whoever guesses learns nothing: a wrong password, an unknown account and a locked one get the same answer after the same
work, and every failure makes the next try wait longer (`scribe.store.attempts`). Passwords are checked in turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from scribe.config import WebSettings
from scribe.errors import InputError
from scribe.store import passwords
from scribe.store.actor import NOBODY, Actor
from scribe.store.attempts import Attempt, network
from scribe.store.audit import Event
from scribe.store.people import Person, PersonState, comparable_login
from scribe.store.sessions import TOUCH, Session
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.web.problems import ProblemError
from scribe.web.turns import Turns, at_once

T = TypeVar("T")
LOOK_AGAIN = 2.0  # seconds: how soon the first account is noticed
WRONG = "login and password do not fit: type them again, or ask an administrator"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever signed in, and the value of their cookie."""

    person: Person
    cookie: str = field(repr=False)
    device: str = field(default="", repr=False)  # what the browser is to keep to be known; empty: nothing new


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: the network address, and the cookies that the browser has of us."""

    address: str
    device: str = field(default="", repr=False)
    session: str = field(default="", repr=False)  # of a session that ends with the next one


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
        self._turns = Turns("passwords", threads=at_once())
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
    async def in_turn(self, work: Callable[[], T], browser: Browser, *, who: str, first: bool = True) -> T:
        """Work that checks or makes a password. Raises ProblemError 429 or 503 where too many wait for theirs."""
        return await self._turns.take(work, address=network(browser.address), who=who, first=first)

    def knows(self, login: str, browser: Browser, code: str) -> bool:
        """Whether the account knows the browser. Raises ProblemError 429 where a try would have to wait anyway."""
        tried, wait, _, _ = self._standing(comparable_login(login), browser)
        if wait and not code:
            raise _too_many(wait)
        return bool(tried.device)

    def sign_in(self, login: str, password: str, code: str, browser: Browser) -> SignedIn:
        """Raises ProblemError 401 where something is wrong, 429 where the next try has to wait."""
        tried, wait, person, stored = self._standing(comparable_login(login), browser)
        if wait:
            return self._in_spite_of(tried, wait, person, stored, (password, code), browser)
        person = self._checked(tried, person, stored, password)
        if person.has_totp and not code:
            raise ProblemError(401, "second-factor", "type the six digits that your authenticator shows now")
        with self._store.begin(NOBODY) as unit:
            fits = not person.has_totp or unit.people.second_factor_fits(person.id, code)
            wait = timedelta(0) if fits else self._failed(unit, tried, person.id, "second factor")
        if not fits:
            detail = "these digits do not fit, or were used already: wait for the next ones, and check the clock"
            raise ProblemError(401, "second-factor", detail, headers=_retry_after(wait))
        return self.start(person, browser, tried=tried)

    def _in_spite_of(
        self,
        tried: Attempt,
        wait: timedelta,
        person: Person | None,
        stored: str,
        given: tuple[str, str],
        browser: Browser,
    ) -> SignedIn:
        """A try that has to wait goes through where password and second factor are right, both at once.

        Otherwise the answer is the same whichever was wrong, so that nobody learns a password this way.
        """
        password, code = given
        if not code:
            raise _too_many(wait)
        fits = passwords.fits(password, stored) and person is not None and person.state is PersonState.ACTIVE
        with self._store.begin(NOBODY) as unit:
            wait = unit.attempts.factor_wait(tried)
            if not wait and fits and person is not None and person.has_totp:
                if unit.people.second_factor_fits(person.id, code):
                    return self._started(unit, person, browser, tried, "")
                unit.attempts.factor_failed(tried)
            who = person.id if person else "unknown"
            reason = f"password or second factor; address {tried.address}"
            unit.record(Event("session.sign_in", f"person:{who}", outcome="refused", reason=reason))
        raise ProblemError(401, "sign-in", WRONG, headers=_retry_after(wait))

    def start(self, person: Person, browser: Browser, *, tried: Attempt | None = None, how: str = "") -> SignedIn:
        """A new session for somebody who has shown who they are; the old one of this browser ends."""
        with self._store.begin(NOBODY) as unit:
            return self._started(unit, person, browser, tried, how)

    def _started(self, unit: Unit, person: Person, browser: Browser, tried: Attempt | None, how: str) -> SignedIn:
        if tried:
            unit.attempts.succeeded(tried)
        before = unit.sessions.find(browser.session) if browser.session else None
        if before:
            unit.sessions.end(before.id)
        cookie = unit.sessions.start(person.id, browser.address, self._length)
        device = unit.devices.remember(browser.device, person.id, browser.address)
        unit.people.signed_in(person.id)
        actor = Actor(person.id, person.name, person.roles)
        unit.record(Event("session.sign_in", f"person:{person.id}", reason=how), actor=actor)
        return SignedIn(person, cookie, device)

    def unlock(self, visitor: Visitor, password: str, browser: Browser) -> SignedIn:
        """The same session goes on under a new cookie. Raises ProblemError 401 or 429."""
        tried = self._at_work(visitor, browser)
        person = self._confirmed(tried, password)
        if person.id != visitor.person.id:
            raise ProblemError(401, "sign-in", WRONG)
        with self._store.begin(visitor.actor) as unit:
            unit.attempts.succeeded(tried)
            cookie = unit.sessions.renew(visitor.session)
            unit.record(Event("session.unlock"))
        return SignedIn(person, cookie)

    def change_password(self, visitor: Visitor, old: str, new: str, browser: Browser) -> SignedIn:
        """Another password; every other session of the person ends. Raises ProblemError 401 or 429, InputError."""
        with self._store.begin(NOBODY, read_only=True) as unit:
            before = unit.people.password_hash(visitor.person.login)
        person = self._confirmed(self._at_work(visitor, browser), old)
        if old == new:
            raise InputError("the new password is the old one: choose another")
        prepared = passwords.accepted(new, person.login)
        with self._store.begin(visitor.actor) as unit:
            unit.people.set_password(person.id, prepared, by_themselves=True, in_place_of=before)
        return self.start(person, replace(browser, session=""), how="after a new password")

    def confirm(self, visitor: Visitor, password: str, browser: Browser) -> None:
        """It is really them, who are about to change how they sign in. Raises ProblemError 401 or 429."""
        self._confirmed(self._at_work(visitor, browser), password)

    def refused(self, what: str, reason: str) -> None:
        """Note a sign-in that came to nothing elsewhere."""
        with self._store.begin(NOBODY) as unit:
            unit.record(Event("session.sign_in", what, outcome="refused", reason=reason))

    # --- helpers
    def _standing(self, login: str, browser: Browser) -> tuple[Attempt, timedelta, Person | None, str]:
        """Who tries, how long they have to wait, whose login it is, and the hash of the password."""
        with self._store.begin(NOBODY, read_only=True) as unit:
            person = unit.people.by_login(login)
            device = unit.devices.known(browser.device, person.id) if person else ""
            tried = Attempt(login, browser.address, device, person.id if person else None)
            return tried, unit.attempts.wait(tried), person, unit.people.password_hash(login)

    def _at_work(self, visitor: Visitor, browser: Browser) -> Attempt:
        """A session that goes on is as good as a known browser."""
        return Attempt(visitor.person.login, browser.address, f"session {visitor.session.id}", visitor.person.id)

    def _confirmed(self, tried: Attempt, password: str) -> Person:
        with self._store.begin(NOBODY, read_only=True) as unit:
            wait = unit.attempts.wait(tried)
            stored, person = unit.people.password_hash(tried.login), unit.people.by_login(tried.login)
        if wait:
            raise _too_many(wait)
        return self._checked(tried, person, stored, password)

    def _checked(self, tried: Attempt, person: Person | None, stored: str, password: str) -> Person:
        """The person, if it is their password. The database is not locked while it is checked."""
        fits = passwords.fits(password, stored)
        if fits and person is not None and person.state is PersonState.ACTIVE:
            return person
        with self._store.begin(NOBODY) as unit:
            wait = self._failed(unit, tried, person.id if person else "unknown", "password")
        raise ProblemError(401, "sign-in", WRONG, headers=_retry_after(wait))

    def _failed(self, unit: Unit, tried: Attempt, who: str, what: str) -> timedelta:
        wait = unit.attempts.failed(tried)
        known = "; known browser" if tried.device else ""
        reason = f"{what}; address {tried.address}{known}"
        reason += f"; waits {wait.total_seconds():.0f} s" if wait else ""
        unit.record(Event("session.sign_in", f"person:{who}", outcome="refused", reason=reason))
        return wait


def _too_many(wait: timedelta) -> ProblemError:
    detail = f"too many wrong passwords: wait {max(1, round(wait.total_seconds()))} s and try again"
    return ProblemError(429, "too-many", detail, headers=_retry_after(wait))


def _retry_after(wait: timedelta) -> Mapping[str, str]:
    return {"Retry-After": str(max(1, round(wait.total_seconds())))} if wait else {}
