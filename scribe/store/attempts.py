"""Failed sign-ins: how long the next try has to wait, by whom it is made. What is counted fades with time.

A try from a browser that the account has signed in from before (`devices`) is counted for that browser alone. So
whoever hammers an account from elsewhere does not lock its owner out. Every other try is counted three times: for the
account from that address, for the account from everywhere, and for the address. Accounts that do not exist count the
same.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from scribe.store.context import Context
from scribe.store.fingerprints import fingerprint
from scribe.store.people_tables import attempt

HALF_LIFE = timedelta(hours=1)  # after which half of the failures are forgotten
FORGET = timedelta(hours=24)  # after which a row is removed
FREE = {"pair": 5, "account": 20, "address": 60, "device": 5, "factor": 20}  # failures before anybody has to wait
MOST = {
    "pair": timedelta(minutes=15),
    "account": timedelta(minutes=1),
    "address": timedelta(minutes=1),
    "device": timedelta(minutes=15),
    "factor": timedelta(minutes=1),
}
FIRST_WAIT = timedelta(seconds=10)
SHOWN_FROM = 5.0  # failures that an administrator is told of


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries: a login, from an address, from a browser that the account knows (`device`) or not (empty)."""

    login: str = field(repr=False)
    address: str
    device: str = field(default="", repr=False)
    person_id: str | None = None  # whose login it is; None: nobody's

    def keys(self) -> dict[str, str]:
        """The counters, by kind."""
        if self.device:
            return {"device": fingerprint(f"device|{self.login}|{self.device}")}
        place = network(self.address)
        named = {"pair": f"{self.login}|{place}", "account": self.login, "address": place}
        return {kind: fingerprint(f"{kind}|{text}") for kind, text in named.items()}

    def factor(self) -> dict[str, str]:
        """The counter of wrong digits after a right password, where the others say wait."""
        return {"factor": fingerprint(f"factor|{self.login}")}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody, or somewhere, with many failures lately."""

    person_id: str  # empty: this is about an address
    address: str  # empty: this is about an account
    failures: int  # that are not forgotten yet
    last_at: datetime
    waits_until: datetime | None  # None: the next try need not wait


class Attempts:
    """The counters, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def wait(self, tried: Attempt) -> timedelta:
        """How long until the next try may be made; zero: now."""
        return self._longest(tried.keys().values())

    def factor_wait(self, tried: Attempt) -> timedelta:
        """The same for a try that names a second factor, where `wait` says wait."""
        return self._longest(tried.factor().values())

    def failed(self, tried: Attempt) -> timedelta:
        """Count it; how long the next try has to wait."""
        keys, waits = tried.keys(), []
        for kind, key in keys.items():
            # one person who keeps mistyping is no attack of the whole address
            if kind == "address" and self._level(keys["pair"]) > FREE["pair"]:
                continue
            waits.append(self._count(kind, key, tried))
        self._context.connection.execute(delete(attempt).where(attempt.c.last_at < self._context.now - FORGET))
        return max(waits)

    def factor_failed(self, tried: Attempt) -> timedelta:
        """Count wrong digits after a right password."""
        return max(self._count(kind, key, tried) for kind, key in tried.factor().items())

    def succeeded(self, tried: Attempt) -> None:
        """Forget what failed for that account from there; what failed from elsewhere still counts."""
        keys, now = tried.keys(), self._context.now
        own = self._level(keys["pair"]) if "pair" in keys else 0.0
        for kind, part in (("account", own), ("address", min(own, FREE["pair"]))):  # what it added to them
            if part and (row := self._row(keys[kind])) is not None:
                values = {"failures": max(0.0, _faded(row, now) - part), "last_at": now}
                self._context.connection.execute(update(attempt).where(attempt.c.key == keys[kind]).values(values))
        gone = [keys[kind] for kind in ("pair", "device") if kind in keys]
        self._context.connection.execute(delete(attempt).where(attempt.c.key.in_(gone)))

    def forget(self, login: str, person_id: str) -> None:
        """Let somebody try again at once, as an administrator unlocks them."""
        account = Attempt(login, "").keys()["account"]
        gone = or_(attempt.c.key == account, attempt.c.person_id == person_id)
        self._context.connection.execute(delete(attempt).where(gone))

    def troubles(self) -> tuple[Trouble, ...]:
        """Accounts and addresses with many failures lately, the most first. Logins that are nobody's are not told."""
        now = self._context.now
        rows = self._context.connection.execute(select(attempt)).mappings().all()
        people: dict[str, list[RowMapping]] = {}
        found = []
        for row in rows:
            if row["kind"] == "address" and _faded(row, now) >= SHOWN_FROM:
                found.append(Trouble("", row["address"], round(_faded(row, now)), row["last_at"], _until(row, now)))
            elif row["person_id"] and row["kind"] in ("account", "device", "factor"):
                people.setdefault(row["person_id"], []).append(row)
        for person_id, own in people.items():
            failures = sum(_faded(row, now) for row in own)
            if failures >= SHOWN_FROM:
                until = max((end for row in own if (end := _until(row, now))), default=None)
                found.append(Trouble(person_id, "", round(failures), max(row["last_at"] for row in own), until))
        return tuple(sorted(found, key=lambda item: -item.failures))

    # --- helpers
    def _longest(self, keys: Iterable[str]) -> timedelta:
        rows = self._context.connection.execute(select(attempt.c.blocked_until).where(attempt.c.key.in_(list(keys))))
        ends = [end for end in rows.scalars() if end is not None]
        return max(max((end - self._context.now for end in ends), default=timedelta(0)), timedelta(0))

    def _row(self, key: str) -> RowMapping | None:
        chosen = select(attempt).where(attempt.c.key == key).with_for_update()
        return self._context.connection.execute(chosen).mappings().first()

    def _level(self, key: str) -> float:
        row = self._row(key)
        return _faded(row, self._context.now) if row else 0.0

    def _count(self, kind: str, key: str, tried: Attempt) -> timedelta:
        now, row = self._context.now, self._row(key)
        failures = (_faded(row, now) if row else 0.0) + 1
        over = round(failures) - FREE[kind]
        wait = min(FIRST_WAIT * 2 ** min(over, 16), MOST[kind]) if over >= 0 else timedelta(0)
        values: dict[str, Any] = {"failures": failures, "last_at": now, "blocked_until": now + wait if wait else None}
        about = {"address": network(tried.address)} if kind == "address" else {"person_id": tried.person_id}
        made = self._insert(attempt).values({"key": key, "kind": kind, **about, **values})
        self._context.connection.execute(made.on_conflict_do_update(index_elements=["key"], set_=values))
        return wait

    @property
    def _insert(self) -> Any:
        """Either database's own, so that two first failures at the same time are no conflict."""
        return (postgresql if self._context.connection.dialect.name == "postgresql" else sqlite).insert


def network(address: str) -> str:
    """An address as it is counted: of IPv6 the first 64 bits, all of which one subscriber has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False))


def _faded(row: RowMapping, now: datetime) -> float:
    """The failures of a row that are not forgotten yet."""
    passed: float = max((now - row["last_at"]) / HALF_LIFE, 0.0)
    failures: float = row["failures"]
    return failures * math.pow(0.5, passed)


def _until(row: RowMapping, now: datetime) -> datetime | None:
    end: datetime | None = row["blocked_until"]
    return end if end is not None and end > now else None
