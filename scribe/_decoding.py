"""Decodes one recording in a process of its own, so that a hostile file can harm nothing else. `audio.py` runs it.

A script that needs nothing of scribe but `_confinement`. The one argument holds the limits as JSON. Before a byte of
the recording is read, the process loads all code it will need and then gives up everything but reading its input and
writing its output. It speaks on standard output in frames, each a kind, a length and that many bytes:

- `r`: an offset and a count. So many bytes of the recording are wanted on standard input, fewer only at its end.
- `s`: samples, float32 little-endian at 16 kHz in -1.0 to 1.0, as they are decoded.
- `e`, once, at the end: JSON, whether some could not be decoded, or why all of it is refused.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame
    from av.container import InputContainer
    from numpy.typing import NDArray

SAMPLE_RATE = 16_000  # hertz
MAX_CHANNELS = 64
MAX_STREAMS = 64
RATES = (4_000, 384_000)  # hertz; a file of a few samples a second would grow to hours of sound
HEADER = struct.Struct("<cI")
WANTED = struct.Struct("<QI")
MOST = 2**18  # bytes that are asked for at once
_BATCH = 32_768  # samples collected before each call of the resampler
_BAD_PACKETS = 0.01  # share of packets that may fail to decode: stray bytes between MP3 frames are common
_FULL_SCALE = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31}


class Refused(Exception):  # noqa: N818 (it is no error of ours)
    """The recording is not decoded: a reason that `audio.py` puts into words, and a number that belongs to it."""

    def __init__(self, reason: str, value: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.value = reason, value


def main() -> None:
    """Decode the recording within the limits of the argument."""
    from scribe import _confinement

    limits: dict[str, Any] = json.loads(sys.argv[1])
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not speak in between
    warm_up()
    _confinement.confine(limits["memory"], limits["cpu_seconds"])
    try:
        recording = io.BufferedReader(Remote(output, limits["size"]), MOST)
        ending: dict[str, object] = {"damaged": decode(recording, limits, output)}
    except Refused as refusal:
        ending = {"refused": refusal.reason, "value": refusal.value}
    except MemoryError:
        ending = {"refused": "memory", "value": 0}
    send(output, b"e", json.dumps(ending).encode())
    output.flush()


def warm_up() -> None:
    """Decode a recording of our own, so that all code is loaded: a confined process can open no file."""
    own = io.BytesIO()
    with wave.open(own, "wb") as file:
        file.setparams((2, 2, 48_000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 4_800))
    own.seek(0)
    decode(own, {"format": "wav", "max_samples": SAMPLE_RATE}, io.BytesIO())


def decode(file: BinaryIO, limits: dict[str, Any], output: BinaryIO) -> bool:
    """Send all samples that can be decoded; returns whether some could not. Raises Refused."""
    import av

    try:
        container = av.open(
            file,
            mode="r",
            format=limits["format"],
            container_options={"protocol_whitelist": "none"},
            io_open=_refuse_to_open,
        )
    except av.FFmpegError:
        return True
    left = limits["max_samples"]
    with container:
        if len(container.streams) > MAX_STREAMS:
            raise Refused("streams", len(container.streams))
        if not container.streams.audio:
            raise Refused("no-sound-track")
        packets = _Packets(container)
        for chunk in _resampled(_batched(_mono(frame) for frame in packets)):
            left -= len(chunk)
            if left < 0:
                raise Refused("too-long")
            send(output, b"s", chunk.tobytes())
    return packets.damaged


def send(output: BinaryIO, kind: bytes, content: bytes) -> None:
    """One frame."""
    output.write(HEADER.pack(kind, len(content)))
    output.write(content)


class Remote(io.RawIOBase):
    """The recording, asked for piece by piece."""

    def __init__(self, output: BinaryIO, size: int) -> None:
        self._output, self._size, self._at = output, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), max(self._size - self._at, 0), MOST)
        if not wanted:
            return 0
        send(self._output, b"r", WANTED.pack(self._at, wanted))
        self._output.flush()
        got = 0
        while got < wanted:
            piece = os.read(0, wanted - got)
            if not piece:
                raise EOFError("nobody answers")
            buffer[got : got + len(piece)] = piece
            got += len(piece)
        self._at += wanted
        return wanted


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

        track = self._container.streams.audio[0]
        track.codec_context.thread_count = 1  # a confined process can start no other thread
        packets = self._container.demux(track)
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


def _mono(frame: AudioFrame) -> tuple[int, NDArray[np.float32]]:
    """Sample rate and the mean of the channels, shape (time,), full scale at 1.0."""
    import numpy as np

    channels = frame.layout.nb_channels
    if channels > MAX_CHANNELS:
        raise Refused("channels", channels)
    if not RATES[0] <= frame.sample_rate <= RATES[1]:
        raise Refused("rate", frame.sample_rate)
    samples = frame.to_ndarray()  # (channel, time), or (1, time * channel) where channels are interleaved
    samples = samples if frame.format.is_planar else samples.reshape(-1, channels).T
    name = samples.dtype.str[1:]
    mono = samples.mean(axis=0, dtype=np.float64)
    if name in _FULL_SCALE:
        mono = (mono - 128.0 if name == "u1" else mono) / _FULL_SCALE[name]
    elif not np.isfinite(mono).all():
        raise Refused("not-numbers")
    return frame.sample_rate, mono.astype(np.float32)


def _batched(chunks: Iterator[tuple[int, NDArray[np.float32]]]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Join chunks of one sample rate into longer ones: a frame may be as short as 5 ms."""
    import numpy as np

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
    import numpy as np

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
    import numpy as np

    samples: NDArray[np.float32] = frame.to_ndarray()[0].astype(np.float32, copy=False)
    return samples.clip(-1.0, 1.0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    main()
