"""A disk that fills up under a running server, one place after the other, and has room again.

Each trial starts `scribe serve` with one of the places that it writes to on a small disk of its own (a tmpfs, which
takes root; without root the server's files may not grow: RLIMIT_FSIZE). It fills the disk, asks for changes, makes
room and asks again. An answer must be an error exactly where nothing was saved, what was acknowledged must be there,
the same requests must succeed afterwards without a restart, once each, and the audit trail must verify.
"""

from __future__ import annotations

import math
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scribe.bench.faults import LoopResult, Options
from scribe.bench.faults._disk_client import Client, started
from scribe.config import Config, StoreSettings
from scribe.store.store import Store

SIZE = 24  # megabytes of the small disk
CREATED = 70  # encounters while the disk is full: a checkpoint is due among them
READY_WITHIN = 60.0  # seconds: an answer about health stands for 2, a checkpoint is tried again after 5
PLACES: Mapping[str, str] = {
    "database": "store.url=sqlite:///{full}/scribe.db",
    "sound": "store.folder={full}",
    "checkpoints": "store.checkpoints={full}/checkpoints.jsonl",
    "recordings": "capture.folder={full}",
    "temporary": "",  # TMPDIR
}
EVERY_FILE = "every file"


@dataclass(slots=True)
class Trial:
    """One server and its small disk."""

    place: str
    failures: list[str] = field(default_factory=list)
    errors: int = 0  # answers that said that nothing was saved
    acknowledged: int = 0

    def expect(self, right: bool, what: str) -> None:
        """Note what went wrong."""
        if not right:
            self.failures.append(f"{self.place}: {what}")


def run(options: Options) -> LoopResult:
    """One trial for each place, in turn, until there were enough."""
    places = list(PLACES) if _can_mount() else [EVERY_FILE]
    trials = []
    for number in range(options.trials):
        options.on_progress("disk", number, options.trials)
        trial = Trial(places[number % len(places)])
        with tempfile.TemporaryDirectory(prefix="scribe-disk-") as folder:
            _attack(trial, Path(folder))
        trials.append(trial)
    measured = {
        "refused": float(sum(trial.errors for trial in trials)),
        "acknowledged": float(sum(trial.acknowledged for trial in trials)),
    }
    return LoopResult(len(trials), tuple(failure for trial in trials for failure in trial.failures), measured)


def _attack(trial: Trial, folder: Path) -> None:
    with _small_disk(trial.place, folder / "full") as full:
        sets = {
            "store.folder": str(folder / "store"),
            "store.url": f"sqlite:///{folder}/database/scribe.db",
            "capture.folder": str(folder / "recordings"),
            "store.workers": "0",
        }
        if setting := PLACES.get(trial.place, ""):
            name, _, value = setting.format(full=full).partition("=")
            sets[name] = value
        temporary = full if trial.place == "temporary" else folder
        with started(sets, temporary, folder / "log") as (server, client):
            fill, free = _filling(trial.place, full, server)
            _ask(trial, client, fill, free)
            trial.expect(server.poll() is None, "the server has ended")
        settings = StoreSettings.model_validate(
            {name.removeprefix("store."): value for name, value in sets.items() if name.startswith("store.")}
        )
        store = Store.open(Config(store=settings))
        verdict = store.verify_audit()
        store.close()
        trial.expect(verdict.intact, f"the audit trail is not intact: {[one.problem for one in verdict.findings[:3]]}")
        trial.expect("Traceback" not in (folder / "log").read_text(), "the server's log holds a traceback")


