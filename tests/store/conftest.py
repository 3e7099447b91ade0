"""Stores on both databases: SQLite (plain and encrypted) and a real PostgreSQL server, started once for the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import psycopg
import pytest

from scribe import vault
from scribe.config import CaptureSettings, Config, StoreSettings
from scribe.store.actor import ME
from scribe.store.store import Store
from scribe.store.unit import Unit

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
Configure = Callable[..., Config]


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of the tests' own, reached by a socket in its folder."""

    folder: Path
    numbers: Iterator[int]
    made: list[str] = field(default_factory=list)  # databases that are there

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test{next(self.numbers)}"
        self._run(f"CREATE DATABASE {name}")
        self.made.append(name)
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def drop(self) -> None:
        """Remove the databases: a few hundred of them would fill the disk and take a minute to delete at the end."""
        while self.made:
            with suppress(psycopg.Error):
                self._run(f"DROP DATABASE IF EXISTS {self.made.pop()} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def control(self, *arguments: str) -> None:
        _as_postgres([str(BINARIES[-1] / "pg_ctl"), "-D", str(self.folder / "data"), "-w", *arguments])

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c max_connections=120 -c shared_buffers=32MB"
        self.control("-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")


def _as_postgres(command: list[str]) -> None:
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _quick_folder() -> str | None:
    """Memory, where there is enough of it; None: the usual place."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


@pytest.fixture(autouse=True)
def no_databases_left() -> Iterator[None]:
    """The databases that a test made go when it is over."""
    yield
    for server in SERVERS:
        server.drop()


SERVERS: list[Server] = []  # that are running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    if not BINARIES:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: tests/services.sh installs it")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="scribe-pg-", dir=_quick_folder()))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = Server(folder, count())
    try:
        data = str(folder / "data")
        _as_postgres([str(BINARIES[-1] / "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"])
        server.start()
        SERVERS.append(server)
        yield server
        SERVERS.remove(server)
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(vault.as_text(vault.new_key()))
    return path


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    def made(**settings: object) -> Config:
        capture = CaptureSettings(folder=str(tmp_path / "recordings"))
        store = StoreSettings.model_validate({"folder": str(tmp_path / "store"), **settings})
        return Config(store=store, capture=capture)

    return made


@pytest.fixture(params=["sqlite", "sqlcipher", "postgresql", "postgresql-sealed"])
def config(request: pytest.FixtureRequest, configure: Configure) -> Config:
    """Settings of a store on each database, with and without a key."""
    given: dict[str, object] = {}
    if request.param.startswith("postgresql"):
        given["url"] = request.getfixturevalue("postgres").database()
    if request.param in ("sqlcipher", "postgresql-sealed"):
        given["key"] = f"file:{request.getfixturevalue('key_file')}"
    return configure(**given)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(config: Config, clock: Clock) -> Iterator[Store]:
    opened = Store.open(config, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def unit(store: Store) -> Iterator[Unit]:
    """One unit for a whole test."""
    with store.begin(ME) as opened:
        yield opened
