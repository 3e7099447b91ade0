"""Encounters, the worklist, recordings and jobs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from scribe.store.records import JobState, Order, Priority, State
from scribe.types import Mode
from scribe.web.schemas.common import In, Line, Out, Person, Plain, example

DueAt = Annotated[AwareDatetime, Field(gt=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
UserId = Annotated[str, Field(max_length=40), Plain]


class PatientOut(Out):
    """Whose encounter it is; empty where not filled in."""

    name: str = ""
    identifier: str = Field("", description="Number of the patient's record (MRN).")
    birth_date: date | None = None


class PatientIn(In):
    """Whose encounter it is."""

    name: Line = ""
    identifier: Annotated[str, Field(max_length=100), Plain] = ""
    birth_date: date | None = None


class JobOut(Out):
    """Work in the background: one recording to be transcribed, written and coded."""

    id: str
    encounter_id: str
    kind: str
    state: JobState
    stage: str = Field("", description="Stage that runs: audio, vad, asr, terms, diarization, sections, coding.")
    done: float = 0.0
    total: float = 0.0
    attempts: int = 0
    reason: str = Field("", description="Why it was parked, and what to do next.")


class RecordingOut(Out):
    """A recording. Its sound is at `/api/v1/recordings/{id}/audio`."""

    id: str
    encounter_id: str
    sha256: str
    size: int = Field(description="Bytes, as uploaded.")
    seconds: float | None = Field(None, description="Length; null until it was decoded.")
    at: datetime


class TurnaroundOut(Out):
    """The clock from "ready for transcription" to "returned for signature"."""

    started_at: datetime | None = Field(description="When the recording was there.")
    stopped_at: datetime | None = Field(description="When it first awaited signature; null while the clock runs.")
    due_at: datetime | None
    seconds: float = Field(description="So far, or until it stopped.")
    overdue: bool


class EncounterOut(Out):
    """One encounter, as the worklist shows it."""

    id: str
    state: State
    next_states: list[State] = Field(description="Where this user may move it.")
    priority: Priority
    mode: Mode | None = Field(description="null: to be found out.")
    title: str
    patient: PatientOut
    date_of_service: date | None
    template: str = Field(description="Note template asked for; empty: that of the settings.")
    clinician: Person | None = Field(description="Who signs it.")
    owner: Person | None = Field(description="Who holds the lock: only they may edit.")
    owned_at: datetime | None
    created_at: datetime
    updated_at: datetime
    turnaround: TurnaroundOut
    version: int = Field(description="Number of the last change of these fields; PATCH names it.")
    seconds: float | None = Field(description="Length of the recording; null until it was decoded.")
    transcript_revision: int | None = Field(description="Not told in a page of the worklist.")
    note_revision: int | None = Field(description="Not told in a page of the worklist.")
    recordings: list[RecordingOut] = Field(description="Empty in a page of the worklist.")
    job: JobOut | None = Field(description="The newest job; in a page of the worklist only while there is no draft.")


class EncounterPage(Out):
    """A page of the worklist."""

    items: list[EncounterOut]
    next: str | None = Field(description="Give it as `cursor` for the next page; null on the last one.")
    total: int = Field(description="How many match, on all pages.")
    counts: dict[State, int] = Field(description="How many there are in each state, by the same filters but `states`.")


class EncounterIn(In):
    """A new encounter."""

    model_config = example(
        title="Follow-up, knee", mode="visit", priority="routine", patient={"name": "Ann Lee", "identifier": "MRN-7"}
    )

    title: Line = ""
    mode: Mode | None = None
    priority: Priority = Priority.ROUTINE
    patient: PatientIn = PatientIn()
    date_of_service: date | None = None
    clinician_id: UserId | None = None
    template: Annotated[str, Field(max_length=80)] = ""
    due_at: DueAt | None = Field(None, description="By default by the settings, for STAT and routine.")


class EncounterPatch(In):
    """Fields to change; those that are left out stay."""

    base_version: int = Field(ge=0)
    title: Line | None = None
    priority: Priority | None = None
    patient: PatientIn | None = None
    mode: Mode | None = None
    date_of_service: date | None = None
    clinician_id: UserId | None = None
    template: Annotated[str, Field(max_length=80)] | None = None
    due_at: DueAt | None = None


class Search(In):
    """The worklist. A search is a POST, so that no name stands in an address or a log."""

    model_config = example(states=["draft", "in_correction"], priority="stat", owner="none", text="lee", limit=25)

    text: Line = Field("", description="Words in title, patient's name or number; each must be there.")
    states: list[State] = Field([])
    priority: Priority | None = None
    mode: Mode | None = None
    owner: UserId | None = Field(None, description='"me", "none" or the id of a user.')
    clinician: UserId | None = Field(None, description='"me" or the id of a user.')
    overdue: bool | None = None
    date_from: date | None = Field(None, description="Date of service, first day.")
    date_to: date | None = Field(None, description="Date of service, last day.")
    sort: Order = Field(Order.URGENCY, description="urgency: STAT first, then by due time, then the oldest.")
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, Field(max_length=200)] | None = None


class Claim(In):
    """Take the lock. `take_over` takes it from another person (QA, and who is to sign), with a reason."""

    take_over: bool = False
    reason: Line = ""


class Move(In):
    """A move to another state. A move back needs a reason."""

    to: State
    reason: Line = ""


class Uploaded(Out):
    """What became of an upload."""

    encounter: EncounterOut
    recording: RecordingOut
    job: JobOut | None
    duplicate_of: str | None = Field(
        None, description="Id of an encounter that already has this very recording; nothing is transcribed twice."
    )


class Peaks(Out):
    """The outline of the sound, for a waveform: the largest absolute sample of each stretch, 0 to 1."""

    seconds: float
    per_second: int
    peaks: list[float]
