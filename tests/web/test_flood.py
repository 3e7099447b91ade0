"""Floods: what is too much is refused at once, and colleagues are answered while it stands."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from scribe.config import Config, StoreSettings
from scribe.store.actor import SYSTEM, StaffRole
from scribe.store.store import Store
from scribe.web.app import create_app
from scribe.web.guard import Guard, Pace
from scribe.web.problems import ProblemError
from scribe.web.turns import Turns

pytestmark = pytest.mark.usefixtures("loopback")
PASSWORD = "four words of a password"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(Config(store=StoreSettings(folder=str(tmp_path / "store"), workers=0)))
    yield opened
    opened.close()


@pytest.fixture
def app(store: Store) -> Any:
    return create_app(Config(store=store.settings), store=store)


CLIENTS: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while CLIENTS:
        CLIENTS.pop().close()


def browser(address: str) -> httpx.Client:
    """A client with the cookie and token of a page."""
    client = httpx.Client(base_url=address, timeout=60, trust_env=False)
    CLIENTS.append(client)
    client.headers["Origin"] = address
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
    return client


@contextmanager
def half_sent(client: httpx.Client, path: str = "/api/v1/recordings") -> Iterator[socket.socket]:
    """A request whose body has begun and does not go on."""
    url = urlsplit(str(client.base_url))
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: {url.netloc}",
        f"Origin: http://{url.netloc}",
        f"Cookie: {cookies}",
        f"X-CSRF-Token: {client.headers['X-CSRF-Token']}",
        "Content-Type: application/json",
        "Content-Length: 100000",
    ]
    with socket.create_connection((str(url.hostname), url.port or 0), timeout=60) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + b"{" * 1000)
        yield connection


def answered(connection: socket.socket) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Status, headers and body of the answer."""
    data = b""
    while b"\r\n\r\n" not in data or not data.rstrip().endswith(b"}"):
        data += connection.recv(65536) or b"\r\n\r\n{}"
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return (
        int(first.split()[1]),
        {n.lower(): v.strip() for n, _, v in (x.partition(":") for x in lines)},
        json.loads(body),
    )


def incoming(store: Store) -> list[Path]:
    return list((store.blobs.folder / "incoming").glob("*"))


def test_half_sent_uploads_cost_others_nothing_and_leave_nothing(
    app: Any, store: Store, serve: Callable[..., str], until: Callable[..., Any]
) -> None:
    client = browser(serve(app))
    with half_sent(client), half_sent(client), half_sent(client), half_sent(client):
        until(lambda: app.state.uploads.now == 4, "four are on their way")
        with half_sent(client) as fifth:
            status, headers, body = answered(fifth)
        assert (status, body["code"], headers["retry-after"]) == (429, "busy", "5")
        assert client.get("/api/v1/session").status_code == 200
        assert client.post("/api/v1/encounters/search", json={}).status_code == 200
        until(lambda: len(incoming(store)) == 4, "their files have begun")
    until(lambda: app.state.uploads.now == 0, "they broke off")
    assert incoming(store) == []


@pytest.mark.parametrize("path", ["/api/v1/recordings", "/api/v1/encounters/search"])
def test_a_body_that_does_not_come_in_time_is_not_waited_for(
    app: Any, store: Store, serve: Callable[..., str], until: Callable[..., Any], path: str
) -> None:
    (guard,) = [item for item in app.user_middleware if item.cls is Guard]
    guard.kwargs["pace"] = Pace(small=0.3, silent=0.3)
    client = browser(serve(app))
    with half_sent(client, path) as slow:
        assert answered(slow)[0] == 408
    until(lambda: incoming(store) == [], "its file is gone")
    assert app.state.uploads.now == 0


@pytest.mark.parametrize(
    ("passed", "came", "left"),
    [(0, 0, 30), (29, 1, 30), (31, 1, 0), (31, 400_000, 30), (3590, 1e9, 10), (3601, 1e9, 0)],
)
def test_an_upload_may_pause_but_not_creep(passed: float, came: float, left: float) -> None:
    assert Pace().left(True, passed, int(came)) == left
    assert Pace().left(False, passed, int(came)) == max(30 - passed, 0)


