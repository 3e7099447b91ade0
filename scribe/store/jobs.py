"""Jobs: the ledger of background work, in the same database as what the work is about.

A worker claims a job for a while (its lease), says now and then that it still works (heartbeat), and finishes it in the
unit that stores the result. Each claim carries a higher number, the fencing token (Kleppmann, "How to do distributed
locking", 2016): a worker that was thought dead and comes back has an old number, and what it writes is refused. So a
job may be begun twice, and has its effect once.

A try that fails, or that crashes its worker while the pool of that worker lives on, is an attempt, and too many of
them park the job. Where the whole server was stopped, killed or lost its power, that says nothing about the job: it is
an interruption, counted apart, and never parks it. After `PATIENCE` of them it waits longer each time, so that a
recording that takes the machine down with it does so at most once an hour.

`Ledger` is what a worker needs; another engine (a cluster) may claim and finish through the same five calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, true, update

from scribe.errors import ConflictError, NotFoundError
from scribe.store.audited import changes
from scribe.store.context import Context, new_id
from scribe.store.encounters import Encounters
from scribe.store.records import Job, JobState, RevisionKind, State
from scribe.store.tables import job, revision

LONGEST_PAUSE = timedelta(hours=1)
FIRST_PAUSE = 5.0  # seconds before the second try; each further one waits four times as long
PATIENCE = 10  # interruptions after which a job is put off
OPEN = (JobState.WAITING, JobState.RUNNING)
DIED = "its worker crashed while working on it, {attempts} times: the recording may need more memory than there is"
INTERRUPTED = "scribe was stopped {times} times while it worked on this: it is tried again later"


class Ledger(Protocol):
    """What a worker needs of the ledger."""

    def claim(self, worker: str, *, kinds: tuple[str, ...] = ()) -> Job | None:
        """The next job, now this worker's; None where there is none."""

    def heartbeat(self, claimed: Job, *, stage: str = "", done: float = 0.0, total: float = 0.0) -> None:
        """Still at work, and how far. Raises ConflictError where the job is no longer this worker's."""

    def complete(self, claimed: Job) -> Job:
        """Done; called in the unit that stores the result. Raises ConflictError as `heartbeat` does."""

    def fail(self, claimed: Job, reason: str, *, again: bool) -> Job:
        """Not done. `again`: another try may help. Raises ConflictError as `heartbeat` does."""

    def hand_back(self, claimed: Job) -> Job:
        """Not begun, or given up on purpose: the try does not count."""


