"""People: who may sign in, with what, and as what. Within one unit, as the other parts of the store."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from scribe.errors import ConflictError, InputError, NotFoundError
from scribe.store import second_factor
from scribe.store.actor import StaffRole
from scribe.store.audit import Event
from scribe.store.context import Context, new_id
from scribe.store.people_tables import device, person, session, token

LONGEST_LOGIN = 120


class PersonState(StrEnum):
    """Whether somebody may sign in."""

    ACTIVE = "active"
    LOCKED = "locked"  # by an administrator


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. Secrets stay in the store."""

    id: str
    login: str = field(repr=False)
    name: str = field(repr=False)
    roles: frozenset[StaffRole]
    state: PersonState
    has_password: bool
    must_change: bool
    has_totp: bool
    recovery_left: int
    subject: str | None = field(repr=False)
    created_at: datetime
    signed_in_at: datetime | None


class People:
    """The accounts, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def exist(self) -> bool:
        """Whether there is any account: then everybody signs in."""
        return self._context.connection.execute(select(person.c.id).limit(1)).first() is not None

    def all(self) -> tuple[Person, ...]:
        """Everybody, by login."""
        rows = self._context.connection.execute(select(person).order_by(person.c.login)).mappings()
        return tuple(_person(row) for row in rows)

    def get(self, person_id: str) -> Person:
        """Raises NotFoundError where there is none."""
        return _person(self._row(person.c.id == person_id))

    def those(self, ids: Collection[str]) -> dict[str, Person]:
        """People by id, as far as there are such."""
        if not ids:
            return {}
        rows = self._context.connection.execute(select(person).where(person.c.id.in_(ids))).mappings()
        return {row["id"]: _person(row) for row in rows}

    def by_login(self, login: str) -> Person | None:
        """Whoever signs in with that name, in any case; None where there is none."""
        return self._maybe(person.c.login == comparable_login(login))

    def by_subject(self, subject: str) -> Person | None:
        """Whoever the identity provider calls so."""
        return self._maybe(person.c.subject == subject)

    def add(
        self,
        login: str,
        name: str,
        roles: Iterable[StaffRole],
        *,
        password: str = "",
        must_change: bool = True,
        subject: str | None = None,
    ) -> Person:
        """A new account. `password` is the hash that `passwords.accepted` made, empty for none.

        Raises InputError for a login, name or roles that will not do, ConflictError for a login that is taken.

        The first account must be an administrator's, or nobody could make the next.
        """
        plain, wanted = comparable_login(login), frozenset(roles)
        if not plain or len(plain) > LONGEST_LOGIN or any(not c.isprintable() or c.isspace() for c in plain):
            raise InputError("a login has 1 to 120 characters and no spaces: for example jane.doe")
        if not name.strip() or len(name) > 200 or not name.isprintable():
            raise InputError("a name has 1 to 200 characters, all of them printable")
        if not wanted:
            raise InputError(f"an account has at least one role: {', '.join(StaffRole)}")
        if StaffRole.ADMIN not in wanted and not self.exist():
            raise InputError("the first account must have the role admin, to be able to make others: add --role admin")
        if self.by_login(plain) is not None:
            raise ConflictError("that login is taken: choose another")
        if subject and self.by_subject(subject) is not None:
            raise ConflictError("that subject of the identity provider belongs to another account")
        values = {
            "id": new_id(),
            "login": plain,
            "name": name.strip(),
            "roles": _written(wanted),
            "state": PersonState.ACTIVE,
            "password": password,
            "must_change": must_change and bool(password),
            "totp": "",
            "totp_step": 0,
            "recovery": "[]",
            "subject": subject or None,
            "created_at": self._context.now,
        }
        try:
            with self._context.connection.begin_nested():
                self._context.connection.execute(insert(person).values(values))
        except IntegrityError:  # somebody else took it since it was looked for
            raise ConflictError("that login or subject is taken: choose another") from None
        self._record("user.add", str(values["id"]), reason=_written(wanted))
        return self.get(str(values["id"]))

    def set_roles(self, person_id: str, roles: Iterable[StaffRole]) -> Person:
        """Give other roles. Raises InputError where nobody would be administrator any more."""
        wanted = frozenset(roles)
        if not wanted:
            raise InputError(f"an account has at least one role: {', '.join(StaffRole)}")
        if StaffRole.ADMIN not in wanted:
            self._keep_an_admin(person_id)
        return self._change(person_id, "user.roles", {"roles": _written(wanted)}, reason=_written(wanted))

    def rename(self, person_id: str, name: str) -> Person:
        """Another name."""
        if not name.strip() or len(name) > 200 or not name.isprintable():
            raise InputError("a name has 1 to 200 characters, all of them printable")
        return self._change(person_id, "user.rename", {"name": name.strip()})

    def lock(self, person_id: str) -> Person:
        """Nobody signs in with this account until it is unlocked; sessions and tokens end now."""
        self._keep_an_admin(person_id)
        self._end_all(person_id)
        return self._change(person_id, "user.lock", {"state": PersonState.LOCKED})

    def unlock(self, person_id: str) -> Person:
        """Signing in is possible again."""
        return self._change(person_id, "user.unlock", {"state": PersonState.ACTIVE})

    def set_subject(self, person_id: str, subject: str | None) -> Person:
        """Who they are for the identity provider."""
        return self._change(person_id, "user.subject", {"subject": subject or None})

    def set_password(
        self, person_id: str, password: str, *, by_themselves: bool, in_place_of: str | None = None
    ) -> Person:
        """Another password, as its hash; all sessions end. One that somebody else chose must be changed at sign-in.

        `in_place_of`: the hash that was checked. Raises ConflictError where it is another by now, so that one password,
        a first one above all, changes the password once.
        """
        if in_place_of is not None and self._row(person.c.id == person_id, lock=True)["password"] != in_place_of:
            raise ConflictError("the password was changed meanwhile: sign in with the new one")
        self._end_sessions(person_id)
        values = {"password": password, "must_change": not by_themselves}
        return self._change(person_id, "self.password" if by_themselves else "user.password", values)

    def password_hash(self, login: str) -> str:
        """What `passwords.fits` compares with; empty where there is no such account, or it has no password."""
        found = select(person.c.password).where(person.c.login == comparable_login(login))
        return self._context.connection.execute(found).scalar() or ""

    # --- the second factor
    def enrol(self, person_id: str, secret: str, code: str) -> tuple[str, ...]:
        """Ask for a second factor from now on; the recovery codes, shown this once.

        Raises InputError where `code` is not what an authenticator with `secret` shows now.
        """
        row = self._row(person.c.id == person_id, lock=True)
        known = self._context.cipher.read_secret(row["totp"], f"totp|{person_id}")
        used = row["totp_step"] if known == secret else 0
        step = second_factor.step_of(secret, code, self._context.now, after=used)
        if step is None:
            raise InputError("these digits do not fit: check the clock of the phone, and type what it shows now")
        codes = second_factor.new_recovery_codes()
        values = {
            "totp": self._context.cipher.secret(secret, f"totp|{person_id}"),
            "totp_step": step,
            "recovery": json.dumps([second_factor.recovery_hash(code) for code in codes]),
        }
        self._change(person_id, "self.totp", values)
        return codes

    def drop_totp(self, person_id: str) -> Person:
        """Ask for no second factor any more, for somebody who lost theirs."""
        return self._change(person_id, "user.totp", {"totp": "", "totp_step": 0, "recovery": "[]"}, reason="taken away")

    def second_factor_fits(self, person_id: str, code: str) -> bool:
        """Whether it is the second factor. It is used up: neither digits nor a recovery code work twice.

        The row is locked until the unit ends, so of two who give the same at the same moment one is let in.
        """
        row = self._row(person.c.id == person_id, lock=True)
        secret = self._context.cipher.read_secret(row["totp"], f"totp|{person_id}")
        step = second_factor.step_of(secret, code, self._context.now, after=row["totp_step"])
        values: dict[str, Any] | None = {"totp_step": step} if step is not None else None
        if values is None and (left := second_factor.without(code, json.loads(row["recovery"]))) is not None:
            values = {"recovery": json.dumps(left)}
            self._record("self.recovery_code", person_id, reason=f"{len(left)} left")
        if values is None:
            return False
        self._context.connection.execute(update(person).where(person.c.id == person_id).values(values))
        return True

    def signed_in(self, person_id: str) -> None:
        """Remember when."""
        values = {"signed_in_at": self._context.now}
        self._context.connection.execute(update(person).where(person.c.id == person_id).values(values))

    # --- helpers
    def _row(self, condition: Any, *, lock: bool = False) -> RowMapping:
        query = select(person).where(condition)
        found = self._context.connection.execute(query.with_for_update() if lock else query).mappings().first()
        if found is None:
            raise NotFoundError("there is no such account: `scribe users list` shows them")
        return found

    def _maybe(self, condition: Any) -> Person | None:
        found = self._context.connection.execute(select(person).where(condition)).mappings().first()
        return _person(found) if found else None

    def _change(self, person_id: str, action: str, values: dict[str, Any], *, reason: str = "") -> Person:
        self.get(person_id)
        self._context.connection.execute(update(person).where(person.c.id == person_id).values(values))
        self._record(action, person_id, reason=reason)
        return self.get(person_id)

    def _record(self, action: str, person_id: str, *, reason: str = "") -> None:
        self._context.record(Event(action, f"person:{person_id}", reason=reason))

    def _keep_an_admin(self, person_id: str) -> None:
        # all of them are locked: two administrators who demote each other at once do so one after the other
        self._context.connection.execute(select(person.c.id).order_by(person.c.id).with_for_update()).all()
        admins = [one.id for one in self.all() if StaffRole.ADMIN in one.roles and one.state is PersonState.ACTIVE]
        if admins == [person_id]:
            raise InputError("this is the last administrator: give the role to somebody else first")

    def _end_all(self, person_id: str) -> None:
        self._end_sessions(person_id)
        ended = update(token).where(token.c.person_id == person_id, token.c.revoked_at.is_(None))
        self._context.connection.execute(ended.values(revoked_at=self._context.now))

    def _end_sessions(self, person_id: str) -> None:
        for table in (session, device):  # whoever had the password may have signed in from a browser of theirs
            self._context.connection.execute(table.delete().where(table.c.person_id == person_id))


def comparable_login(login: str) -> str:
    """A login as it is compared: without case and outer spaces, in one Unicode form."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _written(roles: Iterable[StaffRole]) -> str:
    return "+".join(sorted(roles))


def _person(row: RowMapping) -> Person:
    return Person(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        roles=frozenset(StaffRole(name) for name in row["roles"].split("+")),
        state=PersonState(row["state"]),
        has_password=bool(row["password"]),
        must_change=row["must_change"],
        has_totp=bool(row["totp"]),
        recovery_left=len(json.loads(row["recovery"])),
        subject=row["subject"],
        created_at=row["created_at"],
        signed_in_at=row["signed_in_at"],
    )
