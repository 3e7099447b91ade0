"""Connections that last end, or go silent, with the session that they began in."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from scribe.capture.folder import root
from scribe.capture.recording import Recording
from scribe.capture.stream import StreamFrame, encode, session_of
from scribe.store.actor import SYSTEM, StaffRole
from scribe.web.guard import SESSION_COOKIE
from scribe.web.live.keeping import StoreKeeper
from scribe.web.live.registry import Registry
from scribe.web.standing import STALE, Standings
from tests.web.live.conftest import ScriptedDriver

BLOCK = 4000
"""Samples of a frame: 250 ms."""
SOUND = np.random.default_rng(11).integers(-3000, 3000, 120 * BLOCK).astype(np.int16)
SLOW = 60.0
"""Seconds that a busy machine may take; how soon it is on a quiet one is measured by `scribe bench faults sockets`."""
WORDS = {"snapshot", "event", "saved"}


class Page:
    """A page's socket on a real server, read in a thread: what came, in order, and with which code it was closed."""

    def __init__(self, address: str, recording: str, headers: dict[str, str], until: Callable[..., Any]) -> None:
        self._until, self.recording = until, recording
        self.came: list[dict[str, Any]] = []
        self.code: int | None = None
        url = f"{address.replace('http', 'ws', 1)}/api/v1/live/{recording}/socket"
        self.socket = connect(url, additional_headers=headers, max_size=None, open_timeout=SLOW, proxy=None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        with suppress(ConnectionClosed):  # refused already
            self.socket.send(json.dumps({"type": "hello", "client": "tab-12345678", "rate": 16000}))

    def _read(self) -> None:
        try:
            for text in self.socket:
                self.came.append(json.loads(text))
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else 1006
        else:
            self.code = self.socket.close_code

    def wait(self, *kinds: str, after: int = 0) -> dict[str, Any]:
        """The first message of one of the kinds, from place `after` on."""
        found = self._until(lambda: [m for m in self.came[after:] if m["type"] in kinds], f"{kinds} come")
        return dict(found[0])

    def send(self, first: int, end: int, seq: int = 0) -> None:
        """Sound, and wait until it is safe there."""
        for number, at in enumerate(range(first, end, BLOCK), seq):
            self.socket.send(encode(StreamFrame(session_of(self.recording), number, at, SOUND[at : at + BLOCK])))
        self._until(
            lambda: any(m["type"] == "ack" and m["durable_sample"] >= end for m in self.came), f"{end} samples are safe"
        )

    def closed(self) -> int:
        self._until(lambda: self.code is not None, "the server closes the socket")
        assert self.code is not None
        return self.code

    def close(self) -> None:
        self.socket.close()
        self._thread.join(SLOW)


@pytest.fixture
def address(clinic: Any, serve: Callable[..., str], loopback: None) -> Iterator[str]:
    """The clinic on a real server, with scripted recognition and real keeping."""
    clinic.store.clock = lambda: datetime.now(UTC) + clinic.ahead
    clinic.store.auditor.trail._now = clinic.store.clock
    clinic.ahead = timedelta(0)
    config = clinic.app.state.config
    keeper = StoreKeeper(clinic.store, config)
    clinic.app.state.live = registry = Registry(config, follow=ScriptedDriver, keeper=keeper)
    yield serve(clinic.app)
    registry.close()


def begun(clinic: Any, login: str = "physician") -> tuple[TestClient, str]:
    client = clinic.as_(login)
    answer = client.post("/api/v1/live", json={"mode": "visit", "consent": "everyone has agreed"})
    assert answer.status_code == 201, answer.text
    return client, answer.json()["id"]


def cookie(client: TestClient) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}"}


def on_disk(clinic: Any, recording: str) -> Recording:
    return Recording.open(root(clinic.app.state.config.capture) / recording, key=None)


