"""What the store gives back: frozen records. Rows and connections never leave this folder.

Fields that hold patient text stay out of reprs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from scribe.types import Mode, Note, Quote, Transcript

Document = TypeVar("Document", Transcript, Note)


class State(StrEnum):
    """How far an encounter has come."""

    RECORDED = "recorded"
    TRANSCRIBING = "transcribing"
    DRAFT = "draft"
    IN_CORRECTION = "in_correction"
    QA = "qa"
    AWAITING_SIGNATURE = "awaiting_signature"
    SIGNED = "signed"
    AMENDED = "amended"


MOVES: dict[State, frozenset[State]] = {
    State.RECORDED: frozenset({State.TRANSCRIBING, State.DRAFT}),
    State.TRANSCRIBING: frozenset({State.DRAFT, State.RECORDED}),
    State.DRAFT: frozenset({State.IN_CORRECTION, State.QA, State.AWAITING_SIGNATURE, State.TRANSCRIBING, State.SIGNED}),
    State.IN_CORRECTION: frozenset({State.DRAFT, State.QA, State.AWAITING_SIGNATURE, State.SIGNED}),
    State.QA: frozenset({State.IN_CORRECTION, State.AWAITING_SIGNATURE}),
    State.AWAITING_SIGNATURE: frozenset({State.IN_CORRECTION, State.QA, State.SIGNED}),
    State.SIGNED: frozenset({State.AMENDED}),
    State.AMENDED: frozenset({State.AMENDED}),
}
"""Where an encounter may go from each state. What was signed stays signed: it can only be amended."""

SIGNED_STATES = (State.SIGNED, State.AMENDED)


class Priority(StrEnum):
    """How soon it is due."""

    STAT = "stat"
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class EncounterRecord:
    """One visit or dictation on the worklist. Ids are random and tell nothing."""

    id: str
    mode: Mode | None  # None: to be found out
    state: State
    state_since: datetime
    priority: Priority
    title: str = field(repr=False)
    patient: str = field(repr=False)  # name, as the clinic writes it
    identifier: str = field(repr=False)  # number of the patient's record
    birth_date: str = field(repr=False)  # ISO 8601 date
    date_of_service: str | None = field(repr=False)  # ISO 8601 date
    template: str
    clinician_id: str | None  # who is to sign
    owner_id: str | None  # who works on it
    owner_name: str | None
    owner_since: datetime | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    received_at: datetime  # when the turnaround clock started
    due_at: datetime
    draft_at: datetime | None
    returned_at: datetime | None  # when it first awaited signature: the turnaround clock stopped
    signed_at: datetime | None
    signed_by: str | None
    purged_at: datetime | None  # when its words and sound were made unreadable for good
    version: int  # counts changes of this record

    def overdue(self, now: datetime) -> bool:
        """Whether it is late: not returned for signature by `due_at`."""
        return (self.returned_at or now) > self.due_at

    @property
    def next_states(self) -> frozenset[State]:
        """Where it may go from here."""
        return MOVES[self.state]


class Order(StrEnum):
    """How a worklist is sorted."""

    URGENCY = "urgency"  # STAT first, then what is due first, then the oldest
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which encounters a worklist shows. Empty fields do not filter."""

    states: tuple[State, ...] = ()
    priority: Priority | None = None
    mode: Mode | None = None
    owner_id: str | None = None
    unowned: bool = False
    clinician_id: str | None = None
    text: str = field(default="", repr=False)  # words of title, name or number, in any order, any case
    since: str | None = None  # dates of service, ISO 8601, both included
    until: str | None = None
    overdue: bool = False
    visible_to: str | None = None  # a user: only what is theirs, or was opened to them; None: everything
    or_unowned: bool = False  # beside what is visible to them, what nobody works on
    order: Order = Order.URGENCY
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the worklist, and how many encounters the filter finds in all.

    `counts`: how many there are in each state by the same filter, whatever its `states`.
    """

    encounters: tuple[EncounterRecord, ...]
    total: int
    counts: dict[State, int]


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody besides owner, author and clinician who may see an encounter."""

    encounter_id: str
    user_id: str
    granted_by: str
    at: datetime
    until: datetime | None
    reason: str = field(repr=False)


