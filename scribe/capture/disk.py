"""The few things a recording asks of the disk, each of which either has happened or has not.

What is written is safe from a killed process; what is *flushed* (`fsync`) is safe from a power cut; a new or renamed
file is safe once its folder is flushed too. A test puts another `Disk` here that forgets whatever was not flushed.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

from scribe.errors import CaptureError, DiskFullError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the last: this file may not grow
_RENAME_TRIES = 50  # on Windows a file that somebody reads cannot be renamed just then


class AppendFile:
    """A file that only grows, by whole records: a record that does not fit leaves no half of itself behind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)
        self.size = os.fstat(self._file.fileno()).st_size  # bytes

    def write(self, record: bytes) -> None:
        """Append `record` whole. Raises OSError, and then the file is as it was."""
        done = 0
        try:
            while done < len(record):
                done += self._write(record[done:])
        except OSError:
            self._file.truncate(self.size)
            raise
        self.size += len(record)

    def _write(self, data: bytes) -> int:
        return self._file.write(data) or 0

    def flush(self) -> None:
        """Safe from a power cut when this returns."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file back; not the same as `flush`."""
        self._file.close()


class Disk:
    """The real disk."""

    def append(self, path: Path) -> AppendFile:
        """Open a file to append to, making it where there is none."""
        return AppendFile(path)

    def make_folder(self, path: Path) -> None:
        """A new folder with its parents; only the user may enter it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)

    def write_whole(self, path: Path, content: bytes) -> None:
        """`content` at `path`, flushed, in the place of what was there: never half of it, even after a power cut."""
        beside = path.with_name(path.name + ".new")
        beside.unlink(missing_ok=True)
        file = self.append(beside)
        try:
            file.write(content)
            file.flush()
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        finally:
            file.close()
        self.rename(beside, path)
        self.flush_folder(path.parent)

    def cut(self, path: Path, size: int) -> None:
        """Shorten a file to `size` bytes and flush it."""
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())

    def flush(self, path: Path) -> None:
        """Flush a file that a process which ended may have left unflushed."""
        file = self.append(path)
        try:
            file.flush()
        finally:
            file.close()

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name, in the place of what had it."""
        for _ in range(_RENAME_TRIES if os.name == "nt" else 1):
            try:
                old.replace(new)
                return
            except PermissionError:
                time.sleep(0.02)
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)

    def flush_folder(self, folder: Path) -> None:
        """Make the names in a folder safe from a power cut."""
        if os.name == "nt":  # cannot be asked for there, and NTFS journals names itself
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def overwrite(self, path: Path, content: bytes) -> None:
        """`content` in the place of what was there, whose old bytes are overwritten with zeros first-hand.

        The new file is in place before the old bytes go, so a power cut leaves one or the other. What a solid-state
        drive keeps of the old bytes in spare blocks is out of a program's reach.
        """
        with path.open("r+b") as old:
            length = os.fstat(old.fileno()).st_size
            self.write_whole(path, content)
            old.write(bytes(length))
            old.flush()
            os.fsync(old.fileno())

    def free(self, folder: Path) -> int:
        """Bytes that may still be written there."""
        return shutil.disk_usage(folder).free


def failure(error: OSError, folder: Path) -> CaptureError:
    """The error to raise for one of the disk, with what to do about it."""
    if error.errno in _FULL:
        return DiskFullError(f"the disk of {folder} is full: make room now, what was recorded is safe")
    reason = error.strerror or type(error).__name__
    return CaptureError(f"cannot write to {folder} ({reason}): check the disk, what was recorded is safe")
