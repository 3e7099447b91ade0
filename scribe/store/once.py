"""What is done once however often it is asked for: requests with a key of their own, sign-ins at a provider.

A row names who asked and the SHA-256 of what they gave. The answer to a request is kept with it, sealed with the key of
the encounter it is about, so that a purge makes it unreadable too. Rows are forgotten after `KEPT`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from scribe.store.context import Context
from scribe.store.tables import once

KEPT = timedelta(hours=24)
AT_ONCE = 20  # rows that are forgotten with each new one
PROVIDER = "provider"  # who asks, of answers of an identity provider


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with. `request` is a fingerprint of it: method, address and body."""

    request: str
    status: int
    media_type: str
    content: bytes = field(repr=False)
    encounter_id: str | None = None


class Once:
    """What was done once, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def use(self, who: str, key: str) -> bool:
        """Use something up: True for the first who does, False for everybody after. Others wait for a unit at it."""
        return self._insert(who, key, None, None)

    def find(self, who: str, key: str) -> Answer | None:
        """What was answered; None where nothing was, or long ago."""
        where = (once.c.who == who, once.c.key == _digest(key), once.c.at > self._context.now - KEPT)
        row = self._context.connection.execute(select(once).where(*where)).mappings().first()
        if row is None or row["body"] is None:
            return None
        encounter_id, place = row["encounter_id"], _place(who, key)
        if encounter_id:
            held = self._context.unpack(row["body"], encounter_id, place)
        else:
            held = self._context.unpack_secret(row["body"], place)
        content = base64.b64decode(held.pop("content"))
        return Answer(**held, content=content, encounter_id=encounter_id)

    def keep(self, who: str, key: str, answer: Answer) -> bool:
        """Keep an answer, with the change that it tells of; False where somebody else used the key already.

        Raises NotFoundError where the encounter that it is about was purged meanwhile.
        """
        held = {
            "request": answer.request,
            "status": answer.status,
            "media_type": answer.media_type,
            "content": base64.b64encode(answer.content).decode(),
        }
        place, encounter_id = _place(who, key), answer.encounter_id
        if encounter_id:
            self._context.lock(encounter_id)  # a purge forgets the answers that it finds: none may come after it
        pack = self._context.pack
        body = pack(held, encounter_id, place) if encounter_id else self._context.pack_secret(held, place)
        return self._insert(who, key, encounter_id, body)

    def forget_old(self) -> None:
        """Forget some of what is older than `KEPT`, but for rows that somebody else is about to forget."""
        old = select(once.c.who, once.c.key).where(once.c.at <= self._context.now - KEPT).limit(AT_ONCE)
        for row in self._context.connection.execute(old.with_for_update(skip_locked=True)).all():
            self._context.connection.execute(delete(once).where(once.c.who == row.who, once.c.key == row.key))

    def _insert(self, who: str, key: str, encounter_id: str | None, body: bytes | None) -> bool:
        self.forget_old()
        gone = (once.c.who == who, once.c.key == _digest(key), once.c.at <= self._context.now - KEPT)
        self._context.connection.execute(delete(once).where(*gone))
        values = {"who": who, "key": _digest(key), "at": self._context.now, "encounter_id": encounter_id, "body": body}
        try:
            with self._context.connection.begin_nested():
                self._context.connection.execute(insert(once).values(values))
        except IntegrityError:
            return False
        return True


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _place(who: str, key: str) -> str:
    return f"once|{who}|{_digest(key)}"
