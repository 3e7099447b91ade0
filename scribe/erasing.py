"""Files that are removed for good: their bytes are overwritten with zeros first.

What a solid-state drive keeps in spare blocks, and what a file system keeps in snapshots, is out of a program's reach.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_BLOCK = 1 << 20


def overwrite(path: Path) -> None:
    """Zeros in the place of every byte, flushed. Raises OSError, FileNotFoundError where there is no file."""
    with path.open("r+b") as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(left, _BLOCK)))
        file.flush()
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Overwrite and remove a file; nothing to do where there is none. Raises OSError."""
    try:
        overwrite(path)
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Overwrite and remove every file of a folder, then the folder. Raises OSError."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            remove(path)
    shutil.rmtree(folder, ignore_errors=True)
