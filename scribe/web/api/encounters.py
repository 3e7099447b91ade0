"""`/api/v1/encounters`: the worklist, who works on what, and how far it is."""

from __future__ import annotations

from fastapi import APIRouter

from scribe.errors import ConflictError
from scribe.sections import note_templates
from scribe.store.actor import StaffRole
from scribe.store.people import PersonState
from scribe.store.records import EncounterRecord, Filter, State
from scribe.store.unit import Unit
from scribe.web.answers import problems
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.present import encounters as present
from scribe.web.problems import ProblemError
from scribe.web.schemas.encounters import (
    Claim,
    EncounterIn,
    EncounterOut,
    EncounterPage,
    EncounterPatch,
    Move,
    Search,
)

router = APIRouter(prefix="/api/v1/encounters", tags=["encounters"], route_class=OnceRoute)
BACK = frozenset({(State.AWAITING_SIGNATURE, State.IN_CORRECTION), (State.QA, State.IN_CORRECTION)})
"""Moves that send work back, which takes a reason."""


@router.post("", status_code=201, dependencies=[require("encounter:create")], responses=problems(422))
def create_encounter(given: EncounterIn, desk: AtDesk) -> EncounterOut:
    """A new encounter, without a recording yet."""
    _check_template(desk, given.template)
    with desk.change() as unit:
        _check_signer(unit, given.clinician_id)
        record = unit.encounters.add(
            mode=given.mode,
            priority=given.priority,
            title=given.title,
            patient=given.patient.name,
            identifier=given.patient.identifier,
            birth_date=given.patient.birth_date.isoformat() if given.patient.birth_date else "",
            date_of_service=given.date_of_service.isoformat() if given.date_of_service else None,
            clinician_id=given.clinician_id or _own(desk),
            template=given.template,
            due_at=given.due_at,
        )
        return present.encounter(desk, unit, record)


@router.post("/search", dependencies=[require("encounter:list")], responses=problems(422))
def search_encounters(given: Search, desk: AtDesk) -> EncounterPage:
    """A page of the worklist: what this person may see, by filters and words."""
    offset = _offset(given.cursor)
    wanted = Filter(
        states=tuple(given.states),
        priority=given.priority,
        mode=given.mode,
        owner_id=desk.actor.user_id if given.owner == "me" else given.owner if given.owner != "none" else None,
        unowned=given.owner == "none",
        clinician_id=desk.actor.user_id if given.clinician == "me" else given.clinician,
        text=given.text,
        since=given.date_from.isoformat() if given.date_from else None,
        until=given.date_to.isoformat() if given.date_to else None,
        overdue=bool(given.overdue),
        visible_to=None if desk.sees_everything else desk.actor.user_id,
        or_unowned=desk.sees_unowned,
        order=given.sort,
        limit=given.limit,
        offset=offset,
    )
    with desk.read() as unit:
        page = unit.encounters.find(wanted)
        items = present.listed(desk, unit, page.encounters)
    further = offset + len(items)
    return EncounterPage(
        items=items, next=str(further) if further < page.total else None, total=page.total, counts=page.counts
    )


@router.get("/{encounter_id}", dependencies=[require("encounter:read")], responses=problems(404))
def read_encounter(encounter_id: EncounterId, desk: AtDesk) -> EncounterOut:
    """One encounter."""
    with desk.read() as unit:
        return present.encounter(desk, unit, desk.encounter(unit, encounter_id))


@router.patch("/{encounter_id}", dependencies=[require("encounter:edit")], responses=problems(404, 409, 422))
def change_encounter(encounter_id: EncounterId, given: EncounterPatch, desk: AtDesk) -> EncounterOut:
    """Change title, patient, priority, day, kind, template or who signs. 409 where it changed since `base_version`."""
    _check_template(desk, given.template or "")
    patient = given.patient
    with desk.change() as unit:
        desk.check_lock(desk.encounter(unit, encounter_id))
        _check_signer(unit, given.clinician_id)
        record = unit.encounters.change(
            encounter_id,
            version=given.base_version,
            title=given.title,
            priority=given.priority,
            mode=given.mode,
            patient=patient.name if patient else None,
            identifier=patient.identifier if patient else None,
            birth_date=(patient.birth_date.isoformat() if patient.birth_date else "") if patient else None,
            date_of_service=given.date_of_service.isoformat() if given.date_of_service else None,
            clinician_id=given.clinician_id,
            template=given.template,
            due_at=given.due_at,
        )
        return present.encounter(desk, unit, record)


