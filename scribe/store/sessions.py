"""Sessions of people and tokens of machines. What opens a door is kept as its SHA-256 only."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from scribe.errors import ConflictError, InputError, NotFoundError
from scribe.store.audit import Event
from scribe.store.context import Context, new_id
from scribe.store.fingerprints import fingerprint
from scribe.store.people_tables import session, token

TOUCH = timedelta(seconds=30)  # how exact `seen_at` is
TOKEN_PREFIX = "scribe_"  # noqa: S105 (makes a leaked token easy to find)
LONGEST_TOKEN_LIFE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is signed in."""

    id: str
    person_id: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    locked: bool
    address: str


class Sessions:
    """The sessions, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def start(self, person_id: str, address: str, length: timedelta) -> str:
        """Somebody signed in; the value of their cookie, which is kept nowhere."""
        self._context.connection.execute(delete(session).where(session.c.ends_at < self._context.now))
        secret, now = secrets.token_urlsafe(32), self._context.now
        values = {"id": fingerprint(secret), "person_id": person_id, "address": address[:64], "locked": False}
        times = {"created_at": now, "seen_at": now, "ends_at": now + length}
        self._context.connection.execute(insert(session).values({**values, **times}))
        return secret

    def find(self, secret: str) -> Session | None:
        """The session of a cookie; None where there is none or it has ended."""
        query = select(session).where(session.c.id == fingerprint(secret), session.c.ends_at > self._context.now)
        row = self._context.connection.execute(query).mappings().first()
        return Session(**row) if row else None

    def those(self, ids: Collection[str]) -> dict[str, Session]:
        """Sessions by id, as far as there are such and they have not ended."""
        if not ids:
            return {}
        query = select(session).where(session.c.id.in_(ids), session.c.ends_at > self._context.now)
        return {row["id"]: Session(**row) for row in self._context.connection.execute(query).mappings()}

    def renew(self, old: Session) -> str:
        """Another cookie for the same session, unlocked; the old cookie is worth nothing from now on.

        Raises ConflictError where it was renewed or ended since it was found.
        """
        secret = secrets.token_urlsafe(32)
        values = {"id": fingerprint(secret), "locked": False, "seen_at": self._context.now}
        renewed = update(session).where(session.c.id == old.id).values(values)
        if not self._context.connection.execute(renewed).rowcount:
            raise ConflictError("this session was unlocked or ended elsewhere just now: reload the page")
        return secret

    def touch(self, session_id: str) -> None:
        """The person did something."""
        self._set(session_id, {"seen_at": self._context.now})

    def lock(self, session_id: str) -> None:
        """The screen is locked until the password is given."""
        self._set(session_id, {"locked": True})
        self._context.record(Event("session.lock"))

    def end(self, session_id: str) -> None:
        """Signed out."""
        whose = select(session.c.person_id).where(session.c.id == session_id)
        person_id = self._context.connection.execute(whose).scalar()
        self._context.connection.execute(delete(session).where(session.c.id == session_id))
        self._context.record(Event("session.sign_out", f"person:{person_id}"))

    def of(self, person_id: str) -> tuple[Session, ...]:
        """Where somebody is signed in, the newest first."""
        query = select(session).where(session.c.person_id == person_id, session.c.ends_at > self._context.now)
        rows = self._context.connection.execute(query.order_by(session.c.created_at.desc())).mappings()
        return tuple(Session(**row) for row in rows)

    def _set(self, session_id: str, values: dict[str, Any]) -> None:
        self._context.connection.execute(update(session).where(session.c.id == session_id).values(values))


@dataclass(frozen=True, slots=True)
class Token:
    """A machine may act for somebody, within some permissions, until a day."""

    id: str
    person_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """The tokens, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, person_id: str, name: str, scopes: Iterable[str], life: timedelta) -> tuple[Token, str]:
        """A new token, and its text, shown this once. Raises InputError for a life or name that will not do."""
        if not timedelta(0) < life <= LONGEST_TOKEN_LIFE:
            raise InputError(f"a token lives 1 to {LONGEST_TOKEN_LIFE.days} days")
        if not name.strip() or len(name) > 120 or not name.isprintable():
            raise InputError("a token has a name of 1 to 120 characters, saying what it is for")
        wanted = tuple(dict.fromkeys(scopes))
        if not wanted:
            raise InputError("a token has at least one permission")
        secret, now = TOKEN_PREFIX + secrets.token_urlsafe(32), self._context.now
        values = {
            "id": new_id(),
            "fingerprint": fingerprint(secret),
            "person_id": person_id,
            "name": name.strip(),
            "scopes": " ".join(wanted),
            "created_at": now,
            "created_by": self._context.actor.user_id,
            "ends_at": now + life,
        }
        self._context.connection.execute(insert(token).values(values))
        self._context.record(Event("token.add", f"token:{values['id']}", reason=str(values["scopes"])))
        return self.get(str(values["id"])), secret

    def get(self, token_id: str) -> Token:
        """Raises NotFoundError where there is none."""
        found = self._find(token.c.id == token_id)
        if not found:
            raise NotFoundError("there is no such token")
        return found[0]

    def of(self, person_id: str | None = None) -> tuple[Token, ...]:
        """Somebody's tokens, or all."""
        return self._find(token.c.person_id == person_id) if person_id else self._find()

    def open(self, secret: str) -> Token | None:
        """The token of a text; None where there is none, it has ended or was revoked."""
        found = self._find(
            token.c.fingerprint == fingerprint(secret),
            token.c.ends_at > self._context.now,
            token.c.revoked_at.is_(None),
        )
        return found[0] if found else None

    def those(self, fingerprints: Collection[str]) -> dict[str, Token]:
        """Tokens by the fingerprint of their text, as far as they still open something."""
        if not fingerprints:
            return {}
        valid = (token.c.ends_at > self._context.now, token.c.revoked_at.is_(None))
        query = select(token).where(token.c.fingerprint.in_(fingerprints), *valid)
        rows = self._context.connection.execute(query).mappings()
        return {row["fingerprint"]: _token(dict(row)) for row in rows}

    def used(self, token_id: str) -> None:
        """Remember when."""
        self._context.connection.execute(update(token).where(token.c.id == token_id).values(used_at=self._context.now))

    def revoke(self, token_id: str) -> None:
        """It opens nothing from now on."""
        self.get(token_id)
        self._context.connection.execute(
            update(token)
            .where(token.c.id == token_id, token.c.revoked_at.is_(None))
            .values(revoked_at=self._context.now)
        )
        self._context.record(Event("token.revoke", f"token:{token_id}"))

    def _find(self, *where: Any) -> tuple[Token, ...]:
        rows = self._context.connection.execute(select(token).where(*where).order_by(token.c.created_at)).mappings()
        return tuple(_token(dict(row)) for row in rows)


def _token(row: dict[str, Any]) -> Token:
    row.pop("fingerprint")
    return Token(**{**row, "scopes": tuple(row["scopes"].split())})
