"""The socket of the Live page: every sample arrives once, whatever the network and the page do."""

from __future__ import annotations

import errno
import json
import os
import random
import threading
import time
import zlib
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from scribe.capture.disk import AppendFile
from scribe.capture.recording import Recording, State
from scribe.capture.stream import StreamFrame, encode, session_of
from scribe.config import Config
from scribe.store.actor import ME
from scribe.types import MarkKind
from scribe.web.live.carried import Carried
from scribe.web.live.messages import Control
from scribe.web.live.registry import Registry

CONSENT = "Everyone in the room has agreed."
WS = "ws://127.0.0.1:8765"
BLOCK = 4000
"""Samples of a frame: 250 ms."""
SOUND = np.random.default_rng(7).integers(-3000, 3000, 40 * BLOCK).astype(np.int16)


class Page:
    """What the page's worker does, in a few lines: sends, listens, and knows what is safe."""

    def __init__(self, socket: WebSocketTestSession, recording: str, client: str = "tab-12345678"):
        self.socket, self.recording = socket, recording
        self.seq = 0
        self.passed: dict[str, list[Any]] = {}
        socket.send_json({"type": "hello", "client": client, "rate": 16000})

    def until(self, kind: str) -> Any:
        """The next message of a kind; others are kept for whoever asks for them."""
        if self.passed.get(kind):
            return self.passed[kind].pop(0)
        while (message := self.socket.receive_json())["type"] != kind:
            self.passed.setdefault(message["type"], []).append(message)
        return message

    def frame(self, first: int, samples: Any, seq: int | None = None) -> None:
        number = self.seq if seq is None else seq
        self.seq = number + 1
        self.socket.send_bytes(encode(StreamFrame(session_of(self.recording), number, first, samples)))

    def send(self, first: int, end: int) -> None:
        for at in range(first, end, BLOCK):
            self.frame(at, SOUND[at : min(end, at + BLOCK)])

    def control(self, kind: str, at: int, seq: int, **more: Any) -> None:
        self.socket.send_json({"type": "control", "kind": kind, "at": at, "seq": seq, **more})

    def safe(self, samples: int) -> None:
        """Wait until the server has acknowledged so many samples."""
        while self.until("ack")["durable_sample"] < samples:
            pass


@pytest.fixture
def begun(client: TestClient) -> str:
    answer = client.post("/api/v1/live", json={"mode": "visit", "consent": CONSENT})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def connect(client: TestClient, recording: str) -> WebSocketTestSession:
    return client.websocket_connect(f"{WS}/api/v1/live/{recording}/socket")


def on_disk(config: Config, recording: str) -> Recording:
    from scribe.capture.folder import root

    return Recording.open(root(config.capture) / recording, key=None)


def test_a_visit_needs_consent_and_the_journal_keeps_its_words(
    client: TestClient, live_config: Config, begun: str
) -> None:
    refused = client.post("/api/v1/live", json={"mode": "visit"})
    assert refused.status_code == 422
    assert refused.json()["code"] == "consent"
    assert client.post("/api/v1/live", json={"mode": "dictation"}).status_code == 201
    (mark,) = on_disk(live_config, begun).marks
    assert (mark.kind, mark.note) == (MarkKind.CONSENT, CONSENT)


