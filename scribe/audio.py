"""Any common audio or video file to `Audio`: mono float32 at 16 kHz.

Whoever may upload a recording may upload anything, and decoders are where files attack. So the container is told by its
first bytes (`_containers`), and FFmpeg runs in a process of its own (`_decoding`), held to that container, without
network, with little memory, in a given time. It has neither file nor name: it asks for bytes, and sends samples as it
decodes them. So memory holds the result and a few seconds more, and a recording that is encrypted on disk stays so.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from threading import Timer
from typing import IO, TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from scribe import _containers, _decoding
from scribe._decoding import HEADER, MAX_CHANNELS, MAX_STREAMS, MOST, SAMPLE_RATE, WANTED
from scribe.config import AudioSettings
from scribe.errors import AudioError
from scribe.types import Audio

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGAIN = "so it is damaged or made to do harm: export it again as WAV"
_SCRIPT = Path(_decoding.__file__)
_MISSING_SECONDS = 0.5  # a recording may be this much shorter than its header says
_MOST_SAID = 2**22  # bytes of one frame of the decoding process: it may be in the hands of the file
_MEMORY = 2**30  # bytes of address space for decoding; a file of ten hours needs a fifth of it
_CPU_SECONDS = 60  # for decoding, and as much again for each hour allowed
_NONSENSE = (struct.error, ValueError, TypeError, LookupError, RecursionError)  # what reading its words may raise
_PATIENCE = 5  # times as long by the clock, for a machine that has other work


def load(path: Path, settings: AudioSettings) -> Audio:
    """Read a recording: WAV, FLAC, MP3, M4A/MP4, Ogg (Opus, Vorbis) or WebM, any sample rate, up to 64 channels.

    Channels are averaged. A recording that is cut short or damaged is refused, so that nobody signs half a visit
    unknowing; with `audio.accept_damaged` what can be read of it is used.

    Raises AudioError where the file is missing, empty, not such a recording, cut short, damaged, holds no sound, or is
    longer than `audio.max_hours`.
    """
    with _opened(path) as file:
        return read(file, str(path), settings)


def read(file: BufferedReader, name: str, settings: AudioSettings) -> Audio:
    """As `load`, from an open file that is called `name` in what is said about it."""
    if _containers.size(file) == 0:
        raise AudioError(f"{name} is empty: record it again or copy it again from the recorder")
    kind = _containers.sniff(file)
    if kind is None:
        raise AudioError(f"{name} is not a recording scribe can read: convert it to {_containers.KNOWN}")
    cut_short = _containers.is_cut_short(file, kind)
    promised = _containers.promised_seconds(file, kind)
    samples, damaged = _collected(_decoded(file, kind, name, settings))
    audio = Audio(samples, SAMPLE_RATE)
    cut_short = cut_short or audio.duration < promised - _MISSING_SECONDS
    if not len(samples):
        _refuse_silent(name, cut_short or damaged)
    if (cut_short or damaged) and not settings.accept_damaged:
        state = "cut short" if cut_short else "damaged"
        raise AudioError(
            f"{name} is {state}, {audio.duration:.0f} seconds of it can be read: copy it again from the recorder, "
            "or set audio.accept_damaged to true to use what is there"
        )
    return audio


def source_sha256(path: Path) -> str:
    """SHA-256 of a recording as it lies on disk, for the provenance of what is made from it.

    Raises AudioError where the file cannot be read.
    """
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _collected(chunks: Generator[bytes, None, bool]) -> tuple[NDArray[np.float32], bool]:
    """All samples, shape (time,), and what the generator returned."""
    pcm = bytearray()  # grows in place; a list of arrays would need the memory twice to be joined
    while True:
        try:
            pcm += next(chunks)
        except StopIteration as end:
            return np.frombuffer(pcm, np.float32), bool(end.value)


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
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


def _refuse_silent(name: str, broken: bool) -> NoReturn:
    reason = "is damaged and nothing of it can be read" if broken else "holds no sound"
    raise AudioError(f"{name} {reason}: record it again or copy it again from the recorder")


def _decoded(
    file: BufferedReader, kind: _containers.Kind, name: str, settings: AudioSettings
) -> Generator[bytes, None, bool]:
    """Samples (float32, 16 kHz) as the decoding process sends them. Returns whether some could not be decoded.

    Raises AudioError where it refuses the recording, takes too long, or dies of it.
    """
    limits: dict[str, Any] = {
        "format": kind.value,
        "size": _containers.size(file),
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
                file.seek(min(offset, limits["size"]))
                answers.write(file.read(min(count, MOST)))
                answers.flush()
            elif sort == b"s":
                yield content
            elif sort == b"e":
                return _ending(json.loads(content), name, settings)
            else:
                break
    raise AudioError(f"{name} could not be decoded: it asks for more time or memory than a recording needs, {AGAIN}")


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


def _ending(told: Mapping[str, Any], name: str, settings: AudioSettings) -> bool:
    """Whether the recording is damaged. Raises AudioError where the decoding process refused it."""
    if "refused" not in told:
        return bool(told["damaged"])
    value = told["value"]
    reasons = {
        "no-sound-track": "has no sound track: choose a recording with sound",
        "channels": f"has {value} channels: at most {MAX_CHANNELS} can be read",
        "streams": f"has {value} tracks: at most {MAX_STREAMS} can be read",
        "rate": f"has {value} samples a second: export it again with 8,000 to 192,000",
        "not-numbers": "holds samples that are not numbers: export it again as 16-bit WAV",
        "memory": f"asks for more memory than a recording needs, {AGAIN}",
        "too-long": f"is longer than {settings.max_hours:g} hours: cut it into parts, or raise audio.max_hours",
    }
    raise AudioError(f"{name} {reasons[told['refused']]}")
