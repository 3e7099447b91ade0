"""A workbench with a real database and somebody of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from scribe.config import CaptureSettings, Config, StoreSettings, WebSettings
from scribe.store import passwords
from scribe.store.actor import SYSTEM, Actor, StaffRole
from scribe.store.audit import Entry
from scribe.store.store import Store
from scribe.web.app import create_app

ADDRESS = "http://127.0.0.1:8765"
PASSWORD = "four words of a password"


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Clinic:
    """The workbench, its store, and the people: each role's login is the role's name."""

    app: FastAPI
    store: Store
    clock: Clock
    ids: dict[str, str]

    def visitor(self) -> TestClient:
        """A browser in which nobody is signed in."""
        client = TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=False)
        client.headers["Origin"] = ADDRESS
        client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
        return client

    def sign_in(self, client: TestClient, login: str, password: str = PASSWORD, code: str = "") -> Response:
        answer = client.post("/api/v1/session", json={"login": login, "password": password, "code": code})
        if answer.status_code == 200:
            client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return answer

    def as_(self, login: str) -> TestClient:
        """A browser in which somebody is signed in."""
        client = self.visitor()
        assert self.sign_in(client, login).status_code == 200
        return client

    def actor(self, login: str) -> Actor:
        return Actor(self.ids[login], login, frozenset({StaffRole(login)}))

    def trail(self, action: str) -> list[Entry]:
        """What the audit trail tells of an action, the newest first."""
        with self.store.begin(SYSTEM, read_only=True) as unit:
            return list(unit.audit.latest(1000, action=action))


@pytest.fixture(scope="session")
def hashed() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """`new_store(clock)` opens a store in a folder of its own."""
    opened: list[Store] = []

    def made(clock: Clock) -> Store:
        settings = StoreSettings(folder=str(tmp_path / "store"), workers=0)
        opened.append(Store.open(Config(store=settings), clock=clock))
        return opened[-1]

    yield made
    for store in opened:
        store.close()


@pytest.fixture
def clinic(
    new_store: Callable[..., Store], hashed: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Clinic]:
    """Somebody of each role. `@pytest.mark.parametrize("clinic", [settings], indirect=True)` sets `web` settings."""
    clock = Clock()
    store = new_store(clock)
    with store.begin(SYSTEM) as unit:
        roles = [StaffRole.ADMIN, *(role for role in StaffRole if role is not StaffRole.ADMIN)]
        ids = {
            role.value: unit.people.add(role, f"{role.title()} Person", {role}, password=hashed, must_change=False).id
            for role in roles
        }
    web = getattr(request, "param", WebSettings())
    capture = CaptureSettings(folder=str(tmp_path / "recordings"))
    app = create_app(Config(store=store.settings, web=web, capture=capture), store=store)
    with TestClient(app):  # its services run
        yield Clinic(app, store, clock, ids)
