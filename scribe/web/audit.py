"""`/api/v1/audit`: the trail and its check, for auditors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from scribe.store.audit import Entry, Event
from scribe.web.identity import CurrentActor, require

router = APIRouter(prefix="/api/v1/audit", tags=["audit"], dependencies=[require("audit:read")])
Id = Annotated[str, Query(max_length=64, pattern="^[A-Za-z0-9._:-]*$")]


class Row(BaseModel):
    """One row of the trail."""

    seq: int
    at: str
    actor: str
    name: str
    role: str
    action: str
    object: str
    encounter: str
    patient: str = Field(description="An opaque reference, the same for the same patient.")
    outcome: str
    reason: str


class Rows(BaseModel):
    """Rows, the newest first. `next` is the `before` of the rows that came earlier, null at the start."""

    rows: list[Row]
    next: int | None


class FindingOut(BaseModel):
    """Something that is not as it was written."""

    seq: int
    problem: str


class Check(BaseModel):
    """What the check of the whole trail found."""

    intact: bool
    rows: int
    checkpoints: int
    findings: list[FindingOut]
    notes: list[str]


@router.get("")
def read_trail(
    request: Request,
    actor: CurrentActor,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    person: Id = "",
    action: Id = "",
    encounter: Id = "",
    patient: Id = "",
    outcome: Id = "",
) -> Rows:
    """A part of the trail. Reading it is recorded as well."""
    wanted = {"actor": person, "action": action, "encounter": encounter, "patient": patient, "outcome": outcome}
    with request.app.state.store.begin(actor) as unit:
        found = unit.audit.latest(
            limit,
            before=before,
            actor=person,
            action=action,
            encounter=encounter,
            patient=patient,
            outcome=outcome,
        )
        chosen = " ".join(f"{name}={value}" for name, value in wanted.items() if value)
        unit.record(Event("audit.read", reason=chosen))
    return Rows(rows=[_row(entry) for entry in found], next=found[-1].seq if len(found) == limit else None)


@router.post("/verify")
def check_trail(request: Request, actor: CurrentActor) -> Check:
    """Check every row, every link, the end, and the checkpoints outside the database."""
    verdict = request.app.state.store.verify_audit()
    with request.app.state.store.begin(actor) as unit:
        unit.record(Event("audit.verify", outcome="done" if verdict.intact else "failed"))
    return Check(
        intact=verdict.intact,
        rows=verdict.rows,
        checkpoints=verdict.checkpoints,
        findings=[FindingOut(seq=one.seq, problem=one.problem) for one in verdict.findings[:100]],
        notes=list(verdict.notes),
    )


def _row(entry: Entry) -> Row:
    return Row(**{name: getattr(entry, name) for name in Row.model_fields})
