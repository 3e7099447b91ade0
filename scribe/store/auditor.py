"""Tells the audit trail what units did, and watches over it when the store is opened."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from scribe.config import StoreSettings
from scribe.errors import ScribeError
from scribe.store.actor import SYSTEM
from scribe.store.audit import AuditRows, Event, Head, Trail
from scribe.store.audit_check import Verdict, verify
from scribe.store.audited import Readings
from scribe.store.context import Context
from scribe.store.witness import Line, Witness
from scribe.vault import Key

RETRY = 5.0  # seconds between two tries to write a checkpoint that failed
log = logging.getLogger("scribe.store")


class Auditor:
    """The trail of one store, and what attests it."""

    def __init__(self, folder: Path, key: Key | None, settings: StoreSettings, now: Callable[[], datetime]) -> None:
        file = Path(settings.checkpoints).expanduser() if settings.checkpoints else None
        self.trail = Trail(key, now=now)
        self.witness = Witness(folder, key, file=file)
        self._readings = Readings()
        self._trouble = ""
        self._owed: Head | None = None  # what a checkpoint that failed was to attest, or what came after
        self._tried = 0.0
        self._mutex = threading.Lock()

    @property
    def trouble(self) -> str:
        """Why the last checkpoint could not be written; empty where it was. Names the file, no patient."""
        return self._trouble

    def begin(self, connection: Connection) -> None:
        """Start the trail of a new database. Where an older database was put in place of a newer, say so in it."""
        if not self.trail.begun(connection):
            self.trail.begin(connection, self.witness.prepare())
            self.trail.append(connection, [(SYSTEM, Event("audit.begin"))])
            return
        head, attested = self.trail.head(connection), self.witness.highest()
        if attested <= head.seq:
            return
        reason = (
            f"a checkpoint attests row {attested}, and the trail ended at row {head.seq}: an older database is here"
        )
        told = AuditRows(connection).latest(1, action="audit.behind")
        if not told or told[0].reason.partition(",")[0] != reason.partition(",")[0]:
            self.trail.append(connection, [(SYSTEM, Event("audit.behind", outcome="failed", reason=reason))])

    def tell(self, context: Context) -> Head | None:
        """Write the unit's rows, in its transaction and at its end; None where there are none."""
        changed = {event.encounter for _, event in context.events if event.encounter}
        seen = [event for event in context.readings if not event.encounter or event.encounter not in changed]
        told = [event for event in seen if self._readings.worth_telling(context.actor, event, context.now)]
        rows = [*context.events, *((context.actor, event) for event in told)]
        if not rows:
            return None
        try:
            named = [(actor, self._named(context, event)) for actor, event in rows]
            return self.trail.append(context.connection, named)
        except BaseException:
            for event in told:
                self._readings.untold(context.actor, event)
            raise

    def attest_when_due(self, head: Head | None) -> None:
        """A checkpoint outside the database, when enough rows were committed since the last.

        The rows are committed already, so a checkpoint that cannot be written raises nothing here: it is logged, shows
        as `trouble`, and is tried again with later rows and by `catch_up`.
        """
        if head is None or (self._owed is None and not self.witness.is_due(head)):
            return
        if self._owed is None or head.seq > self._owed.seq:
            self._owed = head
        self.catch_up()

    def catch_up(self) -> bool:
        """Try to write a checkpoint that is owed, at most every `RETRY` seconds; whether none is owed any more.

        Nobody waits for another thread that is at it: a slow disk holds up one request, not all.
        """
        if self._owed is None or not self._mutex.acquire(blocking=False):
            return self._owed is None
        try:
            head = self._owed
            if head is None or (self._trouble and time.monotonic() - self._tried < RETRY):
                return head is None
            self._tried = time.monotonic()
            self.witness.attest(head)
            self._settled()
        except ScribeError as error:
            self._failed(str(error))
            return False
        finally:
            self._mutex.release()
        return True

    def attest(self, head: Head) -> Line:
        """Write a checkpoint now. Raises StoreError where the file cannot be written."""
        with self._mutex:
            line = self.witness.attest(head)
            self._settled()
            return line

    def _failed(self, reason: str) -> None:
        if reason != self._trouble:
            log.error("no checkpoint of the audit trail could be written, it is tried again: %s", reason)
        self._trouble = reason

    def _settled(self) -> None:
        if self._trouble:
            log.warning("the checkpoint of the audit trail is written: %s", self.witness.file)
        self._owed, self._trouble = None, ""

    def verify(self, connection: Connection, first_key: bytes | None) -> Verdict:
        """Check all of it, in a reading transaction."""
        return verify(connection, self.trail, first_key or self.witness.first_key(), self.witness)

    def reseal(self, connection: Connection, new: Key | None) -> None:
        """Put the trail's keys under another main key, in the transaction that does so with the rest."""
        self.trail.reseal(connection, new)
        self.witness.reseal(new)

    def _named(self, context: Context, event: Event) -> Event:
        """With the opaque reference of the patient whose encounter it is."""
        if not event.encounter or event.patient:
            return event
        return replace(event, patient=self.trail.patient(context.connection, context.patient(event.encounter)))
