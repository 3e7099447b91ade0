"""What every test gets: no network, a clean environment, its own folders for settings and caches."""

from __future__ import annotations

import _socket
import os
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from scribe import assets
from scribe.config import Config
from scribe.errors import AssetError

GETADDRINFO = socket.getaddrinfo  # before the guard is put up
ROOT = Path(__file__).parents[1]
DEFAULT_ASSETS = ("whisper-base", "segmentation-3.0", "campplus", "english")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "weights: needs the weights that `scribe models fetch` brings")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without weights, tests that need them are skipped; in CI they must be there."""
    marked = [item for item in items if item.get_closest_marker("weights")]
    if marked and not _weights_are_here() and not os.environ.get("CI"):
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="weights are missing: run `scribe models fetch`"))


def _weights_are_here() -> bool:
    try:
        for name in DEFAULT_ASSETS:
            assets.locate(name, Config().models)
    except AssetError:
        return False
    return True


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to reach another machine fails the test."""

    def refuse(self: socket.socket, address: Any) -> NoReturn:
        raise AssertionError("a test tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def loopback(no_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of the test's own, on this machine, may be reached; no other machine."""

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1", "a test tried to use the network"
        _socket.socket.connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: GETADDRINFO("127.0.0.1", *rest, **more))


@pytest.fixture(autouse=True)
def clean_environ(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting leaks in from the machine: neither from variables nor from a settings file."""
    for name in [name for name in os.environ if name.startswith("SCRIBE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(scope="session")
def code_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where code tables are kept while testing: made once, and never those of whoever runs the tests."""
    return tmp_path_factory.mktemp("data") / "codes"


@pytest.fixture(autouse=True)
def own_code_tables(monkeypatch: pytest.MonkeyPatch, code_tables: Path) -> None:
    """By default every test shares the shipped tables of `code_tables`; a test that imports names a folder."""
    monkeypatch.setattr("scribe.coding.store.user_data_path", lambda *names, **options: code_tables.parent)


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public data sets kept beside the project; tests that need them are skipped where they are not."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data sets are not beside the project")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The shipped recordings."""
    return ROOT / "samples"
