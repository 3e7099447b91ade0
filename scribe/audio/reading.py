"""Any common audio or video file to `Audio`: mono float32 at 16 kHz.

Whoever may upload a recording may upload anything, and decoders are where files attack. So the container is told by its
first bytes (`containers`), and FFmpeg runs in a process of its own (`_decoding`), held to that container, without
network, with little memory, in a given time. It has neither file nor name: it asks for bytes, and sends samples as it
decodes them. So memory holds the result and a few seconds more, and a recording that is encrypted on disk stays so.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from threading import Timer
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np

from scribe.audio import _decoding, containers
from scribe.audio import _findings as findings
from scribe.audio._decoding import HEADER, MOST, SAMPLE_RATE, WANTED
from scribe.audio._findings import Ending
from scribe.audio._findings import times as times
from scribe.config import AudioSettings
from scribe.errors import AudioError
from scribe.types import Audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

STDIN = Path("-")
_MOST_STDIN = 2**31  # bytes that standard input may hold
_SCRIPT = Path(_decoding.__file__)
_MOST_SAID = 2**22  # bytes of one frame of the decoding process: it may be in the hands of the file
_MEMORY = 2**30  # bytes of address space for decoding; a file of ten hours needs a fifth of it
_CPU_SECONDS = 60  # for decoding, and as much again for each hour allowed
_NONSENSE = (struct.error, ValueError, TypeError, LookupError, RecursionError)  # what reading its words may raise
_PATIENCE = 5  # times as long by the clock, for a machine that has other work


def load(path: Path, settings: AudioSettings) -> Audio:
    """Read a recording: WAV, FLAC, MP3, M4A/MP4, Ogg (Opus, Vorbis), WebM and others, any sample rate, 64 channels.

    `-` is standard input. Channels are averaged, one of opposite phase turned round. Sound that is missing reads as
    silence where its place is known, and stands in `Audio.missing`. A recording of which much is missing, or nobody can
    say how much, is refused, so that nobody signs half a visit unknowing; with `audio.accept_damaged` what can be read
    of it is used.

    Raises AudioError where the file is missing, empty, not such a recording, cut short, damaged, holds no sound, or is
    longer than `audio.max_hours`.
    """
    with _opened(path) as file:
        return read(file, "the recording on standard input" if path == STDIN else str(path), settings)


def read(file: BufferedReader, name: str, settings: AudioSettings) -> Audio:
    """As `load`, from an open file that is called `name` in what is said about it."""
    if containers.size(file) == 0:
        raise AudioError(f"{name} is empty: record it again or copy it again from the recorder")
    sniffed = containers.sniff(file)
    if sniffed is None:
        what = containers.foreign(file, name)
        what = what or f"is not a recording scribe can read: convert it to {containers.KNOWN}"
        raise AudioError(f"{name} {what}")
    samples, ending = _collected(_decoded(file, sniffed, name, settings))
    return findings.audio(samples, ending, name, settings)


def source_sha256(path: Path) -> str:
    """SHA-256 of a recording as it lies on disk, for the provenance of what is made from it.

    Raises AudioError where the file cannot be read.
    """
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _collected(chunks: Generator[bytes, None, Ending]) -> tuple[NDArray[np.float32], Ending]:
    """All samples, shape (time,), and what the generator returned."""
    pcm = bytearray()  # grows in place; a list of arrays would need the memory twice to be joined
    while True:
        try:
            pcm += next(chunks)
        except StopIteration as end:
            return np.frombuffer(pcm, np.float32), end.value


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    if path == STDIN:
        content = sys.stdin.buffer.read(_MOST_STDIN + 1)
        if len(content) > _MOST_STDIN:
            raise AudioError("the recording on standard input is too large to be kept in memory: name a file")
        yield BufferedReader(cast("Any", io.BytesIO(content)))
        return
    if path.is_dir():
        raise AudioError(f"{path} is a folder: name the recording inside it")
    if path.exists() and not path.is_file():
        raise AudioError(f"{path} is not a file: name a recording")
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise AudioError(f"there is no file {path}: check the name") from error
    except OSError as error:
        raise AudioError(f"{path} cannot be read ({error.strerror}): check its permissions and the disk") from error


def _decoded(
    file: BufferedReader, sniffed: containers.Sniffed, name: str, settings: AudioSettings
) -> Generator[bytes, None, Ending]:
    """Samples (float32, 16 kHz) as the decoding process sends them. Returns what it found to be missing.

    Raises AudioError where it refuses the recording, takes too long, or dies of it.
    """
    limits: dict[str, Any] = {
        "format": sniffed.kind.value,
        "size": containers.size(file) - sniffed.zeros,
        "zeros": sniffed.zeros,
        "max_samples": int(settings.max_hours * 3600 * SAMPLE_RATE),
        "memory": _MEMORY,
        "cpu_seconds": _CPU_SECONDS + int(_CPU_SECONDS * settings.max_hours),
    }
    left = 4 * limits["max_samples"]
    with _child(limits) as (asks, answers), suppress(BrokenPipeError, *_NONSENSE):
        while head := asks.read(HEADER.size):
            sort, length = HEADER.unpack(head)
            content = asks.read(min(length, _MOST_SAID))
            left -= len(content) if sort == b"s" else 0
            if len(content) < length or left < 0:
                break
            if sort == b"r":
                offset, count = WANTED.unpack(content)
                file.seek(sniffed.zeros + min(offset, limits["size"]))
                answers.write(file.read(min(count, MOST)))
                answers.flush()
            elif sort == b"s":
                yield content
            elif sort == b"e":
                return findings.ending(json.loads(content), name, settings)
            else:
                break
    raise AudioError(
        f"{name} could not be decoded: it asks for more time or memory than a recording needs, {findings.AGAIN}"
    )


@contextmanager
def _child(limits: dict[str, Any]) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The decoding process: what it says, and where it is answered. It ends with the block, and in due time.

    It has a folder of its own, none of our variables (which may hold a key), and no file of ours.
    """
    environ = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    environ |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory(prefix="scribe-") as folder:
        process = subprocess.Popen(  # noqa: S603 (our own script, and numbers)
            [sys.executable, "-I", str(_SCRIPT), json.dumps(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries write what they find in a file there
            cwd=folder,
            env=environ | {"TMPDIR": folder},
        )
        alarm = Timer(_PATIENCE * limits["cpu_seconds"], process.kill)
        alarm.daemon = True
        alarm.start()
        asks, answers = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stdin)
        try:
            yield asks, answers
        finally:
            alarm.cancel()
            process.kill()
            with suppress(BrokenPipeError):
                answers.close()
            asks.close()
            process.wait()
