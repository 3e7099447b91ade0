"""Deleting a recording: its key is thrown away first, then its sound is overwritten and removed.

What a solid-state drive keeps in spare blocks is out of a program's reach; of an encrypted recording that is
unreadable without the key that was on its card.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from scribe.capture import lock
from scribe.capture.disk import failure
from scribe.capture.folder import CARD, LOCK, read_card

_BLOCK = 1 << 20


def delete(folder: Path) -> None:
    """Delete a recording for good. Raises CaptureError where there is none, or it is being written."""
    card = read_card(folder)
    held = lock.take(folder / LOCK, f"recording {card.id} is being recorded now: stop it first")
    try:
        _overwrite(folder / CARD)
        for path in sorted(folder.iterdir()):
            if path.name not in (CARD, LOCK):
                _overwrite(path)
                path.unlink()
        (folder / CARD).unlink()
    except OSError as error:
        raise failure(error, folder) from error
    finally:
        held.release()
    shutil.rmtree(folder, ignore_errors=True)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(left, _BLOCK)))
        file.flush()
        os.fsync(file.fileno())
