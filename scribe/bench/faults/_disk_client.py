"""`scribe serve` as a process, and a client of it that says each request's key."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 180.0  # seconds in which a server has to start, or to answer


class Client:
    """Whoever sits at the machine of the server."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._place = urlsplit(address).netloc
        self._headers: dict[str, str] = {}
        status, headers, body = self._first()
        if status != 200:
            raise RuntimeError(f"the server answers {status} to its first request")
        self._headers["Cookie"] = headers["Set-Cookie"].partition(";")[0]
        self._headers["X-CSRF-Token"] = json.loads(body)["csrf_token"]

    @property
    def cookie(self) -> str:
        """Of this browser."""
        return self._headers["Cookie"]

    def _first(self) -> tuple[int, Any, bytes]:
        """The server says its address a moment before it answers there."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._request("GET", "/session")
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def status(self, method: str, path: str, body: Any = None, *, key: str = "") -> int:
        """What a request is answered with; 0 where the connection broke off."""
        try:
            return self._request(method, path, body, key)[0]
        except (OSError, http.client.HTTPException):
            return 0

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a request that must succeed."""
        status, _, text = self._request(method, path, body)
        if status >= 400:
            raise RuntimeError(f"{method} {path} answers {status}")
        return json.loads(text)

    def titles(self) -> list[str]:
        """The titles of all encounters."""
        found: list[str] = []
        wanted: dict[str, Any] = {"limit": 100}
        while True:
            page = self.json("POST", "/encounters/search", wanted)
            found += [item["title"] for item in page["items"]]
            if page["next"] is None:
                return found
            wanted["cursor"] = page["next"]

    def comments(self, encounter: str) -> list[str]:
        """The words of all comments on one."""
        return [item["text"] for item in self.json("GET", f"/encounters/{encounter}/comments")["comments"]]

    def _request(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any, bytes]:
        headers = dict(self._headers)
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/octet-stream"
        elif body is not None:
            headers["Content-Type"], body = "application/json", json.dumps(body).encode()
        if key:
            headers["Idempotency-Key"] = key
        connection = http.client.HTTPConnection(self._place, timeout=PATIENCE)
        try:
            connection.request(method, f"/api/v1{path}", body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@contextmanager
def started(settings: Path, temporary: Path, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], Client]]:
    """A server with the settings of a file, for as long as it is attacked."""
    command = [sys.executable, "-c", "from scribe.cli import main; main()", "serve", "--port", "0"]
    command += ["--config", str(settings)]
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as errors:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)  # noqa: S603
    try:
        yield server, Client(_address(server))
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout is not None:
            server.stdout.close()


def _address(server: subprocess.Popen[bytes]) -> str:
    """Where it says that it is."""
    if server.stdout is None:
        raise RuntimeError("the server has no output to read its address from")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        line = server.stdout.readline().decode()
        if not line:
            break
        if found := next((word for word in line.split() if word.startswith("http")), None):
            return found
    raise RuntimeError("the server did not start")
