"""A job's work: a recording of the store becomes a transcript and a coded note, in the store.

Words that people have corrected are never replaced: a job that would do so is parked. What was stored before a worker
died is used again. Each result is stored in a unit that also shows that the job is still this worker's.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from io import BufferedReader
from typing import Any, cast

import numpy as np
from pydantic import ValidationError

from scribe import audio, pipeline
from scribe.config import Config
from scribe.errors import ConfigError, InputError, NotFoundError
from scribe.plugins import OnProgress
from scribe.store.actor import SYSTEM
from scribe.store.jobs import Ledger
from scribe.store.records import (
    Document,
    EncounterRecord,
    Job,
    Priority,
    RecordingKind,
    RevisionKind,
    Saved,
    State,
    StoredRecording,
)
from scribe.store.store import Store
from scribe.store.unit import Unit
from scribe.types import Audio, Encounter, Transcript

KIND = "draft"
REASON = "draft"  # of the revisions
OPTIONS = (
    "asr.engine",
    "asr.specialty",
    "audio.accept_damaged",
    "coding.setting",
    "diarization.speakers",
    "sections.template",
)
"""Settings that may be another for one recording."""
PEAKS_PER_SECOND = 50
WAV = "audio/wav"
PEAKS = "application/json"
SECONDS_AT_ONCE = 30  # of sound that is written at once


def enqueue(
    unit: Unit, recording: StoredRecording, settings: Config, *, options: Mapping[str, str] | None = None
) -> Job:
    """The job that drafts a recording. `options` are settings by their dotted names that hold for it alone.

    Raises ConfigError where one of them is no setting. The same recording with the same settings is not done twice.
    """
    encounter = unit.encounters.get(recording.encounter_id)
    by_encounter = {"sections.template": encounter.template} if encounter.template else {}
    options = {**by_encounter, **(options or {})}
    return unit.jobs.enqueue(
        recording.encounter_id,
        KIND,
        audio_sha256=recording.sha256,
        config_hash=_settings(settings, options).hash,
        options=options,
        urgent=encounter.priority is Priority.STAT,
    )


def work(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
    """Do a job that was claimed, and complete it. Raises ConflictError where it is another worker's by now."""
    settings = _settings(settings, job.options)
    with store.begin(SYSTEM) as unit:
        _still_ours(unit.jobs, job)
        recording = _recording(unit, job)
        encounter = unit.encounters.get(job.encounter_id)
        _refuse_edited(unit, encounter)
        if encounter.state in (State.RECORDED, State.DRAFT):
            unit.encounters.move(encounter.id, State.TRANSCRIBING)
        reader = unit.recordings.open(recording.id)
    with BufferedReader(cast(Any, reader), 1 << 20) as file:
        sound = audio.read(file, "the recording", settings.audio)
    on_progress("audio", 1, 1)
    _refuse_other(store, encounter, sound)
    _keep_playback(store, job, recording, sound)
    stored = _stored(store, encounter, settings)
    draft = pipeline.draft(
        stored or pipeline.transcribe(sound, settings, mode=encounter.mode, on_progress=on_progress),
        settings,
        mode=encounter.mode,
        on_checked=None if stored else partial(_keep, store, job, encounter),
        on_progress=on_progress,
    )
    about = Encounter(encounter.id, draft.note.encounter.mode, encounter.date_of_service)
    note = pipeline.code(replace(draft.note, encounter=about), settings, on_progress=on_progress)
    with store.begin(SYSTEM) as unit:
        unit.jobs.complete(job)
        _refuse_edited(unit, unit.encounters.get(encounter.id))
        if note.unread:
            _append(unit, encounter.id, RevisionKind.TRANSCRIPT, draft.transcript)
        _append(unit, encounter.id, RevisionKind.NOTE, note)
        unit.encounters.change(encounter.id, mode=note.encounter.mode)
        unit.encounters.move(encounter.id, State.DRAFT)


def _settings(settings: Config, options: Mapping[str, str]) -> Config:
    """The settings with those of the job. Raises ConfigError where one may not be set, or not to that."""
    tree = settings.model_dump(mode="json")
    for name, value in options.items():
        if name not in OPTIONS:
            raise ConfigError(f"{name!r} cannot be set for one recording: use one of {', '.join(OPTIONS)}")
        stage, key = name.split(".")
        tree[stage][key] = value
    try:
        return Config.model_validate(tree) if options else settings
    except ValidationError as error:
        wrong = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise ConfigError(f"setting {wrong!r} of this recording has a value it cannot have") from error


def _still_ours(ledger: Ledger, job: Job) -> None:
    ledger.heartbeat(job)


