"""`/api/v1/encounters/{id}/events`: what happens to an encounter, as server-sent events.

The store is asked again and again: it is the same whoever changes it, this process, another one or a worker. While the
screen is locked the stream is silent; it ends with the session, and with the sight of the encounter.
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

from scribe.errors import NotFoundError, ScribeError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState, RevisionKind
from scribe.web.answers import problems
from scribe.web.desk import NOT_THERE, AtDesk, Desk, EncounterId
from scribe.web.identity import require
from scribe.web.present import encounters as present
from scribe.web.standing import Standing, Standings, Watch

router = APIRouter(prefix="/api/v1/encounters/{encounter_id}/events", tags=["encounters"])
BUSY, IDLE = 0.7, 2.0  # seconds between two looks, while a job runs and else
TICK = 0.25  # seconds between two looks at who follows
ALIVE = 15.0  # seconds after which a silent stream says that it is alive
LONGEST = 600.0  # seconds of one stream: the browser comes back by itself, and is asked again who it is


@router.get(
    "",
    dependencies=[require("encounter:read")],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}, **problems(404)},
)
async def follow_encounter(encounter_id: EncounterId, request: Request, desk: AtDesk) -> StreamingResponse:
    """Events `job`, `state`, `owner`, `revision` and `comment`, at once and whenever they change.

    `gone` is the last one, where the encounter is not there or not theirs any more.
    """
    standings: Standings = request.app.state.standings

    def check() -> Watch:
        with desk.read() as unit:
            desk.encounter(unit, encounter_id)
        return standings.watch(request, "encounter:read")

    watch = await to_thread.run_sync(check)
    return StreamingResponse(_events(desk, encounter_id, request, watch), media_type="text/event-stream")


async def _events(desk: Desk, encounter_id: str, request: Request, watch: Watch) -> AsyncIterator[str]:
    told: dict[str, Any] = {}
    began = last = due = time.monotonic()
    roles = watch.roles  # with others, other encounters are in sight: the browser comes back, and is asked again
    with watch:
        yield "retry: 2000\n\n"
        while time.monotonic() - began < LONGEST and not watch.standing.is_over and watch.roles == roles:
            if await request.is_disconnected():
                return
            if watch.standing is Standing.OPEN and time.monotonic() >= due:
                try:
                    now = await to_thread.run_sync(_look, desk, encounter_id)
                except NotFoundError:
                    yield "event: gone\ndata: {}\n\n"
                    return
                except ScribeError:  # the database is away for a moment: the next look will tell
                    now = told
                if watch.standing is not Standing.OPEN:
                    continue
                for name, data in now.items():
                    if told.get(name) != data:
                        last = time.monotonic()
                        yield f"event: {name.partition(':')[0]}\ndata: {json.dumps(data)}\n\n"
                told = now
                busy = told.get("job", {}).get("state") in (JobState.RUNNING, JobState.WAITING)
                due = time.monotonic() + (BUSY if busy else IDLE)
            if time.monotonic() - last > ALIVE:
                last = time.monotonic()
                yield ": alive\n\n"
            await asyncio.sleep(TICK)


def _look(desk: Desk, encounter_id: str) -> dict[str, Any]:
    """What can change, by name. No words of the patient: who may see the stream may still not read the note.

    Raises NotFoundError where it is not theirs to see (any more).
    """
    with desk.store.begin(SYSTEM, read_only=True) as unit:
        if not desk.sees(unit, encounter_id):
            raise NotFoundError(NOT_THERE)
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
