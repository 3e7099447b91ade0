"""Encounters: the worklist, who works on what, and the states from recorded to signed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, case, delete, func, insert, or_, select, update

from scribe.errors import ConflictError, NotFoundError
from scribe.store.audited import changes, reads
from scribe.store.cipher import comparable
from scribe.store.context import Context, new_id, no_encounter
from scribe.store.records import (
    MOVES,
    SIGNED_STATES,
    Access,
    EncounterRecord,
    Filter,
    Order,
    Page,
    Priority,
    State,
)
from scribe.store.tables import access, encounter, job
from scribe.types import Mode

NOT_SHOWN = {"search", "data_key"}  # columns that are no part of the record
LABEL = ("title", "patient", "identifier", "birth_date")
SEARCHED = ("title", "patient", "identifier")
ORDERS: dict[Order, tuple[ColumnElement[Any], ...]] = {
    Order.URGENCY: (
        case((encounter.c.priority == Priority.STAT, 0), else_=1),
        encounter.c.due_at,
        encounter.c.created_at,
        encounter.c.id,
    ),
    Order.NEWEST: (encounter.c.created_at.desc(), encounter.c.id),
    Order.OLDEST: (encounter.c.created_at, encounter.c.id),
    Order.DUE: (encounter.c.due_at, encounter.c.id),
}


class Encounters:
    """The encounters, within one unit."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @changes("encounter.create")
    def add(
        self,
        *,
        mode: Mode | None = None,
        title: str = "",
        patient: str = "",
        identifier: str = "",
        birth_date: str = "",
        date_of_service: str | None = None,
        priority: Priority = Priority.ROUTINE,
        template: str = "",
        clinician_id: str | None = None,
        received_at: datetime | None = None,
        due_at: datetime | None = None,
    ) -> EncounterRecord:
        """A new encounter, in the state `recorded`. Its turnaround clock starts at `received_at`, now by default."""
        context = self._context
        received = received_at or context.now
        new, wrapped = new_id(), context.cipher.new_data_key()
        label = {"title": title, "patient": patient, "identifier": identifier, "birth_date": birth_date}
        values = {
            "id": new,
            "mode": mode,
            "state": State.RECORDED,
            "state_since": context.now,
            "priority": priority,
            "date_of_service": date_of_service,
            "template": template,
            "clinician_id": clinician_id,
            "created_at": context.now,
            "created_by": context.actor.user_id,
            "updated_at": context.now,
            "received_at": received,
            "due_at": due_at or self._due(received, priority),
            "data_key": wrapped,
            "version": 1,
            **self._sealed(new, wrapped, label),
        }
        context.connection.execute(insert(encounter).values(values))
        return self.get(new)

    @reads("encounter.read")
    def get(self, encounter_id: str) -> EncounterRecord:
        """Raises NotFoundError where there is none."""
        found = self._context.connection.execute(select(encounter).where(encounter.c.id == encounter_id))
        row = found.mappings().first()
        if row is None:
            raise no_encounter()
        return self._record(row)

    @reads("encounter.list")
    def find(self, wanted: Filter) -> Page:
        """The worklist. Titles, names and numbers are searched in Python where the database holds them sealed.

        A blind index would tell how often each name occurs; a few thousand of them open in well under a second.
        """
        where, order = self._conditions(wanted), ORDERS[wanted.order]
        words = comparable(wanted.text).split()
        sealed = bool(words) and self._context.cipher.seals_columns
        if not sealed:
            where += [encounter.c.search.contains(word, autoescape=True) for word in words]
        connection = self._context.connection
        if sealed:
            rows = connection.execute(select(encounter).where(*where).order_by(*order)).mappings()
            found = [record for record in map(self._record, rows) if _holds(record, words)]
            counts = Counter(record.state for record in found)
            shown = [record for record in found if not wanted.states or record.state in wanted.states]
            return Page(tuple(shown[wanted.offset : wanted.offset + wanted.limit]), len(shown), dict(counts))
        by_state = select(encounter.c.state, func.count()).where(*where).group_by(encounter.c.state)
        numbers = {State(state): count for state, count in connection.execute(by_state)}
        if wanted.states:
            where.append(encounter.c.state.in_(wanted.states))
        page = select(encounter).where(*where).order_by(*order).limit(wanted.limit).offset(wanted.offset)
        records = tuple(self._record(row) for row in connection.execute(page).mappings())
        total = sum(count for state, count in numbers.items() if not wanted.states or state in wanted.states)
        return Page(records, total, numbers)

    @changes("encounter.edit")
    def change(
        self,
        encounter_id: str,
        *,
        version: int | None = None,
        mode: Mode | None = None,
        title: str | None = None,
        patient: str | None = None,
        identifier: str | None = None,
        birth_date: str | None = None,
        date_of_service: str | None = None,
        priority: Priority | None = None,
        template: str | None = None,
        clinician_id: str | None = None,
        due_at: datetime | None = None,
    ) -> EncounterRecord:
        """Change what is given; an empty `date_of_service` or `clinician_id` takes it away.

        Raises ConflictError where `version` is given and the record has changed since.
        """
        row = self._context.lock(encounter_id)
        if version is not None and version != row["version"]:
            raise ConflictError("somebody else changed this encounter since it was read: look at it again")
        if priority is not None and priority != row["priority"]:
            due_at = due_at or self._due(row["received_at"], priority)
            self._hurry_jobs(encounter_id, priority)
        given: dict[str, Any] = {"mode": mode, "template": template, "priority": priority, "due_at": due_at}
        values = {name: value for name, value in given.items() if value is not None}
        removable = {"date_of_service": date_of_service, "clinician_id": clinician_id}
        values |= {name: value or None for name, value in removable.items() if value is not None}
        new = {"title": title, "patient": patient, "identifier": identifier, "birth_date": birth_date}
        if any(value is not None for value in new.values()):
            old = self._record(row)
            label = {name: getattr(old, name) if value is None else value for name, value in new.items()}
            values |= self._sealed(encounter_id, row["data_key"], label)
        return self._write(row, values)

    def _hurry_jobs(self, encounter_id: str, priority: Priority) -> None:
        """Its jobs are as urgent as it is, those that are parked as well: they may be tried again."""
        urgent = int(priority is Priority.STAT)
        self._context.connection.execute(update(job).where(job.c.encounter_id == encounter_id).values(urgent=urgent))

    @changes("encounter.state")
    def move(self, encounter_id: str, state: State) -> EncounterRecord:
        """To another state. To where it is already: nothing happens. Raises ConflictError where no way leads there."""
        row = self._context.lock(encounter_id)
        now = State(row["state"])
        if state is now and state not in SIGNED_STATES:
            return self._record(row)
        if state not in MOVES[now]:
            ways = ", ".join(sorted(MOVES[now])) or "nowhere"
            raise ConflictError(f"an encounter that is {now} cannot become {state}: from here it can become {ways}")
        values: dict[str, Any] = {"state": state, "state_since": self._context.now}
        if state is State.DRAFT and row["draft_at"] is None:
            values["draft_at"] = self._context.now
        if state is State.AWAITING_SIGNATURE or state in SIGNED_STATES:
            values["returned_at"] = row["returned_at"] or self._context.now
        if state in SIGNED_STATES:
            values |= {"signed_at": self._context.now, "signed_by": self._context.actor.user_id}
        return self._write(row, values)

    # --- who works on it
    @changes("encounter.claim")
    def claim(self, encounter_id: str, *, take_over: bool = False) -> EncounterRecord:
        """Work on it. Raises ConflictError where somebody else does, unless it is taken over."""
        row, actor = self._context.lock(encounter_id), self._context.actor
        if row["owner_id"] == actor.user_id:
            return self._record(row)
        if row["owner_id"] is not None and not take_over:
            raise ConflictError(f"{row['owner_name']} works on this encounter: ask them to release it, or take it over")
        owner = {"owner_id": actor.user_id, "owner_name": actor.name, "owner_since": self._context.now}
        return self._write(row, owner)

    @changes("encounter.release")
    def release(self, encounter_id: str) -> EncounterRecord:
        """Work on it no longer. Raises ConflictError where somebody else does."""
        row = self._context.lock(encounter_id)
        if row["owner_id"] is None:
            return self._record(row)
        if row["owner_id"] != self._context.actor.user_id:
            raise ConflictError(f"{row['owner_name']} works on this encounter: only they can release it")
        return self._write(row, {"owner_id": None, "owner_name": None, "owner_since": None})

    @changes("encounter.assign")
    def assign(self, encounter_id: str, user_id: str, name: str) -> EncounterRecord:
        """Give it to somebody to work on, whoever had it."""
        row = self._context.lock(encounter_id)
        return self._write(row, {"owner_id": user_id, "owner_name": name, "owner_since": self._context.now})

    # --- who may see it
    @changes("encounter.grant")
    def grant(self, encounter_id: str, user_id: str, *, reason: str = "", until: datetime | None = None) -> Access:
        """Let somebody see it, for good or `until` a time."""
        self._context.lock(encounter_id)
        self._context.connection.execute(delete(access).where(*_is(encounter_id, user_id)))
        new = Access(encounter_id, user_id, self._context.actor.user_id, self._context.now, until, reason)
        values = {name: getattr(new, name) for name in Access.__slots__}
        self._context.connection.execute(insert(access).values(values))
        return new

    @changes("encounter.revoke")
    def revoke(self, encounter_id: str, user_id: str) -> None:
        """Take back what `grant` gave. Raises NotFoundError where there is nothing to take back."""
        gone = self._context.connection.execute(delete(access).where(*_is(encounter_id, user_id)))
        if not gone.rowcount:
            raise NotFoundError("this person was not given access to this encounter")

    def access(self, encounter_id: str) -> tuple[Access, ...]:
        """Everyone it was opened to, in order of time."""
        rows = self._context.connection.execute(
            select(access).where(access.c.encounter_id == encounter_id).order_by(access.c.at, access.c.user_id)
        )
        return tuple(Access(**row) for row in rows.mappings())

    def exists(self, encounter_id: str) -> bool:
        """Whether there is one of that id; tells nothing of it."""
        found = select(encounter.c.id).where(encounter.c.id == encounter_id)
        return self._context.connection.execute(found).first() is not None

    def visible(self, encounter_id: str, user_id: str, *, or_unowned: bool = False) -> bool:
        """Whether the encounter is somebody's own, or was opened to them, or, `or_unowned`, nobody works on it.

        False where there is none.
        """
        mine = self._visible_to(user_id, or_unowned=or_unowned)
        found = select(encounter.c.id).where(encounter.c.id == encounter_id, mine)
        return self._context.connection.execute(found).first() is not None

    # --- helpers
    def _due(self, received: datetime, priority: Priority) -> datetime:
        settings = self._context.settings
        return received + timedelta(hours=settings.stat_hours if priority is Priority.STAT else settings.routine_hours)

    def _sealed(self, encounter_id: str, wrapped: str, label: dict[str, str]) -> dict[str, str]:
        cipher = self._context.cipher
        columns = {name: cipher.column(text, wrapped, f"{name}|{encounter_id}") for name, text in label.items()}
        searched = " ".join(label[name] for name in SEARCHED)
        return {**columns, "search": "" if cipher.seals_columns else comparable(searched)}

    def _record(self, row: RowMapping) -> EncounterRecord:
        cipher = self._context.cipher
        values: dict[str, Any] = {key: value for key, value in row.items() if key not in NOT_SHOWN}
        values["mode"] = Mode(row["mode"]) if row["mode"] else None
        values["state"] = State(row["state"])
        values["priority"] = Priority(row["priority"])
        for name in LABEL:
            values[name] = cipher.read_column(row[name], row["data_key"], f"{name}|{row['id']}")
        return EncounterRecord(**values)

    def _write(self, row: RowMapping, values: dict[str, Any]) -> EncounterRecord:
        if not values:
            return self._record(row)
        changed = {**values, "version": row["version"] + 1, "updated_at": self._context.now}
        self._context.connection.execute(update(encounter).where(encounter.c.id == row["id"]).values(changed))
        return self.get(row["id"])

    def _conditions(self, wanted: Filter) -> list[ColumnElement[bool]]:
        column = encounter.c
        where: list[ColumnElement[bool]] = []
        equal = {
            column.priority: wanted.priority,
            column.mode: wanted.mode,
            column.owner_id: wanted.owner_id,
            column.clinician_id: wanted.clinician_id,
        }
        where += [name == value for name, value in equal.items() if value]
        if wanted.unowned:
            where.append(column.owner_id.is_(None))
        if wanted.since:
            where.append(column.date_of_service >= wanted.since)
        if wanted.until:
            where.append(column.date_of_service <= wanted.until)
        if wanted.overdue:
            where.append(func.coalesce(column.returned_at, self._context.now) > column.due_at)
        if wanted.visible_to is not None:
            where.append(self._visible_to(wanted.visible_to, or_unowned=wanted.or_unowned))
        return where

    def _visible_to(self, user_id: str, *, or_unowned: bool) -> ColumnElement[bool]:
        column = encounter.c
        opened = select(access.c.encounter_id).where(
            access.c.user_id == user_id, or_(access.c.until.is_(None), access.c.until > self._context.now)
        )
        own = (column.created_by == user_id, column.owner_id == user_id, column.clinician_id == user_id)
        free = (column.owner_id.is_(None),) if or_unowned else ()
        return or_(*own, *free, column.id.in_(opened))


def _holds(record: EncounterRecord, words: list[str]) -> bool:
    text = comparable(" ".join(getattr(record, name) for name in SEARCHED))
    return all(word in text for word in words)


def _is(encounter_id: str, user_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return access.c.encounter_id == encounter_id, access.c.user_id == user_id
