"""Encounters, recordings and jobs as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from scribe.store.records import (
    SIGNED_STATES,
    EncounterRecord,
    Job,
    RecordingKind,
    RevisionKind,
    State,
    StoredRecording,
)
from scribe.store.unit import Unit
from scribe.web.desk import Desk
from scribe.web.permissions import allowed
from scribe.web.schemas.common import Person
from scribe.web.schemas.encounters import EncounterOut, JobOut, PatientOut, RecordingOut, TurnaroundOut

BY_ROUTES_OF_THEIR_OWN = frozenset({State.RECORDED, State.TRANSCRIBING, *SIGNED_STATES})
"""States that an encounter comes to by a job or a signature, never by a move."""


def encounter(
    desk: Desk, unit: Unit, record: EncounterRecord, *, names: Mapping[str, str] | None = None
) -> EncounterOut:
    """One encounter with all that hangs on it."""
    recordings = unit.recordings.of(record.id, RecordingKind.ORIGINAL)
    jobs = unit.jobs.of(record.id)
    latest = {kind: unit.revisions.latest(record.id, kind) for kind in RevisionKind}
    numbers = {kind: found.number if found else None for kind, found in latest.items()}
    return _encounter(desk, record, recordings, jobs[0] if jobs else None, people(unit)).model_copy(
        update={
            "transcript_revision": numbers[RevisionKind.TRANSCRIPT],
            "note_revision": numbers[RevisionKind.NOTE],
            "recordings": [recording(item) for item in recordings],
        }
    )


def listed(desk: Desk, unit: Unit, records: Sequence[EncounterRecord]) -> list[EncounterOut]:
    """A page of the worklist."""
    names = people(unit)
    found = []
    for record in records:
        jobs = unit.jobs.of(record.id) if record.draft_at is None else ()
        found.append(_encounter(desk, record, (), jobs[0] if jobs else None, names))
    return found


def people(unit: Unit) -> dict[str, str]:
    """The names of all who can sign in, by id."""
    return {person.id: person.name for person in unit.people.all()}


def _encounter(
    desk: Desk,
    record: EncounterRecord,
    recordings: Sequence[StoredRecording],
    newest: Job | None,
    names: Mapping[str, str],
) -> EncounterOut:
    clinician = record.clinician_id
    known = {desk.actor.user_id: desk.actor.name, **names}
    return EncounterOut(
        id=record.id,
        state=record.state,
        next_states=moves(desk, record),
        priority=record.priority,
        mode=record.mode,
        title=record.title,
        patient=PatientOut(name=record.patient, identifier=record.identifier, birth_date=_day(record.birth_date)),
        date_of_service=_day(record.date_of_service),
        template=record.template,
        clinician=Person(id=clinician, name=known.get(clinician, "")) if clinician else None,
        owner=Person(id=record.owner_id, name=record.owner_name or "") if record.owner_id else None,
        owned_at=record.owner_since,
        created_at=record.created_at,
        updated_at=record.updated_at,
        turnaround=_turnaround(record, desk.store.clock()),
        version=record.version,
        seconds=sum(item.seconds or 0.0 for item in recordings) or None,
        transcript_revision=None,
        note_revision=None,
        recordings=[],
        job=job(newest) if newest else None,
    )


def moves(desk: Desk, record: EncounterRecord) -> list[State]:
    """Where this person may move an encounter."""
    if not allowed(desk.actor, "encounter:state") or record.owner_id not in (None, desk.actor.user_id):
        return []
    if record.state in BY_ROUTES_OF_THEIR_OWN:  # nothing to hand on yet, or not any more
        return []
    return [state for state in State if state in record.next_states - BY_ROUTES_OF_THEIR_OWN]


def _turnaround(record: EncounterRecord, now: datetime) -> TurnaroundOut:
    stopped = record.returned_at or record.signed_at
    return TurnaroundOut(
        started_at=record.received_at,
        stopped_at=stopped,
        due_at=record.due_at,
        seconds=round(max(((stopped or now) - record.received_at).total_seconds(), 0.0), 1),
        overdue=record.overdue(now),
    )


def recording(item: StoredRecording) -> RecordingOut:
    """A recording, without its name: that may say who the patient is."""
    return RecordingOut(
        id=item.id, encounter_id=item.encounter_id, sha256=item.sha256, size=item.size, seconds=item.seconds, at=item.at
    )


def job(item: Job) -> JobOut:
    """Background work."""
    return JobOut(
        id=item.id,
        encounter_id=item.encounter_id,
        kind=item.kind,
        state=item.state,
        stage=item.stage,
        done=item.done,
        total=item.total,
        attempts=item.attempts,
        reason=item.reason,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
