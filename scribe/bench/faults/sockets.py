"""Recordings over sockets of a real `scribe serve`: whether each gets its draft, what stays in memory, who is cut off.

Each trial is a short dictation whose words come from a transcript. Then sessions are locked and ended while they
record, by another process as `scribe users lock` would: within `WITHIN` seconds the page must be told.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from scribe import assets
from scribe.bench import web
from scribe.bench.faults import LoopResult, Options
from scribe.capture.stream import StreamFrame, encode, session_of
from scribe.store import passwords
from scribe.store.actor import SYSTEM, StaffRole
from scribe.store.store import Store

BLOCK = 4000  # samples of a frame
SECONDS = 3  # of each recording
PATIENCE = 300.0  # seconds for what must come
WITHIN = 2.0  # seconds in which words stop
ENDS = 6  # sessions that are ended, at most
WARM = 5  # recordings before the memory is first measured
MOST_KEPT = 2.0  # megabytes that a finished recording may leave behind
PASSWORD = "correct horse battery staple"  # noqa: S105 (of an account that lives as long as the loop)


@dataclass
class _Found:
    failures: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # megabytes, after each recording


def run(options: Options) -> LoopResult:
    """`trials` recordings, then up to `ENDS` sessions that end."""
    found = _Found()
    with tempfile.TemporaryDirectory(prefix="scribe-faults-") as folder:
        settings = options.config.store.model_copy(update={"folder": f"{folder}/store", "workers": 0, "url": ""})
        config = options.config.model_copy(update={"store": settings})
        store = Store.open(config)
        try:
            people = _people(store)
            words = str(assets.shipped("samples", "dictation.gold.json"))
            more = {"SCRIBE_CAPTURE__FOLDER": f"{folder}/recordings", "SCRIBE_ASR__ENGINE": "scripted"}
            with web.served(config, {**more, "SCRIBE_ASR__MODEL": words}) as (address, process):
                _record(address, process, options, found)
                _end(address, store, people, min(options.trials, ENDS), found)
        finally:
            store.close()
    measured = {"slowest_end_seconds": max(found.delays, default=0.0), "rss_last_mb": found.memory[-1]}
    if len(found.memory) > WARM:
        first = found.memory[WARM - 1]
        kept = (found.memory[-1] - first) / (len(found.memory) - WARM)
        measured |= {"rss_first_mb": first, "kept_mb_per_recording": kept}
        if len(found.memory) >= 4 * WARM and kept > MOST_KEPT:
            found.failures.append(f"each finished recording left {kept:.1f} MB behind")
    return LoopResult(options.trials, tuple(found.failures), measured)


def _people(store: Store) -> str:
    secret = passwords.hashed(PASSWORD)
    with store.begin(SYSTEM) as unit:
        unit.people.add("admin", "Admin", [StaffRole.ADMIN], password=secret, must_change=False)
        doctor = unit.people.add("doctor", "Doctor", [StaffRole.PHYSICIAN], password=secret, must_change=False)
    return doctor.id


def _record(address: str, process: subprocess.Popen[str], options: Options, found: _Found) -> None:
    chance = np.random.default_rng(options.seed)
    with _signed_in(address) as client:
        for trial in range(options.trials):
            sound = chance.integers(-3000, 3000, SECONDS * 16_000).astype(np.int16)
            with _carried(address, client) as (socket, recording):
                _send(socket, recording, sound)
                socket.send(json.dumps({"type": "control", "kind": "stop", "seq": 10_000, "at": len(sound)}))
                if not _until(socket, "saved").get("draft"):
                    found.failures.append(f"recording {trial}: no draft within {PATIENCE:g} s of its stop")
            found.memory.append(_resident(process.pid))
            options.on_progress("recordings", trial + 1, options.trials)


def _end(address: str, store: Store, person: str, trials: int, found: _Found) -> None:
    """Lock the screen, end the session, lock the account, in turn, while a page records."""
    for trial in range(trials):
        how = ("screen", "session", "account")[trial % 3]
        with _signed_in(address) as client, _carried(address, client) as (socket, recording):
            sound = np.zeros(SECONDS * 16_000, np.int16)
            _send(socket, recording, sound)
            began = time.monotonic()
            with store.begin(SYSTEM) as unit:
                if how == "account":
                    unit.people.lock(person)
                for session in unit.sessions.of(person):
                    (unit.sessions.lock if how == "screen" else unit.sessions.end)(session.id)
            last = _until(socket, "locked" if how == "screen" else "closed")
            found.delays.append(time.monotonic() - began)
            if not last or found.delays[-1] > WITHIN:
                found.failures.append(f"end {trial} ({how}): words until {found.delays[-1]:.1f} s after it")
        with store.begin(SYSTEM) as unit:
            unit.people.unlock(person)


@contextmanager
def _signed_in(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False) as client:
        client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
        answer = client.post("/api/v1/session", json={"login": "doctor", "password": PASSWORD}).raise_for_status()
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        yield client


@contextmanager
def _carried(address: str, client: httpx.Client) -> Iterator[tuple[ClientConnection, str]]:
    """A recording that has begun, and its socket."""
    recording = client.post("/api/v1/live", json={"mode": "dictation"}).raise_for_status().json()["id"]
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    url = f"{address.rstrip('/').replace('http', 'ws', 1)}/api/v1/live/{recording}/socket"
    with connect(url, additional_headers=headers, max_size=None, open_timeout=PATIENCE, proxy=None) as socket:
        socket.send(json.dumps({"type": "hello", "client": "bench-of-faults", "rate": 16_000}))
        _until(socket, "ready")
        yield socket, recording


def _send(socket: ClientConnection, recording: str, sound: np.ndarray) -> None:
    """Send it, and wait until it is safe there."""
    for number, first in enumerate(range(0, len(sound), BLOCK)):
        socket.send(encode(StreamFrame(session_of(recording), number, first, sound[first : first + BLOCK])))
    while (ack := _until(socket, "ack")) and ack["durable_sample"] < len(sound):
        pass


def _until(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of a kind, or "closed"; empty where it does not come."""
    end = time.monotonic() + PATIENCE
    try:
        while (left := end - time.monotonic()) > 0:
            message = json.loads(socket.recv(left))
            if message["type"] == kind:
                return dict(message)
    except TimeoutError:
        return {}
    except ConnectionClosed:
        return {"type": "closed"} if kind == "closed" else {}
    return {}


def _resident(process: int) -> float:
    """Megabytes of memory that a process has."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))
