"""Retention reaches every copy: folders that a browser recorded into, files, the memory of other processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scribe import vault
from scribe.batch import captured, retention
from scribe.capture import removal
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording
from scribe.config import CaptureSettings, Config, StoreSettings
from scribe.errors import CaptureError, NotFoundError
from scribe.store import purge, purged
from scribe.store.actor import ME, SYSTEM
from scribe.store.records import JobState, RecordingKind, RevisionKind, State
from scribe.store.store import Store
from scribe.types import Encounter, Mode, Note, Section, SectionGroup, SectionKind, Statement

SOUND = np.random.default_rng(3).integers(-9000, 9000, 32_000).astype(np.int16)
CANARY = SOUND[9000:9200].tobytes()
REASON = "asked for"


@pytest.fixture(params=["clear", "sealed"])
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    key = ""
    if request.param == "sealed":
        (tmp_path / "key").write_text(vault.as_text(vault.new_key()))
        key = f"file:{tmp_path / 'key'}"
    return Config(
        store=StoreSettings(folder=str(tmp_path / "data/store"), key=key, keep_audio_days=30),
        capture=CaptureSettings(folder=str(tmp_path / "data/recordings")),
    )


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = Store.open(config)
    yield opened
    opened.close()


def recorded(config: Config, sound: np.ndarray[Any, Any] = SOUND, *, stop: bool = True) -> Recording:
    """A recording in `capture.folder`."""
    key = vault.load(config.store)
    recorder = Recorder.create(Path(config.capture.folder), key=key, mode=Mode.DICTATION, source="browser:me")
    recorder.append(sound)
    if stop:
        recorder.stop()
    else:
        recorder.close()
    return Recording.open(recorder.folder, key=key)


def kept(store: Store, config: Config, recording: Recording) -> str:
    """The encounter that the Live page makes of it, its job done."""
    made = captured.keep(store, config, recording, ME, worker="test")
    if made.job is not None and made.job.state is JobState.RUNNING:
        with store.begin(SYSTEM) as unit:
            unit.jobs.complete(made.job)
    return made.recording.encounter_id


def where(folder: Path, needle: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def signed(store: Store, encounter_id: str) -> None:
    with store.begin(ME) as unit:
        for state in (State.TRANSCRIBING, State.DRAFT, State.SIGNED):
            unit.encounters.move(encounter_id, state)


def test_a_purge_takes_the_folder_that_the_browser_recorded_into(store: Store, config: Config, tmp_path: Path) -> None:
    recording = recorded(config)
    other = recorded(config, SOUND[::-1].copy())
    name, stays = kept(store, config, recording), kept(store, config, other)
    assert bool(where(tmp_path / "data", CANARY)) == (store.key is None)
    retention.forget(store, config, name, ME, reason=REASON)
    retention.settle(store, config)
    assert not recording.folder.exists()
    assert not (store.blobs.folder / name).exists()
    assert where(tmp_path / "data", CANARY) == []
    assert Recording.open(other.folder, key=store.key).samples == len(SOUND)
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.recordings.of(stays)
        assert unit.recordings.captured_as(recording.id) is not None, "so that it is not taken for a new one"


def test_sound_goes_some_days_after_signing_with_its_folder(store: Store, config: Config, tmp_path: Path) -> None:
    recording = recorded(config)
    name = kept(store, config, recording)
    signed(store, name)
    assert retention.due(store, config).is_empty
    store.clock = lambda: datetime.now(UTC) + timedelta(days=31)
    plan = retention.due(store, config)
    assert (plan.sound, plan.captures) == ((name,), ())
    retention.carry_out(store, config, plan, ME)
    assert not recording.folder.exists()
    assert where(tmp_path / "data", CANARY) == []
    assert retention.due(store, config).is_empty


def test_recordings_of_no_encounter_go_as_well_and_broken_off_ones_stay(store: Store, config: Config) -> None:
    loose, broken = recorded(config), recorded(config, stop=False)
    assert retention.due(store, config).is_empty
    store.clock = lambda: datetime.now(UTC) + timedelta(days=31)
    plan = retention.due(store, config)
    assert plan.captures == (loose.id,)
    retention.carry_out(store, config, plan, ME)
    assert (loose.folder.exists(), broken.folder.exists()) == (False, True)
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.audit.latest(1, action="recording.purge")[0].object == f"capture:{loose.id}"


def test_a_sound_stored_before_captures_were_named_is_found_by_its_samples(store: Store, config: Config) -> None:
    recording = recorded(config)
    name = kept(store, config, recording)
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE recording SET capture_id = NULL")
    retention.forget(store, config, name, ME, reason=REASON)
    assert not recording.folder.exists()


def test_a_purge_that_was_cut_short_is_finished_by_the_next(
    store: Store, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = recorded(config)
    name = kept(store, config, recording)
    with monkeypatch.context() as patch:
        patch.setattr(purge, "_after", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            retention.forget(store, config, name, ME, reason=REASON)
    (recording.folder / "recording.json").write_bytes(b"\0" * 10)  # its key was overwritten already
    retention.settle(store, config)
    assert not recording.folder.exists()
    assert where(tmp_path / "data", CANARY) == []
    assert name in [item.encounter for item in purged.entries(store.place.folder)]


def test_nothing_is_purged_while_it_is_recorded(store: Store, config: Config) -> None:
    recording = recorded(config)
    name = kept(store, config, recording)
    busy = recorded(config, stop=False)
    with store.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE recording SET capture_id = '{busy.id}'")
    recorder = Recorder.reopen(busy.folder, key=vault.load(config.store))
    with pytest.raises(CaptureError, match="recorded now"):
        retention.forget(store, config, name, ME, reason=REASON)
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.encounters.get(name).purged_at is None
    recorder.close()


def test_another_process_shows_nothing_of_it_any_more(store: Store, config: Config) -> None:
    """A second `Store` stands for `scribe purge` beside a running server, which has the note in its memory."""
    name = kept(store, config, recorded(config))
    statement = Statement("s1", "Canary rests.", author="Ada")
    note = Note("n", Encounter("e"), (Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (statement,)),))
    with store.begin(ME) as unit:
        unit.revisions.append(name, note, base=0)
    other = Store.open(config)
    retention.forget(other, config, name, ME, reason=REASON)
    other.close()
    with store.begin(ME, read_only=True) as unit:
        with pytest.raises(NotFoundError, match="purged"):
            unit.revisions.note(name)
        (sha256,) = [item.sha256 for item in unit.revisions.history(name, RevisionKind.NOTE)]
    assert store.cache.get(name, sha256) is None


def test_what_comes_too_late_is_not_kept(store: Store, config: Config) -> None:
    recording = recorded(config)
    name = kept(store, config, recording)
    retention.forget(store, config, name, ME, reason=REASON)
    with pytest.raises(NotFoundError, match="purged"), store.begin(ME) as unit:
        unit.recordings.add(name, store.blobs.receive([b"late"]), media_type="audio/wav")
    sound_only = kept(store, config, recorded(config))
    purge.forget_sound(store, sound_only, ME, reason=REASON)
    late = store.blobs.receive([b"late"])
    with pytest.raises(NotFoundError, match="purged"), store.begin(ME) as unit:
        unit.recordings.add(sound_only, late, media_type="audio/wav", kind=RecordingKind.PLAYBACK)


def test_wiping_a_folder_that_is_gone_does_nothing(tmp_path: Path) -> None:
    removal.wipe(tmp_path / "gone", "gone")