@router.post("/{encounter_id}/claim", dependencies=[require("encounter:claim")], responses=problems(404, 409, 422))
def claim_encounter(encounter_id: EncounterId, given: Claim, desk: AtDesk) -> EncounterOut:
    """Take the lock: only its owner edits. QA and who is to sign may take it over, with a reason."""
    with desk.change() as unit:
        record = desk.encounter(unit, encounter_id)
        if given.take_over and record.owner_id not in (None, desk.actor.user_id):
            _check_take_over(desk, record, given.reason)
        return present.encounter(desk, unit, unit.encounters.claim(encounter_id, take_over=given.take_over))


@router.post("/{encounter_id}/release", dependencies=[require("encounter:claim")], responses=problems(404, 409))
def release_encounter(encounter_id: EncounterId, desk: AtDesk) -> EncounterOut:
    """Give the lock back."""
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        return present.encounter(desk, unit, unit.encounters.release(encounter_id))


@router.post("/{encounter_id}/state", dependencies=[require("encounter:state")], responses=problems(404, 409, 422))
def move_encounter(encounter_id: EncounterId, given: Move, desk: AtDesk) -> EncounterOut:
    """Hand it on: to correction, to QA, to signature, or back with a reason. Signing has a route of its own.

    Whoever hands it on works on it no longer: the next person takes it without having to ask.
    """
    with desk.change() as unit:
        record = desk.encounter(unit, encounter_id)
        desk.check_lock(record)
        if given.to in present.BY_ROUTES_OF_THEIR_OWN or record.state in present.BY_ROUTES_OF_THEIR_OWN:
            raise ConflictError(f"{record.state} becomes {given.to} by its recording or its signature, not by a move")
        if (record.state, given.to) in BACK and not given.reason.strip():
            raise ProblemError(422, "reason", "sending work back takes a reason: say what is to be done")
        if given.reason.strip():
            unit.comments.add(encounter_id, given.reason.strip(), place=f"state:{given.to}")
        moved = unit.encounters.move(encounter_id, given.to)
        begun = (record.state, given.to) == (State.DRAFT, State.IN_CORRECTION)
        if moved.owner_id and not begun and given.to is not record.state:
            moved = unit.encounters.release(encounter_id)
        return present.encounter(desk, unit, moved)


def _check_take_over(desk: Desk, record: EncounterRecord, reason: str) -> None:
    if StaffRole.QA not in desk.actor.roles and record.clinician_id != desk.actor.user_id:
        raise ProblemError(403, "forbidden", "only QA, or whoever is to sign, may take an encounter over: ask them")
    if not reason.strip():
        raise ProblemError(422, "reason", "taking over takes a reason: say why it cannot wait")


def _check_signer(unit: Unit, person_id: str | None) -> None:
    """Who is named to sign must be a physician with an account, or nobody would ever see it to sign."""
    if not person_id or not unit.people.exist():
        return
    named = next((one for one in unit.people.all() if one.id == person_id), None)
    if named is None or StaffRole.PHYSICIAN not in named.roles or named.state is not PersonState.ACTIVE:
        raise ProblemError(422, "signer", "this is no physician who can sign in: choose one of /people")


def _own(desk: Desk) -> str | None:
    """A physician signs what they make, unless another is named."""
    return desk.actor.user_id if StaffRole.PHYSICIAN in desk.actor.roles else None


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 9:
        raise ProblemError(422, "cursor", "this is no cursor of a page before: leave it out for the first page")
    return int(cursor)


def _check_template(desk: Desk, name: str) -> None:
    known = note_templates.load(desk.config)
    if name and name not in known:
        raise ProblemError(422, "template", f"there is no such note template: use one of {', '.join(known)}")
