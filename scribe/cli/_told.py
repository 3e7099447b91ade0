"""What the command line takes out of this machine's care is told in the audit trail of its store, where it has one."""

from __future__ import annotations

from scribe.config import Config


def tell(config: Config, action: str, about: str, *, encounter: str = "", reason: str = "") -> None:
    """Tell of what is about to leave or go. Nothing to tell where no store was ever made.

    Raises StoreError where it cannot be told: then it must not happen.
    """
    from scribe.store import database
    from scribe.store.actor import SYSTEM
    from scribe.store.audit import Event
    from scribe.store.store import Store

    place = database.place(config.store)
    if place.file is not None and not place.file.exists():
        return
    store = Store.open(config)
    try:
        with store.begin(SYSTEM) as unit:
            known = encounter if encounter and unit.encounters.exists(encounter) else ""
            unit.record(Event(action, about, encounter=known, reason=reason))
    finally:
        store.close()
