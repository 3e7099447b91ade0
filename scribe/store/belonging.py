"""Whether a database and a folder of sound files belong together: each names the other.

The database has a random id; a marker file in the folder holds it, and the database knows that it marked its folder. So
a machine whose shared folder is not mounted, or that names another folder, is told at its start, and not by one job
after the other that finds no sound.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from scribe.errors import StoreError
from scribe.store.tables import about, recording

MARKER = "store.id"
MARKED = "folder"  # in the table `about`: the folder of this database has its marker


def join(connection: Connection, folder: Path) -> str:
    """See that `folder` is the one of this database, or none's yet, and note where it has its marker; the id.

    The marker is written after that is committed: of a new database whose commit fails no folder may keep the id.
    Raises StoreError where they do not belong together.
    """
    known: dict[str, str] = {row.name: row.value for row in connection.execute(select(about))}
    store, there = known["id"], marked(folder)
    if there == store:
        if MARKED not in known:
            connection.execute(insert(about).values(name=MARKED, value=MARKER))
        return store
    if there:
        raise StoreError(f"{folder} holds the sound of another database: check store.folder and store.url")
    if MARKED in known or _misses_everything(connection, folder):
        raise StoreError(
            f"{folder} is not the folder of this database: mount the shared folder, or set store.folder to it"
        )
    return store


def rejoin(connection: Connection, folder: Path) -> None:
    """Mark a new folder that takes the place of the one there was, in the transaction of the rows it goes with."""
    mark(folder, str(connection.execute(select(about.c.value).where(about.c.name == "id")).scalar_one()))
    connection.execute(delete(about).where(about.c.name == MARKED))
    connection.execute(insert(about).values(name=MARKED, value=MARKER))


def marked(folder: Path) -> str:
    """The id of the database whose folder it is; empty where it has no marker or cannot be read."""
    try:
        return (folder / MARKER).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def mark(folder: Path, store: str) -> None:
    """Write the marker, whole or not at all. Raises StoreError where that is not possible."""
    beside = folder / f"{MARKER}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with beside.open("w", encoding="ascii") as file:
                file.write(store + "\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(folder / MARKER)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write to {folder} ({error.strerror}): check its owner and the disk") from error


def _misses_everything(connection: Connection, folder: Path) -> bool:
    """Of a database from before there were markers: it knows of sound, and nothing of it is in the folder."""
    rows = connection.execute(select(recording.c.encounter_id).where(recording.c.purged_at.is_(None)).distinct())
    places = rows.scalars().all()
    return bool(places) and not any((folder / place).is_dir() for place in places)
