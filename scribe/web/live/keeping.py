"""A recording that was carried here becomes an encounter of the store: its sound and its job first, then the draft.

Live recognition makes the draft, as a worker that has claimed the job: where this server is stopped or killed before
the draft is stored, the job is free again and a worker makes it, as for an upload; so it is where live recognition
cannot make it. Each step is safe to repeat: a recording finds its encounter again, and a draft that is there stays.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import Protocol

from scribe.batch import captured, drafting, process
from scribe.capture.recording import Recording
from scribe.config import Config
from scribe.errors import ConflictError, NotFoundError, StoreError
from scribe.live.session import Result
from scribe.store.actor import SYSTEM, Actor
from scribe.store.records import Job, JobState, RecordingKind, RevisionKind, State, StoredRecording
from scribe.store.store import Store
from scribe.types import Encounter
from scribe.web.live.filed import Filed, look_up

REASON = "draft"  # of the revisions
BEATS = 4  # heartbeats within one lease
log = logging.getLogger("scribe.web")


class Keeper(Protocol):
    """Where finished recordings go."""

    def sound(self, recording: Recording, actor: Actor) -> str:
        """Keep the sound of a stopped recording; the address of its page, "" where there is none."""

    def draft(self, recording: Recording, result: Result | None) -> None:
        """Keep its record; None: live recognition was told to leave off before it was made."""

    def without_draft(self, recording: Recording) -> None:
        """The record could not be made."""

    def filed(self, recording: str, actor: Actor) -> Filed | None:
        """What was kept of a recording, by its id, for whoever joins late; None where its record is not there."""


class NoKeeper:
    """Without a store the recording stays where it was recorded, and the draft on the page."""

    def sound(self, recording: Recording, actor: Actor) -> str:
        """There is no page for it."""
        return ""

    def draft(self, recording: Recording, result: Result | None) -> None:
        """Nothing to do."""

    def without_draft(self, recording: Recording) -> None:
        """Nothing to do."""

    def filed(self, recording: str, actor: Actor) -> Filed | None:
        """Nothing is kept."""
        return None


class StoreKeeper:
    """Keeps them as encounters."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store, self._config = store, config
        self._name = process.new_name()
        self._kept: dict[str, StoredRecording] = {}  # by the recording's id
        self._claims: dict[str, Job] = {}  # jobs whose drafts are made here, by the recording's id
        self._mutex = Lock()
        self._over = Event()
        self._heart: Thread | None = None

    def sound(self, recording: Recording, actor: Actor) -> str:
        """An encounter with the sound, and its job, claimed here. Raises StoreError; it may be called again."""
        kept = captured.keep(self._store, self._config, recording, actor, worker=self._name)
        with self._mutex:
            self._kept[recording.id] = kept.recording
            if kept.job is not None and kept.job.state is JobState.RUNNING and kept.job.worker == self._name:
                self._claims[recording.id] = kept.job
                self._beat()
        return f"/encounters/{kept.recording.encounter_id}"

    def filed(self, recording: str, actor: Actor) -> Filed | None:
        """The draft, as it is now. Raises StoreError."""
        return look_up(self._store, recording, actor)

    def draft(self, recording: Recording, result: Result | None) -> None:
        """Transcript, note and what the editor plays, where the draft is still ours to make. Raises StoreError."""
        claim = self._claims.get(recording.id)
        if claim is None:
            return  # it is there, or another worker makes it
        if result is None:
            self.without_draft(recording)
            return
        try:
            self._store_draft(recording, result, claim)
        except (ConflictError, NotFoundError) as error:
            log.info("the draft of recording %s is not stored: %s", recording.id, error)
        self._release(recording.id)

    def _store_draft(self, recording: Recording, result: Result, claim: Job) -> None:
        place = self._kept[recording.id].encounter_id
        audio = recording.audio()
        playback = self._store.blobs.receive(captured.wav(recording))
        outline = self._store.blobs.receive([drafting.peaks(audio)])
        try:
            with self._store.begin(SYSTEM) as unit:
                unit.jobs.complete(claim)
                there = {item.kind for item in unit.recordings.of(place)}
                for kind, media_type, file in (
                    (RecordingKind.PLAYBACK, drafting.WAV, playback),
                    (RecordingKind.PEAKS, drafting.PEAKS, outline),
                ):
                    if kind not in there:
                        unit.recordings.add(place, file, media_type=media_type, seconds=audio.duration, kind=kind)
                encounter = unit.encounters.get(place)
                about = Encounter(place, result.note.encounter.mode, encounter.date_of_service)
                note = replace(result.note, encounter=about)
                unit.encounters.move(place, State.TRANSCRIBING)
                before = unit.revisions.latest(place, RevisionKind.TRANSCRIPT)  # of a worker that was interrupted
                base = before.number if before else 0
                unit.revisions.append(place, result.transcript, base=base, reason=REASON)
                unit.revisions.append(place, note, base=0, reason=REASON)
                unit.encounters.move(place, State.DRAFT)
        finally:
            playback.discard()
            outline.discard()

    def without_draft(self, recording: Recording) -> None:
        """A worker shall try. Raises StoreError."""
        if (claim := self._claims.get(recording.id)) is not None:
            self._release(recording.id)
            self._hand_back(claim)

    def close(self) -> None:
        """The server stops: workers make the drafts that are not made yet, now or when it runs again."""
        self._over.set()
        with self._mutex:
            left = list(self._claims.values())
            self._claims.clear()
        for claim in left:
            try:
                self._hand_back(claim)
            except StoreError as error:  # its lease ends all the same
                log.warning("%s", error)

    def _hand_back(self, claim: Job) -> None:
        try:
            with self._store.begin(SYSTEM) as unit:
                unit.jobs.hand_back(claim)
        except ConflictError:
            log.info("job %s is another worker's now", claim.id)

    def _release(self, recording: str) -> None:
        with self._mutex:
            self._claims.pop(recording, None)

    def _beat(self) -> None:
        """Begin to renew the leases, once. The mutex is held."""
        if self._heart is None:
            self._heart = Thread(target=self._beating, name="heartbeat of live drafts", daemon=True)
            self._heart.start()

    def _beating(self) -> None:
        while not self._over.wait(self._store.settings.lease_seconds / BEATS):
            with self._mutex:
                claims = dict(self._claims)
            for recording, claim in claims.items():
                try:
                    with self._store.begin(SYSTEM) as unit:
                        unit.jobs.heartbeat(claim)
                except (ConflictError, NotFoundError):
                    self._release(recording)
                except StoreError:
                    break  # the database is away; the leases may outlast that
