"""Who may record: a socket needs the same person and permission as any request, and waits for a new sign-in."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from scribe.capture.recording import Recording
from scribe.config import CaptureSettings
from scribe.events import LiveSnapshot, LiveState
from scribe.live.driver import Subscription
from scribe.web.live.registry import Registry


class Still:
    """A driver that finds nothing."""

    snapshot = LiveSnapshot(0, LiveState.RECORDING, 0.0)

    def __init__(self, recording: Recording) -> None:
        self.subscribe = lambda: Subscription(self.snapshot)
        self.start = self.abandon = lambda: None
        self.unsubscribe = lambda subscription: None
        self.join = lambda timeout=None: None


WS = "ws://127.0.0.1:8765"


def first_word(client: TestClient, recording: str, **options: Any) -> Any:
    with client.websocket_connect(f"{WS}/api/v1/live/{recording}/socket", **options) as socket:
        socket.send_json({"type": "hello", "client": "tab-12345678", "rate": 16000})
        return socket.receive_json()


def test_only_who_began_a_recording_carries_it(clinic: Any, tmp_path: Any) -> None:
    config = clinic.app.state.config.model_copy(update={"capture": CaptureSettings(folder=str(tmp_path))})
    clinic.app.state.live = Registry(config, follow=Still)
    with clinic.visitor() as doctor, clinic.visitor() as stranger:
        clinic.sign_in(doctor, "physician")
        recording = doctor.post("/api/v1/live", json={"mode": "visit", "consent": "everyone has agreed"}).json()["id"]
        assert first_word(doctor, recording)["type"] == "ready"
        for action in ("recording.begin", "recording.consent", "recording.follow"):
            assert [row.object for row in clinic.trail(action)] == [f"recording:{recording}"]
        nobody = first_word(stranger, recording)
        assert (nobody["code"], nobody["fatal"]) == ("signed-out", False)
        clinic.sign_in(stranger, "transcriptionist")
        assert first_word(stranger, recording)["code"] == "unknown"
        clinic.sign_in(stranger, "coder")
        assert first_word(stranger, recording)["code"] == "forbidden"
