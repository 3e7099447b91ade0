from __future__ import annotations

import errno
import json
import sqlite3
import wave
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest

from scribe import audio
from scribe.batch import drafting
from scribe.batch.worker import Worker
from scribe.config import Config
from scribe.errors import AudioError, ConfigError, StoreError
from scribe.plugins import OnProgress
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import Job, JobState, RecordingKind, RevisionKind, State
from scribe.store.store import Store

NOTE, TRANSCRIPT = RevisionKind.NOTE, RevisionKind.TRANSCRIPT


def test_a_recording_becomes_a_draft(store: Store, config: Config, job: Job) -> None:
    assert Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        encounter = unit.encounters.get(job.encounter_id)
        note = unit.revisions.note(job.encounter_id)
        transcript = unit.revisions.transcript(job.encounter_id)
        assert unit.jobs.get(job.id).state is JobState.DONE
    assert encounter.state is State.DRAFT
    assert note.document.encounter.id == job.encounter_id
    assert note.document.encounter.date_of_service == "2026-03-02"
    assert (note.revision.number, transcript.revision.number) == (1, 1)
    assert "pneumonia" in " ".join(statement.text for statement in note.document.statements)
    assert not Worker(store, config, "w").step()


def test_the_editor_gets_sound_and_waveform(store: Store, config: Config, job: Job, samples: Path) -> None:
    Worker(store, config, "w").step()
    sound = audio.load(samples / "dictation.flac", config.audio)
    with store.begin(ME) as unit:
        found = {item.kind: item for item in unit.recordings.of(job.encounter_id)}
        played = unit.recordings.open(found[RecordingKind.PLAYBACK].id).read()
        outline = json.loads(unit.recordings.open(found[RecordingKind.PEAKS].id).read())
    with wave.open(BytesIO(played)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (1, 16_000, len(sound.samples))
    assert found[RecordingKind.ORIGINAL].seconds == pytest.approx(sound.duration)
    assert len(outline["peaks"]) == int(sound.duration * outline["per_second"])
    assert 0 < max(outline["peaks"]) <= 1


def test_a_worker_that_dies_between_transcript_and_note_loses_nothing(
    store: Store, config: Config, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("scribe.sections.compose.arrange", die)
        with suppress(KeyboardInterrupt):
            Worker(store, config, "dies").step()
    with store.begin(SYSTEM) as unit:
        assert unit.jobs.get(job.id).state is JobState.RUNNING
        before = unit.revisions.latest(job.encounter_id, TRANSCRIPT)
        unit.jobs.abandoned("dies", crashed=True)
    monkeypatch.setattr("scribe.batch.drafting.pipeline.transcribe", die)
    assert Worker(store, config, "next").step()
    with store.begin(ME) as unit:
        assert unit.revisions.latest(job.encounter_id, TRANSCRIPT) == before
        assert len(unit.revisions.history(job.encounter_id, NOTE)) == 1
        assert len(unit.recordings.of(job.encounter_id)) == 3


def test_corrected_words_are_never_replaced(store: Store, config: Config, job: Job) -> None:
    Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        note = unit.revisions.note(job.encounter_id).document
        unit.revisions.append(job.encounter_id, replace(note, sections=note.sections[-1:]), base=1)
        recording = unit.recordings.of(job.encounter_id, RecordingKind.ORIGINAL)[0]
        second = drafting.enqueue(unit, recording, config, options={"coding.setting": "inpatient"})
    Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        parked = unit.jobs.get(second.id)
        assert (parked.state, parked.attempts) == (JobState.PARKED, 1)
        assert "corrected" in parked.reason
        assert unit.revisions.note(job.encounter_id).revision.number == 2
        assert unit.encounters.get(job.encounter_id).state is State.DRAFT


def test_a_second_recording_does_not_take_the_first_ones_place(
    store: Store, config: Config, job: Job, samples: Path
) -> None:
    Worker(store, config, "w").step()
    incoming = store.blobs.receive([(samples / "visit.flac").read_bytes()])
    with store.begin(ME) as unit:
        recording = unit.recordings.add(job.encounter_id, incoming, media_type="audio/flac")
        second = drafting.enqueue(unit, recording, config)
    Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        assert "another recording" in unit.jobs.get(second.id).reason
        assert unit.revisions.note(job.encounter_id).revision.number == 1
        assert unit.encounters.get(job.encounter_id).state is State.DRAFT


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (AudioError("the recording is not audio: convert it"), JobState.PARKED, "the recording is not audio"),
        (MemoryError("Canary the patient said"), JobState.PARKED, "the recording needs more memory"),
    ],
)
def test_a_failure_is_told_without_patient_text(
    store: Store, config: Config, job: Job, error: Exception, state: JobState, reason: str
) -> None:
    def fail(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
        raise error

    Worker(store, config, "w", work=fail).step()
    with store.begin(ME) as unit:
        failed = unit.jobs.get(job.id)
        assert failed.state is state
        assert reason in failed.reason
        assert "Canary" not in failed.reason
        assert unit.encounters.get(job.encounter_id).state is State.RECORDED


def test_a_worker_that_is_told_to_stop_hands_its_job_back(store: Store, config: Config, job: Job) -> None:
    stop = Event()

    def stopped(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
        stop.set()
        on_progress("asr", 1, 2)
        pytest.fail("it went on")

    Worker(store, config, "w", work=stopped, stop=stop).step()
    with store.begin(ME) as unit:
        assert (unit.jobs.get(job.id).state, unit.jobs.get(job.id).attempts) == (JobState.WAITING, 0)


def test_a_worker_that_lost_its_job_stores_nothing(store: Store, config: Config, job: Job) -> None:
    def slow(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
        with store.begin(SYSTEM) as unit:
            unit.jobs.abandoned("slow", crashed=True)
        with store.begin(SYSTEM) as unit:
            assert unit.jobs.claim("fast")
        drafting.work(store, job, settings, on_progress)

    Worker(store, config, "slow", work=slow).step()
    with store.begin(ME) as unit:
        assert unit.jobs.get(job.id).worker == "fast"
        assert unit.revisions.history(job.encounter_id, TRANSCRIPT) == ()


def test_progress_reaches_the_ledger_while_the_work_goes_on(store: Store, config: Config, job: Job) -> None:
    seen = Event()

    def slow(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
        on_progress("asr", 3, 9)
        for _ in range(200):
            with store.begin(ME, read_only=True) as unit:
                if unit.jobs.get(job.id).stage == "asr":
                    seen.set()
                    return
            Event().wait(0.05)

    Worker(store, config, "w", work=slow).step()
    assert seen.is_set()


def test_only_some_settings_may_be_set_for_one_recording(store: Store, config: Config, job: Job) -> None:
    with store.begin(ME) as unit:
        recording = unit.recordings.of(job.encounter_id)[0]
        with pytest.raises(ConfigError, match=r"sections\.writer_url"):
            drafting.enqueue(unit, recording, config, options={"sections.writer_url": "http://example.org"})
        with pytest.raises(ConfigError, match=r"coding\.setting"):
            drafting.enqueue(unit, recording, config, options={"coding.setting": "nowhere"})
        assert drafting.enqueue(unit, recording, config).id == job.id


def test_something_that_is_no_recording_is_parked(store: Store, config: Config, tmp_path: Path) -> None:
    from tests.batch.conftest import add

    (tmp_path / "x.wav").write_bytes(b"no sound " * 100)
    job = add(store, config, tmp_path / "x.wav")
    Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        assert unit.jobs.get(job.id).state is JobState.PARKED
        assert "the recording is not a recording" in unit.jobs.get(job.id).reason


def test_a_worker_whose_shared_folder_is_away_parks_nothing(store: Store, config: Config, job: Job) -> None:
    away = store.blobs.folder.with_name("away")

    def unmounted(store: Store, job: Job, settings: Config, on_progress: OnProgress) -> None:
        store.blobs.folder.rename(away)
        drafting.work(store, job, settings, on_progress)

    with pytest.raises(StoreError, match="away"):
        Worker(store, config, "w", work=unmounted).step()
    with pytest.raises(StoreError, match="away"):
        Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        left = unit.jobs.get(job.id)
    assert (left.state, left.attempts) == (JobState.WAITING, 0)
    away.rename(store.blobs.folder)
    assert Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        assert unit.jobs.get(job.id).state is JobState.DONE


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "no room"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_spends_no_try(store: Store, config: Config, job: Job, error: Exception) -> None:
    def work(*arguments: object) -> None:
        raise StoreError("the file was not kept") from error

    for _ in range(config.store.attempts + 1):
        with pytest.raises(StoreError, match="a disk is full"):
            Worker(store, config, "w", work=work).step()
    with store.begin(ME) as unit:
        left = unit.jobs.get(job.id)
    assert (left.state, left.attempts) == (JobState.WAITING, 0)
    assert Worker(store, config, "w").step()
    with store.begin(ME) as unit:
        assert unit.jobs.get(job.id).state is JobState.DONE
