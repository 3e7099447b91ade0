"""Whether whoever opened a connection that lasts (a socket, a stream of events, a long download) may still have it.

A request is let through once; a connection may outlive the session that it was let through for. One thread asks the
store for all of them, every `EVERY` seconds, so a change counts whichever process made it. A connection only reads the
answer:

    with standings.watch(connection, "recording:create") as watch:
        ...
        if watch.standing is Standing.OPEN:
            send(words)

While the store does not answer, nobody is let through: after `STALE` seconds every connection counts as locked.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from starlette.requests import HTTPConnection

from scribe.errors import ScribeError
from scribe.store.actor import NOBODY, Actor, StaffRole
from scribe.store.fingerprints import fingerprint
from scribe.store.people import PersonState
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.web.guard import SESSION_COOKIE
from scribe.web.permissions import allowed

EVERY = 0.5  # seconds between two looks
STALE = 2.0  # seconds after which an answer is worth nothing any more
log = logging.getLogger("scribe.web")


class Standing(StrEnum):
    """What a connection may do now."""

    OPEN = "open"
    LOCKED = "locked"  # nothing of a patient goes out; sound may come in
    SIGNED_OUT = "signed-out"  # the session or token has ended
    BARRED = "account-locked"  # by an administrator
    FORBIDDEN = "forbidden"  # the permission was taken away

    @property
    def is_over(self) -> bool:
        """Whether the connection has to end."""
        return self not in (Standing.OPEN, Standing.LOCKED)


class Watch:
    """One connection. `standing` may be read at any time, from any thread, and costs nothing."""

    def __init__(self, standings: Standings, kind: str, key: str, permission: str) -> None:
        self._standings = standings
        self.kind, self.key = kind, key  # "session" or "token" with its fingerprint; "nobody": there are no accounts
        self.permission = permission
        self.person_id = ""
        self.roles: frozenset[StaffRole] = frozenset()  # as of the last look
        self._verdict, self._asked = Standing.LOCKED, -STALE

    @property
    def standing(self) -> Standing:
        """As of the last look; locked where that is too long ago."""
        if self._verdict.is_over or self.kind == "local" or time.monotonic() - self._asked <= STALE:
            return self._verdict
        return Standing.LOCKED

    def told(self, verdict: Standing) -> None:
        """What the last look found."""
        self._verdict, self._asked = verdict, time.monotonic()

    def close(self) -> None:
        """The connection has ended."""
        self._standings.drop(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Standings:
    """All connections of this process that last. `store` None: there is nobody to ask, everything is open."""

    def __init__(self, store: Store | None, idle_minutes: float) -> None:
        self._store = store
        self._idle = timedelta(minutes=idle_minutes)
        self._watches: set[Watch] = set()
        self._mutex = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, connection: HTTPConnection, permission: str) -> Watch:
        """Watch a connection from now on; the first look is done when this returns. It reads the database."""
        scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
        cookie = connection.cookies.get(SESSION_COOKIE)
        if self._store is None:
            watch = Watch(self, "local", "", permission)
            watch.told(Standing.OPEN)
            return watch
        if scheme.lower() == "bearer":
            watch = Watch(self, "token", fingerprint(bearer.strip()), permission)
        elif cookie:
            watch = Watch(self, "session", fingerprint(cookie), permission)
        else:
            watch = Watch(self, "nobody", "", permission)
        self._look((watch,))
        with self._mutex:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look_on, name="standings", daemon=True)
                self._thread.start()
        return watch

    def drop(self, watch: Watch) -> None:
        """A connection has ended. The thread ends with the last one."""
        with self._mutex:
            self._watches.discard(watch)

    def renewed(self, session_id: str, cookie: str) -> None:
        """A session goes on under another cookie: its connections are those of the new one."""
        with self._mutex:
            for watch in self._watches:
                if watch.kind == "session" and watch.key == session_id:
                    watch.key = fingerprint(cookie)
        self.hurry()

    def hurry(self) -> None:
        """Something has changed here: look now."""
        self._wake.set()

    def __len__(self) -> int:
        """How many connections are watched."""
        return len(self._watches)

    # --- in the thread
    def _look_on(self) -> None:
        while True:
            self._wake.wait(EVERY)
            self._wake.clear()
            with self._mutex:
                watches = tuple(self._watches)
                if not watches:
                    self._thread = None
                    return
            self._look(watches)

    def _look(self, watches: Iterable[Watch]) -> None:
        """Ask for all of them in one transaction. Where that fails they grow stale."""
        if self._store is None:
            return
        asked = tuple((watch, watch.kind, watch.key) for watch in watches)
        try:
            with self._store.begin(NOBODY, read_only=True) as unit:
                found = _Found(unit, asked)
            now = self._store.clock()
        except ScribeError:
            return  # the database is away
        except Exception as error:  # the thread must live: without it nobody would be let go on
            log.error("%s while looking after connections", type(error).__name__)
            return
        for watch, kind, key in asked:
            verdict = found.verdict(watch, kind, key, lambda seen: now - seen > self._idle)
            if verdict is not Standing.SIGNED_OUT or watch.key == key:  # renewed meanwhile: the next look tells
                watch.told(verdict)


class _Found:
    """What the store knows of some connections."""

    def __init__(self, unit: Unit, asked: Iterable[tuple[Watch, str, str]]) -> None:
        keys = {kind: {key for _, named, key in asked if named == kind} for kind in ("session", "token")}
        self.sessions = unit.sessions.those(keys["session"])
        self.tokens = unit.tokens.those(keys["token"])
        holders = {session.person_id for session in self.sessions.values()}
        holders |= {token.person_id for token in self.tokens.values()}
        self.people = unit.people.those(holders | {watch.person_id for watch, *_ in asked if watch.person_id})
        known = self.sessions.keys() | self.tokens.keys()
        self.accounts = all(key in known for *_, key in asked) or unit.people.exist()

    def verdict(self, watch: Watch, kind: str, key: str, idle: Callable[[datetime], bool]) -> Standing:
        if not self.accounts:
            return Standing.OPEN  # whoever sits at this machine
        session, token = self.sessions.get(key), self.tokens.get(key)
        held = session if kind == "session" else token
        if held is not None:
            watch.person_id = held.person_id
        person = self.people.get(watch.person_id)
        if person is not None and person.state is not PersonState.ACTIVE:
            return Standing.BARRED
        if held is None or person is None or person.must_change:
            return Standing.SIGNED_OUT
        watch.roles = person.roles
        scopes = frozenset(token.scopes) if kind == "token" and token else None
        if not allowed(Actor(person.id, "", person.roles, scopes=scopes), watch.permission):
            return Standing.FORBIDDEN
        locked = kind == "session" and session is not None and (session.locked or idle(session.seen_at))
        return Standing.LOCKED if locked else Standing.OPEN
