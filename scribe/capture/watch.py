"""A watched folder: recordings that are dropped into it, each once, when it has arrived whole.

What became of each is a line of `watched.jsonl` in the folder of the results, by the SHA-256 of the recording: a copy
under another name gets no second note, but a line that names the first, because two silent recordings are copies, too.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from scribe.errors import CaptureError, OutputError

LEDGER = "watched.jsonl"
_UNFINISHED = {".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart"}  # names that copying tools use
_Seen = tuple[int, int]  # size, time of the last change


class Outcome(StrEnum):
    """What became of a recording."""

    DONE = "done"
    PARKED = "parked"  # it cannot be used; the reason is beside it
    SAME = "same"  # its bytes are those of another file, which has the note


@dataclass(frozen=True, slots=True)
class Handled:
    """One line of the ledger."""

    sha256: str
    name: str
    outcome: Outcome
    reason: str = ""
    folder: str = ""  # of the note


class Watch:
    """Tells which files of a folder have arrived. A file has when it did not change for `settle` seconds."""

    def __init__(self, folder: Path, *, settle: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        if not folder.is_dir():
            raise CaptureError(f"there is no folder {folder} to watch: make it, or check the name")
        self._folder = folder
        self._settle = settle
        self._clock = clock
        self._waiting: dict[Path, tuple[_Seen, float]] = {}  # how it looked, since when
        self._given: dict[Path, _Seen] = {}

    def arrived(self) -> list[Path]:
        """Files that have arrived since the last call, in the order of their names; each is given once.

        Raises CaptureError where the folder cannot be read.
        """
        try:
            found = {path: seen for path in sorted(self._folder.iterdir()) if (seen := _look(path)) is not None}
        except OSError as error:
            raise CaptureError(f"{self._folder} cannot be read ({error.strerror}): check its permissions") from error
        now, ready = self._clock(), []
        for path, seen in found.items():
            before, since = self._waiting.get(path, (None, now))
            if before != seen:
                since = now
            self._waiting[path] = (seen, since)
            if now - since >= self._settle and self._given.get(path) != seen:
                self._given[path] = seen
                ready.append(path)
        self._waiting = {path: self._waiting[path] for path in found}
        return ready

    @property
    def pending(self) -> int:
        """How many files are there and have not settled yet."""
        return sum(self._given.get(path) != seen for path, (seen, _) in self._waiting.items())


class Ledger:
    """What became of the recordings so far. A line cut short by a crash is no line."""

    def __init__(self, out: Path) -> None:
        self._path = out / LEDGER
        self._known: dict[str, Handled] = {}
        self._listed: set[tuple[str, str]] = set()  # SHA-256 and name
        try:
            text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise CaptureError(f"{self._path} cannot be read: move it away to begin anew") from error
        self._before = "\n" if text and not text.endswith("\n") else ""  # ends a line that was cut short
        for line in text.splitlines():
            handled = _parsed(line)
            if handled is not None:
                self._note(handled)

    def get(self, sha256: str) -> Handled | None:
        """What became of a recording, None where it is new."""
        return self._known.get(sha256)

    def lists(self, sha256: str, name: str) -> bool:
        """Whether a file of that name with that content has a line."""
        return (sha256, name) in self._listed

    def _note(self, handled: Handled) -> None:
        self._listed.add((handled.sha256, handled.name))
        if handled.outcome is not Outcome.SAME:
            self._known[handled.sha256] = handled

    @property
    def parked(self) -> tuple[Handled, ...]:
        """The recordings that could not be used."""
        return tuple(item for item in self._known.values() if item.outcome is Outcome.PARKED)

    def add(self, handled: Handled) -> None:
        """Write a line, flushed. Raises OutputError."""
        line = json.dumps({**asdict(handled), "at": datetime.now(UTC).isoformat(timespec="seconds")})
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{self._before}{line}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"cannot write to {self._path} ({error.strerror}): check the disk") from error
        self._before = ""
        self._note(handled)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file. Raises CaptureError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CaptureError(f"{path} cannot be read ({error.strerror}): check its permissions") from error


def _look(path: Path) -> _Seen | None:
    """How a file looks; None where it is none of ours, or empty, or gone meanwhile."""
    if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED:
        return None
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_size, found.st_mtime_ns) if path.is_file() and found.st_size else None


def _parsed(line: str) -> Handled | None:
    try:
        tree = json.loads(line)
        return Handled(tree["sha256"], tree["name"], Outcome(tree["outcome"]), tree["reason"], tree["folder"])
    except (ValueError, KeyError, TypeError):
        return None
