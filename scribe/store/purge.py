"""Retention: sound that is no longer needed, encounters that may go, and what of them stays.

Nothing that is unsigned goes by itself. Of a purged encounter stay its dates, its states, who wrote and signed which
revision, and the hashes that prove it; its words, its sound and its key are gone. The list `purged.jsonl` beside the
database says so again after an older backup was restored.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, select, update

from scribe.errors import ConflictError, InputError
from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.blobs import INCOMING
from scribe.store.context import no_encounter
from scribe.store.encounters import LABEL
from scribe.store.recordings import file_name
from scribe.store.records import SIGNED_STATES, JobState
from scribe.store.store import Store
from scribe.store.tables import code_decision, comment, encounter, job, query, recording, revision

LIST = "purged.jsonl"
STRAY = 24 * 3600.0  # seconds after which a file that no row knows is needless


@dataclass(frozen=True, slots=True)
class Plan:
    """What retention says: ids of encounters that go, ids of those whose sound goes, and files no row knows."""

    encounters: tuple[str, ...]
    sound: tuple[str, ...]
    files: tuple[Path, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.encounters or self.sound or self.files)


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


def carry_out(store: Store, plan: Plan, actor: Actor) -> None:
    """Do what the plan says, one encounter in one transaction."""
    for name in plan.encounters:
        forget(store, name, actor, reason=f"kept for {store.settings.keep_days} days after signing")
    for name in plan.sound:
        forget_sound(store, name, actor, reason=f"kept for {store.settings.keep_audio_days} days after signing")
    for path in plan.files:
        path.unlink(missing_ok=True)
    settle(store)


def forget(store: Store, encounter_id: str, actor: Actor, *, reason: str) -> None:
    """Make an encounter unreadable for good, whatever its state.

    Raises NotFoundError where there is none, ConflictError where work on it goes on, InputError without a reason.
    """
    if not reason.strip():
        raise InputError("say why it is purged: the audit trail keeps the reason")
    with store.transaction(read_only=True) as connection:
        running = (job.c.encounter_id == encounter_id, job.c.state.in_((JobState.WAITING, JobState.RUNNING)))
        if connection.execute(select(job.c.id).where(*running)).first():
            raise ConflictError("work on this encounter goes on: cancel its job first")
        found = connection.execute(select(encounter.c.purged_at).where(encounter.c.id == encounter_id)).first()
    if found is None:
        raise no_encounter()
    if found.purged_at is not None:
        return
    with store.begin(actor) as unit:
        _forget_rows(unit.connection, encounter_id, store)
        unit.record(Event("encounter.purge", encounter=encounter_id, reason=reason))
    _after(store, encounter_id, "all")


def forget_sound(store: Store, encounter_id: str, actor: Actor, *, reason: str) -> None:
    """Make the sound of an encounter unreadable for good; its words stay."""
    with store.begin(actor) as unit:
        _forget_sound_rows(unit.connection, encounter_id, store)
        unit.record(Event("recording.purge", encounter=encounter_id, reason=reason))
    _after(store, encounter_id, "sound")


def settle(store: Store) -> None:
    """Let nothing of what was purged lie in free pages of the database, and every purge stand in the list."""
    listed = set(_listed(store.place.folder))
    with store.transaction(read_only=True) as connection:
        whole = connection.execute(select(encounter.c.id).where(encounter.c.purged_at.is_not(None))).scalars().all()
    for name in whole:
        if (name, "all") not in listed:
            _after(store, name, "all")
    if store.place.is_sqlite:
        raw = store.engine.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
    else:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM encounter, revision, recording, query, comment, code_decision")


def again(store: Store, connection: Connection, blobs: Path) -> int:
    """In a restore: forget again what was purged since the backup was made. How many encounters that were."""
    count = 0
    for name, what in _listed(store.place.folder):
        found = connection.execute(select(encounter.c.purged_at).where(encounter.c.id == name)).first()
        if found is None or found.purged_at is not None:
            continue
        if what == "all":
            _forget_rows(connection, name, store)
        else:
            _forget_sound_rows(connection, name, store)
        shutil.rmtree(blobs / name, ignore_errors=True)
        count += 1
    return count


def _forget_rows(connection: Connection, encounter_id: str, store: Store) -> None:
    _forget_sound_rows(connection, encounter_id, store)
    for table in (revision, code_decision, query, comment):
        connection.execute(update(table).where(table.c.encounter_id == encounter_id).values(body=None))
    connection.execute(update(query).where(query.c.encounter_id == encounter_id).values(answer=None))
    gone = dict.fromkeys((*LABEL, "search", "data_key"), "")
    values = {**gone, "date_of_service": None, "purged_at": store.clock(), "version": encounter.c.version + 1}
    connection.execute(update(encounter).where(encounter.c.id == encounter_id).values(values))


def _forget_sound_rows(connection: Connection, encounter_id: str, store: Store) -> None:
    where = (recording.c.encounter_id == encounter_id, recording.c.purged_at.is_(None))
    connection.execute(update(recording).where(*where).values(data_key="", name="", purged_at=store.clock()))


def _after(store: Store, encounter_id: str, what: str) -> None:
    store.blobs.remove(encounter_id)
    store.cache.forget(encounter_id)
    store.cipher.forget()
    line = json.dumps({"encounter": encounter_id, "what": what, "at": store.clock().isoformat()})
    with (store.place.folder / LIST).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _listed(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / LIST
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # cut off by a power cut; `settle` writes it anew
                continue
            yield entry["encounter"], entry["what"]


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
