"""What every test gets: no network, a clean environment, its own folders for settings and caches.

Property tests are derandomised, so that `make test` tries the same examples each time; `make fuzz` explores at random.
"""

from __future__ import annotations

import _socket
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from scribe import assets, containment
from scribe.config import Config, DictationSettings
from scribe.dictation import formatting
from scribe.dictation.written import Written
from scribe.errors import AssetError

GETADDRINFO = socket.getaddrinfo  # before the guard is put up
ROOT = Path(__file__).parents[1]
DEFAULT_ASSETS = ("whisper-base", "segmentation-3.0", "campplus", "english")
# These start servers, browsers and workers. They come first, so that the parts of a parallel run end together.
SLOW = frozenset({"web", "bench", "cli", "live", "batch"})
UNTIMED = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)  # neither says anything of what is tested

settings.register_profile("default", derandomize=True, deadline=None, print_blob=True, suppress_health_check=UNTIMED)
settings.register_profile("fuzz", derandomize=False, deadline=None, print_blob=True, suppress_health_check=UNTIMED)
settings.load_profile("default")  # `--hypothesis-profile=fuzz` chooses the other

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read by torch and its like when they are loaded


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-data", action="store_true", help="read all of the public data sets, not a sample")
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in an order made by this number")


def pytest_configure(config: pytest.Config) -> None:
    # A fork of this process, with all engines loaded, copies gigabytes of page tables: what tests kill is forked from a
    # small one, which has their modules.
    multiprocessing.set_forkserver_preload(["tests.store.test_crashes", "tests.capture.test_crashes"])
    config.addinivalue_line("markers", "weights: needs the weights that `scribe models fetch` brings")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without weights, tests that need them are skipped; in CI they must be there."""
    if (seed := config.getoption("--shuffle")) is not None:
        _shuffle(items, Random(seed))
    else:
        items.sort(key=lambda item: item.path.relative_to(ROOT / "tests").parts[0] not in SLOW)
    marked = [item for item in items if item.get_closest_marker("weights")]
    if marked and not _weights_are_here() and not os.environ.get("CI"):
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="weights are missing: run `scribe models fetch`"))


def _shuffle(items: list[pytest.Item], chance: Random) -> None:
    """Files in another order, and the tests within each: fixtures of a file are still made once."""
    files = dict.fromkeys(item.path for item in items)
    places = {path: chance.random() for path in files}
    items.sort(key=lambda item: (places[item.path], chance.random()))


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

    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("a test tried to use the network")

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:  # that is a process of this machine
            refuse()
        _socket.socket.connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def loopback(no_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of the test's own, on this machine, may be reached; no other machine."""

    def connect(self: socket.socket, address: Any) -> None:
        assert self.family == socket.AF_UNIX or address[0] == "127.0.0.1", "a test tried to use the network"
        _socket.socket.connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: GETADDRINFO("127.0.0.1", *rest, **more))


@pytest.fixture(autouse=True)
def clean_environ(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting leaks in from the machine: neither from variables nor from a settings file."""
    for name in [name for name in os.environ if name.startswith("SCRIBE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A programming error is seen: no step goes on without the passage that broke it."""
    monkeypatch.setattr(containment, "strict", True)


@pytest.fixture
def contained(strict: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults are contained, as in the product."""
    monkeypatch.setattr(containment, "strict", False)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of each page that dictation formatting is asked for, while the test runs: one for each draft."""
    asked: list[str] = []
    formatted = formatting.formatted

    def watched(written: Sequence[Written], settings: DictationSettings) -> formatting.Formatted:
        asked.append("".join(item.word.text for item in written))
        return formatted(written, settings)

    monkeypatch.setattr("scribe.dictation.write.formatted", watched)
    return asked


@pytest.fixture(scope="session")
def code_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where code tables are kept while testing: made once, and never those of whoever runs the tests.

    The workers of a parallel run share one folder, which is beside the folders of their own.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        return tmp_path_factory.getbasetemp().parent / "data" / "codes"
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
def some(request: pytest.FixtureRequest) -> Callable[[Sequence[Any], int], Sequence[Any]]:
    """`some(items, count)`: about so many of them, evenly spread; all of them with `--all-data`."""
    everything = request.config.getoption("--all-data")
    return lambda items, count: items if everything else items[:: max(1, len(items) // count)]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The shipped recordings."""
    return ROOT / "samples"


@pytest.fixture
def steps() -> Callable[[Callable[[], Any]], int]:
    """`steps(work)`: how many functions are called while `work()` runs.

    A measure of cost that is the same on an idle and on a busy machine: a test of growth compares two of them. What
    one call costs is for `scribe bench`.
    """

    def counted(work: Callable[[], Any]) -> int:
        calls = 0

        def count(frame: FrameType, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            work()
        finally:
            sys.setprofile(before)
        return calls

    return counted
