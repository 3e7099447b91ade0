"""`/api/v1/encounters/{id}/events`: what happens to an encounter, as server-sent events.

The store is asked every second: it is the same whoever changes it, this process, another one or a worker.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from scribe.errors import ScribeError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState, RevisionKind
from scribe.web.answers import problems
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.identity import require
from scribe.web.present import encounters as present

router = APIRouter(prefix="/api/v1/encounters/{encounter_id}/events", tags=["encounters"])
BUSY, IDLE = 0.7, 2.0  # seconds between two looks, while a job runs and else
ALIVE = 15.0  # seconds after which a silent stream says that it is alive
LONGEST = 600.0  # seconds of one stream: the browser comes back by itself, and is asked again who it is


@router.get(
    "",
    dependencies=[require("encounter:read")],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}, **problems(404)},
)
async def follow_encounter(encounter_id: EncounterId, request: Request, desk: AtDesk) -> StreamingResponse:
    """Events `job`, `state`, `owner`, `revision` and `comment`, at once and whenever they change."""

    def check() -> None:
        with desk.read() as unit:
            desk.encounter(unit, encounter_id)

    await to_thread.run_sync(check)
    return StreamingResponse(_events(desk, encounter_id, request), media_type="text/event-stream")


async def _events(desk: Desk, encounter_id: str, request: Request) -> AsyncIterator[str]:
    told: dict[str, Any] = {}
    began = last = time.monotonic()
    yield "retry: 2000\n\n"
    while time.monotonic() - began < LONGEST and not await request.is_disconnected():
        try:
            now = await to_thread.run_sync(_look, desk, encounter_id)
        except ScribeError:  # the database is away for a moment: the next look will tell
            now = told
        for name, data in now.items():
            if told.get(name) != data:
                last = time.monotonic()
                yield f"event: {name.partition(':')[0]}\ndata: {json.dumps(data)}\n\n"
        told = now
        if time.monotonic() - last > ALIVE:
            last = time.monotonic()
            yield ": alive\n\n"
        busy = told.get("job", {}).get("state") in (JobState.RUNNING, JobState.WAITING)
        await asyncio.sleep(BUSY if busy else IDLE)


def _look(desk: Desk, encounter_id: str) -> dict[str, Any]:
    """What can change, by name. No words of the patient: who may see the stream may still not read the note."""
    with desk.store.begin(SYSTEM, read_only=True) as unit:
        record = unit.encounters.get(encounter_id)
        jobs = unit.jobs.of(encounter_id)
        found: dict[str, Any] = {
            "state": {"state": record.state, "version": record.version},
            "owner": {"owner": {"id": record.owner_id, "name": record.owner_name} if record.owner_id else None},
        }
        if jobs:
            found["job"] = present.job(jobs[0]).model_dump(mode="json")
        for kind in RevisionKind:
            if latest := unit.revisions.latest(encounter_id, kind):
                found[f"revision:{kind}"] = {"kind": kind, "revision": latest.number, "author": latest.author_name}
        if comments := unit.comments.of(encounter_id):
            found["comment"] = {"id": comments[-1].id, "open": sum(item.resolved_at is None for item in comments)}
        return found
