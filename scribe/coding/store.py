"""The code tables that the user has imported, as published: one SQLite file in the folder of the code tables.

The files are kept whole, so that the indexes made from them can be made again. An import is one transaction: other
processes see all of its files, or none.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

from scribe.config import Config
from scribe.errors import AssetError

NAME = "imported.sqlite"
PATIENCE = 30.0  # seconds to wait for another process that imports
SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    system TEXT, release TEXT, kind TEXT, name TEXT, sha256 TEXT, imported_on TEXT, licence TEXT, content BLOB,
    PRIMARY KEY (system, release, kind)
)
"""
COLUMNS = "system, release, kind, name, sha256, imported_on, licence"


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported file. `release` is empty for a table that says of no edition that it is of it."""

    system: str
    release: str
    kind: str  # "tabular", "index"
    name: str  # of the file, as the user had it
    sha256: str
    imported_on: str  # ISO 8601 date
    licence: str  # under which it may be used; for CPT what the user agreed to


@dataclass(frozen=True, slots=True)
class File:
    """A file to be imported. `content` is what it holds, byte for byte."""

    release: str
    kind: str
    name: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


def folder(config: Config) -> Path:
    """Where the code tables are kept."""
    if config.coding.folder:
        return Path(config.coding.folder).expanduser()
    return user_data_path("scribe", appauthor=False) / "codes"


class Store:
    """The imported files of one folder. Nothing is created before the first import."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / NAME

    def imported(self, system: str) -> tuple[Imported, ...]:
        """What has been imported for `system`, in order of release and kind. Raises AssetError where it is damaged."""
        if not self._path.is_file():
            return ()
        with self._connected() as connection:
            query = f"SELECT {COLUMNS} FROM file WHERE system = ? ORDER BY release, kind"  # noqa: S608 - a constant
            return tuple(Imported(*row) for row in connection.execute(query, (system,)))

    def content(self, item: Imported) -> bytes:
        """The file itself. Raises AssetError where it is gone or damaged."""
        with self._connected() as connection:
            row = connection.execute("SELECT content FROM file WHERE sha256 = ?", (item.sha256,)).fetchone()
        try:
            content = zlib.decompress(row[0]) if row else b""
        except zlib.error:
            content = b""
        if hashlib.sha256(content).hexdigest() != item.sha256:
            raise AssetError(f"{item.name} in {self._path} is damaged: import it again")
        return content

    def add(self, system: str, files: Sequence[File], *, licence: str, imported_on: str) -> None:
        """Keep all of `files`, each in place of the one of its release and kind, or none of them.

        Raises AssetError where the folder cannot be written.
        """
        rows = [
            (system, f.release, f.kind, f.name, f.sha256, imported_on, licence, zlib.compress(f.content)) for f in files
        ]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AssetError(self._unwritable(error.strerror or "error")) from error
        with self._connected() as connection:
            connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def remove(self, system: str, release: str) -> int:
        """Forget what was imported for a release; how many files that were."""
        if not self._path.is_file():
            return 0
        with self._connected() as connection:
            cursor = connection.execute("DELETE FROM file WHERE system = ? AND release = ?", (system, release))
            return cursor.rowcount

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection in one transaction, committed at the end. Raises AssetError for what SQLite reports."""
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection, connection:
                connection.execute(SCHEMA)
                yield connection
        except sqlite3.OperationalError as error:
            raise AssetError(self._unwritable(str(error))) from error
        except sqlite3.DatabaseError as error:
            how = f"delete it and import the tables again ({error})"
            raise AssetError(f"the imported code tables in {self._path} are damaged: {how}") from error

    def _unwritable(self, reason: str) -> str:
        return (
            f"the code tables in {self.folder} cannot be used ({reason}): check its permissions, or set coding.folder"
        )