class Jobs:
    """The jobs, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("job.create")
    def enqueue(
        self,
        encounter_id: str,
        kind: str,
        *,
        audio_sha256: str,
        config_hash: str,
        options: Mapping[str, str] | None = None,
        urgent: bool = False,
    ) -> Job:
        """A new job; the one there is, where this recording was queued before for this encounter and configuration."""
        context = self._context
        context.lock(encounter_id)
        same = (
            job.c.encounter_id == encounter_id,
            job.c.kind == kind,
            job.c.audio_sha256 == audio_sha256,
            job.c.config_hash == config_hash,
        )
        found = context.connection.execute(select(job).where(*same)).mappings().first()
        if found is not None:
            return _record(found)
        values = {
            "id": new_id(),
            "encounter_id": encounter_id,
            "kind": kind,
            "audio_sha256": audio_sha256,
            "config_hash": config_hash,
            "options": json.dumps(dict(options or {}), sort_keys=True),
            "state": JobState.WAITING,
            "urgent": int(urgent),
            "attempts": 0,
            "interruptions": 0,
            "available_at": context.now,
            "lease": 0,
            "created_at": context.now,
            "created_by": context.actor.user_id,
            **_no_progress(),
            "reason": "",
        }
        context.connection.execute(insert(job).values(values))
        return self.get(str(values["id"]))

    def get(self, job_id: str) -> Job:
        """Raises NotFoundError where there is none."""
        return _record(self._row(job_id))

    def of(self, encounter_id: str) -> tuple[Job, ...]:
        """The jobs of an encounter, the newest first."""
        where = job.c.encounter_id == encounter_id
        rows = self._context.connection.execute(select(job).where(where).order_by(job.c.created_at.desc(), job.c.id))
        return tuple(_record(row) for row in rows.mappings())

    def find(self, *states: JobState, limit: int = 200) -> tuple[Job, ...]:
        """Jobs in these states (all states where none is named), the newest first."""
        query = select(job).order_by(job.c.created_at.desc(), job.c.id).limit(limit)
        if states:
            query = query.where(job.c.state.in_(states))
        return tuple(_record(row) for row in self._context.connection.execute(query).mappings())

    def counts(self) -> dict[JobState, int]:
        """How many there are in each state."""
        rows = self._context.connection.execute(select(job.c.state, func.count()).group_by(job.c.state))
        return {JobState(state): count for state, count in rows}

    # --- what a worker does
    def claim(self, worker: str, *, kinds: tuple[str, ...] = (), urgent: bool = False) -> Job | None:
        """The next job: STAT first, then the oldest; with `urgent` STAT only.

        A job whose worker has been silent for too long is free again: its server is gone, or cannot be reached.
        """
        query = select(job).where(self._free(), job.c.kind.in_(kinds) if kinds else true())
        query = query.where(job.c.urgent == 1) if urgent else query
        query = query.order_by(job.c.urgent.desc(), job.c.created_at, job.c.id).limit(1)
        while True:
            found = self._context.connection.execute(query.with_for_update(skip_locked=True))
            row = found.mappings().first()
            if row is None:
                return None
            if row["state"] == JobState.RUNNING:
                self._interrupted(row)
            elif row["attempts"] < self._context.settings.attempts:
                return self._lease(row, worker)
            else:
                self._end(row, JobState.PARKED, DIED.format(attempts=row["attempts"]))
                self._left(row)

    def take(self, job_id: str, worker: str) -> Job | None:
        """Claim this very job, whatever it waits for; None where it is done, given up, or another worker's."""
        row = self._row(job_id, lock=True)
        if row["state"] == JobState.RUNNING and self._is_free(job_id):
            self._interrupted(row)
            row = self._row(job_id)
        return self._lease(row, worker) if row["state"] == JobState.WAITING else None

    def urgent_waits(self) -> bool:
        """Whether a STAT job could be claimed now."""
        return (
            self._context.connection.execute(select(job.c.id).where(self._free(), job.c.urgent == 1)).first()
            is not None
        )

    def heartbeat(self, claimed: Job, *, stage: str = "", done: float = 0.0, total: float = 0.0) -> None:
        """Still at work, and how far. Raises ConflictError where the job is no longer this worker's."""
        row = self._own(claimed)
        values = {"leased_until": self._until(), "stage": stage or row["stage"], "done": done, "total": total}
        self._write(row, values if stage else {"leased_until": values["leased_until"]})

    def complete(self, claimed: Job) -> Job:
        """Done. In the unit that stores the result, so that both are there or neither."""
        return self._end(self._own(claimed), JobState.DONE, "")

    def fail(self, claimed: Job, reason: str, *, again: bool) -> Job:
        """Not done, for a `reason` in words without patient text. It is tried again later, or parked.

        Parked is what failed too often, and what cannot work however often it is tried (`again` False).
        """
        row = self._own(claimed)
        self._left(row)
        if not again or row["attempts"] >= self._context.settings.attempts:
            return self._end(row, JobState.PARKED, reason)
        pause = min(timedelta(seconds=FIRST_PAUSE * 4 ** (row["attempts"] - 1)), LONGEST_PAUSE)
        waiting = {"state": JobState.WAITING, "available_at": self._context.now + pause}
        return self._write(row, {**waiting, **_unleased(), **_no_progress(), "reason": reason})

    def hand_back(self, claimed: Job) -> Job:
        """Given up on purpose, as when the worker is told to stop: the try does not count."""
        row = self._own(claimed)
        self._left(row)
        waiting = {"state": JobState.WAITING, "available_at": self._context.now, "attempts": row["attempts"] - 1}
        return self._write(row, {**waiting, **_unleased(), **_no_progress()})

    def abandoned(self, worker: str, *, crashed: bool) -> tuple[Job, ...]:
        """Free the jobs of a worker that is known to be dead, without waiting for their leases to end.

        `crashed`: it died by itself, so the try counts; else its server was stopped or killed with it.
        """
        theirs = select(job).where(job.c.state == JobState.RUNNING, job.c.worker == worker).with_for_update()
        rows = self._context.connection.execute(theirs).mappings().all()
        return tuple(self._crashed(row) if crashed else self._interrupted(row) for row in rows)

    # --- what a person does
    @changes("job.retry")
    def again(self, job_id: str) -> Job:
        """Try a parked or cancelled job again. Raises ConflictError where it is neither."""
        self._context.lock(self._row(job_id)["encounter_id"])
        row = self._row(job_id, lock=True)
        if row["state"] not in (JobState.PARKED, JobState.CANCELLED):
            raise ConflictError(f"this job is {row['state']}: only one that is parked or cancelled can be tried again")
        waiting = {"state": JobState.WAITING, "available_at": self._context.now, "finished_at": None}
        counts = {"attempts": 0, "interruptions": 0}
        return self._write(row, {**waiting, **counts, **_unleased(), **_no_progress(), "reason": ""})

    @changes("job.cancel")
    def cancel(self, job_id: str) -> Job:
        """Give it up. A worker that has it finds out with its next heartbeat, and can store nothing."""
        row = self._row(job_id, lock=True)
        if row["state"] == JobState.DONE:
            raise ConflictError("this job is done: there is nothing to cancel")
        self._left(row)
        return self._write(row, {**_ended(JobState.CANCELLED, self._context), "lease": row["lease"] + 1})

    # --- helpers
    def _free(self) -> ColumnElement[bool]:
        """Jobs that may be claimed.

        A time that lies further ahead than any we set was written before the clock was put back: it counts for over.
        """
        now, lease = self._context.now, timedelta(seconds=self._context.settings.lease_seconds)
        waited = or_(job.c.available_at <= now, job.c.available_at > now + LONGEST_PAUSE)
        silent = or_(job.c.leased_until < now, job.c.leased_until > now + 2 * lease)
        return or_(and_(job.c.state == JobState.WAITING, waited), and_(job.c.state == JobState.RUNNING, silent))

    def _is_free(self, job_id: str) -> bool:
        query = select(job.c.id).where(job.c.id == job_id, self._free())
        return self._context.connection.execute(query).first() is not None

    def _crashed(self, row: RowMapping) -> Job:
        self._left(row)
        return self._write(row, {"state": JobState.WAITING, "available_at": self._context.now, **_unleased()})

    def _interrupted(self, row: RowMapping) -> Job:
        """The try does not count; after many of them the next one is put off."""
        self._left(row)
        times = row["interruptions"] + 1
        doublings = min(times - PATIENCE, 6)
        pause = min(timedelta(minutes=2**doublings), LONGEST_PAUSE) if times > PATIENCE else timedelta(0)
        values = {
            "state": JobState.WAITING,
            "available_at": self._context.now + pause,
            "attempts": max(row["attempts"] - 1, 0),
            "interruptions": times,
            "reason": INTERRUPTED.format(times=times) if pause else "",
        }
        return self._write(row, {**values, **_unleased(), **_no_progress()})

    def _left(self, row: RowMapping) -> None:
        """Nobody works on it: its encounter is where it was before, and a person can see that nothing goes on."""
        encounters, encounter_id = Encounters(self._context), row["encounter_id"]
        if encounters.get(encounter_id).state is State.TRANSCRIBING:
            drafted = select(revision.c.number).where(
                revision.c.encounter_id == encounter_id, revision.c.kind == RevisionKind.NOTE
            )
            found = self._context.connection.execute(drafted.limit(1)).first()
            encounters.move(encounter_id, State.DRAFT if found else State.RECORDED)

    def _lease(self, row: RowMapping, worker: str) -> Job:
        values = {
            "state": JobState.RUNNING,
            "attempts": row["attempts"] + 1,
            "lease": row["lease"] + 1,
            "leased_until": self._until(),
            "worker": worker,
            "started_at": self._context.now,
            **_no_progress(),
        }
        return self._write(row, values)

    def _until(self) -> Any:
        return self._context.now + timedelta(seconds=self._context.settings.lease_seconds)

    def _own(self, claimed: Job) -> RowMapping:
        row = self._row(claimed.id, lock=True)
        if row["state"] != JobState.RUNNING or row["lease"] != claimed.lease:
            raise ConflictError("this job is no longer this worker's: what it made is not stored")
        return row

    def _end(self, row: RowMapping, state: JobState, reason: str) -> Job:
        return self._write(row, {**_ended(state, self._context), "reason": reason})

    def _row(self, job_id: str, *, lock: bool = False) -> RowMapping:
        query = select(job).where(job.c.id == job_id)
        row = self._context.connection.execute(query.with_for_update() if lock else query).mappings().first()
        if row is None:
            raise NotFoundError("there is no such job")
        return row

    def _write(self, row: RowMapping, values: Mapping[str, Any]) -> Job:
        self._context.connection.execute(update(job).where(job.c.id == row["id"]).values(dict(values)))
        return self.get(row["id"])


def _unleased() -> dict[str, Any]:
    return {"leased_until": None, "worker": None}


def _no_progress() -> dict[str, Any]:
    return {"stage": "", "done": 0.0, "total": 0.0}


def _ended(state: JobState, context: Context) -> dict[str, Any]:
    return {"state": state, "finished_at": context.now, **_unleased()}


def _record(row: RowMapping) -> Job:
    values: dict[str, Any] = dict(row)
    values |= {"options": json.loads(row["options"]), "state": JobState(row["state"]), "urgent": bool(row["urgent"])}
    return Job(**values)