def test_eighty_sign_ins_at_once_leave_room_for_a_colleague(
    app: Any, store: Store, serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch, until: Callable[..., Any]
) -> None:
    may_go = threading.Event()

    def slowly(password: str, stored: str) -> bool:
        assert may_go.wait(120)
        return bool(stored) and password == PASSWORD

    with store.begin(SYSTEM) as unit:
        for login in ("ada", "ben"):
            unit.people.add(login, login, {StaffRole.ADMIN}, password="hash", must_change=False)
    monkeypatch.setattr("scribe.store.passwords.fits", slowly)
    address = serve(app)
    may_go.set()
    colleague = browser(address)
    given = {"login": "ben", "password": PASSWORD}
    colleague.headers["X-CSRF-Token"] = colleague.post("/api/v1/session", json=given).json()["csrf_token"]
    may_go.clear()
    guesser = browser(address)

    def guess(number: int) -> httpx.Response:
        body = {"login": f"nobody{number}", "password": "guess"}
        return httpx.post(
            f"{address}/api/v1/session",
            json=body,
            headers={"X-CSRF-Token": guesser.headers["X-CSRF-Token"], "Origin": address},
            cookies=dict(guesser.cookies),
            timeout=120,
            trust_env=False,
        )

    turns = app.state.accounts._turns  # how many wait is nobody else's to see
    with ThreadPoolExecutor(80) as threads:
        answers = [threads.submit(guess, number) for number in range(80)]
        until(lambda: sum(one.done() for one in answers) >= 60, "those beyond the line are refused at once")
        refused = [one.result() for one in answers if one.done()]
        assert {(one.status_code, one.json()["code"]) for one in refused} == {(429, "busy")}
        assert all(int(one.headers["retry-after"]) > 0 for one in refused)
        assert turns.waiting <= 16
        assert colleague.get("/api/v1/users").status_code == 200
        assert colleague.post("/api/v1/session/seen").status_code == 204
        known = threads.submit(
            lambda: browser_again(colleague, address).post("/api/v1/session", json=given).status_code
        )
        until(lambda: turns.waiting > 10, "who is known waits as well")
        may_go.set()
        assert known.result() == 200
        assert {one.result().status_code for one in answers} <= {401, 429}


def browser_again(client: httpx.Client, address: str) -> httpx.Client:
    """The same browser, after its session has ended."""
    again = browser(address)
    again.cookies.set("scribe_device", client.cookies["scribe_device"])
    return again


def test_turns_are_fair_and_who_is_known_goes_first() -> None:
    turns, order = Turns("test", threads=1, most=9, each=5, own=3), []
    may_go, begun = threading.Event(), threading.Event()

    async def take(name: str, address: str, *, first: bool = False) -> None:
        def work() -> None:
            begun.set()
            assert may_go.wait(60)
            order.append(name)

        await turns.take(work, address=address, who=name[0], first=first)

    async def everybody() -> list[Any]:
        running = asyncio.create_task(take("a0", "one"))
        await asyncio.to_thread(begun.wait, 60)
        wanted = [(name, "one") for name in ("a1", "a2", "a3", "a4", "b1", "c1", "f1")] + [("d1", "two")]
        others = [asyncio.create_task(take(name, address)) for name, address in wanted]
        others.append(asyncio.create_task(take("k1", "one", first=True)))
        await asyncio.sleep(0)
        gone = asyncio.create_task(take("e1", "three"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        may_go.set()
        results = await asyncio.gather(running, *others, return_exceptions=True)
        with pytest.raises(asyncio.CancelledError):
            await gone
        return [result.status for result in results if isinstance(result, ProblemError)]

    assert asyncio.run(everybody()) == [429, 429], "a4: three of its own wait; f1: five of its address"
    assert order == ["a0", "k1", "a1", "d1", "b1", "c1", "a2", "a3"]


def test_an_error_reaches_who_asked_and_the_next_is_served() -> None:
    turns = Turns("test", threads=1)

    async def both() -> int:
        with pytest.raises(ZeroDivisionError):
            await turns.take(lambda: 1 // 0, address="", who="")
        return await turns.take(lambda: 7, address="", who="")

    assert asyncio.run(both()) == 7
