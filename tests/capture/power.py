"""A disk that loses power: everything that was not flushed may be gone, whole or in part.

Names in a folder are kept as a journalling file system keeps them: those flushed, and perhaps the first few changes
since. Of a file's content what was flushed is kept, and perhaps a piece of what was written since, or zeros in its
place.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

from scribe.capture.disk import AppendFile, Disk


class PowerCut(BaseException):
    """The machine is off. Nothing catches this."""


class _File(AppendFile):
    def __init__(self, path: Path, disk: ForgetfulDisk) -> None:
        super().__init__(path)
        self._disk = disk

    def write(self, record: bytes) -> None:
        try:
            self._disk.step()
        except PowerCut:
            super().write(record[: self._disk.random.randrange(len(record) + 1)])
            raise
        super().write(record)

    def flush(self) -> None:
        self._disk.step()
        self._disk.remember(self.path)


class ForgetfulDisk(Disk):
    """Works as the real one until step `cut_at`. `left` makes what would be found afterwards."""

    def __init__(self, root: Path, cut_at: int, seed: int = 0) -> None:
        root.mkdir()
        self.root = root
        self._open: dict[int, int] = {}  # handles by inode: an inode that is held is not given to another file
        self.steps = 0
        self.cut_at = cut_at
        self.random = random.Random(seed)
        self._content: dict[int, bytes] = {}  # flushed content, by inode
        self._names: dict[Path, dict[str, int]] = {}  # flushed names, by folder
        self._changes: dict[Path, list[dict[str, int]]] = {}  # names after each change since, by folder

    def step(self) -> None:
        if self.steps >= self.cut_at:
            raise PowerCut
        self.steps += 1

    def remember(self, path: Path) -> None:
        self._content[path.stat().st_ino] = path.read_bytes()

    def append(self, path: Path) -> AppendFile:
        self.step()
        file = _File(path, self)
        if path.stat().st_ino not in self._open:
            self._open[path.stat().st_ino] = os.open(path, os.O_RDONLY)
        self._changed(path.parent)
        return file

    def make_folder(self, path: Path) -> None:
        self.step()
        super().make_folder(path)
        self._changed(path.parent)

    def cut(self, path: Path, size: int) -> None:
        self.step()
        super().cut(path, size)
        self.remember(path)

    def flush(self, path: Path) -> None:
        self.step()
        self.remember(path)

    def rename(self, old: Path, new: Path) -> None:
        self.step()
        super().rename(old, new)
        self._changed(new.parent)

    def remove(self, path: Path) -> None:
        self.step()
        super().remove(path)
        self._changed(path.parent)

    def flush_folder(self, folder: Path) -> None:
        self.step()
        self._names[folder] = _names(folder)
        self._changes[folder] = []

    def left(self, target: Path) -> Path:
        """The folder as it is found when the power is back."""
        self._leave(self.root, target)
        for handle in self._open.values():
            os.close(handle)
        return target

    def _changed(self, folder: Path) -> None:
        self._changes.setdefault(folder, []).append(_names(folder))

    def _leave(self, folder: Path, target: Path) -> None:
        target.mkdir()
        states = [self._names.get(folder, {}), *self._changes.get(folder, [])]
        found = self.random.choice(states)
        for name, inode in found.items():
            if (folder / name).is_dir():
                self._leave(folder / name, target / name)
            else:
                (target / name).write_bytes(self._survives(inode))

    def _survives(self, inode: int) -> bytes:
        safe = self._content.get(inode, b"")
        now = os.pread(self._open[inode], 10**7, 0)
        more = now[len(safe) :] if now.startswith(safe) else b""
        kept = more[: self.random.randrange(len(more) + 1)] if more else b""
        lost = bytes(len(more) - len(kept)) if self.random.random() < 0.3 else b""
        return safe + kept + lost


def _names(folder: Path) -> dict[str, int]:
    return {entry.name: entry.inode() for entry in os.scandir(folder) if entry.name != "lock"}
