"""What the audit trail is told of a live recording: that it began, that everybody agreed, and who follows its words."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import Response

from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.store import Store
from scribe.types import Mode
from scribe.web.desk import Desk
from scribe.web.live.carried import Carried
from scribe.web.live.registry import Registry
from scribe.web.once import fingerprint, rendered


class Begun(BaseModel):
    """A recording that can be carried over `/api/v1/live/{id}/socket`."""

    id: str


def begin(registry: Registry, desk: Desk, mode: Mode, consent: str) -> Response:
    """Begin a recording, and tell of it; under an `Idempotency-Key` once. What cannot be told leaves nothing behind.

    Raises CaptureError where it cannot be written, StoreError where it cannot be told.
    """
    made: list[Carried] = []

    def work() -> tuple[Response, str | None]:
        made.append(registry.begin(mode, desk.actor, consent))
        about = f"recording:{made[0].id}"
        with desk.change() as unit:
            unit.record(Event("recording.begin", about, reason=mode))
            if consent:
                unit.record(Event("recording.consent", about))
        return rendered(Begun(id=made[0].id), 201), None

    asked = fingerprint("POST live", {"mode": mode, "consent": consent})
    kept = b""
    try:
        answer = desk.once(asked, work)
        kept = bytes(answer.body)
    finally:
        for carried in made:
            if carried.id.encode() not in kept:  # it could not be told, or the same request was answered with another
                registry.discard(carried)
    return answer


def follows(store: Store | None, recording: str, actor: Actor) -> None:
    """Tell who gets the words of a recording as they are said. Raises StoreError where it cannot be told."""
    if store is not None:
        with store.begin(actor, read_only=True) as unit:
            unit.saw(Event("recording.follow", f"recording:{recording}"))
