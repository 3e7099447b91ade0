"""A purge beside a running workbench leaves no byte: a sound and a word that occur nowhere else are looked for."""

from __future__ import annotations

import io
import wave
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scribe import vault
from scribe.batch import retention
from scribe.batch.worker import Worker
from scribe.capture.recording import Recording
from scribe.config import Config
from scribe.store.actor import ME
from scribe.store.store import Store
from scribe.web.app import create_app
from scribe.web.live.keeping import StoreKeeper
from scribe.web.live.registry import Registry
from tests.web.live.test_socket import WS, Page

WORD = "Quillzanbar"
BLOCK = 4000


@pytest.fixture(params=["clear", "sealed"])
def live_config(tmp_path: Path, samples: Path, request: pytest.FixtureRequest) -> Config:
    key = ""
    if request.param == "sealed":
        (tmp_path / "key").write_text(vault.as_text(vault.new_key()))
        key = f"file:{tmp_path / 'key'}"
    model = str(samples / "dictation.gold.json")
    return Config.model_validate(
        {
            "asr": {"engine": "scripted", "model": model, "check_language": False},
            "coding": {"systems": []},
            "capture": {"folder": str(tmp_path / "data/recordings")},
            "store": {"folder": str(tmp_path / "data/store"), "workers": 0, "key": key},
        }
    )


@pytest.fixture
def store(live_config: Config) -> Iterator[Store]:
    opened = Store.open(live_config)
    yield opened
    opened.close()


@pytest.fixture
def registry(live_config: Config, store: Store, follow: Callable[[Recording], Any]) -> Iterator[Registry]:
    made = Registry(live_config, follow=follow, keeper=StoreKeeper(store, live_config))
    yield made
    made.close()


@pytest.fixture
def app(live_config: Config, store: Store, registry: Registry) -> FastAPI:
    return create_app(live_config, store=store, live=registry)


def speech(samples: Path) -> np.ndarray[Any, Any]:
    """Eight seconds of the shipped dictation, with a noise in the middle that is like no other sound."""
    from scribe import audio

    sound = audio.load(samples / "dictation.flac", Config().audio).samples[: 8 * 16_000]
    pcm = np.rint(sound * 32767).astype("<i2")
    pcm[60_000:60_400] = np.random.default_rng(11).integers(-30_000, 30_000, 400)
    return pcm


def forms(pcm: np.ndarray[Any, Any]) -> list[bytes]:
    """The noise as it may lie in a file: 16 bits, or floats by either scale."""
    noise = pcm[60_100:60_300]
    floats = [(noise / np.float32(scale)).astype("<f4").tobytes() for scale in (32767, 32768)]
    return [noise.astype("<i2").tobytes(), *floats]


def found(folder: Path, pcm: np.ndarray[Any, Any], *names: str) -> list[str]:
    """Files that hold the noise, the word (packed or not), or are called as something that was purged."""
    hits = []
    for path in sorted(folder.rglob("*")):
        if any(name in path.name for name in names):
            hits.append(f"{path} is there")
        data = path.read_bytes() if path.is_file() else b""
        if any(form in data for form in forms(pcm)):
            hits.append(f"{path} sounds")
        if any(form in text for text in (data, *unpacked(data)) for form in (WORD.encode(), WORD.lower().encode())):
            hits.append(f"{path} says the word")
    return hits


def unpacked(data: bytes) -> Iterator[bytes]:
    """Everything in it that zlib has packed."""
    at = data.find(b"\x78")
    while at >= 0:
        if at + 1 < len(data) and (data[at] * 256 + data[at + 1]) % 31 == 0:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(data[at : at + 65536])
        at = data.find(b"\x78", at + 1)


def wav(pcm: np.ndarray[Any, Any]) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(pcm.tobytes())
    return out.getvalue()


def carried(client: TestClient, registry: Registry, pcm: np.ndarray[Any, Any]) -> tuple[str, str]:
    """A recording over the socket: its id, and the encounter it became."""
    recording = client.post("/api/v1/live", json={"mode": "dictation"}).json()["id"]
    with client.websocket_connect(f"{WS}/api/v1/live/{recording}/socket") as socket:
        page = Page(socket, recording)
        page.until("ready")
        for at in range(0, len(pcm), BLOCK):
            page.frame(at, pcm[at : at + BLOCK])
        page.control("stop", len(pcm), 1)
        link = page.until("saved")["link"]
    return recording, link.removeprefix("/encounters/")


def worked_on(client: TestClient, name: str) -> None:
    """What people do with a draft, with the word everywhere."""
    url = f"/api/v1/encounters/{name}"
    version = client.get(url).json()["version"]
    patient = {"base_version": version, "title": WORD, "patient": {"name": WORD}}
    assert client.patch(url, json=patient).status_code == 200
    note = client.get(f"{url}/note").json()["revision"]
    op = {"op": "add_statement", "kind": "plan", "text": f"{WORD} rests."}
    assert client.post(f"{url}/note/edits", json={"base_revision": note, "ops": [op]}).status_code == 200
    key = {"Idempotency-Key": f"comment-{name}"}
    assert client.post(f"{url}/comments", json={"text": WORD}, headers=key).status_code == 201
    for kind in ("text", "docx", "fhir"):
        client.get(f"{url}/documents/{kind}")


def test_no_byte_of_a_purged_encounter_is_left(
    app: FastAPI,
    registry: Registry,
    store: Store,
    live_config: Config,
    tmp_path: Path,
    samples: Path,
    client: TestClient,
) -> None:
    data, pcm = tmp_path / "data", speech(samples)
    recording, live = carried(client, registry, pcm)
    uploaded = client.post("/api/v1/recordings?mode=dictation", content=wav(pcm)).json()
    upload = uploaded["encounter"]["id"]
    while Worker(store, live_config, "test").step():
        pass
    for name in (live, upload):
        worked_on(client, name)
    if store.key is None:
        assert len([hit for hit in found(data, pcm) if hit.endswith("sounds")]) >= 4, "the test would see it"
        assert any(hit.endswith("the word") for hit in found(data, pcm))
    other = Store.open(live_config)  # as `scribe purge` beside the server
    for name in (live, upload):
        retention.forget(other, live_config, name, ME, reason="asked for")
    retention.settle(other, live_config)
    other.close()
    for name in (live, upload):
        url, key = f"/api/v1/encounters/{name}", {"Idempotency-Key": f"comment-{name}"}
        assert client.get(f"{url}/note").status_code == 404
        assert client.post(f"{url}/comments", json={"text": WORD}, headers=key).status_code == 404, "not told again"
    assert found(data, pcm, recording, live, upload) == []
    assert Path(live_config.capture.folder).is_dir()
