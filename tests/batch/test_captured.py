"""Recordings of a page that were finished while nobody kept them."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from scribe.batch import captured
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording
from scribe.config import Config
from scribe.errors import NotFoundError, StoreError
from scribe.store import purge
from scribe.store.actor import ME, SYSTEM, StaffRole
from scribe.store.records import JobState, RecordingKind
from scribe.store.store import Store
from scribe.types import Mode

SOUND = np.random.default_rng(3).integers(-3000, 3000, 16_000).astype(np.int16)


@pytest.fixture
def config(config: Config, tmp_path: Path) -> Config:
    capture = config.capture.model_copy(update={"folder": str(tmp_path / "recordings")})
    return config.model_copy(update={"capture": capture})


def recorded(tmp_path: Path, *, source: str = "browser:me", stopped: bool = True) -> Recording:
    recorder = Recorder.create(tmp_path / "recordings", key=None, mode=Mode.VISIT, source=source)
    recorder.append(SOUND)
    if stopped:
        return recorder.stop()
    recorder.close()
    return Recording.open(recorder.folder, key=None)


def test_what_was_stopped_before_a_kill_gets_an_encounter_and_a_job(
    store: Store, config: Config, tmp_path: Path
) -> None:
    recording = recorded(tmp_path)
    assert captured.take_in(store, config) == 1
    with store.begin(SYSTEM, read_only=True) as unit:
        kept = unit.recordings.captured_as(recording.id)
        assert kept
        encounter = unit.encounters.get(kept.encounter_id)
        assert (encounter.created_by, encounter.mode, encounter.clinician_id) == ("me", Mode.VISIT, "me")
        (job,) = unit.jobs.of(encounter.id)
        assert (job.state, job.audio_sha256) == (JobState.WAITING, kept.sha256)
        with unit.recordings.open(kept.id) as file:
            assert file.read()[44:] == SOUND.tobytes()


def test_taking_in_again_makes_nothing_twice(store: Store, config: Config, tmp_path: Path) -> None:
    recorded(tmp_path)
    recorded(tmp_path)  # another one that sounds the same
    threads = [threading.Thread(target=captured.take_in, args=(store, config)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert captured.take_in(store, config) == 0
    with store.begin(SYSTEM, read_only=True) as unit:
        jobs = unit.jobs.find()
        assert len(jobs) == len({job.encounter_id for job in jobs}) == 2


def test_an_encounter_without_a_job_gets_one(store: Store, config: Config, tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    incoming = store.blobs.receive(captured.wav(recording))
    with store.begin(ME) as unit:  # as it was kept before jobs came with the sound, and before its id did
        place = unit.encounters.add(mode=Mode.VISIT).id
        unit.recordings.add(place, incoming, media_type="audio/wav")
    captured.take_in(store, config)
    with store.begin(SYSTEM, read_only=True) as unit:
        assert [job.encounter_id for job in unit.jobs.find()] == [place]
        assert len(unit.recordings.of(place, RecordingKind.ORIGINAL)) == 1


def test_what_goes_on_or_is_of_another_source_is_left(store: Store, config: Config, tmp_path: Path) -> None:
    recorded(tmp_path, stopped=False)
    recorded(tmp_path, source="microphone: headset")
    recorded(tmp_path)
    assert captured.take_in(store, config, quiet=3600) == 0
    assert captured.take_in(store, config) == 1


def test_it_belongs_to_whoever_recorded(store: Store, config: Config, tmp_path: Path) -> None:
    with store.begin(SYSTEM) as unit:
        person = unit.people.add("ada", "Ada", [StaffRole.ADMIN, StaffRole.PHYSICIAN])
    whose = {recorded(tmp_path, source=f"browser:{name}").id: name for name in (person.id, "somebody-who-left")}
    captured.take_in(store, config)
    with store.begin(SYSTEM, read_only=True) as unit:
        for recording, name in whose.items():
            kept = unit.recordings.captured_as(recording)
            assert kept
            assert unit.encounters.get(kept.encounter_id).created_by == name


def test_a_recording_that_cannot_be_kept_is_kept_the_next_time(
    store: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full, the file was not kept: make room and try again")

    recorded(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(store.blobs, "receive", full)
        assert captured.take_in(store, config) == 0
    assert captured.take_in(store, config) == 1


def test_what_was_purged_does_not_come_back(store: Store, config: Config, tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    kept = captured.keep(store, config, recording, ME)
    purge.forget_sound(store, kept.recording.encounter_id, SYSTEM, reason="asked for")
    with pytest.raises(NotFoundError, match="purged"):
        captured.keep(store, config, recording, ME)
    assert captured.take_in(store, config) == 0
