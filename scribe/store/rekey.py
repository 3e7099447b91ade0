"""Another main key: everything it wraps is wrapped anew. What was not encrypted is encrypted.

The old database stays as it is until the new one lies ready beside it; then one is put in the place of the other
(`swap.py`). PostgreSQL does it in one transaction. Backups keep the key they were made with.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from scribe.config import Config
from scribe.errors import StoreError
from scribe.store import belonging, database, swap
from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.blobs import Blobs
from scribe.store.cipher import Cipher
from scribe.store.database import Place
from scribe.store.reseal import Sound, reseal
from scribe.store.store import Clock, Store, utc_now
from scribe.store.swap import Swap
from scribe.store.witness import Witness
from scribe.vault import Key

STAGING = "rekey"


def rekey(config: Config, new: Key, actor: Actor, *, clock: Clock = utc_now) -> int:
    """Put the store of the settings under another key; how many encounters there are.

    Where it is under that key already, nothing happens. Raises StoreError where somebody else uses the store,
    VaultError where the key of the settings is not its key; nothing is changed then.
    """
    store = Store.open(config, clock=clock, alone=True)
    try:
        if store.key and store.key.id == new.id:
            return 0
        staging = store.place.folder / STAGING
        swap.remove(staging)
        staging.mkdir(mode=0o700)
        pairs = [(str(staging / "audit"), str(store.place.folder / "audit"))]
        sound = Sound(store.blobs, Blobs(staging / "blobs", seal=True))
        if store.key is None:
            pairs.append((str(staging / "blobs"), str(store.blobs.folder)))
            (staging / "blobs").mkdir()
        if store.place.file:
            pairs.append((str(staging / "scribe.db"), str(store.place.file)))
        change = Swap(tuple(pairs), "" if store.place.file else secrets.token_hex(16), old="")
        shutil.copytree(store.place.folder / "audit", staging / "audit")
        Witness(staging / "audit", store.key).reseal(new)
        with _target(store, staging, new) as connection:
            count = reseal(connection, store.cipher, Cipher(new, columns=not store.place.is_sqlite), sound)
            if store.key is None:
                belonging.rejoin(connection, staging / "blobs")
            trail = store.auditor.trail.reseal(connection, new)
            reason = f"from key {store.key.id if store.key else 'none'} to key {new.id}"
            trail.append(connection, [(actor, Event("store.rekey", reason=reason))])
            if change.token:
                swap.commit_to(connection, change)
                swap.prepare(store.place.folder, change)
    finally:
        store.close()
    if not change.token:
        swap.prepare(store.place.folder, change)
    swap.finish(store.place.folder, change)
    swap.remove(staging)
    return count


@contextmanager
def _target(store: Store, staging: Path, new: Key) -> Iterator[Connection]:
    """A transaction on the copy of the database under the new key; on the database itself where it is no file."""
    if store.place.file is None:
        with store.transaction() as connection:
            yield connection
        return
    copy = staging / "scribe.db"
    _copy(store.place.file, store.key, copy, new)
    engine = database.connect(Place(store.place.url, staging, copy), new)
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise database.explained(error, store.place) from None
    finally:
        engine.dispose()  # the last connection takes the write-ahead log in


def _copy(source: Path, old: Key | None, target: Path, new: Key) -> None:
    """SQLCipher's own way to write a database under another key."""
    module = database.sqlcipher()
    connection = module.connect(str(source), isolation_level=None)
    try:
        if old is not None:
            connection.execute(f"PRAGMA key = \"x'{old.derive('database').secret.hex()}'\"")
        connection.execute("PRAGMA temp_store = MEMORY")
        key = f"x'{new.derive('database').secret.hex()}'"
        connection.execute("ATTACH DATABASE ? AS target KEY ?", (str(target), key))
        connection.execute("SELECT sqlcipher_export('target')")
        connection.execute("DETACH DATABASE target")
    except module.DatabaseError as error:
        raise StoreError(f"cannot copy {source}: check the room on the disk; nothing was changed") from error
    finally:
        connection.close()
