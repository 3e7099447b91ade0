"""The connection to the database: SQLite by default, SQLCipher where there is a key, PostgreSQL by its URL.

An acknowledged change is on the disk: SQLite writes ahead with `synchronous=FULL`, PostgreSQL with its default. A unit
that may write takes the write lock at its start (`BEGIN IMMEDIATE`), so it never fails half way because of another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from scribe.config import StoreSettings
from scribe.errors import ConfigError, StoreError, UnsureError, VaultError
from scribe.vault import Key

PATIENCE = 30.0  # seconds to wait for another writer
CONNECTIONS = 8
MORE_CONNECTIONS = 32  # for a burst
SQLITE_MAGIC = b"SQLite format 3\0"
LOOPBACK = {"", "localhost", "127.0.0.1", "::1"}
ENCRYPTED_LINKS = {"require", "verify-ca", "verify-full"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is kept."""

    url: URL
    folder: Path  # of sound files and other files beside the database
    file: Path | None  # the database, where it is a file

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.file is not None


def place(settings: StoreSettings) -> Place:
    """Where the settings put the store. Raises ConfigError where `store.url` is not one we can use."""
    folder = Path(settings.folder).expanduser() if settings.folder else None
    if not settings.url:
        folder = folder or user_data_path("scribe", appauthor=False) / "store"
        file = folder / "scribe.db"
        return Place(URL.create("sqlite", database=str(file)), folder, file)
    try:
        url = make_url(settings.url)
    except ArgumentError as error:
        raise ConfigError("store.url is not a URL: use sqlite:///PATH or postgresql://USER@HOST/NAME") from error
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        file = Path(url.database).expanduser().absolute()
        return Place(URL.create("sqlite", database=str(file)), folder or file.parent, file)
    if url.get_backend_name() == "postgresql":
        return Place(_postgresql(url), folder or user_data_path("scribe", appauthor=False) / "store", None)
    raise ConfigError("store.url must be sqlite:///PATH or postgresql://USER@HOST/NAME")


def _postgresql(url: URL) -> URL:
    """With our driver, and never in clear over the network."""
    url = url.set(drivername="postgresql+psycopg")
    host = str(url.query.get("host", url.host or ""))
    if host in LOOPBACK or host.startswith("/"):
        return url
    mode = url.query.get("sslmode")
    if mode is None:
        return url.update_query_dict({"sslmode": "require"})
    if mode not in ENCRYPTED_LINKS:
        raise ConfigError(f"store.url reaches {host} with sslmode={mode}: use sslmode=require or verify-full")
    return url


def connect(where: Place, key: Key | None) -> Engine:
    """An engine with its pool. Nothing is connected yet."""
    if where.file is None:
        return create_engine(
            where.url, pool_pre_ping=True, hide_parameters=True, pool_size=CONNECTIONS, max_overflow=MORE_CONNECTIONS
        )
    engine = create_engine(
        "sqlite+pysqlite://",
        module=_module(key),
        creator=opener(where.file, key),
        poolclass=QueuePool,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=MORE_CONNECTIONS,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _module(key: Key | None) -> Any:
    return sqlite3 if key is None else sqlcipher()


def sqlcipher() -> Any:
    """The driver of SQLCipher."""
    from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

    return dbapi2


def opener(file: Path, key: Key | None) -> Callable[[], Any]:
    """A function that connects to a database file, ready for use. It raises VaultError where the key does not fit."""
    module = _module(key)

    def connect() -> Any:
        check_header(file, key)
        connection = module.connect(str(file), timeout=PATIENCE, check_same_thread=False, isolation_level=None)
        try:
            prepare(connection, key)
        except module.DatabaseError as error:
            connection.close()
            if "not a database" in str(error):
                raise VaultError(f"{file} does not open with this key: check store.key; nothing was changed") from None
            raise
        return connection

    return connect


def prepare(connection: Any, key: Key | None) -> None:
    """The settings that each connection needs. Temporary tables stay in memory: no patient text in a temporary file."""
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.derive('database').secret.hex()}'\"")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def check_header(file: Path, key: Key | None) -> None:
    """Raise VaultError where a database is encrypted and there is no key, or the other way round."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(SQLITE_MAGIC))
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{file} cannot be read ({error.strerror}): check its owner and the disk") from error
    if head and (head == SQLITE_MAGIC) != (key is None):
        if key is None:
            raise VaultError(f"{file} is encrypted, or is no database: set store.key to the key it was written with")
        raise VaultError(f"{file} is not encrypted: `scribe rekey` encrypts it, or leave store.key empty")


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("scribe_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def explained(error: SQLAlchemyError, where: Place, *, committing: bool = False) -> StoreError:
    """What went wrong with the database, in words that hold no value of any row.

    `committing`: it was told to commit, so a server whose answer was lost may have done so.
    """
    name = str(where.file) if where.file else f"at {where.url.query.get('host', where.url.host or 'localhost')}"
    if isinstance(error, PoolTimeoutError):
        return StoreError("too many people use the database at once: try again")
    if isinstance(error, DBAPIError) and where.is_sqlite:
        said = str(error.orig)
        if "full" in said:
            return StoreError(f"the disk is full, nothing was changed in {name}: make room and try again")
        if "locked" in said:
            return StoreError(f"another program keeps the database {name} locked: close it and try again")
        if "readonly" in said:
            return StoreError(f"the database {name} may not be written: check the owner of the file and its folder")
    gone = isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
    if gone and committing and not where.is_sqlite:
        return UnsureError(f"the database {name} went away while it saved: look whether the change is there")
    if gone:
        return StoreError(f"the database {name} cannot be reached, nothing was changed: check it and try again")
    kind = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    return StoreError(f"the database {name} refused a change ({kind}): nothing was changed")
