"""A finished recording whose draft is in the store: whoever joins late is shown that; nothing is recognised again."""

from __future__ import annotations

from dataclasses import dataclass

from scribe.events import LiveEvent, LiveSnapshot, LiveState
from scribe.live.driver import Subscription
from scribe.store.actor import ME, Actor
from scribe.store.records import RevisionKind
from scribe.store.store import Store


@dataclass(frozen=True, slots=True)
class Filed:
    """Follows a recording in which nothing happens any more: a `Driver`."""

    link: str  # the address of its page
    snapshot: LiveSnapshot

    def start(self) -> None:
        """Nothing to do."""

    def subscribe(self) -> Subscription:
        """How things are; no events."""
        joined = Subscription(self.snapshot)
        joined.put(None)
        return joined

    def unsubscribe(self, subscription: Subscription) -> None:
        """Nothing to do."""

    def abandon(self) -> None:
        """Nothing to do."""

    def join(self, timeout: float | None = None) -> LiveEvent | None:
        """It is over."""
        return None


def look_up(store: Store, recording: str, actor: Actor) -> Filed | None:
    """The draft of a recording as `actor` may see it now; None where there is none yet. Raises StoreError."""
    with store.begin(actor, read_only=True) as unit:
        kept = unit.recordings.captured_as(recording)
        if kept is None or kept.purged_at is not None:
            return None
        place = kept.encounter_id
        if actor.user_id != ME.user_id and not unit.encounters.visible(place, actor.user_id):
            return None
        if not all(unit.revisions.latest(place, kind) for kind in RevisionKind):
            return None
        record = unit.revisions.transcript(place).document
        note = unit.revisions.note(place).document
    shown = LiveSnapshot(
        1,
        LiveState.READY,
        record.duration,
        words=record.words,
        roles=record.roles,
        note=note,
        flags=record.flags,
        finished=True,
    )
    return Filed(f"/encounters/{place}", shown)
