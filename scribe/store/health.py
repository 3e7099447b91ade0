"""Whether a store can take in changes now: its database, its folder, its checkpoints, and room on the disk."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scribe.errors import ScribeError, StoreError
from scribe.store.store import Store

LITTLE_ROOM = 256 * 1024 * 1024  # bytes: an hour of sound is 115 MB, and the database wants room beside


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `trouble` says what is wrong and what to do; it names files, never a patient."""

    name: str
    trouble: str = ""

    @property
    def ready(self) -> bool:
        """Whether nothing is wrong."""
        return not self.trouble


def checks(store: Store, recordings: Path) -> tuple[Check, ...]:
    """Look at everything; a checkpoint that is owed is tried again. `recordings`: where live sound is written."""
    store.auditor.catch_up()
    looks: Mapping[str, Callable[[], str]] = {
        "database": lambda: _database(store),
        "folder": lambda: _writable(store.place.folder),
        "recordings": lambda: _writable(recordings),
        "checkpoints": lambda: store.auditor.trouble,
        "room": lambda: _room((store.place.folder, recordings, store.auditor.witness.file.parent)),
    }
    return tuple(Check(name, _looked(look)) for name, look in looks.items())


def _looked(look: Callable[[], str]) -> str:
    try:
        return look()
    except ScribeError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename or 'the disk'}: {error.strerror}"


def _database(store: Store) -> str:
    if not store.id:
        raise StoreError("the database has no name: restore it from a backup")
    return ""


def _writable(folder: Path) -> str:
    """Raises OSError where no file can be written there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    probe = folder / f".probe-{secrets.token_hex(8)}"
    try:
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, bytes(4096))
            os.fsync(handle)
        finally:
            os.close(handle)
    finally:
        probe.unlink(missing_ok=True)
    return ""


def _room(folders: tuple[Path, ...]) -> str:
    for folder in folders:
        if folder.exists() and (free := shutil.disk_usage(folder).free) < LITTLE_ROOM:
            return f"{free // 1_000_000} MB are left on the disk of {folder}: make room"
    return ""
