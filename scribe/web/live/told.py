"""What the audit trail is told of a live recording: that it began, that everybody agreed, and who follows its words."""

from __future__ import annotations

from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.store import Store
from scribe.types import Mode
from scribe.web.live.carried import Carried
from scribe.web.live.registry import Registry


def begun(store: Store | None, registry: Registry, mode: Mode, actor: Actor, consent: str) -> Carried:
    """Begin a recording, and tell of it. What cannot be told is not recorded: nothing of it is left.

    Raises CaptureError where it cannot be written, StoreError where it cannot be told.
    """
    carried = registry.begin(mode, actor, consent)
    if store is None:
        return carried
    about = f"recording:{carried.id}"
    try:
        with store.begin(actor) as unit:
            unit.record(Event("recording.begin", about, reason=mode))
            if consent:
                unit.record(Event("recording.consent", about))
    except BaseException:
        registry.discard(carried)
        raise
    return carried


def follows(store: Store | None, recording: str, actor: Actor) -> None:
    """Tell who gets the words of a recording as they are said. Raises StoreError where it cannot be told."""
    if store is not None:
        with store.begin(actor, read_only=True) as unit:
            unit.saw(Event("recording.follow", f"recording:{recording}"))