def test_a_locked_screen_gets_no_words_while_the_sound_goes_on(
    clinic: Any, address: str, until: Callable[..., Any]
) -> None:
    doctor, recording = begun(clinic)
    page = Page(address, recording, cookie(doctor), until)
    page.wait("snapshot")
    page.send(0, 16 * BLOCK)
    page.wait("event")
    assert doctor.post("/api/v1/session/lock").status_code == 204
    page.wait("locked")
    locked = [m["type"] for m in page.came].index("locked")
    page.send(16 * BLOCK, 28 * BLOCK, seq=16)

    new = Page(address, recording, cookie(doctor), until)  # as the page does after a cut
    assert page.closed() == 4409
    assert not WORDS & {m["type"] for m in page.came[locked:]}
    new.wait("locked")
    new.send(28 * BLOCK, 40 * BLOCK)
    driver: Any = clinic.app.state.live.find(recording, clinic.actor("physician")).driver
    until(lambda: len(driver.snapshot.words) > 20, "more is recognised behind the lock")
    assert not WORDS & {m["type"] for m in new.came}

    assert doctor.post("/api/v1/session/unlock", json={"password": "four words of a password"}).status_code == 200
    assert len(new.wait("snapshot")["snapshot"]["words"]) > 20
    new.send(40 * BLOCK, 60 * BLOCK, seq=12)
    new.wait("event")
    new.close()
    assert np.array_equal(on_disk(clinic, recording).read_pcm(0, 60 * BLOCK), SOUND[: 60 * BLOCK])


def test_an_untouched_screen_counts_as_locked(clinic: Any, address: str, until: Callable[..., Any]) -> None:
    doctor, recording = begun(clinic)
    page = Page(address, recording, cookie(doctor), until)
    page.wait("snapshot")
    clinic.ahead = timedelta(minutes=16)
    page.wait("locked")
    page.send(0, 4 * BLOCK)
    page.close()


def sign_out(clinic: Any, doctor: TestClient) -> None:
    assert doctor.delete("/api/v1/session").status_code == 204


def expire(clinic: Any, doctor: TestClient) -> None:
    clinic.ahead = timedelta(hours=13)


def end_elsewhere(clinic: Any, doctor: TestClient) -> None:
    with clinic.store.begin(SYSTEM) as unit:
        for session in unit.sessions.of(clinic.ids["physician"]):
            unit.sessions.end(session.id)


def new_password(clinic: Any, doctor: TestClient) -> None:
    with clinic.store.begin(SYSTEM) as unit:
        unit.people.set_password(clinic.ids["physician"], "", by_themselves=False)


def lock_account(clinic: Any, doctor: TestClient) -> None:
    with clinic.store.begin(SYSTEM) as unit:  # as `scribe users lock` does in a process of its own
        unit.people.lock(clinic.ids["physician"])


def change_role(clinic: Any, doctor: TestClient) -> None:
    with clinic.store.begin(SYSTEM) as unit:
        unit.people.set_roles(clinic.ids["physician"], {StaffRole.CODER})


@pytest.mark.parametrize("end", [sign_out, expire, end_elsewhere, new_password], ids=lambda end: end.__name__)
def test_with_the_session_the_socket_ends_and_the_recording_waits(
    clinic: Any, address: str, until: Callable[..., Any], end: Callable[..., None]
) -> None:
    doctor, recording = begun(clinic)
    page = Page(address, recording, cookie(doctor), until)
    page.send(0, 8 * BLOCK)
    old = cookie(doctor)
    end(clinic, doctor)
    assert page.closed() == 4401
    assert (page.came[-1]["code"], page.came[-1]["fatal"]) == ("signed-out", False)
    again = Page(address, recording, old, until)
    assert again.closed() == 4401
    assert [m["type"] for m in again.came] == ["error"]
    assert on_disk(clinic, recording).state != "finished"
    until(lambda: len(clinic.app.state.standings) == 0, "nobody is watched any more")


@pytest.mark.parametrize(
    ("take_away", "code"), [(lock_account, "account-locked"), (change_role, "forbidden")], ids=["account", "role"]
)
def test_who_may_not_record_any_more_loses_the_socket_and_nothing_that_was_acknowledged(
    clinic: Any, address: str, until: Callable[..., Any], take_away: Callable[..., None], code: str
) -> None:
    doctor, recording = begun(clinic)
    page = Page(address, recording, cookie(doctor), until)
    page.send(0, 8 * BLOCK)
    take_away(clinic, doctor)
    assert page.closed() == 4403
    assert (page.came[-1]["code"], page.came[-1]["fatal"]) == (code, True)

    def kept() -> Any:
        with clinic.store.begin(SYSTEM, read_only=True) as unit:
            return unit.recordings.captured_as(recording)

    encounter = until(kept, "the recording is kept as an encounter").encounter_id
    ended = on_disk(clinic, recording)
    assert ended.state == "finished"
    assert np.array_equal(ended.read_pcm(0, 8 * BLOCK), SOUND[: 8 * BLOCK])
    typist = clinic.as_("transcriptionist")  # nobody works on it: it is theirs to claim
    assert typist.get(f"/api/v1/encounters/{encounter}").status_code == 200


