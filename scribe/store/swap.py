"""Files that are put in the place of others, all or none, also over a power cut.

The new files lie ready beside the old ones; then a list of what goes where is written; from then on it is done, and
whoever opens the store next does what is left of it. A database that is no file says by itself whether the change was
committed: it then holds the token that is in the list.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from scribe.store.blobs import sync_folder
from scribe.store.lock import Hold
from scribe.store.tables import about

NAME = "swap.json"
COMMITTED = "swap"  # in the table `about`
BESIDE = ("-wal", "-shm")  # what SQLite keeps beside a database; it goes with the old one


@dataclass(frozen=True, slots=True)
class Swap:
    """What goes where, by path; `token`: only if the database holds it; `old`: how the old ones are called then."""

    pairs: tuple[tuple[str, str], ...]
    token: str  # empty: at any rate
    old: str  # a suffix; empty: they are removed


def prepare(folder: Path, swap: Swap) -> None:
    """Write the list. The new files must be on the disk by now."""
    for new, _ in swap.pairs:
        _sync(Path(new))
    path = folder / NAME
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump({"pairs": swap.pairs, "token": swap.token, "old": swap.old}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(folder)


def pending(folder: Path) -> Swap | None:
    """A list that was written and not worked off."""
    path = folder / NAME
    if not path.exists():
        return None
    tree = json.loads(path.read_text(encoding="utf-8"))
    return Swap(tuple((new, target) for new, target in tree["pairs"]), tree["token"], tree["old"])


def finish(folder: Path, swap: Swap) -> None:
    """Do what is left of it."""
    for new, target in ((Path(new), Path(target)) for new, target in swap.pairs):
        if new.exists():
            for suffix in ("", *BESIDE):
                _out_of_the_way(Path(f"{target}{suffix}"), swap.old)
            new.replace(target)
            sync_folder(target.parent)
    (folder / NAME).unlink(missing_ok=True)
    sync_folder(folder)


def finish_files(folder: Path) -> None:
    """Before a database that is a file is opened: do what is left, alone. Raises StoreError where others are in it."""
    if pending(folder):
        hold = Hold(folder, alone=True)
        swap = pending(folder)
        if swap and not swap.token:
            finish(folder, swap)
        hold.release()


def settle(folder: Path, connection: Connection) -> None:
    """Where the database is no file: do what is left if it was committed, and else put it away."""
    swap = pending(folder)
    if swap:
        held = connection.execute(select(about.c.value).where(about.c.name == COMMITTED)).scalar()
        finish(folder, swap) if held == swap.token else discard(folder, swap)


def commit_to(connection: Connection, swap: Swap) -> None:
    """Let the database hold the token from the moment its transaction is committed."""
    connection.execute(delete(about).where(about.c.name == COMMITTED))
    connection.execute(insert(about).values(name=COMMITTED, value=swap.token))


def discard(folder: Path, swap: Swap) -> None:
    """It was not committed: the new files go."""
    for new, _ in swap.pairs:
        remove(Path(new))
    (folder / NAME).unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _out_of_the_way(path: Path, suffix: str) -> None:
    if not path.exists():
        return
    if suffix:
        path.replace(path.with_name(f"{path.name}{suffix}"))
    else:
        remove(path)


def _sync(path: Path) -> None:
    for part in sorted(path.rglob("*")) if path.is_dir() else (path,):
        if part.is_file():
            with part.open("rb") as file:
                os.fsync(file.fileno())
