"""Retention: sound that is no longer needed, encounters that may go, and what of them stays.

Nothing that is unsigned goes by itself. Of a purged encounter stay its dates, its states, who wrote and signed which
revision, and the hashes that prove it; its words, its sound and its key are gone. The list `purged.jsonl` (`purged`)
says so again after an older backup was restored. What lies outside the store, the recordings of `capture.folder`, is
removed by `scribe.batch.retention`, which calls this.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, select, update

from scribe import erasing
from scribe.errors import ConflictError, InputError, StoreError
from scribe.store import database, purged
from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.blobs import INCOMING
from scribe.store.context import no_encounter
from scribe.store.encounters import LABEL
from scribe.store.once import KEPT
from scribe.store.recordings import file_name
from scribe.store.records import SIGNED_STATES, JobState, RecordingKind
from scribe.store.store import Store
from scribe.store.tables import access, code_decision, comment, encounter, job, once, query, recording, revision

CHANGED = (encounter, revision, recording, query, comment, code_decision, job, access, once)  # by a purge
STRAY = 24 * 3600.0  # seconds after which a file that no row knows is needless


@dataclass(frozen=True, slots=True)
class Plan:
    """What retention says: ids of encounters that go, ids of those whose sound goes, and files no row knows.

    `captures`: ids of recordings in `capture.folder` that belong to no encounter.
    """

    encounters: tuple[str, ...]
    sound: tuple[str, ...]
    files: tuple[Path, ...]
    captures: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.encounters or self.sound or self.files or self.captures)


def due(store: Store) -> Plan:
    """What `store.keep_days` and `store.keep_audio_days` say today. 0 days means: forever."""
    settings, now = store.settings, store.clock()

    def signed_before(days: int) -> list[ColumnElement[bool]]:
        return [
            encounter.c.state.in_(SIGNED_STATES),
            encounter.c.signed_at < now - timedelta(days=days),
            encounter.c.purged_at.is_(None),
        ]

    with store.transaction(read_only=True) as connection:
        whole: Sequence[str] = ()
        if settings.keep_days:
            whole = connection.execute(select(encounter.c.id).where(*signed_before(settings.keep_days))).scalars().all()
        sound: Sequence[str] = ()
        if settings.keep_audio_days:
            there = select(recording.c.encounter_id).where(recording.c.purged_at.is_(None))
            old = (*signed_before(settings.keep_audio_days), encounter.c.id.in_(there))
            sound = connection.execute(select(encounter.c.id).where(*old)).scalars().all()
        strays = tuple(_strays(connection, store.blobs.folder))
    return Plan(tuple(whole), tuple(item for item in sound if item not in set(whole)), strays)


def forget(store: Store, encounter_id: str, actor: Actor, *, reason: str) -> tuple[str, ...]:
    """Make an encounter unreadable for good, whatever its state; the captures that are to go with it.

    Raises NotFoundError where there is none, ConflictError where work on it goes on, InputError without a reason.
    """
    if not reason.strip():
        raise InputError("say why it is purged: the audit trail keeps the reason")
    with store.begin(actor) as unit:
        where = encounter.c.id == encounter_id
        found = unit.connection.execute(select(encounter.c.purged_at).where(where).with_for_update()).first()
        if found is None:
            raise no_encounter()
        gone = captures(unit.connection, encounter_id)
        if found.purged_at is not None:
            return gone
        running = (job.c.encounter_id == encounter_id, job.c.state.in_((JobState.WAITING, JobState.RUNNING)))
        if unit.connection.execute(select(job.c.id).where(*running)).first():
            raise ConflictError("work on this encounter goes on: cancel its job first")
        _forget_rows(unit.connection, encounter_id, store)
        unit.record(Event("encounter.purge", encounter=encounter_id, reason=reason))
    _after(store, encounter_id, "all", gone)
    return gone


def forget_sound(store: Store, encounter_id: str, actor: Actor, *, reason: str) -> tuple[str, ...]:
    """Make the sound of an encounter unreadable for good; its words stay. The captures that are to go with it."""
    with store.begin(actor) as unit:
        _forget_sound_rows(unit.connection, encounter_id, store)
        gone = captures(unit.connection, encounter_id)
        unit.record(Event("recording.purge", encounter=encounter_id, reason=reason))
    _after(store, encounter_id, "sound", gone)
    return gone


def captures_of(store: Store, encounter_id: str) -> tuple[str, ...]:
    """The recordings of `capture.folder` whose sound an encounter has, or had."""
    with store.transaction(read_only=True) as connection:
        return captures(connection, encounter_id)


def captures(connection: Connection, encounter_id: str) -> tuple[str, ...]:
    """As `captures_of`, within a transaction."""
    where = (recording.c.encounter_id == encounter_id, recording.c.capture_id.is_not(None))
    return tuple(connection.execute(select(recording.c.capture_id).where(*where)).scalars())


def named_captures(store: Store) -> frozenset[str]:
    """The captures whose sound the store has, or had."""
    with store.transaction(read_only=True) as connection:
        return frozenset(connection.execute(select(recording.c.capture_id)).scalars()) - {None}


def of_no_capture(store: Store, media_type: str) -> tuple[tuple[str, str, int], ...]:
    """Recordings that came in a media type and name no capture: id, SHA-256 and size of each, the oldest first."""
    where = (recording.c.kind == RecordingKind.ORIGINAL, recording.c.media_type == media_type)
    columns = (recording.c.id, recording.c.sha256, recording.c.size)
    chosen = select(*columns).where(*where, recording.c.capture_id.is_(None)).order_by(recording.c.at, recording.c.id)
    with store.transaction(read_only=True) as connection:
        return tuple((row.id, row.sha256, row.size) for row in connection.execute(chosen))


def name_capture(store: Store, recording_id: str, capture_id: str) -> None:
    """Say which capture a sound was taken from."""
    with store.transaction() as connection:
        connection.execute(update(recording).where(recording.c.id == recording_id).values(capture_id=capture_id))


def purged_captures(store: Store) -> tuple[str, ...]:
    """All captures whose sound was purged: where the folder of one is still there, its removal was cut short."""
    where = (recording.c.purged_at.is_not(None), recording.c.capture_id.is_not(None))
    with store.transaction(read_only=True) as connection:
        return tuple(connection.execute(select(recording.c.capture_id).where(*where)).scalars())


def settle(store: Store) -> None:
    """Finish purges that were cut short: files, the list, and what is left in free pages of the database.

    Raises StoreError where other programs keep the write-ahead log from being emptied.
    """
    entries = purged.entries(store.place.folder)
    listed = {item.encounter for item in entries if item.what == "all"}
    silenced = {item.encounter for item in entries} - {""}
    with store.transaction(read_only=True) as connection:
        whole = connection.execute(select(encounter.c.id).where(encounter.c.purged_at.is_not(None))).scalars().all()
        rows = connection.execute(select(recording).where(recording.c.purged_at.is_not(None))).mappings().all()
        lost = {name: captures(connection, name) for name in whole if name not in listed}
        places = {row["encounter_id"] for row in rows} - silenced - set(whole)
        quiet = {name: captures(connection, name) for name in sorted(places)}
    for name, gone in lost.items():
        _after(store, name, "all", gone)
    for row in rows:
        erasing.remove(store.blobs.path(row["encounter_id"], file_name(row["sha256"], row["kind"])))
    for name, gone in quiet.items():
        purged.add(store.place.folder, purged.Purged(name, "sound", gone), store.clock())
    with store.transaction() as connection:
        connection.execute(delete(once).where(once.c.at <= store.clock() - KEPT))
    if store.place.is_sqlite:
        _empty_log(store)
    else:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {', '.join(table.name for table in CHANGED)}")


def _empty_log(store: Store) -> None:
    """Fold the write-ahead log into the database and cut it to nothing: it holds pages from before the purge."""
    until = time.monotonic() + database.PATIENCE
    while True:
        raw = store.engine.raw_connection()
        try:
            busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.close()
        if not busy:
            return
        if time.monotonic() > until:
            raise StoreError("another program keeps the database's log in use: run `scribe purge --yes` again")
        time.sleep(0.05)


def again(store: Store, connection: Connection, blobs: Path) -> int:
    """In a restore: forget again what was purged since the backup was made. How many encounters that were."""
    count = 0
    for item in purged.entries(store.place.folder):
        name = item.encounter
        found = connection.execute(select(encounter.c.purged_at).where(encounter.c.id == name)).first()
        if found is None or found.purged_at is not None:
            continue
        if item.what == "all":
            _forget_rows(connection, name, store)
        else:
            _forget_sound_rows(connection, name, store)
        shutil.rmtree(blobs / name, ignore_errors=True)
        count += 1
    return count


def _forget_rows(connection: Connection, encounter_id: str, store: Store) -> None:
    _forget_sound_rows(connection, encounter_id, store)
    connection.execute(delete(once).where(once.c.encounter_id == encounter_id))
    for table in (revision, code_decision, query, comment):
        connection.execute(update(table).where(table.c.encounter_id == encounter_id).values(body=None))
    connection.execute(update(query).where(query.c.encounter_id == encounter_id).values(answer=None))
    connection.execute(update(job).where(job.c.encounter_id == encounter_id).values(options="{}", reason=""))
    connection.execute(update(access).where(access.c.encounter_id == encounter_id).values(reason=""))
    gone = dict.fromkeys((*LABEL, "search", "data_key"), "")
    values = {**gone, "date_of_service": None, "purged_at": store.clock(), "version": encounter.c.version + 1}
    connection.execute(update(encounter).where(encounter.c.id == encounter_id).values(values))


def _forget_sound_rows(connection: Connection, encounter_id: str, store: Store) -> None:
    where = (recording.c.encounter_id == encounter_id, recording.c.purged_at.is_(None))
    connection.execute(update(recording).where(*where).values(data_key="", name="", purged_at=store.clock()))


def _after(store: Store, encounter_id: str, what: str, gone: tuple[str, ...]) -> None:
    store.blobs.erase(encounter_id)
    store.cache.forget(encounter_id)
    store.cipher.forget()
    purged.add(store.place.folder, purged.Purged(encounter_id, what, gone), store.clock())


def _strays(connection: Connection, folder: Path) -> Iterator[Path]:
    """Files of uploads that broke off, and of units whose commit did not come to pass."""
    rows = connection.execute(select(recording).where(recording.c.purged_at.is_(None))).mappings()
    known = {folder / row["encounter_id"] / file_name(row["sha256"], row["kind"]) for row in rows}
    for path in sorted(folder.glob("*/*")):
        if (path.parent.name == INCOMING or path not in known) and path.is_file():
            try:
                if time.time() - path.stat().st_mtime > STRAY:
                    yield path
            except FileNotFoundError:
                continue
