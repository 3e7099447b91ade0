"""A recording that was stopped on the Live page is an encounter of the worklist."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scribe.capture.recording import Recording
from scribe.capture.stream import StreamFrame, encode, session_of
from scribe.config import Config
from scribe.errors import EngineError
from scribe.store.actor import ME, SYSTEM, Actor, StaffRole
from scribe.store.records import JobState, RecordingKind, RevisionKind, State
from scribe.store.store import Store
from scribe.types import Mode
from scribe.web.app import create_app
from scribe.web.live.carried import Carried
from scribe.web.live.filed import Filed
from scribe.web.live.keeping import StoreKeeper
from scribe.web.live.messages import Control, Hello
from scribe.web.live.registry import Registry
from tests.web.conftest import until

SOUND = np.random.default_rng(5).integers(-3000, 3000, 5 * 16_000).astype(np.int16)


@pytest.fixture
def live_config(tmp_path: Path) -> Config:
    return Config.model_validate(
        {
            "capture": {"folder": str(tmp_path / "recordings")},
            "store": {"url": f"sqlite:///{tmp_path / 'scribe.db'}", "workers": 0},
        }
    )


@pytest.fixture
def store(live_config: Config) -> Iterator[Store]:
    opened = Store.open(live_config)
    yield opened
    opened.close()


@pytest.fixture
def keeper(store: Store, live_config: Config) -> Iterator[StoreKeeper]:
    made = StoreKeeper(store, live_config)
    yield made
    made.close()


@pytest.fixture
def registry(live_config: Config, keeper: StoreKeeper, follow: Callable[[Recording], Any]) -> Iterator[Registry]:
    made = Registry(live_config, follow=follow, keeper=keeper)
    yield made
    made.close()


@pytest.fixture
def app(live_config: Config, store: Store, registry: Registry) -> FastAPI:
    return create_app(live_config, store=store, live=registry)


def recorded(
    registry: Registry,
    *,
    fails: Exception | None = None,
    actor: Actor = ME,
    sound: np.ndarray = SOUND,
    settled: bool = True,
) -> Carried:
    """A visit that was recorded, stopped and settled; without `settled` its record is not made yet."""
    carried = registry.begin(Mode.VISIT, actor, "everyone has agreed")
    driver: Any = carried.driver
    driver.fails = fails
    if not settled:
        driver.may_finish.clear()
    for seq, first in enumerate(range(0, len(sound), 4000)):
        carried.add(encode(StreamFrame(session_of(carried.id), seq, first, sound[first : first + 4000])))
    carried.control(Control(type="control", kind="stop", seq=1, at=len(sound)))
    registry.finish(carried)
    assert not settled or carried.settled.wait(60)
    return carried


def test_sound_transcript_and_note_are_in_the_store(registry: Registry, store: Store, client: TestClient) -> None:
    carried = recorded(registry)
    assert carried.trouble == ""
    encounter_id = carried.link.removeprefix("/encounters/")
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.encounters.get(encounter_id).state is State.DRAFT
        assert unit.revisions.transcript(encounter_id).document.words[0].text == " Good"
        assert unit.revisions.note(encounter_id).document.suggestions[0].coding.code == "M25.561"
        (original,) = unit.recordings.of(encounter_id, RecordingKind.ORIGINAL)
        with unit.recordings.open(original.id) as file:
            assert file.read()[44:] == SOUND.tobytes()
        assert {item.kind for item in unit.recordings.of(encounter_id)} == set(RecordingKind)
    listed = client.post("/api/v1/encounters/search", json={}).json()["items"]
    assert [item["id"] for item in listed] == [encounter_id]
    assert client.get(carried.link).status_code == 200  # the workbench shows it
    assert client.get(f"/api/v1{carried.link}/note").status_code == 200
    assert client.get(f"/api/v1/recordings/{original.id}/peaks").status_code == 200


def test_a_restart_keeps_nothing_twice(registry: Registry, store: Store) -> None:
    carried = recorded(registry)
    registry.close()
    again = registry.find(carried.id, ME)
    assert again.settled.wait(60)
    assert (again.trouble, again.link) == ("", carried.link)
    encounter_id = carried.link.removeprefix("/encounters/")
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.revisions.note(encounter_id).revision.number == 1
        assert len(unit.recordings.of(encounter_id, RecordingKind.ORIGINAL)) == 1


def test_the_same_sound_of_two_recordings_makes_two_encounters(registry: Registry, store: Store) -> None:
    first, second = recorded(registry), recorded(registry)
    assert first.link != second.link
    with store.begin(SYSTEM, read_only=True) as unit:
        for carried in (first, second):
            kept = unit.recordings.captured_as(carried.id)
            assert kept is not None
            assert carried.link == f"/encounters/{kept.encounter_id}"


def test_a_recording_that_is_kept_leaves_the_memory(
    registry: Registry, live_config: Config, until: Callable[..., Any]
) -> None:
    carried = recorded(registry)
    name, driver, there = carried.id, weakref.ref(carried.driver), weakref.ref(carried)
    until(lambda: name not in registry.known, "it is dropped")
    del carried
    until(lambda: gc.collect() >= 0 and driver() is None and there() is None, "nothing holds it")


def test_a_recording_that_a_page_carries_stays_until_it_leaves(registry: Registry, until: Callable[..., Any]) -> None:
    carried = registry.begin(Mode.VISIT, ME, "everyone has agreed")
    carried.take(Hello(type="hello", client="tab-12345678", rate=16000), leave := lambda: None)
    carried.end()
    registry.finish(carried)
    assert carried.settled.wait(60)
    assert registry.find(carried.id, ME) is carried
    registry.left(carried, leave)
    assert carried.id not in registry.known


def test_whoever_joins_late_is_shown_the_draft_and_nothing_is_recognised_again(
    registry: Registry, client: TestClient, until: Callable[..., Any]
) -> None:
    carried = recorded(registry)
    until(lambda: carried.id not in registry.known, "it is dropped")
    late = registry.find(carried.id, ME)
    assert isinstance(late.driver, Filed)
    assert (late.link, late.trouble, late.settled.is_set()) == (carried.link, "", True)
    assert late.id not in registry.known
    with client.websocket_connect(f"ws://127.0.0.1:8765/api/v1/live/{late.id}/socket") as socket:
        socket.send_json({"type": "hello", "client": "tab-12345678", "rate": 16000})
        told = {(message := socket.receive_json())["type"]: message for _ in range(4)}
    assert told["snapshot"]["snapshot"]["finished"]
    assert told["snapshot"]["snapshot"]["words"][0]["text"] == " Good"
    assert told["receipt"]["samples"] == len(SOUND)
    assert (told["saved"]["link"], told["saved"]["draft"]) == (carried.link, True)


@pytest.mark.parametrize("seconds", [0, 2], ids=["empty", "silent"])
def test_recordings_that_sound_the_same_stay_apart(registry: Registry, store: Store, seconds: int) -> None:
    silence = np.zeros(seconds * 16_000, np.int16)
    ada = Actor("u-ada", "Ada Okonkwo, MD", frozenset({StaffRole.PHYSICIAN}))
    dan = Actor("u-dan", "Dan Roy", frozenset({StaffRole.PHYSICIAN}))
    kept = [recorded(registry, actor=actor, sound=silence) for actor in (ada, dan, dan)]
    assert [carried.trouble for carried in kept] == ["", "", ""]
    places = [carried.link.removeprefix("/encounters/") for carried in kept]
    assert len(set(places)) == 3
    with store.begin(SYSTEM, read_only=True) as unit:
        for place, carried in zip(places, kept, strict=True):
            assert unit.encounters.visible(place, carried.actor.user_id)
            (original,) = unit.recordings.of(place, RecordingKind.ORIGINAL)
            assert (original.capture_id, original.author_id) == (carried.id, carried.actor.user_id)
        assert not unit.encounters.visible(places[0], dan.user_id)


def test_where_live_recognition_fails_a_worker_is_asked(registry: Registry, store: Store) -> None:
    carried = recorded(registry, fails=EngineError("live recognition has stopped"))
    assert "has stopped" in carried.trouble
    encounter_id = carried.link.removeprefix("/encounters/")
    with store.begin(SYSTEM, read_only=True) as unit:
        (job,) = unit.jobs.of(encounter_id)
        assert (job.kind, job.state, job.attempts) == ("draft", JobState.WAITING, 0)


def test_a_server_that_stops_before_the_draft_leaves_it_to_a_worker(
    registry: Registry, store: Store, keeper: StoreKeeper
) -> None:
    carried = recorded(registry, settled=False)
    until(lambda: carried.link, "the sound is kept")
    with store.begin(SYSTEM, read_only=True) as unit:
        (job,) = unit.jobs.of(carried.link.removeprefix("/encounters/"))
    assert job.state is JobState.RUNNING  # live recognition has it: no worker does the same work
    keeper.close()
    driver: Any = carried.driver
    driver.may_finish.set()
    assert carried.settled.wait(60)
    with store.begin(SYSTEM, read_only=True) as unit:
        left = unit.jobs.get(job.id)
        assert (left.state, left.attempts, left.interruptions) == (JobState.WAITING, 0, 0)
        assert unit.revisions.latest(job.encounter_id, RevisionKind.NOTE) is None


def test_the_draft_of_a_worker_that_was_faster_stays(registry: Registry, store: Store) -> None:
    carried = recorded(registry, settled=False)
    until(lambda: carried.link, "the sound is kept")
    with store.begin(SYSTEM) as unit:
        (job,) = unit.jobs.of(carried.link.removeprefix("/encounters/"))
        unit.jobs.abandoned(job.worker or "", crashed=False)
        assert unit.jobs.claim("faster")
    driver: Any = carried.driver
    driver.may_finish.set()
    assert carried.settled.wait(60)
    assert carried.trouble == ""
    with store.begin(SYSTEM, read_only=True) as unit:
        assert unit.jobs.get(job.id).worker == "faster"
        assert unit.revisions.latest(job.encounter_id, RevisionKind.NOTE) is None