def _recording(unit: Unit, job: Job) -> StoredRecording:
    for recording in unit.recordings.of(job.encounter_id, RecordingKind.ORIGINAL):
        if recording.sha256 == job.audio_sha256:
            return recording
    raise NotFoundError("the recording of this job is not in its encounter")


def _refuse_edited(unit: Unit, encounter: EncounterRecord) -> None:
    latest = (unit.revisions.latest(encounter.id, kind) for kind in RevisionKind)
    if any(revision and revision.author_id != SYSTEM.user_id for revision in latest):
        raise InputError("somebody has corrected this draft: it was not replaced")


def _refuse_other(store: Store, encounter: EncounterRecord, sound: Audio) -> None:
    """A draft of one recording is not replaced by that of another."""
    with store.begin(SYSTEM, read_only=True) as unit:
        if not unit.revisions.latest(encounter.id, RevisionKind.TRANSCRIPT):
            return
        made_by = unit.revisions.transcript(encounter.id).document.provenance
    if made_by is None or made_by.source_sha256 != pipeline.source_sha256(sound):
        raise InputError("this encounter has the draft of another recording: give this one an encounter of its own")


def _stored(store: Store, encounter: EncounterRecord, settings: Config) -> Transcript | None:
    """The transcript that a worker before stored with these settings; None where there is none."""
    with store.begin(SYSTEM, read_only=True) as unit:
        if not unit.revisions.latest(encounter.id, RevisionKind.TRANSCRIPT):
            return None
        transcript = unit.revisions.transcript(encounter.id).document
    made_by = transcript.provenance
    return transcript if made_by and made_by.config_hash == settings.hash else None


def _keep(store: Store, job: Job, encounter: EncounterRecord, transcript: Transcript) -> None:
    """Store a transcript before its note is made: a worker after this one need not recognise it again."""
    with store.begin(SYSTEM) as unit:
        _still_ours(unit.jobs, job)
        _refuse_edited(unit, encounter)
        _append(unit, encounter.id, RevisionKind.TRANSCRIPT, transcript)


def _append(unit: Unit, encounter_id: str, kind: RevisionKind, document: Document) -> Saved[Document]:
    latest = unit.revisions.latest(encounter_id, kind)
    return unit.revisions.append(encounter_id, document, base=latest.number if latest else 0, reason=REASON)


def _keep_playback(store: Store, job: Job, recording: StoredRecording, sound: Audio) -> None:
    """The sound as the editor plays and draws it, unless it is there from a try before."""
    with store.begin(SYSTEM, read_only=True) as unit:
        there = {item.kind for item in unit.recordings.of(recording.encounter_id)}
    made = []
    if RecordingKind.PLAYBACK not in there:
        made.append((RecordingKind.PLAYBACK, WAV, store.blobs.receive(wav(sound))))
    if RecordingKind.PEAKS not in there:
        made.append((RecordingKind.PEAKS, PEAKS, store.blobs.receive([peaks(sound)])))
    with store.begin(SYSTEM) as unit:
        _still_ours(unit.jobs, job)
        unit.recordings.timed(recording.id, sound.duration)
        for kind, media_type, file in made:
            unit.recordings.add(recording.encounter_id, file, media_type=media_type, seconds=sound.duration, kind=kind)


def wav_header(rate: int, samples: int) -> bytes:
    """The head of a WAV file of mono 16-bit `samples` at `rate` hertz."""
    size = 2 * samples
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", size
    )


def wav(sound: Audio) -> Iterator[bytes]:
    """The sound as a WAV file, mono, 16 bits, its header first."""
    yield wav_header(sound.sample_rate, len(sound.samples))
    step = SECONDS_AT_ONCE * sound.sample_rate
    for start in range(0, len(sound.samples), step):
        part = np.clip(sound.samples[start : start + step], -1, 1)
        yield np.rint(part * 32767).astype("<i2").tobytes()


def peaks(sound: Audio) -> bytes:
    """The outline of the sound as JSON: seconds, peaks per second, the largest absolute sample of each stretch."""
    stretch = sound.sample_rate // PEAKS_PER_SECOND
    whole = len(sound.samples) // stretch * stretch
    rows = sound.samples[:whole].reshape(-1, stretch)
    tops = np.maximum(rows.max(axis=1), -rows.min(axis=1))  # no copy of all samples, as their absolutes would be
    values = [round(float(top), 3) for top in tops]
    return json.dumps({"seconds": round(sound.duration, 3), "per_second": PEAKS_PER_SECOND, "peaks": values}).encode()
