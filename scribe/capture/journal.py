"""The journal of a recording: one line of JSON for everything that happened, each chained to the one before.

    {"kind": "sealed", "sample": 160000, "utc": "...", "seq": 0, "first": 0, "samples": 160000, "sha256": "...",
     "chain": "..."}

`chain` is SHA-256 over the chain of the line before and this line without it (HMAC-SHA-256 with a key of the recording
where that is encrypted), so a line that was changed, moved or taken out shows. `sample` is the place on the sample
clock; `utc` is for people to read and decides nothing. A last line cut short by a power cut is no line.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from scribe.capture.disk import AppendFile, Disk
from scribe.vault import Key

NAME = "journal.jsonl"
DAMAGED = "journal.damaged"


class EntryKind(StrEnum):
    """What can happen to a recording."""

    START = "start"
    REOPEN = "reopen"  # goes on after an interruption, or after it had been finished
    SEALED = "sealed"  # a segment is complete: seq, first, samples, sha256
    MARK = "mark"  # mark, note (sealed where encrypted)
    PAUSE = "pause"
    RESUME = "resume"  # seconds it lasted, None where not known
    PART = "part"
    DROP = "drop"  # first, samples: reads as silence from here on
    ERASED = "erased"  # a segment was written anew without its dropped samples: seq, sha256
    LOST = "lost"  # first, samples: could not be written
    STOP = "stop"


_NUMBERS = {  # what a line of a kind must hold: whole numbers from 0 on
    EntryKind.SEALED: ("seq", "first", "samples"),
    EntryKind.ERASED: ("seq",),
    EntryKind.DROP: ("first", "samples"),
    EntryKind.LOST: ("first", "samples"),
}
_TEXTS = {EntryKind.SEALED: ("sha256",), EntryKind.ERASED: ("sha256",), EntryKind.MARK: ("mark", "note")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    kind: EntryKind
    sample: int
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Chain:
    """The running hash of a journal. With a key nobody without it can continue or forge one."""

    def __init__(self, recording: str, key: Key | None) -> None:
        self._secret = key.derive("journal").secret if key else None
        self._last = self._hash(recording)

    def next(self, body: str) -> str:
        """The chain value of the line after the ones so far; the chain does not move until `accept`."""
        return self._hash(self._last + body)

    def accept(self, value: str) -> None:
        """`value` is the chain value of the last line now."""
        self._last = value

    def _hash(self, text: str) -> str:
        if self._secret is None:
            return hashlib.sha256(text.encode()).hexdigest()
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


class JournalReader:
    """Reads a journal that may be growing. `verify` False reads the lines without checking their chain."""

    def __init__(self, folder: Path, recording: str, key: Key | None, *, verify: bool = True) -> None:
        self._path = folder / NAME
        self._verify = verify
        self.chain = Chain(recording, key)
        self.size = 0  # bytes of the good lines read so far
        self.damaged = False  # a whole line was found that does not belong there; nothing after it is read

    def read(self) -> list[Entry]:
        """The lines since the last call."""
        if self.damaged:
            return []
        try:
            with self._path.open("rb") as file:
                file.seek(self.size)
                data = file.read()
        except FileNotFoundError:
            return []
        found: list[Entry] = []
        for line in data.splitlines(keepends=True):
            entry = self._parsed(line) if line.endswith(b"\n") else None
            if entry is None:
                self.damaged = line.endswith(b"\n")
                break
            self.size += len(line)
            found.append(entry)
        return found

    def _parsed(self, line: bytes) -> Entry | None:
        try:
            tree = json.loads(line)
            claimed = tree.pop("chain")
            value = self.chain.next(_body(tree))
            if self._verify and not hmac.compare_digest(value, claimed):
                return None
            entry = _entry(tree)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        self.chain.accept(claimed)
        return entry


class JournalWriter:
    """Appends to a journal. Lines that cannot be written yet (disk full) wait, in order, for the next `write`."""

    def __init__(self, file: AppendFile, chain: Chain) -> None:
        self._file = file
        self._chain = chain
        self._waiting: list[Entry] = []

    @classmethod
    def open(cls, folder: Path, recording: str, key: Key | None, disk: Disk) -> tuple[JournalWriter, list[Entry]]:
        """Ready to append after the good lines, which are returned; what follows them is cut off.

        A journal that was changed is kept as it was, under another name.
        """
        reader = JournalReader(folder, recording, key)
        entries = reader.read()
        path = folder / NAME
        if reader.damaged:
            disk.write_whole(folder / DAMAGED, path.read_bytes())
        if path.exists() and path.stat().st_size > reader.size:
            disk.cut(path, reader.size)
        writer = cls(disk.append(path), reader.chain)
        try:
            disk.flush_folder(folder)
        except BaseException:
            writer.close()
            raise
        return writer, entries

    def add(self, entry: Entry) -> None:
        """Write a line and flush it. Raises OSError, and then it waits."""
        self._waiting.append(entry)
        self.write()

    def wait(self, entry: Entry) -> None:
        """A line for the next `write`."""
        self._waiting.append(entry)

    def write(self) -> None:
        """Write the lines that wait and flush them. Raises OSError."""
        if not self._waiting:
            return
        while self._waiting:
            self._write(self._waiting[0])
            del self._waiting[0]
        self._file.flush()

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _write(self, entry: Entry) -> None:
        utc = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = {"kind": entry.kind.value, "sample": entry.sample, "utc": utc, **entry.data}
        value = self._chain.next(_body(body))
        self._file.write(json.dumps({**body, "chain": value}, ensure_ascii=True).encode() + b"\n")
        self._chain.accept(value)


def _entry(tree: dict[str, Any]) -> Entry:
    """A line without its chain. Raises KeyError, TypeError or ValueError where something lacks or does not fit."""
    kind = EntryKind(tree.pop("kind"))
    sample = tree.pop("sample")
    numbers = [sample, *(tree[name] for name in _NUMBERS.get(kind, ()))]
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("no whole number from 0 on")
    if not all(isinstance(tree[name], str) for name in _TEXTS.get(kind, ())):
        raise ValueError("no text")
    return Entry(kind, sample, tree)


def _body(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