class RecordingKind(StrEnum):
    """What a sound file of an encounter is."""

    ORIGINAL = "original"  # as it came
    PLAYBACK = "playback"  # the same as WAV, mono 16 kHz, for the editor
    PEAKS = "peaks"  # the waveform as it is drawn


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A sound file. Its bytes are read with `Store.blobs.open`."""

    id: str
    encounter_id: str
    kind: RecordingKind
    sha256: str
    size: int  # bytes
    media_type: str
    name: str = field(repr=False)  # of the file as it came
    seconds: float | None
    author_id: str
    author_name: str
    at: datetime
    purged_at: datetime | None
    capture_id: str | None  # of the recording in `capture.folder` whose sound it is; none: uploaded, or made of another


class RevisionKind(StrEnum):
    """The documents of an encounter that people edit."""

    TRANSCRIPT = "transcript"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a transcript or note, for good. `sha256` covers its words, its author and the revision before."""

    encounter_id: str
    kind: RevisionKind
    number: int  # 1, 2, 3 without a gap
    author_id: str
    author_name: str
    at: datetime
    reason: str = field(repr=False)
    base: int  # the revision it was made from; 0: none
    restores: int | None  # the revision whose words it has again (undo, redo, revert)
    body_sha256: str
    previous_sha256: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Saved(Generic[Document]):
    """A revision with its document."""

    revision: Revision
    document: Document = field(repr=False)


class SignatureKind(StrEnum):
    """What was signed."""

    NOTE = "note"
    ADDENDUM = "addendum"
    AMENDMENT = "amendment"


@dataclass(frozen=True, slots=True)
class SignatureRecord:
    """A person's signature under one revision of the note."""

    id: str
    encounter_id: str
    kind: SignatureKind
    note: int
    note_sha256: str
    transcript: int | None
    author_id: str
    author_name: str
    at: datetime
    statement: str


class Decision(StrEnum):
    """What a coder decided."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"
    ADDED = "added"
    ORDERED = "ordered"  # a new order of the codes, in `order`
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class CodeDecision:
    """One decision about a code. Decisions are never changed: a later one about the same code counts."""

    seq: int
    encounter_id: str
    author_id: str
    author_name: str
    at: datetime
    decision: Decision
    system: str
    code: str = field(repr=False)
    replacement: str = field(default="", repr=False)  # the code in its place
    order: tuple[str, ...] = field(default=(), repr=False)  # codes, first-listed first
    quotes: tuple[Quote, ...] = ()  # of an added code: the words of the note that it rests on
    said: tuple[str, ...] = field(default=(), repr=False)  # these words, by which they are found again
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A question to a physician, and the answer."""

    id: str
    encounter_id: str
    author_id: str
    author_name: str
    at: datetime
    asked_of: str | None
    question: str = field(repr=False)
    options: tuple[str, ...] = field(repr=False)
    statement_id: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark of one person to another, on the encounter or a place in it."""

    id: str
    encounter_id: str
    author_id: str
    author_name: str
    at: datetime
    text: str = field(repr=False)
    place: str = ""  # "statement:s3", "word:17"; empty: the encounter
    resolved_by: str | None = None
    resolved_at: datetime | None = None


class JobState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"  # given up, with the reason; a person may let it wait again
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """Background work on one recording with one configuration."""

    id: str
    encounter_id: str
    kind: str
    audio_sha256: str
    config_hash: str
    options: dict[str, str]
    state: JobState
    urgent: bool
    attempts: int  # that failed or crashed their worker, with the one that is running
    interruptions: int  # how often scribe was stopped or lost while working on it; these are no attempts
    available_at: datetime
    lease: int  # the fencing token: only the latest claim may report or finish
    leased_until: datetime | None
    worker: str | None
    stage: str
    done: float
    total: float
    reason: str
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
