"""Recordings over the API: streamed in, said to be there already, drafted, played in parts, drawn."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from scribe.batch.worker import Worker
from scribe.config import AsrSettings, CodingSettings, Config, StoreSettings
from scribe.store.actor import Actor
from scribe.store.store import Store
from tests.web.api.conftest import ADA, BEN, CLEO, DAN

ClientOf = Callable[[Actor], TestClient]


@pytest.fixture
def config(tmp_path: Path, samples: Path) -> Config:
    """Settings that need no weights: the words come from a transcript."""
    scripted = AsrSettings(engine="scripted", model=str(samples / "dictation.gold.json"), check_language=False)
    return Config(asr=scripted, store=StoreSettings(folder=str(tmp_path / "store")), coding=CodingSettings(systems=()))


@pytest.fixture
def sound(samples: Path) -> bytes:
    return (samples / "dictation.flac").read_bytes()


def upload(client: TestClient, sound: bytes, **query: Any) -> Any:
    return client.post("/api/v1/recordings", content=sound, params=query, headers={"X-Filename": "Ann%20Lee.flac"})


def test_an_upload_becomes_an_encounter_with_a_job_and_then_a_draft(
    client_of: ClientOf, sound: bytes, store: Store, config: Config
) -> None:
    ada = client_of(ADA)
    response = upload(ada, sound, mode="dictation", priority="stat")
    assert response.status_code == 202, response.text
    body = response.json()
    assert (body["encounter"]["state"], body["encounter"]["priority"]) == ("recorded", "stat")
    assert (body["job"]["state"], body["duplicate_of"]) == ("waiting", None)
    assert body["recording"]["size"] == len(sound)
    assert "Ann Lee" not in response.text
    recording, encounter = body["recording"]["id"], body["encounter"]["id"]
    early = ada.get(f"/api/v1/recordings/{recording}/audio")
    assert (early.status_code, early.json()["code"]) == (409, "not-decoded")
    assert Worker(store, config, "test").step()
    assert ada.get(f"/api/v1/jobs/{body['job']['id']}").json()["state"] == "done"
    after = ada.get(f"/api/v1/encounters/{encounter}").json()
    assert (after["state"], after["transcript_revision"], after["note_revision"]) == ("draft", 1, 1)
    assert after["seconds"] == ada.get(f"/api/v1/recordings/{recording}").json()["seconds"] > 10
    played(ada, recording, after["seconds"])


def played(client: TestClient, recording: str, seconds: float) -> None:
    whole = client.get(f"/api/v1/recordings/{recording}/audio")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/wav")
    with wave.open(BytesIO(whole.content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        assert file.getnframes() / 16_000 == pytest.approx(seconds, abs=0.01)
    size = len(whole.content)
    for asked, first, last in (
        ("bytes=0-99", 0, 99),
        ("bytes=70000-200000", 70_000, 200_000),
        (f"bytes={size - 5}-", size - 5, size - 1),
        ("bytes=-10", size - 10, size - 1),
        (f"bytes=100-{size * 2}", 100, size - 1),
    ):
        part = client.get(f"/api/v1/recordings/{recording}/audio", headers={"Range": asked})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
    behind = client.get(f"/api/v1/recordings/{recording}/audio", headers={"Range": f"bytes={size}-"})
    assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{size}")
    peaks = client.get(f"/api/v1/recordings/{recording}/peaks").json()
    assert len(peaks["peaks"]) == pytest.approx(peaks["seconds"] * peaks["per_second"], abs=1)
    assert 0 < max(peaks["peaks"]) <= 1


def test_the_same_recording_is_not_taken_in_twice(client_of: ClientOf, sound: bytes, store: Store) -> None:
    ada = client_of(ADA)
    first = upload(ada, sound).json()
    again = upload(ada, sound).json()
    assert again["duplicate_of"] == again["encounter"]["id"] == first["encounter"]["id"]
    assert len(ada.get("/api/v1/jobs").json()) == 1
    other = upload(client_of(DAN), sound).json()
    assert other["duplicate_of"] is None
    assert other["encounter"]["id"] != first["encounter"]["id"]
    assert not list((store.blobs.folder / "incoming").glob("*"))


def test_a_recording_goes_into_an_encounter_that_is_there(client_of: ClientOf, sound: bytes) -> None:
    ada = client_of(ADA)
    made = ada.post("/api/v1/encounters", json={"template": "progress"}).json()
    assert upload(ada, sound, encounter=made["id"]).json()["encounter"]["id"] == made["id"]
    assert upload(ada, sound, encounter=made["id"]).json()["duplicate_of"] == made["id"]
    assert upload(ada, sound, encounter="none").status_code == 404
    assert upload(client_of(DAN), sound, encounter=made["id"]).status_code == 404


def test_what_somebody_else_sent_is_never_the_answer(client_of: ClientOf, sound: bytes, store: Store) -> None:
    """Ben sees Ada's encounter, which nobody works on; his own file is a recording of its own all the same."""
    first = upload(client_of(ADA), sound).json()
    ben = client_of(BEN)
    assert ben.get(f"/api/v1/encounters/{first['encounter']['id']}").status_code == 200
    other = upload(ben, sound).json()
    assert other["duplicate_of"] is None
    assert other["encounter"]["id"] != first["encounter"]["id"]
    assert ben.get(f"/api/v1/encounters/{other['encounter']['id']}").status_code == 200


