"""Deleting a recording: its key is thrown away first, then its sound is overwritten and removed.

What a solid-state drive keeps in spare blocks is out of a program's reach; of an encrypted recording that is
unreadable without the key that was on its card.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from scribe import erasing
from scribe.capture import lock
from scribe.capture.disk import failure
from scribe.capture.folder import CARD, LOCK, read_card


def delete(folder: Path) -> None:
    """Delete a recording for good. Raises CaptureError where there is none, or it is being written."""
    wipe(folder, read_card(folder).id)


def wipe(folder: Path, recording: str) -> None:
    """As `delete`, of a folder whose deletion may have been cut short; nothing to do where there is none.

    Raises CaptureError where the recording is being written, or the disk refuses.
    """
    if not folder.is_dir():
        return
    held = lock.take(folder / LOCK, f"recording {recording} is being recorded now: stop it first")
    try:
        card = folder / CARD
        if card.exists():
            erasing.overwrite(card)
        for path in sorted(folder.iterdir()):
            if path.name not in (CARD, LOCK) and path.is_file():
                erasing.remove(path)
        card.unlink(missing_ok=True)
    except OSError as error:
        raise failure(error, folder) from error
    finally:
        held.release()
    shutil.rmtree(folder, ignore_errors=True)
