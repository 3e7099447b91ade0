"""Rows under another main key: what rekey does, and restore where the backup had another key or none.

With a key before and after, only the wrapped keys change: each encounter keeps its own. Without one before, everything
is sealed now.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Table, delete, select, text, update

from scribe.errors import VaultError
from scribe.store.blobs import Blobs
from scribe.store.cipher import Cipher, comparable
from scribe.store.encounters import LABEL, SEARCHED
from scribe.store.people_tables import person
from scribe.store.recordings import file_name
from scribe.store.tables import about, code_decision, comment, encounter, once, query, recording, revision
from scribe.vault import Key

GUARD = "revision_words"  # the trigger that keeps the words of revisions as they are


@dataclass(frozen=True, slots=True)
class Sound:
    """Where the sound files are, and where sealed ones go if they were not sealed."""

    old: Blobs
    new: Blobs


def reseal(connection: Connection, old: Cipher, new: Cipher, sound: Sound) -> int:
    """All rows of the store, in the transaction of `connection`; how many encounters there are.

    Raises VaultError where there was a key and would be none: what was sealed is never put in clear.
    """
    if old.main and not new.main:
        raise VaultError("what is encrypted is not stored in clear: set store.key")
    connection.execute(delete(once))  # answers of the last hours are under the old key
    rows = connection.execute(select(encounter)).mappings().all()
    first_time = not old.main and bool(new.main)
    with _unguarded(connection, first_time):
        for row in rows:
            _encounter(connection, row, old, new)
            if first_time and row["purged_at"] is None:
                _seal_bodies(connection, row["id"], _key(connection, row["id"], new))
                _seal_sound(connection, row["id"], _key(connection, row["id"], new), sound)
    for somebody in connection.execute(select(person.c.id, person.c.totp)).mappings():
        if somebody["totp"]:
            place = f"totp|{somebody['id']}"
            sealed = new.secret(old.read_secret(somebody["totp"], place), place)
            connection.execute(update(person).where(person.c.id == somebody["id"]).values(totp=sealed))
    key = new.main.id if new.main else ""
    connection.execute(update(about).where(about.c.name == "key").values(value=key))
    return len(rows)


def _encounter(connection: Connection, row: RowMapping, old: Cipher, new: Cipher) -> None:
    if row["purged_at"] is not None:
        return
    name, before = row["id"], row["data_key"]
    own = old.data_key(before)
    after = new.wrap(own) if own else new.new_data_key()
    plain = {column: old.read_column(row[column], before, f"{column}|{name}") for column in LABEL}
    values = {column: new.column(value, after, f"{column}|{name}") for column, value in plain.items()}
    searched = "" if new.seals_columns else comparable(" ".join(plain[column] for column in SEARCHED))
    changed = update(encounter).where(encounter.c.id == name)
    connection.execute(changed.values(**values, data_key=after, search=searched))
    for file in connection.execute(select(recording).where(recording.c.encounter_id == name)).mappings():
        place = f"name|{file['id']}"
        label = new.column(old.read_column(file["name"], before, place), after, place)
        connection.execute(update(recording).where(recording.c.id == file["id"]).values(name=label))


def _key(connection: Connection, encounter_id: str, cipher: Cipher) -> Key:
    wrapped = connection.execute(select(encounter.c.data_key).where(encounter.c.id == encounter_id)).scalar_one()
    key = cipher.data_key(wrapped)
    if key is None:
        raise VaultError("there is no key to seal with")
    return key


def _seal_bodies(connection: Connection, encounter_id: str, key: Key) -> None:
    def seal(table: Table, place: str, column: str, *named: str) -> None:
        """`place` names columns in braces; `named` are those of the primary key."""
        rows = connection.execute(select(table).where(table.c.encounter_id == encounter_id)).mappings().all()
        for row in rows:
            if row[column] is not None:
                sealed = key.seal(row[column], place.format_map(dict(row)).encode())
                where = [table.c[name] == row[name] for name in named]
                connection.execute(update(table).where(*where).values({column: sealed}))

    seal(revision, "revision|{encounter_id}|{kind}|{number}", "body", "encounter_id", "kind", "number")
    seal(code_decision, "decision|{encounter_id}", "body", "seq")
    seal(query, "query|{id}|{encounter_id}", "body", "id")
    seal(query, "answer|{id}|{encounter_id}", "answer", "id")
    seal(comment, "comment|{id}|{encounter_id}", "body", "id")


def _seal_sound(connection: Connection, encounter_id: str, key: Key, sound: Sound) -> None:
    rows = connection.execute(select(recording).where(recording.c.encounter_id == encounter_id)).mappings().all()
    for row in rows:
        if row["purged_at"] is not None:
            continue
        name = file_name(row["sha256"], row["kind"])
        with sound.old.open(encounter_id, name, row["size"], None) as reader:
            file = sound.new.receive(reader.span(0, row["size"] - 1))
        sound.new.keep(file, encounter_id, name)
        if file.key is None:
            raise VaultError("there is no key to seal with")
        wrapped = key.wrap(file.key)
        connection.execute(update(recording).where(recording.c.id == row["id"]).values(data_key=wrapped))


@contextmanager
def _unguarded(connection: Connection, needed: bool) -> Iterator[None]:
    """Without the trigger that refuses other words for a revision, where they are sealed for the first time."""
    if not needed:
        yield
    elif connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE revision DISABLE TRIGGER {GUARD}"))
        yield
        connection.execute(text(f"ALTER TABLE revision ENABLE TRIGGER {GUARD}"))
    else:
        made = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": GUARD}
        ).scalar_one()
        connection.execute(text(f"DROP TRIGGER {GUARD}"))
        yield
        connection.exec_driver_sql(made)
