"""A disk that fills up under a running server, one place after the other, and has room again.

Each trial starts `scribe serve` with one of the places that it writes to on a small disk of its own (a tmpfs, which
takes root; without root the server's files may not grow: RLIMIT_FSIZE). It fills the disk, asks for changes, makes
room and asks again. An answer must be an error exactly where nothing was saved, what was acknowledged must be there,
the same requests must succeed afterwards without a restart, once each, and the audit trail must verify.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scribe.asr import user_words
from scribe.bench.faults import LoopResult, Options
from scribe.bench.faults import _disk_asks as asks
from scribe.bench.faults._disk_asks import Trial
from scribe.bench.faults._disk_client import started
from scribe.bench.faults._server import scripted
from scribe.config import Config
from scribe.errors import StoreError
from scribe.store import purged
from scribe.store.store import Store

SIZE = 24  # megabytes of the small disk
PAGE, PAGES = 4096, 8  # bytes that a file takes at least there, and how many of these a store begins with at most
NEW, DRAFTS = "a new store", "drafts"
PLACES: Mapping[str, tuple[str, str, str] | None] = {  # stage, setting and its value
    "database": ("store", "url", "sqlite:///{full}/scribe.db"),
    "sound": ("store", "folder", "{full}"),
    "checkpoints": ("store", "checkpoints", "{full}/checkpoints.jsonl"),
    "recordings": ("capture", "folder", "{full}"),
    "words": ("asr", "words", "{full}/words.tsv"),
    asks.CODES: ("coding", "folder", "{full}"),
    "temporary": None,  # TMPDIR
    NEW: ("store", "folder", "{full}"),
    DRAFTS: ("store", "folder", "{full}"),
}
EVERY_FILE = "every file"


def run(options: Options) -> LoopResult:
    """One trial for each place, in turn, until there were enough."""
    places = list(PLACES) if _can_mount() else [EVERY_FILE]
    trials = []
    for number in range(options.trials):
        options.on_progress("disk", number, options.trials)
        trial = Trial(places[number % len(places)])
        with tempfile.TemporaryDirectory(prefix="scribe-disk-") as folder:
            _attack(trial, options.config, Path(folder))
        trials.append(trial)
    measured = {
        "refused": float(sum(trial.errors for trial in trials)),
        "acknowledged": float(sum(trial.acknowledged for trial in trials)),
        "spoken_seconds": sum(trial.spoken for trial in trials),
    }
    return LoopResult(len(trials), tuple(failure for trial in trials for failure in trial.failures), measured)


def _attack(trial: Trial, base: Config, folder: Path) -> None:
    with _small_disk(trial.place, folder / "full") as full:
        config = _config(base, trial.place, folder, full)
        settings = folder / "config.yaml"
        settings.write_text(config.model_dump_json(), encoding="utf-8")  # JSON is YAML, too
        user_words.write(Path(config.asr.words), ())  # a list that is named has to be there
        if trial.place == NEW:
            _begin_on_little(trial, config, full / "ballast")
        temporary = full if trial.place == "temporary" else folder
        with started(settings, temporary, folder / "log") as (server, client):
            fill, free = _filling(trial.place, full, server)
            (asks.draft if trial.place == DRAFTS else asks.ask)(trial, client, fill, free)
            trial.expect(server.poll() is None, "the server has ended")
            if trial.place in ("sound", "database"):
                about = client.json("POST", "/encounters", {"title": "to go"})["id"]
                _purge(trial, settings, about, fill, free)
                listed = [item.encounter for item in purged.entries(Path(config.store.folder))]
                trial.expect(about in listed, "what was purged is not on the list")
        store = Store.open(config)
        verdict = store.verify_audit()
        store.close()
        trial.expect(verdict.intact, f"the audit trail is not intact: {[one.problem for one in verdict.findings[:3]]}")
        trial.expect("Traceback" not in (folder / "log").read_text(), "the server's log holds a traceback")


def _config(base: Config, place: str, folder: Path, full: Path) -> Config:
    """Settings of a server that keeps everything in `folder`, but for what is on the small disk."""
    tree = scripted(base, folder, f"sqlite:///{folder}/database/scribe.db").model_dump(mode="json")
    tree["asr"] |= {"words": str(folder / "words" / "words.tsv")}
    tree["coding"] |= {"systems": base.coding.systems if place == asks.CODES else []}
    tree["store"] |= {"workers": 1 if place == DRAFTS else 0}
    for stage, name, value in filter(None, [PLACES.get(place)]):
        tree[stage] |= {name: value.format(full=full)}
    return Config.model_validate(tree)


def _begin_on_little(trial: Trial, config: Config, ballast: Path) -> None:
    """A store begins with room for no file, for one, and so on: it is refused, and there is none that never opens."""
    for pages in range(PAGES):
        _fill(ballast)
        with ballast.open("r+b") as file:
            file.truncate(max(file.seek(0, os.SEEK_END) - pages * PAGE, 0))
        try:
            Store.open(config).close()
        except StoreError:
            trial.errors += 1
        finally:
            ballast.unlink()


def _purge(trial: Trial, settings: Path, about: str, fill: Callable[[], None], free: Callable[[], None]) -> None:
    """An encounter is purged while the disk is full, or afterwards, and is on the list of what was."""
    wanted = ["purge", "--encounter", about, "--reason", "asked for", "--yes"]
    command = [sys.executable, "-c", "from scribe.cli import main; main()", *wanted, "--config", str(settings)]
    fill()
    first = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own words
    free()
    trial.expect("Traceback" not in first.stderr, "a purge on a full disk ends with a traceback")
    trial.errors += first.returncode != 0
    second = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own words
    trial.expect(second.returncode == 0, f"a purge with room again ends with {second.returncode}")


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
