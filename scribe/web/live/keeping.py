"""A recording that was carried here becomes an encounter of the store: first its sound, then the draft.

Each step is safe to repeat: after a restart a recording finds its encounter again by its id, and a draft that is there
stays. Two recordings are never one, even where they sound the same: both may be silent, and of different patients.
Where live recognition could not make the record, a worker makes it as it does for an upload.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from scribe.batch import drafting
from scribe.capture.recording import Recording
from scribe.config import Config
from scribe.errors import ConflictError, NotFoundError
from scribe.live.session import Result
from scribe.store.actor import SYSTEM, Actor, StaffRole
from scribe.store.records import RecordingKind, RevisionKind, State, StoredRecording
from scribe.store.store import Store
from scribe.types import Encounter

BLOCK = 60 * 16_000  # samples read at once
REASON = "draft"  # of the revisions


class Keeper(Protocol):
    """Where finished recordings go."""

    def sound(self, recording: Recording, actor: Actor) -> str:
        """Keep the sound of a stopped recording; the address of its page, "" where there is none."""

    def draft(self, recording: Recording, result: Result) -> None:
        """Keep its record."""

    def without_draft(self, recording: Recording) -> None:
        """The record could not be made."""


class NoKeeper:
    """Without a store the recording stays where it was recorded, and the draft on the page."""

    def sound(self, recording: Recording, actor: Actor) -> str:
        """There is no page for it."""
        return ""

    def draft(self, recording: Recording, result: Result) -> None:
        """Nothing to do."""

    def without_draft(self, recording: Recording) -> None:
        """Nothing to do."""


class StoreKeeper:
    """Keeps them as encounters."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store, self._config = store, config
        self._kept: dict[str, StoredRecording] = {}  # by the recording's id

    def sound(self, recording: Recording, actor: Actor) -> str:
        """An encounter with the sound. Raises StoreError; it may be called again."""
        incoming = self._store.blobs.receive(_wav(recording))
        try:
            with self._store.begin(actor) as unit:
                known = unit.recordings.captured_as(recording.id)
                known = known or unit.recordings.adopt(recording.id, incoming.sha256)
                if known is None:
                    signs = actor.user_id if StaffRole.PHYSICIAN in actor.roles else None
                    day = recording.card.created.astimezone().date().isoformat()
                    made = unit.encounters.add(mode=recording.mode, date_of_service=day, clinician_id=signs)
                    seconds = recording.samples / recording.sample_rate
                    known = unit.recordings.add(
                        made.id, incoming, media_type=drafting.WAV, seconds=seconds, capture_id=recording.id
                    )
                elif known.purged_at is not None:
                    raise NotFoundError("this recording was purged: its sound is gone for good")
                else:
                    incoming.discard()
                self._kept[recording.id] = known
        except BaseException:
            incoming.discard()
            raise
        return f"/encounters/{known.encounter_id}"

    def draft(self, recording: Recording, result: Result) -> None:
        """Transcript, note and what the editor plays. A draft that is there already stays. Raises StoreError."""
        kept = self._kept[recording.id]
        place = kept.encounter_id
        audio = recording.audio()
        playback = self._store.blobs.receive(_wav(recording))
        outline = self._store.blobs.receive([drafting.peaks(audio)])
        with self._store.begin(SYSTEM) as unit:
            if unit.revisions.latest(place, RevisionKind.NOTE) is not None:
                playback.discard()
                outline.discard()
                return
            for kind, media_type, file in (
                (RecordingKind.PLAYBACK, drafting.WAV, playback),
                (RecordingKind.PEAKS, drafting.PEAKS, outline),
            ):
                unit.recordings.add(place, file, media_type=media_type, seconds=audio.duration, kind=kind)
            encounter = unit.encounters.get(place)
            about = Encounter(place, result.note.encounter.mode, encounter.date_of_service)
            note = replace(result.note, encounter=about)
            unit.encounters.move(place, State.TRANSCRIBING)
            unit.revisions.append(place, result.transcript, base=0, reason=REASON)
            unit.revisions.append(place, note, base=0, reason=REASON)
            unit.encounters.move(place, State.DRAFT)

    def without_draft(self, recording: Recording) -> None:
        """A worker shall try. Raises StoreError."""
        with self._store.begin(SYSTEM) as unit, suppress(ConflictError):
            drafting.enqueue(unit, self._kept[recording.id], self._config)


def _wav(recording: Recording) -> Iterator[bytes]:
    """The recording as a WAV file, sample for sample."""
    yield drafting.wav_header(recording.sample_rate, recording.samples)
    for first in range(0, recording.samples, BLOCK):
        yield recording.read_pcm(first, BLOCK).astype("<i2").tobytes()
