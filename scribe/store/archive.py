"""The file of a backup: the same for both databases, sealed where there is a key, and it shows any change.

    scribe backup 1                                   and a line feed
    {"made_at": ..., "key": id of the main key or "", ...}                    and a line feed
    frames: length (4 bytes, little-endian) | bytes, up to an empty one that ends the file

The frames hold a tar of the tables (JSON lines), the sound files as they lie on the disk (sealed or not) and the
audit trail's folder. A sealed frame is bound to its number and to whether it is the last; without a key a frame ends in
its SHA-256, which shows damage but no intent.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
from dataclasses import dataclass
from typing import IO, Any

from scribe.errors import InputError, StoreError, VaultError
from scribe.vault import Key

MAGIC = b"scribe backup 1\n"
FRAME = 1 << 20  # plain bytes
LONGEST_HEADER = 4096
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself in clear."""

    made_at: str  # ISO 8601, UTC
    key: str  # id of the main key; empty: not encrypted
    columns: bool  # whether whom an encounter is about is sealed in its row
    store: str  # id of the database
    revision: str  # of the tables


class Writer(io.RawIOBase):
    """A file that seals what is written to it, frame by frame."""

    def __init__(self, file: IO[bytes], header: Header, key: Key | None) -> None:
        self._file = file
        self._key = key.derive("backup") if key else None
        self._number = 0
        self._waiting = bytearray()
        line = json.dumps({name: getattr(header, name) for name in Header.__slots__}).encode() + b"\n"
        self._about = hashlib.sha256(line).digest()
        file.write(MAGIC + line)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Take in bytes."""
        self._waiting += data
        while len(self._waiting) > FRAME:
            self._frame(bytes(self._waiting[:FRAME]), last=False)
            del self._waiting[:FRAME]
        return len(data)

    def finish(self) -> None:
        """Write what is left and the end; without it the file is not taken for whole."""
        self._frame(bytes(self._waiting), last=True)
        self._file.write(_LENGTH.pack(0))

    def _frame(self, plain: bytes, *, last: bool) -> None:
        place = _place(self._about, self._number, last=last)
        body = self._key.seal(plain, place) if self._key else plain + hashlib.sha256(place + plain).digest()
        self._file.write(_LENGTH.pack(len(body)) + body)
        self._number += 1


class Reader(io.RawIOBase):
    """The bytes that were written to a `Writer`. It raises where they were changed or cut short."""

    def __init__(self, file: IO[bytes], key: Key | None) -> None:
        self._file = file
        if file.read(len(MAGIC)) != MAGIC:
            raise InputError("this is no backup of scribe: name a file that `scribe backup` wrote")
        line = file.readline(LONGEST_HEADER)
        try:
            self.header = Header(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise InputError("this backup is damaged at its start: use another copy") from error
        _check_key(self.header, key)
        self._about = hashlib.sha256(line).digest()
        self._key = key.derive("backup") if self.header.key and key else None
        self._number, self._plain, self._ended = 0, b"", False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with what comes next."""
        while not self._plain and not self._ended:
            self._next()
        view = memoryview(buffer).cast("B")
        part = self._plain[: len(view)]
        view[: len(part)] = part
        self._plain = self._plain[len(part) :]
        return len(part)

    def _next(self) -> None:
        body = self._body()
        for last in (False, True):
            place = _place(self._about, self._number, last=last)
            try:
                self._plain = self._opened(body, place)
            except VaultError:
                continue
            self._number += 1
            self._ended = last
            if last and self._file.read() != _LENGTH.pack(0):
                raise StoreError("this backup goes on after its end: it was changed; use another copy")
            return
        raise StoreError("this backup was damaged or changed: use another copy; nothing was restored")

    def _body(self) -> bytes:
        start = self._file.read(_LENGTH.size)
        length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else 0
        body = self._file.read(length) if 0 < length <= 2 * FRAME else b""
        if not body or len(body) < length:
            raise StoreError("this backup is cut short: use another copy; nothing was restored")
        return body

    def _opened(self, body: bytes, place: bytes) -> bytes:
        if self._key:
            return self._key.open(body, place)
        plain, digest = body[:-32], body[-32:]
        if hashlib.sha256(place + plain).digest() != digest:
            raise VaultError("damaged")
        return plain


def _place(about: bytes, number: int, *, last: bool) -> bytes:
    return b"backup|" + about + f"|{number}|{last}".encode()


def _check_key(header: Header, key: Key | None) -> None:
    if header.key == (key.id if key else ""):
        return
    if not header.key:
        raise VaultError("this backup is not encrypted, and there is a key: restore it with --backup-key none")
    raise VaultError(f"this backup was made with the key {header.key}: name it with --backup-key, e.g. file:PATH")
