"""A code table as a local index: codes, what they are called, and how they relate. Built once, then read from a file.

The index of one release is one SQLite file, named by a fingerprint of everything it was made from; a file that is
missing, damaged or of another fingerprint is made again, beside the old one, and takes its name in one step. So two
processes may make it at once, and none ever reads half of it.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from scribe.errors import AssetError

log = logging.getLogger("scribe.coding")
BATCH = 500  # keys asked for at once; SQLite allows 999 parameters

SCHEMA = """
CREATE TABLE meta (fingerprint TEXT);
CREATE TABLE code (code TEXT PRIMARY KEY, display TEXT, billable INTEGER, parent TEXT, fallback TEXT) WITHOUT ROWID;
CREATE INDEX code_parent ON code (parent);
CREATE TABLE term (key TEXT PRIMARY KEY, code TEXT, rule TEXT, score REAL) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE side (code TEXT, side TEXT, target TEXT, PRIMARY KEY (code, side)) WITHOUT ROWID;
CREATE INDEX side_target ON side (target);
CREATE TABLE excludes (code TEXT, first TEXT, last TEXT);
CREATE INDEX excludes_code ON excludes (code);
CREATE TABLE note (code TEXT, kind TEXT, text TEXT);
CREATE INDEX note_code ON note (code);
CREATE TABLE name (id INTEGER PRIMARY KEY, code TEXT, text TEXT, kind TEXT, words TEXT, roots TEXT);
CREATE INDEX name_words ON name (words);
CREATE TABLE above (code TEXT PRIMARY KEY, roots TEXT) WITHOUT ROWID;
CREATE TABLE root (root TEXT PRIMARY KEY, names INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE name_roots USING fts5 (roots, content='', detail=none, tokenize="unicode61 tokenchars '.''-'");
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a code table. `fallback` is the billable code used where a text says no more than `code` does."""

    code: str
    display: str
    billable: bool
    parent: str
    fallback: str = ""
    excludes: tuple[tuple[str, str], ...] = ()  # first and last code of each range that may not stand beside this one
    notes: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (kind, text), kinds as in `tabular_xml.NOTES`


@dataclass(frozen=True, slots=True)
class Term:
    """A key that names a code, the rule by which it does, and how far that rule is trusted (0 to 1)."""

    key: str
    code: str
    rule: str
    score: float


@dataclass(frozen=True, slots=True)
class Side:
    """The code of one side ("left", "right", "bilateral") of what `code` names without a side."""

    code: str
    side: str
    target: str


@dataclass(frozen=True, slots=True)
class Name:
    """One of the names by which a code can be searched for. Words and roots are sorted, each once, joined by blanks."""

    code: str
    text: str
    kind: str  # "name", "inclusion term", "lexicon", "index"
    words: str
    roots: str
    above: str = ""  # roots of the names of what the code stands under


@dataclass(frozen=True, slots=True)
class Contents:
    """All that an index holds. Of several terms with one key the first counts."""

    entries: Sequence[Entry]
    terms: Sequence[Term] = ()
    sides: Sequence[Side] = ()
    names: Sequence[Name] = ()


class Index:
    """Read access to an index; safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()
        self.words = frozenset(word for (word,) in self._rows("SELECT word FROM word"))

    def entry(self, code: str) -> Entry | None:
        """The row of `code`, without its excludes; None where there is none."""
        rows = self._rows("SELECT code, display, billable, parent, fallback FROM code WHERE code = ?", code)
        return next((Entry(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows), None)

    def terms(self, keys: Iterable[str]) -> dict[str, Term]:
        """The terms that have these keys."""
        wanted = list(keys)
        found: dict[str, Term] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            query = f"SELECT key, code, rule, score FROM term WHERE key IN ({marks})"  # noqa: S608 - only marks
            found |= {row[0]: Term(*row) for row in self._rows(query, *batch)}
        return found

    def side(self, code: str, side: str) -> str | None:
        """The code for one side of `code`."""
        rows = self._rows("SELECT target FROM side WHERE code = ? AND side = ?", code, side)
        return next((str(target) for (target,) in rows), None)

    def unsided(self, code: str) -> str | None:
        """The code without a side that `code` is one side of."""
        rows = self._rows("SELECT code FROM side WHERE target = ? ORDER BY code LIMIT 1", code)
        return next((str(base) for (base,) in rows), None)

    def lineage(self, code: str) -> list[str]:
        """`code` and its ancestors, nearest first."""
        found: list[str] = []
        while code:
            found.append(code)
            entry = self.entry(code)
            code = entry.parent if entry else ""
        return found

    def excludes(self, code: str) -> list[tuple[str, str]]:
        """The ranges excluded at `code` itself."""
        rows = self._rows("SELECT first, last FROM excludes WHERE code = ?", code)
        return [(str(first), str(last)) for first, last in rows]

    def notes(self, code: str) -> list[tuple[str, str]]:
        """The notes printed at `code` itself, as (kind, text): "includes", "code first", "use additional code"."""
        rows = self._rows("SELECT kind, text FROM note WHERE code = ? ORDER BY rowid", code)
        return [(str(kind), str(text)) for kind, text in rows]

    def children(self, code: str) -> list[Entry]:
        """The entries right under `code`, in order."""
        rows = self._rows("SELECT code, display, billable, parent, fallback FROM code WHERE parent = ?", code)
        return [Entry(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]

    def same(self, words: str) -> list[Name]:
        """The names that are these words."""
        query = (
            "SELECT name.code, text, kind, words, name.roots, coalesce(above.roots, '') FROM name "
            "LEFT JOIN above ON above.code = name.code WHERE words = ?"
        )
        return [Name(*row) for row in self._rows(query, words)]

    def candidates(self, roots: Iterable[str], limit: int) -> list[Name]:
        """The names that share roots with what was asked, at most `limit`, those with the most and rarest first."""
        asked = " OR ".join(f'"{root}"' for root in roots if '"' not in root)
        if not asked:
            return []
        query = (
            "SELECT name.code, text, kind, words, name.roots, coalesce(above.roots, '') FROM ("
            "SELECT rowid FROM name_roots WHERE name_roots MATCH ? ORDER BY rank LIMIT ?"
            ") AS hit JOIN name ON name.id = hit.rowid LEFT JOIN above ON above.code = name.code"
        )
        return [Name(*row) for row in self._rows(query, asked, limit)]

    def root_counts(self, roots: Iterable[str]) -> dict[str, int]:
        """How many names have each of these roots; those that none has are left out."""
        wanted = list(roots)
        marks = ",".join("?" * len(wanted))
        query = f"SELECT root, names FROM root WHERE root IN ({marks})"  # noqa: S608 - only marks
        return dict(self._rows(query, *wanted)) if wanted else {}

    def has_names(self, kind: str) -> bool:
        """Whether any name is of this kind."""
        return bool(self._rows("SELECT 1 FROM name WHERE kind = ? LIMIT 1", kind))

    @cached_property
    def name_count(self) -> int:
        """How many names there are to search."""
        return int(self._rows("SELECT count(*) FROM name")[0][0])

    def entries(self) -> list[Entry]:
        """Every entry, in order of the codes. For small tables."""
        rows = self._rows("SELECT code, display, billable, parent, fallback FROM code ORDER BY code")
        return [Entry(row[0], row[1], bool(row[2]), row[3], row[4]) for row in rows]

    def billable_codes(self) -> list[str]:
        """Every billable code, in order."""
        return [str(code) for (code,) in self._rows("SELECT code FROM code WHERE billable ORDER BY code")]

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def open_index(folder: Path, name: str, fingerprint: str, make: Callable[[], Contents]) -> Index:
    """The index `name` of `folder`, made by `make` where it is not there yet, is damaged or out of date.

    Where the disk is full it stays in memory. Raises AssetError where it has to be made and nothing at all can be
    written to the folder.
    """
    path = folder / f"{name}-{fingerprint[:16]}.sqlite"
    connection = _saved(path, fingerprint)
    if connection is None:
        _writable(folder)  # before the seconds of work
        connection = _build(fingerprint, make())
        try:
            _save(connection, path)
        except (OSError, sqlite3.Error) as error:  # a full disk: no draft fails for that
            log.warning("%s, or make room; until then each process makes its own", _unwritable(folder, error))
            return Index(connection)
        with suppress(OSError):  # another process may still read the old one
            _sweep(folder, name, keep=path)
    return Index(connection)


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise AssetError(_unwritable(folder, error)) from error


def _unwritable(folder: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"the code tables cannot be kept in {folder} ({reason}): set coding.folder to a folder that can be written"


def _saved(path: Path, fingerprint: str) -> sqlite3.Connection | None:
    if not path.is_file():
        return None
    connection = None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        sound = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        if sound and connection.execute("SELECT fingerprint FROM meta").fetchone() == (fingerprint,):
            return connection
    except sqlite3.Error:
        pass  # damaged: made again by the caller
    if connection is not None:
        connection.close()
    return None


def _build(fingerprint: str, contents: Contents) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO meta VALUES (?)", (fingerprint,))
    rows = ((e.code, e.display, e.billable, e.parent, e.fallback) for e in contents.entries)
    connection.executemany("INSERT INTO code VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO excludes VALUES (?, ?, ?)", _ranges(contents.entries))
    notes = ((entry.code, kind, text) for entry in contents.entries for kind, text in entry.notes)
    connection.executemany("INSERT INTO note VALUES (?, ?, ?)", notes)
    terms = ((t.key, t.code, t.rule, t.score) for t in contents.terms)
    connection.executemany("INSERT OR IGNORE INTO term VALUES (?, ?, ?, ?)", terms)
    words = {(word,) for term in contents.terms for word in term.key.split()}
    connection.executemany("INSERT INTO word VALUES (?)", sorted(words))
    sides = ((s.code, s.side, s.target) for s in contents.sides)
    connection.executemany("INSERT OR IGNORE INTO side VALUES (?, ?, ?)", sides)
    _build_names(connection, contents.names)
    connection.commit()
    return connection


def _build_names(connection: sqlite3.Connection, names: Sequence[Name]) -> None:
    rows = ((at, n.code, n.text, n.kind, n.words, n.roots) for at, n in enumerate(names, 1))
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT OR IGNORE INTO above VALUES (?, ?)", ((n.code, n.above) for n in names if n.above))
    roots = ((at, n.roots) for at, n in enumerate(names, 1))
    connection.executemany("INSERT INTO name_roots (rowid, roots) VALUES (?, ?)", roots)
    counts = Counter(root for name in names for root in name.roots.split())
    connection.executemany("INSERT INTO root VALUES (?, ?)", counts.items())


def _ranges(entries: Iterable[Entry]) -> Iterator[tuple[str, str, str]]:
    return ((entry.code, first, last) for entry in entries for first, last in entry.excludes)


def _save(connection: sqlite3.Connection, path: Path) -> None:
    """Copy to `path` in one step, so that another process never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        with closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _sweep(folder: Path, name: str, *, keep: Path) -> None:
    for old in folder.glob(f"{name}-{'[0-9a-f]' * 16}.sqlite"):
        if old != keep:
            old.unlink()