def test_a_file_that_holds_a_live_recording_is_another(client_of: ClientOf, sound: bytes, store: Store) -> None:
    with store.begin(ADA) as unit:
        live = unit.encounters.add(clinician_id=ADA.user_id)
        unit.recordings.add(live.id, store.blobs.receive([sound]), media_type="audio/wav", capture_id="20260302-1")
    sent = upload(client_of(ADA), sound).json()
    assert sent["duplicate_of"] is None
    assert sent["encounter"]["id"] != live.id


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7 ...", b"\0" * 5000])
def test_what_is_no_recording_is_refused_and_nothing_is_left(client_of: ClientOf, store: Store, content: bytes) -> None:
    response = upload(client_of(ADA), content)
    assert (response.status_code, response.json()["code"]) == (422, "not-audio")
    assert client_of(ADA).post("/api/v1/encounters/search", json={}).json()["total"] == 0
    assert not list((store.blobs.folder / "incoming").glob("*"))


def test_who_may_not_hear_it_does_not_find_it(client_of: ClientOf, sound: bytes, store: Store) -> None:
    recording = upload(client_of(ADA), sound).json()["recording"]["id"]
    for path in ("", "/audio", "/peaks"):
        assert client_of(DAN).get(f"/api/v1/recordings/{recording}{path}").status_code == 404
    assert upload(client_of(CLEO), sound).status_code == 403
    assert client_of(BEN).get(f"/api/v1/recordings/{recording}").status_code == 200


def test_a_parked_job_is_tried_again(client_of: ClientOf, samples: Path, store: Store, config: Config) -> None:
    ada = client_of(ADA)
    cut = (samples / "dictation.flac").read_bytes()[:20_000]
    job = upload(ada, cut).json()["job"]["id"]
    assert Worker(store, config, "test").step()
    parked = ada.get(f"/api/v1/jobs/{job}").json()
    assert parked["state"] == "parked"
    assert parked["reason"]
    assert ada.post(f"/api/v1/jobs/{job}/retry").json()["state"] == "waiting"
    assert ada.post(f"/api/v1/jobs/{job}/retry").status_code == 409
    assert client_of(DAN).get(f"/api/v1/jobs/{job}").status_code == 404


def test_what_happens_is_told_as_events(client_of: ClientOf, sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.web.api.events.LONGEST", 0.1)
    ada = client_of(ADA)
    body = upload(ada, sound).json()
    text = ada.get(f"/api/v1/encounters/{body['encounter']['id']}/events").text
    events = {
        block.split("\n")[0].removeprefix("event: "): json.loads(block.split("\n")[1].removeprefix("data: "))
        for block in text.split("\n\n")
        if block.startswith("event: ")
    }
    assert events["state"]["state"] == "recorded"
    assert events["job"]["id"] == body["job"]["id"]
    assert events["owner"] == {"owner": None}
    assert client_of(DAN).get(f"/api/v1/encounters/{body['encounter']['id']}/events").status_code == 404
