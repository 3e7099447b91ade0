"""What the parts of one unit share: the transaction, who acts, the time, and the keys."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from scribe.config import StoreSettings
from scribe.errors import NotFoundError
from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.blobs import Blobs
from scribe.store.cache import Cache
from scribe.store.cipher import Cipher, pack_json, unpack_json
from scribe.store.tables import encounter
from scribe.vault import Key


@dataclass(slots=True)
class Context:
    """One transaction of one actor."""

    connection: Connection
    actor: Actor
    now: datetime
    cipher: Cipher
    blobs: Blobs
    settings: StoreSettings
    cache: Cache
    committing: bool = False
    events: list[tuple[Actor, Event]] = field(default_factory=list)  # for the audit trail, written at the end
    readings: list[Event] = field(default_factory=list)
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    on_rollback: list[Callable[[], None]] = field(default_factory=list)
    _rows: int = 0
    _wrapped: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def by(self) -> Mapping[str, Any]:
        """Who and when, for the columns that say so: each time a microsecond later, so that order stays order."""
        at = self.now + timedelta(microseconds=self._rows)
        self._rows += 1
        return {"author_id": self.actor.user_id, "author_name": self.actor.name, "at": at}

    def record(self, event: Event, actor: Actor | None = None) -> None:
        """Tell it in the audit trail. What was refused is told even where the unit is rolled back."""
        if (actor or self.actor, event) not in self.events:
            self.events.append((actor or self.actor, event))

    def saw(self, event: Event) -> None:
        """Tell a reading in the audit trail, unless it goes without saying."""
        if event not in self.readings:
            self.readings.append(event)

    def refused(self) -> Context:
        """What is told of a unit that was undone: only what was refused."""
        return replace(self, events=[told for told in self.events if told[1].outcome != "done"], readings=[])

    def within(self, connection: Connection) -> Context:
        """The same in another transaction."""
        return replace(self, connection=connection)

    def patient(self, encounter_id: str) -> str:
        """What the clinic calls the patient: the number, or else the name; empty where neither is known."""
        columns = (encounter.c.identifier, encounter.c.patient, encounter.c.data_key)
        row = self.connection.execute(select(*columns).where(encounter.c.id == encounter_id)).first()
        if row is None:
            return ""
        named = (("identifier", row.identifier), ("patient", row.patient))
        texts = [self.cipher.read_column(text, row.data_key, f"{name}|{encounter_id}") for name, text in named]
        return texts[0] or texts[1]

    def wrapped(self, encounter_id: str) -> str:
        """The wrapped data key of an encounter. Raises NotFoundError where there is no such encounter."""
        if encounter_id not in self._wrapped:
            found = self.connection.execute(select(encounter.c.data_key).where(encounter.c.id == encounter_id)).scalar()
            if found is None:
                raise no_encounter()
            self._wrapped[encounter_id] = found
        return self._wrapped[encounter_id]

    def data_key(self, encounter_id: str) -> Key | None:
        """The key that seals the documents of an encounter; None where nothing is sealed.

        Raises NotFoundError where there is no such encounter, or its key was purged.
        """
        return self.cipher.data_key(self.wrapped(encounter_id))

    def lock(self, encounter_id: str) -> RowMapping:
        """The encounter's row, which nobody else changes until this unit ends: what is written of it comes after this.

        Raises NotFoundError where there is no such encounter, or it was purged.
        """
        found = self.connection.execute(select(encounter).where(encounter.c.id == encounter_id).with_for_update())
        row = found.mappings().first()
        if row is None:
            raise no_encounter()
        if row["purged_at"] is not None:
            raise NotFoundError("this encounter was purged: its words and its sound are gone for good")
        self._wrapped[encounter_id] = row["data_key"]
        return row

    def pack(self, value: Any, encounter_id: str, place: str) -> bytes:
        """A small document of an encounter, sealed with its key."""
        return pack_json(value, self.data_key(encounter_id), f"{place}|{encounter_id}")

    def unpack(self, stored: bytes | None, encounter_id: str, place: str) -> Any:
        """What `pack` packed; an empty document where the encounter was purged."""
        return {} if stored is None else unpack_json(stored, self.data_key(encounter_id), f"{place}|{encounter_id}")

    def pack_secret(self, value: Any, place: str) -> bytes:
        """A small document that belongs to no encounter, sealed where there is a main key."""
        return pack_json(value, self.cipher.secrets, place)

    def unpack_secret(self, stored: bytes, place: str) -> Any:
        """What `pack_secret` packed."""
        return unpack_json(stored, self.cipher.secrets, place)


def no_encounter() -> NotFoundError:
    """The error for an id that leads nowhere."""
    return NotFoundError("there is no such encounter, or it is not yours to see")


def new_id() -> str:
    """A random id that tells nothing: 32 hexadecimal digits."""
    return secrets.token_hex(16)
