"""The store: opened once by a process, it gives out units of work.

    store = Store.open(config)
    with store.begin(actor) as unit:
        encounter = unit.encounters.add(patient="...")

SQLite knows one writer at a time: units that may write wait for one another here, in order, rather than in the
database, which would let them poll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import TypeVar

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError

from scribe import vault
from scribe.config import Config, StoreSettings
from scribe.errors import StoreError, UnsureError, VaultError
from scribe.store import belonging, database, migrate, swap
from scribe.store.actor import Actor
from scribe.store.audit import Head
from scribe.store.audit_check import Verdict
from scribe.store.auditor import Auditor
from scribe.store.blobs import Blobs
from scribe.store.cache import Cache
from scribe.store.cipher import Cipher
from scribe.store.context import Context, new_id
from scribe.store.database import Place
from scribe.store.lock import Hold
from scribe.store.purged import News
from scribe.store.tables import about
from scribe.store.unit import Unit
from scribe.store.witness import Line
from scribe.vault import Key

Clock = Callable[[], datetime]
T = TypeVar("T")


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Store:
    """A database with its folder of sound files. Threads may share it; processes open their own."""

    def __init__(self, place: Place, key: Key | None, settings: StoreSettings, engine: Engine, clock: Clock) -> None:
        self.place = place
        self.key = key
        self.settings = settings
        self.engine = engine
        self.clock = clock
        self.cipher = Cipher(key, columns=not place.is_sqlite)
        self.blobs = Blobs(place.folder / "blobs", seal=key is not None)
        self.cache = Cache()
        self.auditor = Auditor(place.folder / "audit", key, settings, clock)
        self._news = News(place.folder)
        self._turn = Lock()
        self._hold: Hold | None = None

    @classmethod
    def open(cls, config: Config, *, clock: Clock = utc_now, alone: bool = False) -> Store:
        """Open the store that the settings name, make it if it is not there, and bring it to this version's tables.

        `alone`: while nobody else has it open. Raises VaultError where the key is missing or another one, ConfigError
        or StoreError where the database cannot be used or its folder is not at hand. Nothing is changed then.
        """
        settings, key = config.store, vault.load(config.store)
        place = database.place(settings)
        make_folders(place)
        swap.finish_files(place.folder)
        store = cls(place, key, settings, database.connect(place, key), clock)
        try:
            store._hold = Hold(place.folder, alone=alone)
            with store.transaction() as connection:
                _check_key(connection, key)
                migrate.upgrade(connection)
                swap.settle(place.folder, connection)
                _describe(connection, key)
                store.blobs.store = belonging.join(connection, store.blobs.folder)
                store.auditor.begin(connection)
            if belonging.marked(store.blobs.folder) != store.blobs.store:
                belonging.mark(store.blobs.folder, store.blobs.store)
                with store.transaction() as connection:
                    belonging.join(connection, store.blobs.folder)
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def begin(self, actor: Actor, *, read_only: bool = False) -> Iterator[Unit]:
        """One unit of work: committed when the block ends, rolled back when it raises.

        `read_only` units do not wait for writers; what they read is told in the audit trail when the block ends. Raises
        StoreError where the database cannot be reached or is busy for too long; then nothing was changed. Only
        UnsureError leaves that open. Nothing raises once the unit is committed.
        """
        self.let_go_of_purged()
        context: Context | None = None
        head: Head | None = None
        try:
            with self.transaction(read_only=read_only) as connection:
                context = Context(connection, actor, self.clock(), self.cipher, self.blobs, self.settings, self.cache)
                yield Unit(context)
                for last in context.before_commit:
                    last()
                head = None if read_only else self.auditor.tell(context)
                context.committing = True
        except BaseException:
            # a commit whose answer was lost may have happened: then the files stay, and a purge finds the needless ones
            if context and not context.committing:
                for undo in context.on_rollback:
                    undo()
                self._tell_afterwards(context.refused())
            raise
        if read_only:
            head = self._tell_afterwards(context)
        self.auditor.attest_when_due(head)

    def let_go_of_purged(self) -> None:
        """Drop from memory what another process has purged; every unit begins with it."""
        for item in self._news.fresh():
            self.cache.forget(item.encounter)
            self.cipher.forget()

    def _tell_afterwards(self, context: Context) -> Head | None:
        """What a reading unit saw, before its reader gets the answer; and what was refused, though it was undone."""
        if not context.events and not context.readings:
            return None
        with self.transaction() as connection:
            return self.auditor.tell(context.within(connection))

    def verify_audit(self, first_key: bytes | None = None) -> Verdict:
        """Check the audit trail. Raises StoreError where its first key is not on this machine and none is given."""
        with self.transaction(read_only=True) as connection:
            return self.auditor.verify(connection, first_key)

    def attest(self) -> Line:
        """Write a checkpoint of the audit trail now."""
        with self.transaction(read_only=True) as connection:
            head = self.auditor.trail.head(connection)
        return self.auditor.attest(head)

    def retry(self, work: Callable[[], T], *, times: int = 3) -> T:
        """Do `work`, which opens units of its own, again where the database was away for a moment."""
        for left in reversed(range(times)):
            try:
                return work()
            except StoreError as error:
                if type(error) not in (StoreError, UnsureError) or not left:
                    raise
        raise AssertionError("times is at least 1")

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Connection]:
        """A transaction without an actor, for this folder's own housekeeping."""
        waits = self.place.is_sqlite and not read_only
        if waits and not self._turn.acquire(timeout=database.PATIENCE):
            raise StoreError("the database is busy: try again")
        committing = False
        try:
            with self.engine.connect().execution_options(scribe_reads=read_only) as connection, connection.begin():
                yield connection
                committing = not read_only
        except SQLAlchemyError as error:
            # the driver's message may hold values of a row, so the chain ends here
            raise database.explained(error, self.place, committing=committing) from None
        finally:
            if waits:
                self._turn.release()

    @property
    def id(self) -> str:
        """The random name of this database, which a backup carries too."""
        with self.transaction(read_only=True) as connection:
            return str(_known(connection)["id"])

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self._hold:
            self._hold.release()


def make_folders(place: Place) -> None:
    """Raises StoreError where they cannot be made."""
    try:
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if place.file:
            place.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(f"cannot make the folder {place.folder} ({error.strerror}): check store.folder") from error


def _known(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(about))}


def _check_key(connection: Connection, key: Key | None) -> None:
    """Raises VaultError where a database was made with another key, or with none."""
    if migrate.current(connection) is None:
        return
    made_with, now = _known(connection).get("key", ""), key.id if key else ""
    if made_with == now:
        return
    if not made_with:
        raise VaultError("this database is not encrypted: `scribe rekey` encrypts it, or leave store.key empty")
    if not now:
        raise VaultError(f"this database is encrypted: set store.key to the key {made_with}")
    raise VaultError(f"this database was written with the key {made_with}, and store.key is {now}: nothing was changed")


def _describe(connection: Connection, key: Key | None) -> None:
    known = _known(connection)
    for name, value in {"id": new_id(), "key": key.id if key else ""}.items():
        if name not in known:
            connection.execute(insert(about).values(name=name, value=value))