def test_from_the_first_frame_to_the_draft(client: TestClient, live_config: Config, begun: str) -> None:
    end = len(SOUND)
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        assert page.until("ready")["next_sample"] == 0
        assert page.until("snapshot")["snapshot"]["state"] == "recording"
        page.send(0, end // 2)
        page.control("pause", end // 2, 100)
        page.control("resume", end // 2, 101)
        page.control("mark", end // 2, 102)
        page.send(end // 2, end)
        page.safe(end)
        page.control("stop", end, 103)
        receipt = page.until("receipt")
        assert receipt == {"type": "receipt", "samples": end, "crc32": zlib.crc32(SOUND.tobytes())}
        while (event := page.until("event")["event"])["kind"] != "finished":
            pass
        assert event["words"][0]["text"] == " Good"
        assert event["view"]["codes"] == [{"code": "M25.561", "display": "Pain in right knee"}]
        assert page.until("saved")["draft"] is True
    recording = on_disk(live_config, begun)
    assert recording.state is State.FINISHED
    assert np.array_equal(recording.read_pcm(0, end + 1), SOUND)
    assert [mark.at for mark in recording.marks if mark.kind is MarkKind.MOMENT] == [end / 2 / 16_000]
    assert len(recording.pauses) == 1


def test_cuts_at_random_lose_and_double_nothing(client: TestClient, live_config: Config, begun: str) -> None:
    chance = random.Random(3)
    end, safe, told = len(SOUND), 0, 0
    while safe < end:
        with connect(client, begun) as socket:
            page = Page(socket, begun)
            ready = page.until("ready")
            assert ready["durable_sample"] >= safe
            stop = min(end, ready["durable_sample"] + chance.randrange(1, 12) * BLOCK)
            page.send(safe, stop)  # from what was acknowledged: some of it again
            page.control("mark", stop, told)
            told += 1
            if chance.random() < 0.5:
                page.safe(stop)
            safe = ready["durable_sample"] if chance.random() < 0.3 else safe
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        safe = page.until("ready")["next_sample"]
        page.send(safe, end)
        page.control("stop", end, told)
        assert page.until("receipt")["crc32"] == zlib.crc32(SOUND.tobytes())
    assert np.array_equal(on_disk(live_config, begun).read_pcm(0, end + 1), SOUND)


def test_a_server_that_starts_anew_goes_on_where_the_disk_ends(
    client: TestClient, registry: Registry, live_config: Config, begun: str
) -> None:
    half, end = len(SOUND) // 2, len(SOUND)
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.send(0, half)
        page.control("mark", half, 20)
        page.safe(half)
    registry.close()  # as when the process ends; what it knew is gone
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        assert page.until("ready")["next_sample"] == half
        page.control("mark", half, 20)  # the acknowledgement was lost
        page.send(half - BLOCK, end)
        page.control("stop", end, 60)
        assert page.until("receipt")["crc32"] == zlib.crc32(SOUND.tobytes())
    recording = on_disk(live_config, begun)
    assert np.array_equal(recording.read_pcm(0, end + 1), SOUND)
    assert len([mark for mark in recording.marks if mark.kind is MarkKind.MOMENT]) == 1


def test_the_last_minute_can_be_dropped(client: TestClient, live_config: Config, begun: str) -> None:
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.send(0, 10 * BLOCK)
        page.control("drop", 10 * BLOCK, 1, seconds=1.0)
        page.control("drop", 10 * BLOCK, 1, seconds=1.0)
        page.control("stop", 10 * BLOCK, 2)
        assert page.until("receipt")["crc32"] is None
    heard = on_disk(live_config, begun).read_pcm(0, 10 * BLOCK)
    assert np.array_equal(heard[: 6 * BLOCK], SOUND[: 6 * BLOCK])
    assert not heard[6 * BLOCK :].any()


GARBAGE: tuple[tuple[str, Any], ...] = (
    ("garbage", b"\x00\x01\x02"),
    ("version", b"S" + bytes(60)),
    ("oversized", b"S" * 3_000_000),
    ("garbled", "{"),
    ("garbled", json.dumps({"type": "control", "kind": "explode", "at": 0, "seq": 1})),
    ("garbled", json.dumps({"type": "control", "kind": "mark", "at": -5, "seq": 1})),
    ("too-large", " " * 100_000),
    ("gap", json.dumps({"type": "control", "kind": "stop", "at": 10**9, "seq": 1})),
    ("sequence", ("lie", 0)),
    ("ahead", ("lie", 10**12)),
    ("session", ("other", 0)),
)


@pytest.mark.parametrize(("code", "sent"), GARBAGE, ids=[f"{code}-{at}" for at, (code, _) in enumerate(GARBAGE)])
def test_what_does_not_belong_there_is_refused_and_the_recording_is_safe(
    client: TestClient, live_config: Config, begun: str, code: str, sent: Any
) -> None:
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.send(0, 4 * BLOCK)
        page.safe(4 * BLOCK)
        if isinstance(sent, tuple) and sent[0] == "other":
            socket.send_bytes(encode(StreamFrame(1, 4, 4 * BLOCK, SOUND[:BLOCK])))
        elif isinstance(sent, tuple):
            page.frame(sent[1], SOUND[:BLOCK] + 1, seq=2 if code == "sequence" else 4)
        elif isinstance(sent, bytes):
            socket.send_bytes(sent)
        else:
            socket.send_text(sent)
        error = page.until("error")
        assert error["code"] == code
        assert not error["fatal"]
        with pytest.raises(WebSocketDisconnect):
            page.until("nothing")
    with connect(client, begun) as socket:  # and the page that behaves goes on
        page = Page(socket, begun)
        assert page.until("ready")["next_sample"] == 4 * BLOCK
        page.send(4 * BLOCK, 8 * BLOCK)
        page.safe(8 * BLOCK)
    assert np.array_equal(on_disk(live_config, begun).read_pcm(0, 8 * BLOCK), SOUND[: 8 * BLOCK])


def test_two_tabs_cannot_record_the_same_visit(client: TestClient, begun: str) -> None:
    with connect(client, begun) as first:
        page = Page(first, begun)
        page.until("ready")
        with connect(client, begun) as second:
            other = Page(second, begun, client="another-tab-1")
            error = other.until("error")
            assert (error["code"], error["fatal"]) == ("taken", True)
            with pytest.raises(WebSocketDisconnect) as closed:
                other.until("nothing")
            assert closed.value.code == 4409
        page.send(0, BLOCK)
        page.safe(BLOCK)
        with connect(client, begun) as again:  # the same tab, whose old connection is still thought alive
            back = Page(again, begun)
            assert back.until("ready")["next_sample"] == BLOCK
            with pytest.raises(WebSocketDisconnect):
                page.until("nothing")
            back.send(BLOCK, 2 * BLOCK)
            back.safe(2 * BLOCK)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_another_site_gets_no_socket(client: TestClient, begun: str, origin: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"{WS}/api/v1/live/{begun}/socket", headers={"Origin": origin}) as socket,
    ):
        socket.receive_json()


@pytest.mark.parametrize("recording", ["0123456789abcdef", "a..b", "x" * 200])
def test_a_recording_that_is_not_there(client: TestClient, recording: str) -> None:
    with connect(client, recording) as socket:
        error = socket.receive_json()
        assert (error["code"], error["fatal"]) == ("unknown", True)


def test_what_is_unfinished_is_listed(client: TestClient, begun: str) -> None:
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.send(0, 8 * BLOCK)
        page.safe(8 * BLOCK)
        (known,) = client.get("/api/v1/live").json()["recordings"]
        assert (known["id"], known["carried"], known["seconds"]) == (begun, True, 2.0)
        page.control("stop", 8 * BLOCK, 1)
        page.until("saved")
    assert client.get("/api/v1/live").json() == {"recordings": [], "finished": [{"id": begun, "seconds": 2.0}]}


def test_a_cut_while_the_stop_is_done_costs_no_draft(
    client: TestClient, registry: Registry, begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page has stopped, the connection breaks before it has its receipt, and it comes back."""
    stopped, gone = threading.Event(), threading.Event()
    control = Carried.control

    def slow(carried: Carried, told: Control) -> None:
        control(carried, told)
        stopped.set()
        assert gone.wait(60)

    with monkeypatch.context() as patch:
        patch.setattr(Carried, "control", slow)
        with connect(client, begun) as socket:
            page = Page(socket, begun)
            page.send(0, 8 * BLOCK)
            page.control("stop", 8 * BLOCK, 1)
            assert stopped.wait(60)
            other = registry.find(begun, ME)
            assert other._evict is not None
            other._evict()
            time.sleep(0.3)
            gone.set()
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.control("stop", 8 * BLOCK, 1)
        assert page.until("receipt")["samples"] == 8 * BLOCK
        assert page.until("saved")["draft"] is True


def test_a_draft_that_fails_is_told_and_the_recording_stays(
    client: TestClient, registry: Registry, live_config: Config, begun: str
) -> None:
    from scribe.errors import AssetError

    registry.find(begun, ME).driver.fails = AssetError("weights are missing: run `scribe models fetch`")  # type: ignore[attr-defined]
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.send(0, 4 * BLOCK)
        page.control("stop", 4 * BLOCK, 1)
        assert page.until("error")["detail"].startswith("weights are missing")
    assert on_disk(live_config, begun).state is State.FINISHED


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_refuses_is_told_and_nothing_is_acknowledged(
    client: TestClient, begun: str, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A full disk is waited for; after any other failure the page connects again. Nothing is lost either way."""
    refuse = threading.Event()
    write = AppendFile._write

    def refusing(file: AppendFile, data: bytes) -> int:
        if refuse.is_set():
            raise OSError(code, os.strerror(code))
        return write(file, data)

    monkeypatch.setattr(AppendFile, "_write", refusing)
    end = 8 * BLOCK
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.until("ready")
        page.send(0, end // 2)
        page.safe(end // 2)
        refuse.set()
        page.send(end // 2, end)
        told = page.until("error")
        assert (told["code"], told["fatal"]) == ("disk-full" if code == errno.ENOSPC else "capture", False)
        assert not [ack for ack in page.passed.get("ack", []) if ack["durable_sample"] > end // 2]
        if code == errno.ENOSPC:
            refuse.clear()
            page.safe(end)
        else:
            with pytest.raises(WebSocketDisconnect) as closed:
                page.until("closed")
            assert closed.value.code == 1011
            refuse.clear()
    with connect(client, begun) as socket:
        page = Page(socket, begun)
        page.send(page.until("ready")["next_sample"], end)
        page.control("stop", end, 1)
        receipt = page.until("receipt")
    assert (receipt["samples"], receipt["crc32"]) == (end, zlib.crc32(SOUND[:end].tobytes()))
