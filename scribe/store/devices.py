"""Known browsers: those from which an account has signed in. They open nothing; they only are not locked out.

A browser keeps one random value for all who sign in from it; what is kept here is its SHA-256, once for each account.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from scribe.store.audit import Event
from scribe.store.context import Context
from scribe.store.fingerprints import fingerprint
from scribe.store.people_tables import device

LIFE = timedelta(days=180)  # without a sign-in, after which a browser is unknown again
MOST = 20  # browsers of an account; the one that was not used for longest goes


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that an account knows."""

    id: str
    created_at: datetime
    used_at: datetime
    address: str


class Devices:
    """The known browsers, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def known(self, secret: str, person_id: str) -> str:
        """The id of a browser that the account knows; empty where it does not."""
        if not secret:
            return ""
        since = self._context.now - LIFE
        where = (device.c.id == fingerprint(secret), device.c.person_id == person_id, device.c.used_at > since)
        found: str | None = self._context.connection.execute(select(device.c.id).where(*where)).scalar()
        return found or ""

    def remember(self, secret: str, person_id: str, address: str) -> str:
        """The account has just signed in from it; the value it is to keep, a new one where it had none of ours."""
        connection, now = self._context.connection, self._context.now
        connection.execute(delete(device).where(device.c.used_at <= now - LIFE))
        ours = secret and connection.execute(select(device.c.id).where(device.c.id == fingerprint(secret))).first()
        value = secret if ours else secrets.token_urlsafe(32)
        own = (device.c.id == fingerprint(value), device.c.person_id == person_id)
        seen = {"used_at": now, "address": address[:64]}
        if not connection.execute(update(device).where(*own).values(seen)).rowcount:
            row = {"id": fingerprint(value), "person_id": person_id, "created_at": now, **seen}
            connection.execute(insert(device).values(row))
            for old in self.of(person_id)[MOST:]:
                connection.execute(delete(device).where(device.c.id == old.id, device.c.person_id == person_id))
        return value

    def of(self, person_id: str) -> tuple[Device, ...]:
        """The browsers an account knows, the one used last first."""
        query = select(device.c.id, device.c.created_at, device.c.used_at, device.c.address)
        chosen = query.where(device.c.person_id == person_id, device.c.used_at > self._context.now - LIFE)
        rows = self._context.connection.execute(chosen.order_by(device.c.used_at.desc(), device.c.id)).mappings()
        return tuple(Device(**row) for row in rows)

    def forget(self, person_id: str, *, but: str = "") -> None:
        """None is known any more, but the one with the value `but`."""
        where = (device.c.person_id == person_id, device.c.id != fingerprint(but))
        self._context.connection.execute(delete(device).where(*where))
        self._context.record(Event("self.devices", f"person:{person_id}", reason="other browsers are unknown again"))
