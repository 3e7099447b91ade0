"""A backup of the whole store, made while people work in it: one file that either database can be restored from.

The rows are of one moment. Sound files are never changed, only removed, so those are copied after.
"""

from __future__ import annotations

import base64
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, Table, func, select, text

from scribe.errors import OutputError
from scribe.store import archive, migrate
from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.recordings import file_name
from scribe.store.store import Store
from scribe.store.tables import about, encounter, metadata, recording

LEFT_OUT = {"session", "device", "attempt", "once"}  # who is signed in or asks now is nobody's after a restore
ROWS = 200  # of a table in one piece


@dataclass(frozen=True, slots=True)
class Saved:
    """What is in a backup. `missing`: recordings whose file was not there."""

    encounters: int
    recordings: int
    missing: int
    size: int  # bytes


def backup(store: Store, target: Path, actor: Actor) -> Saved:
    """Write the whole store into a new file; it is there whole, or not at all.

    Raises OutputError where the file exists or cannot be written.
    """
    partial = target.with_name(f".{target.name}.partial")
    if target.exists():
        raise OutputError(f"{target} exists: name a new file, a backup never takes another's place")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            saved = _write(store, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, target)  # fails where somebody was faster
    except FileExistsError as error:
        raise OutputError(f"{error.filename2 or error.filename} exists: remove it, or name another file") from error
    except OSError as error:
        raise OutputError(f"cannot write {target} ({error.strerror}): name a file on a disk with room") from error
    finally:
        partial.unlink(missing_ok=True)
    with store.begin(actor) as unit:
        unit.record(Event("store.backup", reason=f"{saved.encounters} encounters"))
    store.attest()
    return Saved(saved.encounters, saved.recordings, saved.missing, target.stat().st_size)


def _write(store: Store, file: Any) -> Saved:
    with store.transaction(read_only=True) as connection:
        if not store.place.is_sqlite:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        known = connection.execute(select(about.c.value).where(about.c.name == "id")).scalar_one()
        header = archive.Header(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            key=store.key.id if store.key else "",
            columns=store.cipher.seals_columns,
            store=known,
            revision=migrate.current(connection) or "",
        )
        writer = archive.Writer(file, header, store.key)
        with tarfile.open(fileobj=cast(Any, writer), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for table in metadata.sorted_tables:
                if table.name not in LEFT_OUT:
                    _table(tar, connection, table)
            for path in sorted((store.place.folder / "audit").glob("*")):
                if path.suffix != ".lock":
                    tar.add(path, f"audit/{path.name}", recursive=False)
            there = (recording.c.purged_at.is_(None),)
            rows = connection.execute(select(recording).where(*there)).mappings().all()
            missing = sum(not _sound(tar, store, row) for row in rows)
        writer.finish()
        count = connection.execute(select(func.count()).select_from(encounter)).scalar_one()
    return Saved(count, len(rows), missing, 0)


def _table(tar: tarfile.TarFile, connection: Connection, table: Table) -> None:
    for number, lines in enumerate(_pieces(connection, table)):
        info = tarfile.TarInfo(f"tables/{table.name}/{number:08d}.jsonl")
        info.size = len(lines)
        tar.addfile(info, io.BytesIO(lines))


def _pieces(connection: Connection, table: Table) -> Iterator[bytes]:
    rows = connection.execution_options(yield_per=ROWS).execute(select(table)).mappings()
    for part in rows.partitions(ROWS):
        yield "".join(json.dumps({k: encoded(v) for k, v in row.items()}) + "\n" for row in part).encode()


def _sound(tar: tarfile.TarFile, store: Store, row: RowMapping) -> bool:
    name = file_name(row["sha256"], row["kind"])
    try:
        tar.add(store.blobs.path(row["encounter_id"], name), f"blobs/{row['encounter_id']}/{name}", recursive=False)
    except FileNotFoundError:
        return False
    return True


def encoded(value: Any) -> Any:
    """A value of a row as JSON holds it."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"time": value.astimezone(UTC).isoformat()}
    return value


def decoded(value: Any, *, zones: bool) -> Any:
    """What `encoded` made; `zones`: whether the database keeps the zone of a time."""
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    time = datetime.fromisoformat(value["time"])
    return time if zones else time.replace(tzinfo=None)
