"""The list `purged.jsonl` beside the database: what was purged, so that it stays so.

A restore of an older backup forgets again what stands there, and a process that has documents in memory learns from it
that another process purged them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from scribe.errors import StoreError

LIST = "purged.jsonl"


@dataclass(frozen=True, slots=True)
class Purged:
    """One line."""

    encounter: str  # empty: recordings that belonged to none
    what: str  # "all" or "sound"
    captures: tuple[str, ...] = ()  # recordings of `capture.folder` that went with it


def add(folder: Path, purged: Purged, at: datetime) -> None:
    """Write a line, flushed. Raises StoreError where the disk refuses.

    What a full disk or a power cut left of a line before it stands on a line of its own, and counts for none.
    """
    line = json.dumps(
        {"encounter": purged.encounter, "what": purged.what, "captures": purged.captures, "at": at.isoformat()}
    )
    path = folder / LIST
    try:
        with path.open("a+b") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(end - 1, 0))
            torn = file.read() not in (b"", b"\n")
            file.write((b"\n" if torn else b"") + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        problem = f"what was purged cannot be noted in {path} ({error.strerror})"
        raise StoreError(f"{problem}: make room, and run `scribe purge --yes`") from error


def entries(folder: Path) -> tuple[Purged, ...]:
    """All lines; one that was cut off by a power cut is left out, and `purge.settle` writes it anew."""
    try:
        text = (folder / LIST).read_bytes()
    except FileNotFoundError:
        return ()
    return tuple(_parsed(text))


class News:
    """What was purged since this was made, by any process. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LIST
        self._mutex = Lock()
        self._at = self._size()

    def fresh(self) -> tuple[Purged, ...]:
        """The lines that were added since the last call. It costs one look at the file's size where there are none."""
        if self._size() == self._at:
            return ()
        with self._mutex:
            if self._size() < self._at:
                self._at = 0  # another list was put in its place
            try:
                with self._path.open("rb") as file:
                    file.seek(self._at)
                    text = file.read()
            except FileNotFoundError:
                return ()
            whole = text[: text.rfind(b"\n") + 1]
            self._at += len(whole)
        return tuple(_parsed(whole))

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0


def _parsed(text: bytes) -> Iterator[Purged]:
    for line in text.splitlines():
        try:
            tree = json.loads(line)
            yield Purged(tree["encounter"], tree["what"], tuple(tree.get("captures", ())))
        except (ValueError, KeyError, TypeError):
            continue
