"""Recordings: the sound files of an encounter, and whether one was there before.

A live recording is known by its id (`capture_id`), however its sound compares with that of others: silence sounds
alike. A file that was sent is known again by its content, to the person who sent it and to nobody else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, insert, or_, select, update

from scribe.errors import ConflictError, NotFoundError
from scribe.store.audit import Event
from scribe.store.audited import changes, tells
from scribe.store.blobs import BlobReader, Incoming
from scribe.store.context import Context, new_id
from scribe.store.records import RecordingKind, RevisionKind, StoredRecording
from scribe.store.tables import job, recording, revision

NOT_SHOWN = {"data_key"}


class Recordings:
    """The recordings, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("recording.create")
    def add(
        self,
        encounter_id: str,
        file: Incoming,
        *,
        media_type: str,
        name: str = "",
        seconds: float | None = None,
        kind: RecordingKind = RecordingKind.ORIGINAL,
        capture_id: str | None = None,
    ) -> StoredRecording:
        """Give a file that has arrived to an encounter. It stays only if this unit is committed.

        `capture_id` names the recording in `capture.folder` whose sound it is, so that a purge finds that, too. Raises
        ConflictError where the encounter has this very file already, NotFoundError where it was purged.
        """
        context = self._context
        context.lock(encounter_id)
        if kind is not RecordingKind.ORIGINAL and self._sound_is_purged(encounter_id):
            raise NotFoundError("the sound of this encounter was purged: nothing is made of it any more")
        key = context.data_key(encounter_id)
        new = new_id()
        if self._find(encounter_id, kind, file.sha256) is not None:
            raise ConflictError("this encounter has this very recording already: nothing was added")
        values: dict[str, Any] = {
            "id": new,
            "encounter_id": encounter_id,
            "kind": kind,
            "sha256": file.sha256,
            "size": file.size,
            "media_type": media_type,
            "name": context.cipher.column(name, context.wrapped(encounter_id), f"name|{new}"),
            "seconds": seconds,
            "capture_id": capture_id,
            **context.by,
            "data_key": key.wrap(file.key) if key and file.key else "",
        }
        context.connection.execute(insert(recording).values(values))
        name_on_disk = file_name(file.sha256, kind)
        context.blobs.keep(file, encounter_id, name_on_disk)
        context.on_rollback.append(lambda: context.blobs.remove(encounter_id, name_on_disk))
        return self.get(new)

    def get(self, recording_id: str) -> StoredRecording:
        """Raises NotFoundError where there is none."""
        return self._record(self._row(recording_id))

    def of(self, encounter_id: str, kind: RecordingKind | None = None) -> tuple[StoredRecording, ...]:
        """The recordings of an encounter, in the order they came; of one kind where that is given."""
        where = [recording.c.encounter_id == encounter_id]
        if kind is not None:
            where.append(recording.c.kind == kind)
        rows = self._context.connection.execute(
            select(recording).where(*where).order_by(recording.c.at, recording.c.id)
        )
        return tuple(self._record(row) for row in rows.mappings())

    def captured_as(self, capture_id: str) -> StoredRecording | None:
        """The recording, purged or not, whose sound is that of a recording in `capture.folder`; None where none is."""
        found = self._context.connection.execute(select(recording).where(recording.c.capture_id == capture_id))
        row = found.mappings().first()
        return self._record(row) if row else None

    def settled_captures(self) -> frozenset[str]:
        """The ids in `capture.folder` of all recordings that have a job, a draft, or were purged."""
        column = recording.c
        worked_on = select(job.c.id).where(job.c.encounter_id == column.encounter_id).exists()
        drafted = select(revision.c.number).where(
            revision.c.encounter_id == column.encounter_id, revision.c.kind == RevisionKind.NOTE
        )
        settled = or_(worked_on, drafted.exists(), column.purged_at.is_not(None))
        rows = self._context.connection.execute(
            select(column.capture_id).where(column.capture_id.is_not(None), settled)
        )
        return frozenset(rows.scalars())

    def sent(self, sha256: str, person_id: str) -> tuple[StoredRecording, ...]:
        """The files with these very bytes that this person sent, whatever encounter they went into."""
        rows = self._context.connection.execute(
            select(recording)
            .where(recording.c.sha256 == sha256, recording.c.kind == RecordingKind.ORIGINAL)
            .where(recording.c.author_id == person_id, recording.c.capture_id.is_(None))
            .where(recording.c.purged_at.is_(None))
            .order_by(recording.c.at, recording.c.id)
        )
        return tuple(self._record(row) for row in rows.mappings())

    def adopt(self, capture_id: str, sha256: str) -> StoredRecording | None:
        """The sound of a live recording of this person that was kept before ids were; it has its id from now on."""
        context = self._context
        for found in self.sent(sha256, context.actor.user_id):
            if not found.name:
                values = update(recording).where(recording.c.id == found.id, recording.c.capture_id.is_(None))
                context.connection.execute(values.values(capture_id=capture_id))
                return self.get(found.id)
        return None

    def timed(self, recording_id: str, seconds: float) -> StoredRecording:
        """Note how long it is, once it was decoded."""
        self._row(recording_id)
        self._context.connection.execute(
            update(recording).where(recording.c.id == recording_id).values(seconds=seconds)
        )
        return self.get(recording_id)

    @tells("recording.read")
    def open(self, recording_id: str) -> BlobReader:
        """The bytes of a recording, as a file that can be read from any place, also after the unit.

        Raises NotFoundError where it was purged or the file is gone, VaultError where the file was changed.
        """
        row = self._row(recording_id)
        if row["purged_at"] is not None:
            raise NotFoundError("this recording was purged: its sound is gone for good")
        key = self._context.data_key(row["encounter_id"])
        own = key.unwrap(row["data_key"]) if key else None
        self._context.saw(Event("recording.read", f"recording:{recording_id}", encounter=row["encounter_id"]))
        return self._context.blobs.open(row["encounter_id"], file_name(row["sha256"], row["kind"]), row["size"], own)

    def _sound_is_purged(self, encounter_id: str) -> bool:
        where = (recording.c.encounter_id == encounter_id, recording.c.kind == RecordingKind.ORIGINAL)
        times = self._context.connection.execute(select(recording.c.purged_at).where(*where)).scalars().all()
        return bool(times) and None not in times

    def _find(self, encounter_id: str, kind: RecordingKind, sha256: str) -> str | None:
        column = recording.c
        found = select(column.id).where(
            column.encounter_id == encounter_id, column.kind == kind, column.sha256 == sha256
        )
        name: str | None = self._context.connection.execute(found).scalar()
        return name

    def _row(self, recording_id: str) -> RowMapping:
        found = self._context.connection.execute(select(recording).where(recording.c.id == recording_id))
        row = found.mappings().first()
        if row is None:
            raise NotFoundError("there is no such recording, or it is not yours to hear")
        return row

    def _record(self, row: RowMapping) -> StoredRecording:
        context = self._context
        values: dict[str, Any] = {key: value for key, value in row.items() if key not in NOT_SHOWN}
        values["kind"] = RecordingKind(row["kind"])
        wrapped = context.wrapped(row["encounter_id"])
        values["name"] = context.cipher.read_column(row["name"], wrapped, f"name|{row['id']}")
        return StoredRecording(**values)


def file_name(sha256: str, kind: str) -> str:
    """What a recording's file is called."""
    return f"{sha256}.{kind}"
