"""A backup put back: into an empty place, or in the place of a store whose files are then kept under other names.

Everything is read, opened and checked before anything changes. What was purged since the backup was made is forgotten
again; that an older state is back stands in the audit trail and in its checkpoints.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from sqlalchemy import Connection, MetaData, func, insert, select, text

from scribe import vault
from scribe.config import Config
from scribe.errors import InputError, StoreError, VaultError
from scribe.store import archive, belonging, database, migrate, purge, swap
from scribe.store.actor import Actor
from scribe.store.audit import Event, Head, Trail
from scribe.store.backup import backup, decoded
from scribe.store.blobs import Blobs
from scribe.store.cipher import Cipher
from scribe.store.database import Place
from scribe.store.lock import Hold
from scribe.store.reseal import Sound, reseal
from scribe.store.store import Clock, Store, make_folders, utc_now
from scribe.store.swap import Swap
from scribe.store.tables import encounter, metadata
from scribe.store.witness import Witness
from scribe.vault import Key

STAGING = "restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    encounters: int
    forgotten: int  # encounters that were purged since, and were forgotten again
    made_at: str
    kept: str  # how the files of the store that was there before end now; empty: there was none


def restore(
    config: Config, source: Path, actor: Actor, *, backup_key: Key | None, replace: bool = False, clock: Clock = utc_now
) -> Restored:
    """Restore a backup that was made with `backup_key` into the store of the settings, under the key of the settings.

    Raises StoreError where there is a store already and it is not to be replaced, where it is in use, or where the
    backup is damaged; VaultError where the key is another; InputError where the file is no backup. Nothing is changed
    then.
    """
    place, key = database.place(config.store), vault.load(config.store)
    make_folders(place)
    swap.finish_files(place.folder)
    hold = Hold(place.folder, alone=True)
    try:
        with _opened(source) as file:
            reader = archive.Reader(file, backup_key)
            return _Restore(config, place, key, backup_key, clock, actor, replace).run(reader)
    finally:
        swap.remove(place.folder / STAGING)
        hold.release()


@contextmanager
def _opened(source: Path) -> Iterator[IO[bytes]]:
    try:
        with source.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(f"{source} cannot be read ({error.strerror}): check the name") from error


@dataclass(slots=True)
class _Restore:
    config: Config
    place: Place
    key: Key | None
    old_key: Key | None
    clock: Clock
    actor: Actor
    replace: bool

    @property
    def staging(self) -> Path:
        return self.place.folder / STAGING

    def run(self, reader: archive.Reader) -> Restored:
        if self.old_key and not self.key:
            raise VaultError("this backup is encrypted: set store.key, it is not restored in clear")
        header = reader.header
        if header.revision not in migrate.known():
            raise StoreError("this backup was made by a newer version of scribe: install that first")
        swap.remove(self.staging)
        (self.staging / "blobs").mkdir(parents=True, mode=0o700)
        store = self._staged_store()
        try:
            old = self._kept(store) if self._is_there(store) else ""
            with store.transaction() as connection:
                self._clear(connection)
                migrate.upgrade(connection, to=header.revision)
                self._read(reader, connection)
                migrate.upgrade(connection)
                restored, head, change = self._adapt(store, connection, header, old)
        finally:
            store.close()
        if not change.token:
            swap.prepare(self.place.folder, change)
        swap.finish(self.place.folder, change)
        witness = Witness(self.place.folder / "audit", self.key, file=store.auditor.witness.file)
        witness.restored(head, f"backup of {header.made_at}")
        return restored

    def _staged_store(self) -> Store:
        """On the database itself where it is no file; else on a new one beside it."""
        if self.place.file is None:
            staged = self.place
        else:
            file = self.staging / "scribe.db"
            staged = Place(self.place.url, self.place.folder, file)
        return Store(staged, self.key, self.config.store, database.connect(staged, self.key), self.clock)

    def _is_there(self, store: Store) -> bool:
        """Whether there is a store already. Raises StoreError where it is not to be replaced."""
        if self.place.file:
            there = self.place.file.exists()
        else:
            with store.transaction(read_only=True) as connection:
                there = migrate.current(connection) is not None
                there = there and connection.execute(select(encounter.c.id).limit(1)).first() is not None
        if there and not self.replace:
            raise StoreError("there is a store already: --replace puts the backup in its place")
        return there

    def _kept(self, store: Store) -> str:
        """How the old files will end; where the database is no file, the name of a backup of it."""
        mark = f".before-{self.clock():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        if self.place.file:
            return mark
        with store.transaction() as connection:
            migrate.upgrade(connection)
        backup(store, self.place.folder / f"store{mark}.backup", self.actor)
        return mark

    def _clear(self, connection: Connection) -> None:
        """Only PostgreSQL has tables by now; a truncation fires none of the triggers that guard rows."""
        if self.place.file is None and migrate.current(connection) is not None:
            found = MetaData()
            found.reflect(connection)
            for table in reversed(found.sorted_tables):
                connection.execute(text(f'DROP TABLE "{table.name}" CASCADE'))
            for function in ("revision_guard", "audit_guard"):
                connection.execute(text(f"DROP FUNCTION IF EXISTS {function} CASCADE"))

    def _read(self, reader: archive.Reader, connection: Connection) -> None:
        found = MetaData()
        found.reflect(connection)
        zones = self.place.file is None
        try:
            with tarfile.open(fileobj=cast(Any, reader), mode="r|") as tar:
                for info in tar:
                    kind, *rest = _parts(info.name)
                    content = tar.extractfile(info)
                    if content is None:
                        continue
                    if kind == "tables":
                        rows = [json.loads(line) for line in content.read().splitlines()]
                        given = [{k: decoded(v, zones=zones) for k, v in row.items()} for row in rows]
                        connection.execute(insert(found.tables[rest[0]]), given)
                    else:
                        target = self.staging.joinpath(kind, *rest)
                        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                        with target.open("xb") as file:
                            shutil.copyfileobj(content, file)
        except (tarfile.TarError, ValueError, KeyError) as error:
            raise StoreError("this backup was damaged or changed: use another copy; nothing was restored") from error
        except OSError as error:
            raise StoreError(f"the backup cannot be unpacked ({error.strerror}): make room; nothing changed") from error

    def _adapt(
        self, store: Store, connection: Connection, header: archive.Header, old: str
    ) -> tuple[Restored, Head, Swap]:
        """Under our key, with what was purged forgotten, told in the trail; and what is to be put where."""
        _numbers(connection)
        staged = Blobs(self.staging / "blobs", seal=False)
        sealed = Blobs(self.staging / "sealed", seal=True)
        sealed.folder.mkdir()
        before = Cipher(self.old_key, columns=header.columns)
        count = reseal(connection, before, store.cipher, Sound(staged, sealed))
        blobs = sealed.folder if self.key and not self.old_key else staged.folder
        forgotten = purge.again(store, connection, blobs)
        trail = Trail(self.old_key, now=self.clock)
        head = trail.head(connection)
        trail = trail.reseal(connection, self.key)
        reason = f"backup of {header.made_at}, which ended at row {head.seq}; {forgotten} encounters forgotten again"
        trail.append(connection, [(self.actor, Event("store.restore", reason=reason))])
        belonging.rejoin(connection, blobs)
        pairs = [(str(blobs), str(self.place.folder / "blobs")), *self._audit_folder()]
        if self.place.file and store.place.file:
            pairs.append((str(store.place.file), str(self.place.file)))
        change = Swap(tuple(pairs), "" if self.place.file else secrets.token_hex(16), old)
        if change.token:
            swap.commit_to(connection, change)
            swap.prepare(self.place.folder, change)
        return Restored(count, forgotten, header.made_at, old), head, change

    def _audit_folder(self) -> list[tuple[str, str]]:
        """The checkpoints that are here know what came after the backup: they stay, if they are of the same store."""
        ours, theirs = self.place.folder / "audit", self.staging / "audit"
        Witness(theirs, self.old_key).reseal(self.key)
        same = (ours / "signing.pub", theirs / "signing.pub")
        if all(path.exists() for path in same) and same[0].read_bytes() == same[1].read_bytes():
            return []
        return [(str(theirs), str(ours))]


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name in the archive. Raises ValueError for one that leads elsewhere."""
    path = PurePosixPath(name)
    if (
        path.is_absolute()
        or ".." in path.parts
        or len(path.parts) < 2
        or path.parts[0] not in ("tables", "blobs", "audit")
    ):
        raise ValueError("a name that does not belong in a backup")
    return path.parts


def _numbers(connection: Connection) -> None:
    """PostgreSQL counts on from the highest number that came back."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and column.autoincrement is True:
            most = connection.execute(select(func.max(column))).scalar()
            name = select(func.pg_get_serial_sequence(table.name, column.name)).scalar_subquery()
            connection.execute(select(func.setval(name, most or 1, most is not None)))
