"""Transcripts and notes as append-only revisions, each chained to the one before by its hash.

Nothing is ever changed: an edit, an undo and a revert are new revisions. The hash of a revision covers who made it,
when and why, the hash of its words and the hash of the revision before (as in RFC 6962's idea of an append-only log),
so `check` finds a revision that was altered, exchanged or left out, even after a purge took the words away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, overload

from sqlalchemy import RowMapping, func, insert, select

from scribe import serial
from scribe.errors import ConflictError, NotFoundError, StoreError, VaultError
from scribe.store import delta, wire
from scribe.store.audited import changes, reads
from scribe.store.cache import Cached
from scribe.store.cipher import pack, unpack
from scribe.store.context import Context
from scribe.store.records import Document, Revision, RevisionKind, Saved
from scribe.store.tables import revision
from scribe.types import Note, Transcript

WHOLE_EVERY = 32  # revisions; in between only differences are stored
KINDS: dict[type[Transcript | Note], RevisionKind] = {
    Transcript: RevisionKind.TRANSCRIPT,
    Note: RevisionKind.NOTE,
}
TYPES: dict[RevisionKind, type[Transcript] | type[Note]] = {kind: type_ for type_, kind in KINDS.items()}
NOT_SHOWN = {"whole", "body"}
PURGED = "the words of this revision were purged"
HASHED = ("encounter_id", "kind", "number", "author_id", "author_name", "reason", "base", "restores", "body_sha256")


class Revisions:
    """The revisions, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("{kind}.edit")
    def append(self, encounter_id: str, document: Document, *, base: int, reason: str = "") -> Saved[Document]:
        """Save `document`, made from revision `base` (0: from none), as the next revision.

        What is saved already is not saved again: a client that did not hear the answer may ask twice. A note carries
        the number of its revision. Raises ConflictError where there is a newer revision than `base`.
        """
        return self._append(encounter_id, document, base=base, reason=reason)

    def latest(self, encounter_id: str, kind: RevisionKind) -> Revision | None:
        """The newest revision; None where there is none."""
        row = self._latest(encounter_id, kind)
        return _record(row) if row else None

    def history(self, encounter_id: str, kind: RevisionKind) -> tuple[Revision, ...]:
        """All revisions, the first first."""
        columns = [column for column in revision.c if column.name not in NOT_SHOWN]
        rows = self._context.connection.execute(
            select(*columns)
            .where(revision.c.encounter_id == encounter_id, revision.c.kind == kind)
            .order_by(revision.c.number)
        )
        return tuple(_record(row) for row in rows.mappings())

    @reads("transcript.read")
    def transcript(self, encounter_id: str, number: int | None = None) -> Saved[Transcript]:
        """The newest transcript, or revision `number` of it. Raises NotFoundError where there is none."""
        return self._read(encounter_id, Transcript, number)

    @reads("note.read")
    def note(self, encounter_id: str, number: int | None = None) -> Saved[Note]:
        """The newest note, or revision `number` of it. Raises NotFoundError where there is none."""
        return self._read(encounter_id, Note, number)

    @changes("{kind}.edit")
    def revert_to(self, encounter_id: str, kind: RevisionKind, number: int, *, base: int, reason: str = "") -> Revision:
        """A new revision with the words of revision `number`. Raises ConflictError as `append` does."""
        return self._restore(encounter_id, kind, number, base=base, reason=reason or f"back to revision {number}")

    @changes("{kind}.edit")
    def undo(self, encounter_id: str, kind: RevisionKind, *, base: int) -> Revision:
        """A new revision with the words from before the last edit. Raises ConflictError where there is none."""
        history = self._history_for_undo(encounter_id, kind)
        target = history[_origin(history, max(history))].base if history else 0
        if not target:
            raise ConflictError("there is nothing to undo")
        return self._restore(encounter_id, kind, _origin(history, target), base=base, reason="undo")

    @changes("{kind}.edit")
    def redo(self, encounter_id: str, kind: RevisionKind, *, base: int) -> Revision:
        """A new revision with the words that the last undo took away. Raises ConflictError where there is none."""
        history = self._history_for_undo(encounter_id, kind)
        now = _origin(history, max(history)) if history else 0
        after = [
            number
            for number, item in history.items()
            if item.restores is None and item.base and _origin(history, item.base) == now
        ]
        if not after:
            raise ConflictError("there is nothing to redo")
        return self._restore(encounter_id, kind, max(after), base=base, reason="redo")

    def check(self, encounter_id: str, kind: RevisionKind) -> tuple[str, ...]:
        """What is wrong with the chain: empty where every revision is as it was written."""
        return tuple(self._faults(encounter_id, kind))

    # --- helpers
    def _append(
        self, encounter_id: str, document: Document, *, base: int, reason: str, restores: int | None = None
    ) -> Saved[Document]:
        context, kind = self._context, KINDS[type(document)]
        context.lock(encounter_id)
        row = self._latest(encounter_id, kind)
        now = row["number"] if row else 0
        again, document = _numbered(document, now), _numbered(document, now + 1)
        made = wire.encode(document, context.cache.get(encounter_id, row["sha256"]) if row else None)
        body = made.body
        if row and restores is None:
            said = body if again is document else wire.encode(again).body
            if hashlib.sha256(said).hexdigest() == row["body_sha256"]:
                return Saved(_record(row), again)
        if base != now:
            raise ConflictError(f"this {kind} has changed since revision {base}: it is at revision {now}")
        values: dict[str, Any] = {
            "encounter_id": encounter_id,
            "kind": kind,
            "number": now + 1,
            **context.by,
            "reason": reason,
            "base": base,
            "restores": restores,
            "body_sha256": hashlib.sha256(body).hexdigest(),
            "previous_sha256": row["sha256"] if row else "",
        }
        values["sha256"] = chained(values)
        stored = self._stored(row, body)
        values["whole"] = now + 1 if row is None or delta.is_whole(stored) else row["whole"]
        values["body"] = pack(stored, context.data_key(encounter_id), _place(values))
        context.connection.execute(insert(revision).values(values))
        context.cache.put(encounter_id, values["sha256"], made)
        return Saved(_record(values), document)

    def _stored(self, before: RowMapping | None, body: bytes) -> bytes:
        if before is None or before["body"] is None or before["number"] + 1 - before["whole"] >= WHOLE_EVERY:
            return delta.encode(body, None)
        return delta.encode(body, self._bytes(before))

    def _restore(self, encounter_id: str, kind: RevisionKind, number: int, *, base: int, reason: str) -> Revision:
        old = self._read(encounter_id, TYPES[kind], number)
        return self._append(encounter_id, old.document, base=base, reason=reason, restores=number).revision

    def _latest(self, encounter_id: str, kind: RevisionKind) -> RowMapping | None:
        return (
            self._context.connection.execute(
                select(revision)
                .where(revision.c.encounter_id == encounter_id, revision.c.kind == kind)
                .order_by(revision.c.number.desc())
                .limit(1)
            )
            .mappings()
            .first()
        )

    @overload
    def _read(self, encounter_id: str, kind: type[Transcript], number: int | None) -> Saved[Transcript]: ...
    @overload
    def _read(self, encounter_id: str, kind: type[Note], number: int | None) -> Saved[Note]: ...
    @overload
    def _read(self, encounter_id: str, kind: type[Transcript] | type[Note], number: int | None) -> Saved[Any]: ...
    def _read(self, encounter_id: str, kind: Any, number: int | None) -> Saved[Any]:
        name = KINDS[kind]
        row = self._latest(encounter_id, name) if number is None else self._row(encounter_id, name, number)
        if row is None:
            which = name if number is None else f"revision {number} of the {name}"
            raise NotFoundError(f"this encounter has no {which}")
        if row["body"] is None:  # by another process, maybe: what is in memory must not be shown any more
            raise NotFoundError(PURGED)
        cached = self._context.cache.get(encounter_id, row["sha256"])
        if cached is None:
            body = self._bytes(row)
            cached = Cached(serial.loads(body.decode(), kind), body)
            self._context.cache.put(encounter_id, row["sha256"], cached)
        return Saved(_record(row), cached.document)

    def _row(self, encounter_id: str, kind: RevisionKind, number: int) -> RowMapping | None:
        found = self._context.connection.execute(
            select(revision).where(
                revision.c.encounter_id == encounter_id, revision.c.kind == kind, revision.c.number == number
            )
        )
        return found.mappings().first()

    def _bytes(self, row: RowMapping) -> bytes:
        """The words of a revision, put together from the last whole one. Raises VaultError where they were changed."""
        cached = self._context.cache.get(row["encounter_id"], row["sha256"])
        if cached is not None:
            return cached.body
        column = revision.c
        parts = self._context.connection.execute(
            select(column.encounter_id, column.kind, column.number, column.body)
            .where(column.encounter_id == row["encounter_id"], column.kind == row["kind"])
            .where(column.number >= row["whole"], column.number <= row["number"])
            .order_by(column.number)
        )
        key, body = self._context.data_key(row["encounter_id"]), b""
        for part in parts.mappings():
            if part["body"] is None:
                raise NotFoundError(PURGED)
            body = delta.decode(unpack(part["body"], key, _place(part)), body)
        if hashlib.sha256(body).hexdigest() != row["body_sha256"]:
            raise VaultError(f"revision {row['number']} is not as it was written: restore the database from a backup")
        return body

    def _history_for_undo(self, encounter_id: str, kind: RevisionKind) -> dict[int, Revision]:
        self._context.lock(encounter_id)
        return {item.number: item for item in self.history(encounter_id, kind)}

    def _faults(self, encounter_id: str, kind: RevisionKind) -> Iterator[str]:
        rows = self._context.connection.execute(
            select(revision)
            .where(revision.c.encounter_id == encounter_id, revision.c.kind == kind)
            .order_by(revision.c.number)
        )
        before = ""
        for place, row in enumerate(rows.mappings(), 1):
            if row["number"] != place:
                yield f"revision {place} is missing"
                return
            if row["previous_sha256"] != before or chained(row) != row["sha256"]:
                yield f"revision {place} is not as it was written"
            try:
                if row["body"] is not None:
                    self._context.cache.forget(encounter_id)
                    self._bytes(row)
            except (StoreError, VaultError):
                yield f"the words of revision {place} do not open"
            before = row["sha256"]

    def count(self, encounter_id: str, kind: RevisionKind) -> int:
        """How many revisions there are."""
        found = select(func.count()).where(revision.c.encounter_id == encounter_id, revision.c.kind == kind)
        return self._context.connection.execute(found).scalar_one()


def chained(values: Any) -> str:
    """The hash of a revision: over its own columns, the hash of its words and the hash of the revision before."""
    fields = {name: values[name] for name in HASHED}
    fields |= {"at": values["at"].isoformat(), "previous_sha256": values["previous_sha256"]}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _numbered(document: Any, number: int) -> Any:
    return replace(document, revision=number) if isinstance(document, Note) else document


def _place(row: Any) -> str:
    return f"revision|{row['encounter_id']}|{row['kind']}|{row['number']}"


def _record(row: Any) -> Revision:
    values = {key: value for key, value in row.items() if key not in NOT_SHOWN}
    return Revision(**{**values, "kind": RevisionKind(values["kind"])})


def _origin(history: dict[int, Revision], number: int) -> int:
    """The revision that first had the words of revision `number`."""
    while (restored := history[number].restores) is not None:
        number = restored
    return number
