"""A `scribe serve` of a loop's own, that is killed and started again, and a browser that talks to it.

Recognition replays the shipped dictation, so that no weights are needed and a draft takes a second or two; everything
else is the real thing, in processes of its own.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import WebSocketException

import scribe
from scribe import assets, audio
from scribe.config import Config
from scribe.errors import EngineError

ADDRESS = re.compile(r"https?://[^\s/]+")
PATIENCE = 180.0  # seconds for a server to start, on a machine that is busy with other things
GONE = (httpx.HTTPError, WebSocketException, OSError, EngineError)
"""What a client meets when the server is killed."""


def scripted(config: Config, folder: Path, database: str = "") -> Config:
    """Settings of a scribe that keeps everything in `folder`, and reads its words from the shipped transcript."""
    transcript = str(assets.shipped("samples", "dictation.gold.json"))
    tree = config.model_dump(mode="json")
    tree["asr"] |= {"engine": "scripted", "model": transcript, "check_language": False, "bias": False, "repair": False}
    tree["coding"] |= {"systems": []}
    tree["capture"] |= {"folder": str(folder / "recordings")}
    tree["store"] |= {"folder": str(folder / "store"), "url": database, "key": "", "checkpoints": "", "workers": 1}
    tree["web"] |= {"host": "127.0.0.1", "port": 0, "public_url": "", "tls_certificate": "", "tls_key": ""}
    return Config.model_validate(tree)


def dictated(config: Config) -> NDArray[np.int16]:
    """The sound of the shipped dictation, shape (time,), 16 kHz."""
    samples = audio.load(assets.shipped("samples", "dictation.flac"), config.audio).samples
    return np.rint(samples * 32767).astype(np.int16)


def wav(samples: NDArray[np.int16]) -> bytes:
    """A WAV file of mono sound at 16 kHz."""
    size = 2 * len(samples)
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", size
    )
    return head + samples.astype("<i2").tobytes()


def wait_until(true: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait until it is so. Raises EngineError where it takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise EngineError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.5)


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The URL of a new database on a PostgreSQL server, dropped in the end; empty for SQLite."""
    if not server:
        yield ""
        return
    import psycopg

    name = f"scribe_faults_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def command(*arguments: str) -> list[str]:
    """A `scribe` command with the source that runs here."""
    return [sys.executable, "-c", "from scribe.cli import main; main()", *arguments]


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """Environment of a `scribe` command: without settings of the user's, and with `more`."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SCRIBE_")}
    source = str(Path(scribe.__file__).parents[1])
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, [source, environ.get("PYTHONPATH")]))
    return environ | dict(more)


class Server:
    """One run of `scribe serve`, in a process group of its own."""

    def __init__(self, config: Config, folder: Path, environ: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start it. Raises EngineError where it does not open its port, or does not answer."""
        settings = folder / "config.yaml"
        settings.write_text(config.model_dump_json(), encoding="utf-8")  # JSON is YAML, too
        serve = command("serve", "--config", str(settings), "--port", "0")
        begun = time.monotonic()
        with (folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own command)
                serve, stdout=subprocess.PIPE, stderr=log, text=True, env=surroundings(environ), start_new_session=True
            )
        self._drainer = threading.Thread(target=self._drain, daemon=True)
        self._open = ExitStack()
        try:
            self.address = self._address()
            self._drainer.start()
            self.browser = Browser(self.address, self._open.enter_context(httpx.Client(timeout=PATIENCE)))
        except BaseException:
            self.close()
            raise
        self.seconds_to_start = time.monotonic() - begun

    def _address(self) -> str:
        for said in self.process.stdout or ():
            if found := ADDRESS.search(said):
                return found[0]
        raise EngineError("`scribe serve` ended before it opened its port: see its log")

    def _drain(self) -> None:
        for _ in self.process.stdout or ():
            pass

    def kill(self) -> None:
        """End the server and its workers by kill -9, all at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """As `kill`, and its browser is closed."""
        self.kill()
        self._open.close()
        if self._drainer.is_alive():
            self._drainer.join()
        if self.process.stdout:
            self.process.stdout.close()

    def terminate(self) -> float:
        """SIGTERM; how long it took to end, in seconds. Raises EngineError where it does not end within a minute."""
        begun = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise EngineError("`scribe serve` did not end within a minute of SIGTERM") from error
        return time.monotonic() - begun


@dataclass
class Browser:
    """A browser of whoever sits at this machine: it has the cookie, and sends the token of its page."""

    address: str
    http: httpx.Client

    def __post_init__(self) -> None:
        self.http.base_url = self.address
        self.http.headers["Origin"] = self.address
        session = self.http.get("/api/v1/session").json()
        self.http.headers["X-CSRF-Token"] = session["csrf_token"]

    @property
    def cookie(self) -> str:
        """The header of that name, for a socket."""
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON. Raises httpx.HTTPError where the server is gone or refuses."""
        answer = self.http.request(method, path, **options)
        answer.raise_for_status()
        return answer.json()
