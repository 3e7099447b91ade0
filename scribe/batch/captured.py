"""Recordings of `capture.folder` that a page made become encounters of the store, each with a job that drafts it.

Sound, encounter and job come in one transaction, so there is no moment at which a finished recording could be left
without somebody who drafts it. Whatever was finished while no store was at hand, or by `scribe recordings recover`, is
taken in by `take_in`, which any process may call at any time: a recording makes one encounter, however often.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Self

from scribe import vault
from scribe.batch import drafting
from scribe.capture import folder as folders
from scribe.capture import journal, recovery
from scribe.capture.recording import Recording, State
from scribe.config import Config
from scribe.errors import CaptureError, NotFoundError, ScribeError, StoreError
from scribe.store.actor import ME, SYSTEM, Actor, StaffRole
from scribe.store.records import Job, RevisionKind, StoredRecording
from scribe.store.store import Store
from scribe.store.unit import Unit

SOURCE = "browser:"  # of a recording that a page made; the user's id follows
BLOCK = 60 * folders.SAMPLE_RATE  # samples read at once
AGAIN = 30.0  # seconds between two looks for recordings that are not in the store
SETTLED = 60.0  # seconds after which a finished recording should be in the store
LEAVE = 2.0  # seconds that a look gets to end
log = logging.getLogger("scribe.worker")


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording in the store. `job` drafts it; None where its draft is there."""

    recording: StoredRecording
    job: Job | None


def is_of_a_page(source: str) -> bool:
    """Whether a recording with that source on its card was made by a page of the workbench."""
    return source.startswith(SOURCE)


def keep(store: Store, config: Config, recording: Recording, actor: Actor, *, worker: str = "") -> Kept:
    """An encounter with the sound of a finished recording and its job; the one there is, where it was kept before.

    `actor` is who recorded. `worker`: whoever calls makes the draft, and has claimed the job when this returns, unless
    another is at it already. Two recordings are never one, even where they sound the same: both may be silent, and of
    different patients. Raises StoreError, and then it may be called again; NotFoundError where it was purged.
    """
    known = _known(store, config, recording, worker)
    if known is not None:
        return known
    incoming = store.blobs.receive(wav(recording))
    try:
        with store.begin(actor) as unit:
            found = unit.recordings.captured_as(recording.id)
            found = found or unit.recordings.adopt(recording.id, incoming.sha256)
            if found is None:
                signs = actor.user_id if StaffRole.PHYSICIAN in actor.roles else None
                day = recording.card.created.astimezone().date().isoformat()
                made = unit.encounters.add(mode=recording.mode, date_of_service=day, clinician_id=signs)
                seconds = recording.samples / recording.sample_rate
                found = unit.recordings.add(
                    made.id, incoming, media_type=drafting.WAV, seconds=seconds, capture_id=recording.id
                )
            else:
                incoming.discard()
            return Kept(found, _job(unit, config, found, worker))
    except StoreError:
        incoming.discard()
        if (known := _known(store, config, recording, worker)) is not None:
            return known  # another process was faster
        raise
    except BaseException:
        incoming.discard()
        raise


def _known(store: Store, config: Config, recording: Recording, worker: str) -> Kept | None:
    with store.begin(SYSTEM) as unit:
        found = unit.recordings.captured_as(recording.id)
        return Kept(found, _job(unit, config, found, worker)) if found else None


def _job(unit: Unit, config: Config, recording: StoredRecording, worker: str) -> Job | None:
    """The job of a recording that has no draft: the newest there is, or else a new one."""
    if recording.purged_at is not None:
        raise NotFoundError("this recording was purged: its sound is gone for good")
    if unit.revisions.latest(recording.encounter_id, RevisionKind.NOTE) is not None:
        return None
    jobs = [job for job in unit.jobs.of(recording.encounter_id) if job.audio_sha256 == recording.sha256]
    job = jobs[0] if jobs else drafting.enqueue(unit, recording, config)
    return (unit.jobs.take(job.id, worker) or unit.jobs.get(job.id)) if worker else job


def wav(recording: Recording) -> Iterator[bytes]:
    """A recording as a WAV file, sample for sample."""
    yield drafting.wav_header(recording.sample_rate, recording.samples)
    for first in range(0, recording.samples, BLOCK):
        yield recording.read_pcm(first, BLOCK).astype("<i2").tobytes()


def take_in(store: Store, config: Config, *, quiet: float = 0.0) -> int:
    """Keep every finished recording of a page that the store does not have yet; how many there were.

    `quiet`: only those that were finished longer ago than this many seconds; before that, the server that carried them
    keeps them. One that cannot be read is left, and told in the log. Raises StoreError where the store is away.
    """
    root = folders.root(config.capture)
    with store.begin(SYSTEM, read_only=True) as unit:
        done = unit.recordings.settled_captures()
    taken = 0
    for folder in folders.folders(root):
        if folder.name in done or time.time() - _changed(folder) < quiet:
            continue
        with suppress(CaptureError):  # unreadable: `scribe recordings list` tells of it
            found = recovery.summary(folder)
            if not is_of_a_page(found.source) or found.state is not State.FINISHED:
                continue
            try:
                recording = Recording.open(folder, key=vault.load(config.store))
                keep(store, config, recording, _owner(store, found.source.removeprefix(SOURCE)))
            except ScribeError as error:
                log.warning("recording %s is not in the store yet: %s", found.id, error)
            else:
                taken += 1
    return taken


def _changed(folder: Path) -> float:
    """When its journal was written to, as `time.time`; a time that lies ahead counts for long ago."""
    try:
        at = (folder / journal.NAME).stat().st_mtime
    except OSError:
        return 0.0
    return at if at <= time.time() else 0.0


class TakingIn:
    """Takes in what is finished and not in the store, from when it starts until it stops, in a thread of its own.

    Most of it is there when a server starts: recordings that were stopped just before the one before it ended. Later it
    finds those that could not be kept because the store was away.
    """

    def __init__(self, store: Store, config: Config, *, at_start: float = 0.0) -> None:
        """`at_start`: how long ago recordings must have been finished to be taken in at once, in seconds."""
        self._store, self._config, self._quiet = store, config, at_start
        self._over = Event()
        self._thread = Thread(target=self._run, name="take in recordings", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(LEAVE)

    def _run(self) -> None:
        quiet = self._quiet
        while not self._over.is_set():
            try:
                take_in(self._store, self._config, quiet=quiet)
                quiet = SETTLED
            except ScribeError as error:
                log.warning("%s", error)
            except Exception as error:
                log.error("%s while taking in recordings", type(error).__name__)  # its message may quote what was said
            self._over.wait(AGAIN)


def _owner(store: Store, user_id: str) -> Actor:
    """Who recorded. Somebody whose account is gone keeps the recording under their id; it is nobody's to work on."""
    if user_id == ME.user_id:
        return ME
    try:
        with store.begin(SYSTEM, read_only=True) as unit:
            person = unit.people.get(user_id)
    except NotFoundError:
        return Actor(user_id, "", frozenset())
    return Actor(person.id, person.name, person.roles)