def _ask(trial: Trial, client: Client, fill: Callable[[], None], free: Callable[[], None]) -> None:
    """Changes before, while the disk is full, and again after."""
    about = client.json("POST", "/encounters", {"title": "before"})["id"]
    fill()
    asked = [(f"full {number}", secrets.token_hex(16)) for number in range(CREATED)]
    created = {title: client.status("POST", "/encounters", {"title": title}, key=key) for title, key in asked}
    remarks = [(f"remark {number}", secrets.token_hex(16)) for number in range(5)]
    path = f"/encounters/{about}/comments"
    said = {text: client.status("POST", path, {"text": text}, key=key) for text, key in remarks}
    sound = [_wav(number) for number in range(3)]
    uploads = [client.status("POST", "/recordings", content, key=f"upload{n}") for n, content in enumerate(sound)]
    begun = [client.status("POST", "/live", {"mode": "dictation"}) for _ in range(3)]
    health = client.status("GET", "/health")
    trial.expect(health in (200, 503), f"health answers {health}")
    statuses = [*created.values(), *said.values(), *uploads, *begun]
    odd = [status for status in statuses if status not in (201, 202, 503, 507, 409)]
    trial.expect(not odd, f"answers {odd[:5]} on a full disk")
    trial.errors += sum(status >= 400 for status in statuses)
    trial.acknowledged += sum(status < 400 for status in statuses)
    free()
    there, heard = client.titles(), client.comments(about)
    for kind, given, found in (("encounter", created, there), ("comment", said, heard)):
        for text, status in given.items():
            trial.expect((status < 400) == (text in found), f"{kind} answered {status}, and there: {text in found}")
    live = client.json("GET", "/live")["recordings"]
    trial.expect(len(live) == sum(status < 400 for status in begun), f"{len(live)} live recordings for {begun}")
    trial.expect(sum(title == "" for title in there) == sum(status < 400 for status in uploads), "uploads differ")
    _again(trial, client, about, asked, remarks, sound)


def _again(trial: Trial, client: Client, about: str, asked: list[Any], remarks: list[Any], sound: list[bytes]) -> None:
    """The same requests under the same keys, with room: all succeed, once each."""
    for title, key in asked:
        status = client.status("POST", "/encounters", {"title": title}, key=key)
        trial.expect(status == 201, f"with room again a create answers {status}")
    for text, key in remarks:
        client.status("POST", f"/encounters/{about}/comments", {"text": text}, key=key)
    for number, content in enumerate(sound):
        status = client.status("POST", "/recordings", content, key=f"upload{number}")
        trial.expect(status == 202, f"with room again an upload answers {status}")
    there, heard = client.titles(), client.comments(about)
    trial.expect(sorted(there) == sorted(["before", *(title for title, _ in asked), *[""] * len(sound)]), "not once")
    trial.expect(sorted(heard) == sorted(text for text, _ in remarks), "comments are not there once each")
    until = time.monotonic() + READY_WITHIN
    while (stuck := _not_ready(client)) and time.monotonic() < until:
        time.sleep(0.2)
    trial.expect(not stuck, f"with room again not ready: {', '.join(stuck)}")


def _not_ready(client: Client) -> list[str]:
    """What stands against taking in changes, but for the little room of a small disk."""
    checks = client.json("GET", "/health/details")["checks"]
    return [check["name"] for check in checks if not check["ready"] and check["name"] != "room"]


def _wav(number: int) -> bytes:
    """Half a minute of a tone that no other trial has: a sound file that is taken in as it is."""
    samples = b"".join(
        round(8000 * math.sin(at * (0.05 + number / 100))).to_bytes(2, "little", signed=True) for at in range(8000)
    )
    data = samples * 60
    head = b"fmt " + (16).to_bytes(4, "little") + bytes.fromhex("01000100803e0000007d000002001000")
    body = b"WAVE" + head + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


# --- small disks
def _can_mount() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        if not _run(*_mount(Path(folder)), must=False):
            return False
        _run("umount", folder)
    return True


def _run(*command: str, must: bool = True) -> bool:
    return subprocess.run(command, check=must, capture_output=True).returncode == 0  # noqa: S603 - our own words


def _mount(folder: Path) -> list[str]:
    return ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=700", "tmpfs", str(folder)]


@contextmanager
def _small_disk(place: str, folder: Path) -> Iterator[Path]:
    folder.mkdir()
    if place == EVERY_FILE:
        yield folder
        return
    _run(*_mount(folder))
    try:
        yield folder
    finally:
        _run("umount", "-l", str(folder))


def _filling(place: str, full: Path, server: subprocess.Popen[bytes]) -> tuple[Callable[[], None], Callable[[], None]]:
    """How the disk is filled, and how room is made again."""
    if place == EVERY_FILE:
        _, most = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        return (
            lambda: _limit(server.pid, 0, most),
            lambda: _limit(server.pid, most, most),
        )
    ballast = full / "ballast"
    return lambda: _fill(ballast), ballast.unlink


def _limit(pid: int, now: int, most: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (now, most))


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return
