"""The audit trail: who read or changed what, in a chain that shows every later change of it.

Each row carries `mac = HMAC-SHA256(k, canonical JSON of the row || mac of the row before)`. The key k is another for
each row, `k' = HMAC-SHA256(k, "next")`, and only the key of the row to come is kept, in `audit_state`. So whoever gets
at the database tomorrow can neither change nor remove what was written today without a trace: they would need keys that
no longer exist there (forward security; Schneier and Kelsey 1999, "Secure Audit Logs to Support Computer Forensics").
Whoever checks needs the first key, which lies outside the database (`witness.py`) and can be taken off the machine.

Rows are written in the transaction of what they tell of: a row that cannot be written undoes the change. They are
numbered under a lock, so their order is the order of `seq`; a clock that runs backwards is told in a row of its own.
"""

from __future__ import annotations

import hmac
import json
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, text, update

from scribe.errors import StoreError
from scribe.store.actor import SYSTEM, Actor
from scribe.store.audit_tables import audit, audit_state
from scribe.vault import Key

LOCK = 7_305_800_918  # an advisory lock of PostgreSQL
ROOT_MAC = "0" * 64  # what the first row is chained to
TOLERANCE = timedelta(seconds=1)  # by which a clock may be set back without a word
CHAINED = ("seq", "at", "actor", "name", "role", "action", "object", "encounter", "patient", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done, or refused. Texts name things by their ids; `reason` may be a person's own words."""

    action: str  # "note.sign", as in the table of permissions where there is such a permission
    object: str = ""  # "note:3", "person:5f2a"
    encounter: str = ""  # its id
    patient: str = ""  # from `Trail.patient`
    outcome: str = "done"  # done, refused, failed
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the trail."""

    seq: int
    at: str
    actor: str
    name: str = field(repr=False)
    role: str
    action: str
    object: str
    encounter: str
    patient: str
    outcome: str
    reason: str = field(repr=False)
    prev_mac: str
    mac: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where the trail ends: what a checkpoint attests."""

    seq: int
    mac: str


def canonical(values: dict[str, Any]) -> bytes:
    """The chained fields as JSON in one form only: sorted, without spaces, UTF-8."""
    chained = {name: values[name] for name in CHAINED}
    return json.dumps(chained, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def mac(key: bytes, values: dict[str, Any]) -> str:
    """The MAC of a row over its fields and the MAC of the row before, in hexadecimal digits."""
    return hmac.digest(key, canonical(values) + values["prev_mac"].encode(), "sha256").hex()


def next_key(key: bytes) -> bytes:
    """The key of the row after; nothing leads back."""
    return hmac.digest(key, b"next", "sha256")


class Trail:
    """Writes the trail. It keeps nothing between calls but the key that seals the chain's key."""

    def __init__(self, main: Key | None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._sealing = main.derive("audit") if main else None
        self._now = now

    def begin(self, connection: Connection, first_key: bytes) -> None:
        """Start an empty trail, in the transaction that makes its tables."""
        state = {"id": 1, "seq": 0, "mac": ROOT_MAC, "at": ""}
        pseudonyms = secrets.token_bytes(32)
        sealed = {"next_key": self._seal(first_key, "next"), "pseudonym_key": self._seal(pseudonyms, "pseudonym")}
        connection.execute(insert(audit_state).values({**state, **sealed}))

    def append(self, connection: Connection, events: Sequence[tuple[Actor, Event]]) -> Head:
        """Write rows, in the caller's transaction, which must be one that writes.

        Other writers wait until it ends, so it comes last in a transaction. Raises StoreError where the trail is gone.
        """
        state = self._locked_state(connection)
        key, now = self._open(state["next_key"], "next"), self._now().astimezone(UTC)
        seq, last_mac = state["seq"], state["mac"]
        rows: list[dict[str, Any]] = []
        for actor, event in (*_clock_events(state["at"], now), *events):
            seq += 1
            row = {
                "seq": seq,
                "at": now.isoformat(timespec="microseconds"),
                "prev_mac": last_mac,
                **_fields(actor, event),
            }
            row["mac"] = last_mac = mac(key, row)
            key = next_key(key)
            rows.append(row)
        if rows:
            connection.execute(insert(audit), rows)
            changed = {"seq": seq, "mac": last_mac, "at": rows[-1]["at"], "next_key": self._seal(key, "next")}
            connection.execute(update(audit_state).where(audit_state.c.id == 1).values(changed))
        return Head(seq, last_mac)

    def patient(self, connection: Connection, name: str) -> str:
        """An opaque reference, the same for the same patient: finds all rows about one patient, tells no name."""
        if not name.strip():
            return ""
        key = self._open(_state(connection)["pseudonym_key"], "pseudonym")
        plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        return hmac.digest(key, plain.encode(), "sha256").hex()[:32]

    def begun(self, connection: Connection) -> bool:
        """Whether there is a trail. Rows without an end are a broken trail, not a missing one."""
        known = connection.execute(select(audit_state.c.id)).first() or connection.execute(select(audit.c.seq)).first()
        return known is not None

    def head(self, connection: Connection) -> Head:
        """Where the trail ends now."""
        state = _state(connection)
        return Head(state["seq"], state["mac"])

    def reseal(self, connection: Connection, new: Key | None) -> Trail:
        """The same trail under another main key; the chain itself does not change."""
        state, other = self._locked_state(connection), Trail(new, now=self._now)
        values = {
            column: other._seal(self._open(state[column], about), about)
            for column, about in (("next_key", "next"), ("pseudonym_key", "pseudonym"))
        }
        connection.execute(update(audit_state).where(audit_state.c.id == 1).values(values))
        return other

    def key_of_next(self, connection: Connection) -> bytes:
        """The key of the row to come: the check compares it with what follows from the first key."""
        return self._open(_state(connection)["next_key"], "next")

    def _locked_state(self, connection: Connection) -> RowMapping:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return _state(connection)

    def _seal(self, secret: bytes, about: str) -> str:
        return (self._sealing.seal(secret, f"audit|{about}".encode()) if self._sealing else secret).hex()

    def _open(self, stored: str, about: str) -> bytes:
        sealed = bytes.fromhex(stored)
        return self._sealing.open(sealed, f"audit|{about}".encode()) if self._sealing else sealed


class AuditRows:
    """The trail as it is read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(
        self,
        limit: int,
        *,
        before: int | None = None,
        actor: str = "",
        action: str = "",
        encounter: str = "",
        patient: str = "",
        outcome: str = "",
    ) -> tuple[Entry, ...]:
        """The last rows, the newest first; those before a number where one is given. Empty texts do not filter."""
        column = audit.c
        equal = {
            column.actor: actor,
            column.action: action,
            column.encounter: encounter,
            column.patient: patient,
            column.outcome: outcome,
        }
        where = [name == value for name, value in equal.items() if value]
        if before is not None:
            where.append(audit.c.seq < before)
        query = select(audit).where(*where).order_by(audit.c.seq.desc()).limit(limit)
        return tuple(Entry(**row) for row in self._connection.execute(query).mappings())


def _state(connection: Connection) -> RowMapping:
    state = connection.execute(select(audit_state).where(audit_state.c.id == 1)).mappings().first()
    if state is None:
        raise StoreError("the end of the audit trail is missing, nothing was changed: run `scribe audit verify`")
    return state


def _fields(actor: Actor, event: Event) -> dict[str, str]:
    return {
        "actor": actor.user_id,
        "name": actor.name,
        "role": actor.role,
        "action": event.action,
        "object": event.object,
        "encounter": event.encounter,
        "patient": event.patient,
        "outcome": event.outcome,
        "reason": event.reason,
    }


def _clock_events(last: str, now: datetime) -> tuple[tuple[Actor, Event], ...]:
    if not last:
        return ()
    back = datetime.fromisoformat(last) - now
    if back <= TOLERANCE:
        return ()
    return ((SYSTEM, Event("audit.clock", reason=f"the clock was set back by {back.total_seconds():.0f} s")),)