def test_a_token_that_is_revoked_carries_nothing_on(clinic: Any, address: str, until: Callable[..., Any]) -> None:
    _, recording = begun(clinic)
    with clinic.store.begin(SYSTEM) as unit:
        token, secret = unit.tokens.add(clinic.ids["physician"], "recorder", ["recording:create"], timedelta(days=1))
    page = Page(address, recording, {"Authorization": f"Bearer {secret}"}, until)
    page.send(0, 4 * BLOCK)
    with clinic.store.begin(SYSTEM) as unit:
        unit.tokens.revoke(token.id)
    assert page.closed() == 4401


def test_the_first_account_ends_what_needed_none(clinic: Any) -> None:
    class Connection:
        headers: dict[str, str] = {}  # noqa: RUF012
        cookies: dict[str, str] = {}  # noqa: RUF012

    with Standings(clinic.store, 15).watch(Connection(), "recording:create") as watch:  # type: ignore[arg-type]
        assert watch.standing == "signed-out"


def test_while_the_store_does_not_answer_nobody_is_let_through(
    clinic: Any, address: str, until: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor, recording = begun(clinic)
    page = Page(address, recording, cookie(doctor), until)
    page.wait("snapshot")
    with monkeypatch.context() as patch:
        patch.setattr(Standings, "_look", lambda *_: None)
        page.wait("locked")
    page.wait("snapshot", after=[m["type"] for m in page.came].index("locked"))
    page.close()
    assert STALE <= 2.0


def events(address: str, encounter: str, headers: dict[str, str]) -> list[str]:
    """A stream of events, read in a thread: its lines so far, and "over" when it has ended."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=SLOW)
    connection.request("GET", f"/api/v1/encounters/{encounter}/events", headers=headers)
    answer = connection.getresponse()
    lines: list[str] = []

    def read() -> None:
        with closing(connection), answer:
            while line := answer.readline():
                lines.append(line.decode().rstrip())
        lines.append("over")

    threading.Thread(target=read, daemon=True).start()
    return lines


def test_a_stream_of_events_is_silent_behind_the_lock_and_ends_with_the_session(
    clinic: Any, address: str, until: Callable[..., Any]
) -> None:
    doctor = clinic.as_("physician")
    made = doctor.post("/api/v1/encounters", json={}).json()["id"]
    lines = events(address, made, cookie(doctor))
    until(lambda: "event: state" in lines, "the stream begins")
    doctor.post("/api/v1/session/lock")
    time.sleep(STALE)  # the look that was under way is over
    told = len(lines)
    with clinic.store.begin(clinic.actor("physician")) as unit:
        unit.comments.add(made, "knee")
    time.sleep(2 * STALE)
    assert [line for line in lines[told:] if line.startswith("event")] == []
    doctor.post("/api/v1/session/unlock", json={"password": "four words of a password"})
    until(lambda: "event: comment" in lines, "it goes on when the screen is unlocked")
    lock_account(clinic, doctor)
    until(lambda: lines[-1] == "over", "it ends with the session")


def test_a_stream_of_events_ends_where_the_encounter_is_out_of_sight(
    clinic: Any, address: str, until: Callable[..., Any]
) -> None:
    with clinic.store.begin(clinic.actor("physician")) as unit:
        made = unit.encounters.add().id
    typist = clinic.as_("transcriptionist")
    lines = events(address, made, cookie(typist))
    until(lambda: "event: state" in lines, "the stream begins")
    with clinic.store.begin(clinic.actor("qa")) as unit:
        unit.encounters.claim(made)
    until(lambda: lines[-1] == "over", "somebody else works on it")
    assert [line for line in lines if line.startswith("event")][-1] == "event: gone"
