"""What a route works with: the store, the settings and who asks, and which encounters are theirs to see.

    @router.get("/encounters/{encounter_id}", dependencies=[require("encounter:read")])
    def read_encounter(encounter_id: EncounterId, desk: AtDesk) -> EncounterOut:
        with desk.read() as unit:
            encounter = desk.encounter(unit, encounter_id)

An encounter is visible to whoever made it, works on it or is to sign it, and to whom it was opened. Transcriptionists,
QA and coders also see what nobody works on yet: it is theirs to claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import HTTPConnection
from starlette.responses import Response

from scribe.config import Config
from scribe.errors import NotFoundError, UnsureError
from scribe.store.actor import ME, SYSTEM, Actor, StaffRole
from scribe.store.audit import Event
from scribe.store.once import Answer
from scribe.store.records import SIGNED_STATES, EncounterRecord, RevisionKind, State
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.web.identity import CurrentActor
from scribe.web.permissions import allowed
from scribe.web.problems import ProblemError

POOL = frozenset({StaffRole.TRANSCRIPTIONIST, StaffRole.QA, StaffRole.CODER})
OPEN = frozenset({State.DRAFT, State.IN_CORRECTION, State.QA, State.AWAITING_SIGNATURE})
"""States in which transcript and note are corrected; a signed note has to be opened for amendment first."""

HEADER = "Idempotency-Key"
NOT_THERE = "there is no such encounter, or it is not yours to see: go back to the worklist"
EncounterId = Annotated[str, Path(pattern=r"^[\w-]{1,40}$", description="Id of the encounter.")]


_at_work: set[tuple[str, str, str]] = set()  # store's folder, who, key: requests of this process that go on
_at_work_lock = Lock()


Work = Callable[[], tuple[Response, str | None]]
"""Makes a change; its answer, and the encounter that it is about."""


def _same(response: Response) -> Response:
    return response


class _UsedError(Exception):
    """Another process committed the same request first."""


class Desk:
    """A route's way to the store, for one request."""

    def __init__(self, config: Config, store: Store, actor: Actor, key: str = "") -> None:
        self.config, self.store, self.actor, self._key = config, store, actor, key
        self._held: ExitStack | None = None  # within `once`: keeps the unit open until the answer is made
        self._unit: Unit | None = None

    @property
    def sees_everything(self) -> bool:
        """Single-user mode: whoever sits at this machine."""
        return self.actor.user_id in (ME.user_id, SYSTEM.user_id)

    @property
    def sees_unowned(self) -> bool:
        """Whether what nobody works on is theirs to claim."""
        return bool(self.actor.roles & POOL)

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """A unit that reads; what it reads is told in the audit trail."""
        if self._unit is not None:
            yield self._unit
            return
        with self.store.begin(self.actor, read_only=True) as unit:
            yield unit

    @contextmanager
    def change(self) -> Iterator[Unit]:
        """A unit that changes something. Within `once` there is one, and it is committed when the answer is made.

        An error that leaves the block has to leave the route as well: the unit is undone by it.
        """
        if self._held is None:
            with self.store.begin(self.actor) as unit:
                yield unit
            return
        if self._unit is None:
            self._unit = self._held.enter_context(self.store.begin(self.actor))
        yield self._unit

    def once(self, request: str, work: Work, later: Callable[[Response], Response] = _same) -> Response:
        """Do `work`, all of whose changes are committed together when it has made its answer.

        `work` gives the answer and the encounter that it is about. Under an `Idempotency-Key` it is done once: whoever
        asks again gets the same answer, or what `later` makes of one that is shown only once. Raises ProblemError 409
        where it is being done, 422 where the key was used for another `request`, UnsureError where nobody can say
        whether it was committed.
        """
        if not self._key:
            return self._committed(request, work, later)
        name = (str(self.store.place.folder), self.actor.user_id, self._key)
        with _at_work_lock:
            if name in _at_work:
                detail = "the same request is at work: wait for its answer, or ask again with the same key"
                raise ProblemError(409, "in-flight", detail, headers={"Retry-After": "1"})
            _at_work.add(name)
        try:
            return self._again(request) or self._first(request, work, later)
        finally:
            with _at_work_lock:
                _at_work.discard(name)

    def _first(self, request: str, work: Work, later: Callable[[Response], Response]) -> Response:
        try:
            return self._committed(request, work, later)
        except (_UsedError, UnsureError):
            if (known := self._again(request)) is not None:
                return known
            raise

    def _committed(self, request: str, work: Work, later: Callable[[Response], Response]) -> Response:
        with ExitStack() as held:
            self._held = held
            try:
                response, encounter_id = work()
                if self._key and self._unit is not None and response.status_code < 300:
                    left = later(response)
                    content, kind = bytes(left.body), str(left.media_type)
                    kept = Answer(request, left.status_code, kind, content, encounter_id)
                    if not self._unit.once.keep(self.actor.user_id, self._key, kept):
                        raise _UsedError
            finally:
                self._unit = self._held = None
        return response

    def _again(self, request: str) -> Response | None:
        """What the same request was answered with; None where it is new."""
        with self.store.begin(self.actor, read_only=True) as unit:
            known = unit.once.find(self.actor.user_id, self._key)
            if known is None:
                return None
            if known.request != request:
                detail = f"this {HEADER} was used for another request: give each change a key of its own"
                raise ProblemError(422, "key-used", detail)
            if known.encounter_id and not self.sees(unit, known.encounter_id):
                raise NotFoundError(NOT_THERE)
            unit.record(Event("answer.again", encounter=known.encounter_id or ""))
        return Response(known.content, known.status, media_type=known.media_type)

    def sees(self, unit: Unit, encounter_id: str) -> bool:
        """Whether an encounter is there, and theirs to see."""
        if self.sees_everything:
            return True
        return unit.encounters.visible(encounter_id, self.actor.user_id, or_unowned=self.sees_unowned)

    def encounter(self, unit: Unit, encounter_id: str) -> EncounterRecord:
        """An encounter of theirs. Raises NotFoundError, the same whether it is not there or not theirs."""
        if not self.sees(unit, encounter_id):
            unit.record(Event("encounter.read", encounter=encounter_id, outcome="refused"))
            raise NotFoundError(NOT_THERE)
        return unit.encounters.get(encounter_id)

    def editable(self, unit: Unit, encounter_id: str) -> EncounterRecord:
        """An encounter whose documents this person may change now. Raises ProblemError 409 where not."""
        record = self.encounter(unit, encounter_id)
        self.check_lock(record)
        if refusal := why_closed(unit, record):
            raise ProblemError(409, "closed", refusal)
        return record

    def check_lock(self, record: EncounterRecord) -> None:
        """Raises ProblemError 409 where somebody else holds the lock."""
        if record.owner_id not in (None, self.actor.user_id):
            detail = f"{record.owner_name} works on this encounter: ask them to release it, or take it over"
            raise ProblemError(409, "locked", detail)

    def may_edit(self, unit: Unit, record: EncounterRecord, permission: str) -> bool:
        """Whether an edit would be let through now."""
        free = record.owner_id in (None, self.actor.user_id)
        return free and allowed(self.actor, permission) and not why_closed(unit, record)


def why_closed(unit: Unit, record: EncounterRecord) -> str:
    """Why transcript and note cannot be corrected now; empty where they can."""
    if record.state in OPEN:
        return ""
    if record.state in SIGNED_STATES:
        if (
            unit.revisions.latest(record.id, RevisionKind.NOTE)
            and not unit.revisions.note(record.id).document.signatures
        ):
            return ""
        return "the note is signed: add an addendum, or open it for amendment"
    return "there is no draft yet: wait until the recording is transcribed"


def desk(connection: HTTPConnection, actor: CurrentActor) -> Desk:
    """The desk of whoever asks. Raises ProblemError 503 where no database is open."""
    store = connection.app.state.store
    if store is None:
        raise ProblemError(503, "no-store", "no database is open: start the workbench with `scribe serve`")
    return Desk(connection.app.state.config, store, actor, connection.headers.get(HEADER, "").strip('"'))


AtDesk = Annotated[Desk, Depends(desk)]
