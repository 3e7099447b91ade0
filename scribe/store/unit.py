"""The unit of work: everything one actor reads and changes in one transaction, with its audit trail."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection

from scribe.store.actor import Actor
from scribe.store.attempts import Attempts
from scribe.store.audit import AuditRows, Event
from scribe.store.context import Context
from scribe.store.decisions import Codes, Comments, Queries, Signatures
from scribe.store.devices import Devices
from scribe.store.encounters import Encounters
from scribe.store.jobs import Jobs
from scribe.store.once import Once
from scribe.store.people import People
from scribe.store.recordings import Recordings
from scribe.store.revisions import Revisions
from scribe.store.sessions import Sessions, Tokens


class Unit:
    """One transaction. It is committed as a whole when its `with` block ends, and rolled back when that raises."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self._context.actor

    @property
    def connection(self) -> Connection:
        """The transaction, for this folder's own use."""
        return self._context.connection

    @cached_property
    def encounters(self) -> Encounters:
        """The worklist."""
        return Encounters(self._context)

    @cached_property
    def recordings(self) -> Recordings:
        """Sound files."""
        return Recordings(self._context)

    @cached_property
    def revisions(self) -> Revisions:
        """Transcripts and notes."""
        return Revisions(self._context)

    @cached_property
    def codes(self) -> Codes:
        """Decisions about codes."""
        return Codes(self._context)

    @cached_property
    def queries(self) -> Queries:
        """Questions to a physician."""
        return Queries(self._context)

    @cached_property
    def comments(self) -> Comments:
        """Remarks."""
        return Comments(self._context)

    @cached_property
    def signatures(self) -> Signatures:
        """Who signed what."""
        return Signatures(self._context)

    @cached_property
    def jobs(self) -> Jobs:
        """Background work."""
        return Jobs(self._context)

    @cached_property
    def people(self) -> People:
        """Accounts."""
        return People(self._context)

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(self._context)

    @cached_property
    def tokens(self) -> Tokens:
        """Machine tokens."""
        return Tokens(self._context)

    @cached_property
    def devices(self) -> Devices:
        """Browsers that accounts know."""
        return Devices(self._context)

    @cached_property
    def attempts(self) -> Attempts:
        """Failed sign-ins."""
        return Attempts(self._context)

    @cached_property
    def once(self) -> Once:
        """What is done once however often it is asked for."""
        return Once(self._context)

    @cached_property
    def audit(self) -> AuditRows:
        """The audit trail, to be read."""
        return AuditRows(self._context.connection)

    def record(self, event: Event, *, actor: Actor | None = None) -> None:
        """Tell something in the audit trail that the parts of the unit do not tell by themselves."""
        self._context.record(event, actor)

    def saw(self, event: Event) -> None:
        """Tell a reading that the parts of the unit do not tell by themselves, once in a few minutes."""
        self._context.saw(event)
