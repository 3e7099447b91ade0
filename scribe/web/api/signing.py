"""`/api/v1/encounters/{id}/checks`, `sign`, `addenda`, `amend`: from a checked draft to a record."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from scribe.review.checks import Finding, Severity
from scribe.store.unit import Unit
from scribe.web import case, signing
from scribe.web.answers import Json, described, problems
from scribe.web.api.codes import stale
from scribe.web.api.note import shown
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.schemas.common import IntervalOut
from scribe.web.schemas.note import NoteOut
from scribe.web.schemas.signing import AddendumIn, Amend, ChecksOut, FindingOut, Sign

router = APIRouter(prefix="/api/v1/encounters/{encounter_id}", tags=["sign-off"], route_class=OnceRoute)
NOTE = {**described(NoteOut), **problems(404, 409, 422)}


@router.get("/checks", dependencies=[require("note:read")], responses=problems(404))
def read_checks(encounter_id: EncounterId, desk: AtDesk) -> ChecksOut:
    """What has to be settled before the note is signed, the gravest first."""
    with desk.read() as unit:
        record = desk.encounter(unit, encounter_id)
        found = case.case(unit, encounter_id)
        made = _checked(desk, unit, found)
    kinds = [flag.kind for flag in found.transcript.document.flags]
    return ChecksOut(
        encounter_id=record.id,
        note_revision=found.note.revision.number,
        transcript_revision=found.transcript.revision.number,
        ready=all(item.severity is not Severity.BLOCK for item in made),
        attestation=signing.ATTESTATION,
        addendum_attestation=signing.ADDENDUM,
        findings=[_finding(item, kinds) for item in made],
    )


@router.post("/sign", dependencies=[require("note:sign")], response_class=Json, responses=NOTE)
def sign_note(encounter_id: EncounterId, given: Sign, desk: AtDesk) -> Any:
    """Sign the note as it is at `base_revision`. What blocks has to be settled, or overridden with a reason."""
    signing.must_agree(given.attestation, signing.ATTESTATION)
    with desk.change() as unit:
        desk.check_lock(desk.encounter(unit, encounter_id))
        found = case.case(unit, encounter_id)
        signing.must_be(found, given.base_revision)
        blocking = sum(item.severity is Severity.BLOCK for item in _checked(desk, unit, found))
        signing.sign(desk, unit, found, blocking, given.override)
        return _shown(desk, unit, encounter_id)


@router.post("/addenda", dependencies=[require("note:amend")], response_class=Json, responses=NOTE)
def add_addendum(encounter_id: EncounterId, given: AddendumIn, desk: AtDesk) -> Any:
    """Add words below the signed note, and sign them."""
    signing.must_agree(given.attestation, signing.ADDENDUM)
    with desk.change() as unit:
        desk.check_lock(desk.encounter(unit, encounter_id))
        found = case.case(unit, encounter_id)
        signing.must_be(found, given.base_revision)
        signing.add_addendum(desk, unit, found, given.text.strip())
        return _shown(desk, unit, encounter_id)


@router.post("/amend", dependencies=[require("note:amend")], response_class=Json, responses=NOTE)
def amend_note(encounter_id: EncounterId, given: Amend, desk: AtDesk) -> Any:
    """Open the signed note for correction, with a reason. It has to be signed again; the signed revision stays."""
    with desk.change() as unit:
        desk.check_lock(desk.encounter(unit, encounter_id))
        found = case.case(unit, encounter_id)
        signing.must_be(found, given.base_revision)
        signing.amend(unit, found, given.reason)
        return _shown(desk, unit, encounter_id)


def _checked(desk: Desk, unit: Unit, found: case.Case) -> list[Finding]:
    old = stale(unit, found.note.revision.encounter_id, found.note.document)
    return signing.checked(desk, unit, found, stale=old)


def _shown(desk: Desk, unit: Unit, encounter_id: str) -> Json:
    return Json(shown(desk, unit, unit.revisions.note(encounter_id)))


def _finding(item: Finding, kinds: list[Any]) -> FindingOut:
    span = item.interval
    return FindingOut(
        kind=item.kind,
        severity=item.severity,
        title=item.title,
        detail=list(item.detail),
        flag=item.flag,
        flag_kind=kinds[item.flag] if item.flag is not None else None,
        statement_id=item.statement_id,
        query_id=item.query_id,
        comment_id=item.comment_id,
        interval=IntervalOut(start=round(span.start, 3), end=round(span.end, 3)) if span else None,
    )
