"""`/api/v1/emergency`: opening an encounter that is somebody else's, because care cannot wait ("break the glass").

It takes a reason, lasts `web.emergency_minutes`, is marked in the audit trail, and is shown on the encounter to whoever
opens it (45 CFR 164.312(a)(2)(ii)).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from scribe.store.audit import Event
from scribe.store.records import Filter
from scribe.web.desk import AtDesk, EncounterId
from scribe.web.identity import CurrentActor, require

router = APIRouter(prefix="/api/v1", tags=["emergency"])
MOST = 10  # encounters that a search shows
Reason = Annotated[str, Field(min_length=10, max_length=500, description="Why it cannot wait.")]


class In(BaseModel):
    """A request."""

    model_config = ConfigDict(extra="forbid")


class EmergencySearch(In):
    """Whose encounter is needed, and why."""

    text: Annotated[str, Field(min_length=2, max_length=200, repr=False)]
    reason: Reason


class FoundEncounter(BaseModel):
    """Enough to choose the right one."""

    id: str
    title: str
    patient: str
    date_of_service: str | None


class EmergencyReason(In):
    """Why it cannot wait."""

    reason: Reason


class Opened(BaseModel):
    """It is open to whoever asked, for a while."""

    encounter: str
    until: datetime


class Broken(BaseModel):
    """Somebody opened an encounter of others in an emergency."""

    name: str
    at: datetime
    until: datetime
    reason: str


@router.post("/emergency/search", dependencies=[require("emergency:access")])
def search_in_an_emergency(given: EmergencySearch, request: Request, actor: CurrentActor) -> list[FoundEncounter]:
    """Find an encounter by the patient's name or number, whosever it is."""
    with request.app.state.store.begin(actor) as unit:
        found = unit.encounters.find(Filter(text=given.text, limit=MOST)).encounters
        unit.record(Event("emergency.search", reason=given.reason))
        for one in found:
            unit.record(Event("emergency.found", encounter=one.id))
    return [
        FoundEncounter(id=one.id, title=one.title, patient=one.patient, date_of_service=one.date_of_service)
        for one in found
    ]


@router.post("/emergency/{encounter_id}", dependencies=[require("emergency:access")])
def open_in_an_emergency(encounter_id: str, given: EmergencyReason, request: Request, actor: CurrentActor) -> Opened:
    """Open one encounter for a while."""
    minutes = request.app.state.config.web.emergency_minutes
    store = request.app.state.store
    with store.begin(actor) as unit:
        until = store.clock() + timedelta(minutes=minutes)
        unit.encounters.grant(encounter_id, actor.user_id, reason=given.reason, until=until)
        unit.record(Event("emergency.access", encounter=encounter_id, reason=given.reason))
    return Opened(encounter=encounter_id, until=until)


@router.get("/encounters/{encounter_id}/emergencies", dependencies=[require("encounter:read")])
def emergencies_of_an_encounter(encounter_id: EncounterId, desk: AtDesk) -> list[Broken]:
    """Who opened this encounter in an emergency: shown to everybody who may see it."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        names = {person.id: person.name for person in unit.people.all()}
        return [
            Broken(name=names.get(one.user_id, ""), at=one.at, until=one.until, reason=one.reason)
            for one in unit.encounters.access(encounter_id)
            if one.until is not None and one.granted_by == one.user_id
        ]
