"""Any common audio or video file to `Audio`: mono float32 at 16 kHz.

The file is decoded as a stream, so memory holds the result and a few seconds more. Its container is told by its first
bytes (`_containers`) and FFmpeg is held to that one, given an open file and never a name: nothing in a recording can
make it open another file or a network address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from scribe import _containers
from scribe.config import AudioSettings
from scribe.errors import AudioError
from scribe.types import Audio

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000  # hertz
MAX_CHANNELS = 64
_BATCH = 32_768  # samples collected before each call of the resampler
_MISSING_SECONDS = 0.5  # a recording may be this much shorter than its header says
_BAD_PACKETS = 0.01  # share of packets that may fail to decode: stray bytes between MP3 frames are common
_FULL_SCALE = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31}


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
    file.seek(0)
    samples, damaged = _decode(file, kind, name, settings)
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


def _decode(
    file: BufferedReader, kind: _containers.Kind, name: str, settings: AudioSettings
) -> tuple[NDArray[np.float32], bool]:
    """All samples that can be decoded, and whether some could not. Samples have shape (time,)."""
    import av

    limit = int(settings.max_hours * 3600 * SAMPLE_RATE)
    pcm = bytearray()  # grows in place; a list of arrays would need the memory twice to be joined
    try:
        container = av.open(
            file,
            mode="r",
            format=kind.value,
            container_options={"protocol_whitelist": "none"},
            io_open=_refuse_to_open,
        )
    except av.FFmpegError:
        return np.empty(0, np.float32), True
    with container:
        if not container.streams.audio:
            raise AudioError(f"{name} has no sound track: choose a recording with sound")
        packets = _Packets(container)
        for chunk in _resampled(_batched(_mono(frame, name) for frame in packets)):
            pcm += chunk.tobytes()
            if len(pcm) > 4 * limit:
                raise AudioError(
                    f"{name} is longer than {settings.max_hours:g} hours: cut it into parts, or raise audio.max_hours"
                )
    return np.frombuffer(pcm, np.float32), packets.damaged


def _refuse_to_open(*_: Any) -> NoReturn:
    raise PermissionError("a recording may not name other files")


class _Packets:
    """The decoded frames of the first sound track, stepping over packets that do not decode."""

    def __init__(self, container: InputContainer) -> None:
        self._container = container
        self._read = 0
        self._failed = 0
        self._ended_badly = False

    @property
    def damaged(self) -> bool:
        return self._ended_badly or self._failed > max(1, _BAD_PACKETS * self._read)

    def __iter__(self) -> Iterator[AudioFrame]:
        import av

        packets = self._container.demux(self._container.streams.audio[0])
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.FFmpegError:
                self._ended_badly = True
                return
            self._read += 1
            try:
                yield from packet.decode()
            except av.FFmpegError:
                self._failed += 1


def _mono(frame: AudioFrame, name: str) -> tuple[int, NDArray[np.float32]]:
    """Sample rate and the mean of the channels, shape (time,), full scale at 1.0."""
    channels = frame.layout.nb_channels
    if channels > MAX_CHANNELS:
        raise AudioError(f"{name} has {channels} channels: at most {MAX_CHANNELS} can be read")
    samples = frame.to_ndarray()  # (channel, time), or (1, time * channel) where channels are interleaved
    samples = samples if frame.format.is_planar else samples.reshape(-1, channels).T
    kind = samples.dtype.str[1:]
    mono = samples.mean(axis=0, dtype=np.float64)
    if kind in _FULL_SCALE:
        mono = (mono - 128.0 if kind == "u1" else mono) / _FULL_SCALE[kind]
    elif not np.isfinite(mono).all():
        raise AudioError(f"{name} holds samples that are not numbers: export it again as 16-bit WAV")
    return frame.sample_rate, mono.astype(np.float32)


def _batched(chunks: Iterator[tuple[int, NDArray[np.float32]]]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Join chunks of one sample rate into longer ones: a frame may be as short as 5 ms."""
    held: list[NDArray[np.float32]] = []
    held_rate, length = 0, 0
    for rate, chunk in chunks:
        if held and (rate != held_rate or length >= _BATCH):
            yield held_rate, np.concatenate(held)
            held, length = [], 0
        held.append(chunk)
        held_rate, length = rate, length + len(chunk)
    if held:
        yield held_rate, np.concatenate(held)


def _resampled(chunks: Iterator[tuple[int, NDArray[np.float32]]]) -> Iterator[NDArray[np.float32]]:
    """Chunks at 16 kHz, in -1.0 to 1.0. A stream may change its sample rate midway (chained Ogg, HE-AAC)."""
    import av

    resampler, current = None, 0
    for rate, chunk in chunks:
        if resampler is None or rate != current:
            if resampler is not None:
                yield from map(_clipped, resampler.resample(None))
            resampler, current = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE), rate
        frame = av.AudioFrame.from_ndarray(chunk[np.newaxis, :], format="flt", layout="mono")
        frame.sample_rate = rate
        yield from map(_clipped, resampler.resample(frame))
    if resampler is not None:
        yield from map(_clipped, resampler.resample(None))


def _clipped(frame: AudioFrame) -> NDArray[np.float32]:
    samples: NDArray[np.float32] = frame.to_ndarray()[0].astype(np.float32, copy=False)
    return samples.clip(-1.0, 1.0)
