"""Sound files: named by their content, written whole or not at all, sealed in pieces so that any part can be read.

A file arrives in `blobs/incoming`; when its encounter is known it moves to `blobs/<encounter>/<sha256>.<kind>`. Sealed,
it is a row of pieces of `PIECE` bytes, each with its own nonce and bound to its number, under a key of its own: to read
a second from the middle of an hour, one piece is opened. The length in the database shows a file that was cut short.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scribe import erasing
from scribe.errors import NotFoundError, StoreError, VaultError
from scribe.store import belonging
from scribe.vault import OVERHEAD, Key, new_key

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 64 * 1024  # plain bytes of a piece
INCOMING = "incoming"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that has arrived and belongs to no encounter yet."""

    path: Path
    sha256: str  # of the plain bytes
    size: int  # plain bytes
    key: Key | None = field(repr=False)

    def discard(self) -> None:
        """Throw it away."""
        self.path.unlink(missing_ok=True)


class Blobs:
    """The folder of sound files."""

    def __init__(self, folder: Path, *, seal: bool) -> None:
        self.folder = folder
        self.store = ""  # id of the database that the folder must belong to; empty: any
        self._seal = seal

    def receive(self, chunks: Iterable[bytes]) -> Incoming:
        """Take in a file piece by piece; it is on the disk when this returns. Nothing is left of one that breaks off.

        Raises StoreError where the disk is full or the folder cannot be written.
        """
        arrival = self.arrival()
        try:
            for chunk in chunks:
                arrival.write(chunk)
            return arrival.finish()
        except BaseException:
            arrival.discard()
            raise

    def arrival(self) -> Arrival:
        """As `receive`, for a file that is handed over as it comes. Raises StoreError."""
        self.check()
        return Arrival(self.folder, new_key() if self._seal else None)

    def check(self) -> None:
        """Raises StoreError where the folder is not at hand, as a shared one that is not mounted any more."""
        if self.store and belonging.marked(self.folder) != self.store:
            raise StoreError(f"the sound files are away: {self.folder} is not the folder of this database; mount it")

    def keep(self, incoming: Incoming, encounter_id: str, name: str) -> None:
        """Put it where it belongs, for good."""
        path = self.path(encounter_id, name)
        with _disk(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            incoming.path.replace(path)
            sync_folder(path.parent)
            sync_folder(self.folder)

    def path(self, encounter_id: str, name: str) -> Path:
        """Where a file lies."""
        return self.folder / encounter_id / name

    def open(self, encounter_id: str, name: str, size: int, key: Key | None) -> BlobReader:
        """Read a file from any place. Raises NotFoundError where it is gone, VaultError where it was changed."""
        path = self.path(encounter_id, name)
        try:
            return BlobReader(path, size, key)
        except FileNotFoundError as error:
            raise NotFoundError("this sound file is not in the store's folder: restore it from a backup") from error

    def remove(self, encounter_id: str, name: str | None = None) -> None:
        """Remove one file of an encounter, or all of them."""
        if name is None:
            shutil.rmtree(self.folder / encounter_id, ignore_errors=True)
        else:
            self.path(encounter_id, name).unlink(missing_ok=True)

    def remove_incoming(self, *, before: float) -> None:
        """Overwrite and remove files that were arriving and were last written before a time (seconds of the epoch)."""
        for path in (self.folder / INCOMING).glob("*"):
            with suppress(OSError):  # gone meanwhile
                if path.stat().st_mtime < before:
                    erasing.remove(path)

    def erase(self, encounter_id: str) -> None:
        """Overwrite and remove all files of an encounter. Raises StoreError where the disk refuses."""
        with _disk(self.folder):
            erasing.remove_folder(self.folder / encounter_id)


class Arrival:
    """A file that is arriving. One thread at a time; call `finish` or `discard`."""

    def __init__(self, folder: Path, key: Key | None) -> None:
        self._folder, self._key = folder, key
        self._path = folder / INCOMING / secrets.token_hex(16)
        self._digest, self._size, self._number = hashlib.sha256(), 0, 0
        self._waiting = bytearray()
        with _disk(folder):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._path.open("xb")

    def write(self, chunk: bytes) -> None:
        """Take in what came. Raises StoreError where the disk is full."""
        self._waiting += chunk
        while len(self._waiting) >= PIECE:
            self._put(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    def finish(self) -> Incoming:
        """It is whole, and on the disk when this returns. Raises StoreError."""
        if self._waiting:
            self._put(bytes(self._waiting))
            self._waiting.clear()
        with _disk(self._folder):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        return Incoming(self._path, self._digest.hexdigest(), self._size, self._key)

    def discard(self) -> None:
        """It broke off: nothing stays."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

    def _put(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._size += len(piece)
        with _disk(self._folder):
            self._file.write(self._key.seal(piece, _place(self._number)) if self._key else piece)
        self._number += 1


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Failures of our own disk, and not those of whoever sends, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreError("the disk is full, the file was not kept: make room and try again") from error
        raise StoreError(f"cannot write to {folder} ({error.strerror}): check its owner and disk") from error


class BlobReader(io.RawIOBase):
    """The plain bytes of a stored file, as a file that can be read from any place. One thread at a time."""

    def __init__(self, path: Path, size: int, key: Key | None) -> None:
        self._file = path.open("rb")
        self.size = size
        self._key = key
        self._at = 0
        self._number, self._piece = -1, b""
        pieces = -(-size // PIECE)
        if os.fstat(self._file.fileno()).st_size != size + (OVERHEAD * pieces if key else 0):
            self._file.close()
            raise VaultError("a sound file of the store has another length than it was written with: restore it")

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Bytes from the start."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; as with any file."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill `buffer` with what comes next, at most to the end of a piece."""
        view = memoryview(buffer).cast("B")
        if self._at >= self.size or not len(view):
            return 0
        number, offset = divmod(self._at, PIECE)
        piece = self._load(number)[offset : offset + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def span(self, first: int, last: int) -> Iterator[bytes]:
        """The bytes `first` to `last` (both included, as in an HTTP Range), piece by piece."""
        self.seek(first)
        while self._at <= min(last, self.size - 1):
            chunk = self.read(min(last + 1 - self._at, PIECE))
            if not chunk:
                return
            yield chunk

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
        super().close()

    def _load(self, number: int) -> bytes:
        if number != self._number:
            length = min(PIECE, self.size - number * PIECE)
            if self._key is None:
                self._file.seek(number * PIECE)
                piece = self._file.read(length)
            else:
                self._file.seek(number * (PIECE + OVERHEAD))
                piece = self._key.open(self._file.read(length + OVERHEAD), _place(number))
            self._number, self._piece = number, piece
        return self._piece


def sync_folder(folder: Path) -> None:
    """Make a renamed file safe against a power cut. Windows does that by itself, and opens no folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _place(number: int) -> bytes:
    return f"blob|{number}".encode()
