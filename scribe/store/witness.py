"""What attests the audit trail from outside the database: its first key, and signed checkpoints in a file.

The folder holds

    audit.key           the first key of the chain; who checks needs it, and may keep it on another machine instead
    signing.key         signs checkpoints (Ed25519)
    signing.pub         checks them
    checkpoints.jsonl   one line each: where the trail ended, when, chained to the line before, signed

The chain shows an edited, removed or inserted row. It cannot show that a whole older database was put in its place, as
that one was right in its time: the checkpoints do. Keep them on another disk (`store.checkpoints`), or copy the lines
to where the machine's administrator cannot write.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scribe.errors import StoreError, VaultError
from scribe.store.audit import Head
from scribe.store.lock import turn
from scribe.vault import Key, SigningKey, new_key, new_signing_key, signature_holds

EVERY = 64  # rows between two checkpoints
CHECKPOINT, RESTORED = "checkpoint", "restored"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file."""

    kind: str  # checkpoint: the trail ended here. restored: it ends here again, after a backup was put back
    seq: int
    mac: str
    at: str
    reason: str
    lost_to: int  # restored: the highest row that was attested and is gone; else 0
    previous: str  # SHA-256 of the line before
    signature: str

    def signed(self) -> bytes:
        """What the signature covers."""
        values = {name: getattr(self, name) for name in self.__slots__ if name != "signature"}
        return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def text(self) -> str:
        """The line as it stands in the file."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False)


class Witness:
    """The folder of one store's keys, and the file of its checkpoints."""

    def __init__(self, folder: Path, main: Key | None, *, file: Path | None = None) -> None:
        self.folder = folder
        self.file = file or folder / "checkpoints.jsonl"
        self._sealing = main.derive("audit") if main else None
        self._lock = threading.Lock()
        self._attested = 0

    def prepare(self) -> bytes:
        """Make the keys where there are none; the first key of the chain. Raises StoreError where it was taken away."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not (self.folder / "signing.pub").exists():
                self._make_keys()
        except OSError as error:
            raise StoreError(
                f"cannot write to {self.folder} ({error.strerror}): check its owner and the disk"
            ) from error
        return self.first_key()

    def _make_keys(self) -> None:
        """Those that are not there, each whole or not at all: a full disk may have come between two of them.

        The first key comes first: where there is one that signs, it was taken away, and another is not made.
        """
        with turn(self.folder / "checkpoints.lock"):
            secret = self.folder / "signing.key"
            if not secret.exists():
                if not (self.folder / "audit.key").exists():
                    self._replace("audit.key", self._seal(new_key().secret, "first"))
                self._replace("signing.key", self._seal(new_signing_key().secret, "signing"))
            if not (self.folder / "signing.pub").exists():
                signing = SigningKey(self._open(secret.read_text(encoding="ascii"), "signing"))
                self._replace("signing.pub", signing.public)

    def first_key(self) -> bytes:
        """The first key of the chain. Raises StoreError where it is not kept here."""
        path = self.folder / "audit.key"
        try:
            return self._open(path.read_text(encoding="ascii"), "first")
        except FileNotFoundError as error:
            raise StoreError(f"there is no {path}: give the key that was taken away with --key FILE") from error

    def take_first_key(self, target: Path, *, remove: bool) -> None:
        """Write the first key to a file to be kept elsewhere, and with `remove` only there."""
        key = self.first_key()
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(key.hex() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"cannot write {target} ({error.strerror}): name a new file") from error
        if remove:
            (self.folder / "audit.key").unlink()

    def reseal(self, new: Key | None) -> Witness:
        """The same keys, sealed with another main key."""
        other = Witness(self.folder, new, file=self.file)
        for name, about in (("signing.key", "signing"), ("audit.key", "first")):
            path = self.folder / name
            if path.exists():
                self._replace(name, other._seal(self._open(path.read_text(encoding="ascii"), about), about))
        return other

    @property
    def public(self) -> bytes:
        """The key that checks the signatures. Raises StoreError where it is missing."""
        try:
            return bytes.fromhex((self.folder / "signing.pub").read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.folder / 'signing.pub'} cannot be read: restore it from a backup") from error

    def is_due(self, head: Head) -> bool:
        """Whether the last checkpoint of this process is `EVERY` rows old."""
        return head.seq - self._attested >= EVERY

    def attest(self, head: Head, *, kind: str = CHECKPOINT, reason: str = "", lost_to: int = 0) -> Line:
        """Write a signed line about a committed head. Raises StoreError where the file cannot be written."""
        try:
            with self._lock, turn(self.folder / "checkpoints.lock"):
                previous = self._last_text()
                signing = SigningKey(self._open((self.folder / "signing.key").read_text(encoding="ascii"), "signing"))
                at = datetime.now(UTC).isoformat(timespec="seconds")
                digest = hashlib.sha256(previous.encode()).hexdigest()
                bare = Line(kind, head.seq, head.mac, at, reason, lost_to, digest, "")
                line = replace(bare, signature=signing.sign(bare.signed()).hex())
                self._append(line.text())
                self._attested = head.seq
        except OSError as error:
            raise StoreError(f"cannot use {self.folder} ({error.strerror}): check its owner and the disk") from error
        return line

    def restored(self, head: Head, reason: str) -> Line | None:
        """Tell that a backup was put back on purpose: rows after its head that were attested are gone, and may be."""
        attested = self.highest()
        if attested <= head.seq:
            return None
        return self.attest(head, kind=RESTORED, reason=reason, lost_to=attested)

    def highest(self) -> int:
        """The highest row that is attested and was not told to be gone; 0 where there is none."""
        lines = self.lines()
        last = max((number for number, line in enumerate(lines) if line.kind == RESTORED), default=0)
        return max((line.seq for line in lines[last:]), default=0)

    def lines(self) -> tuple[Line, ...]:
        """All lines; a last one that a power cut left unfinished is none. Raises StoreError where one is not ours."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StoreError(f"{self.file} cannot be read ({error.strerror})") from error
        try:
            return tuple(_line(json.loads(text)) for text in content[: _whole(content)].splitlines() if text)
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(f"{self.file} holds a line that is no checkpoint: it was damaged or changed") from error

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the file itself: a signature that does not hold, a line that is not chained."""
        public, previous, found = self.public, "", []
        for number, line in enumerate(self.lines(), 1):
            if not signature_holds(public, line.signed(), bytes.fromhex(line.signature)):
                found.append(f"line {number} of {self.file.name}: the signature does not hold")
            if line.previous != hashlib.sha256(previous.encode()).hexdigest():
                found.append(f"line {number} of {self.file.name}: a line before it was changed or removed")
            previous = line.text()
        return tuple(found)

    def _last_text(self) -> str:
        lines = self.lines()
        return lines[-1].text() if lines else ""

    def _append(self, line: str) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self.file.open("a+b") as file:
                file.seek(0)
                file.truncate(_whole(file.read()))
                file.write(line.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"cannot write {self.file} ({error.strerror}): check store.checkpoints") from error

    def _write(self, name: str, content: bytes) -> None:
        handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(content.hex())
            file.flush()
            os.fsync(file.fileno())

    def _replace(self, name: str, content: bytes) -> None:
        new = self.folder / f"{name}.new"
        new.unlink(missing_ok=True)
        try:
            self._write(new.name, content)
            new.replace(self.folder / name)
        finally:
            new.unlink(missing_ok=True)

    def _seal(self, secret: bytes, about: str) -> bytes:
        return self._sealing.seal(secret, f"witness|{about}".encode()) if self._sealing else secret

    def _open(self, stored: str, about: str) -> bytes:
        sealed = bytes.fromhex(stored)
        if self._sealing:
            return self._sealing.open(sealed, f"witness|{about}".encode())
        if len(sealed) != 32:
            raise VaultError(f"{self.folder} is sealed with a key: set store.key to the one it was written with")
        return sealed


def _whole(content: bytes) -> int:
    """How many bytes of the file are whole lines: each was written with its end, and before the next was begun."""
    return content.rfind(b"\n") + 1


def _line(values: Mapping[str, Any]) -> Line:
    line = Line(**values)
    bytes.fromhex(line.signature)
    return line
