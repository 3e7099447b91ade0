"""Decodes one recording in a process of its own, so that a hostile file can harm nothing else. `audio.py` runs it.

A script that needs of scribe only `confinement`, `_scans`, `_timeline`, `_channels`, `_views` and what they import.
The one argument holds the limits as JSON. Before a byte of the recording is read, the process loads all code it will
need and then gives up everything but reading its input and writing its output. It speaks on standard output in frames,
each a kind, a length and that many bytes:

- `r`: an offset and a count. So many bytes of the recording are wanted on standard input, fewer only at its end.
- `s`: samples, float32 little-endian at 16 kHz in -1.0 to 1.0, as they are decoded.
- `e`, once, at the end: JSON, which stretches are missing, or why all of it is refused.
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
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, cast

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame, AudioStream, Packet
    from av.container import InputContainer
    from numpy.typing import NDArray

    from scribe.audio._channels import Block, Still
    from scribe.audio._timeline import Timeline

SAMPLE_RATE = 16_000  # hertz
MAX_CHANNELS = 64
MAX_STREAMS = 64
RATES = (4_000, 384_000)  # hertz; a file of a few samples a second would grow to hours of sound
HEADER = struct.Struct("<cI")
WANTED = struct.Struct("<QI")
MOST = 2**18  # bytes that are asked for at once
_AUDIBLE = 1e-3  # peak of a track that holds sound, full scale at 1.0
_PROMISING = ("flac", "ogg", "mp4", "matroska", "asf", "aiff", "caf")  # containers that tell a track's length
_COARSE = ("asf", "matroska")  # ... of the longest track, or of what was sent
_STRICT = {"err_detect": "crccheck+bitstream+buffer+explode"}  # a frame that is not as it was written is an error
_ZEROS = 8  # bytes that a packet of nothing but zeros has at least; shorter ones may stand for silence
_FULL_SCALE = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31}


class Refused(Exception):  # noqa: N818 (it is no error of ours)
    """The recording is not decoded: a reason that `reading.py` puts into words, and a number that belongs to it."""

    def __init__(self, reason: str, value: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.value = reason, value


def main() -> None:
    """Decode the recording within the limits of the argument."""
    from scribe.audio import confinement

    limits: dict[str, Any] = json.loads(sys.argv[1])
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not speak in between
    warm_up()
    confinement.confine(limits["memory"], limits["cpu_seconds"])
    try:
        recording = io.BufferedReader(Remote(output, limits["size"]), MOST)
        ending = decode(recording, limits, output)
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


def decode(file: BinaryIO, limits: dict[str, Any], output: BinaryIO) -> dict[str, Any]:
    """Send all samples that can be decoded; returns what is missing of them. Raises Refused."""
    from scribe.audio import _scans, _views
    from scribe.audio._channels import Mixer, Still, batched
    from scribe.audio._timeline import Timeline

    kind = limits["format"]
    scan = _scans.scan(file, file.seek(0, os.SEEK_END), kind, limits.get("zeros", 0))
    if scan.hostile:
        return {"missing": [], "unknown": "damaged", "remarks": []}
    if scan.patch is not None or scan.pieces:
        view = _views.Patched(file, *scan.patch) if scan.patch else _views.Pieces(file, scan.pieces)
        file = cast("BinaryIO", io.BufferedReader(view, MOST))
    try:
        index, silent, unread = _chosen(file, kind)
        container = _opened(file, kind)
    except _Unreadable:
        return {"missing": [], "unknown": "damaged", "remarks": []}
    mixer, still, left = Mixer(), Still(), limits["max_samples"]
    with container:
        track = container.streams.audio[index]
        if len(container.streams) > 1:
            scan.payload = 0  # shared with other tracks
        timeline = Timeline(scan, _promised(container, track, kind), chained=kind == "ogg", coarse=kind in _COARSE)
        for chunk in _resampled(batched(_decoded(container, track, timeline, still), mixer)):
            left -= len(chunk)
            if left < 0:
                raise Refused("too-long")
            send(output, b"s", chunk.tobytes())
    if kind == "matroska" and timeline.promised and timeline.at:
        scan.unknown = ""  # its length tells what is missing at its end
    timeline.finish()
    for start, end in still.found():
        timeline.losses.add(start, end, "still")
    for other in unread:
        timeline.losses.add(0.0, timeline.at, f"track-{other + 1}")
    scan.remarks += [f"silent-track-{other + 1}" for other in silent]
    if 2 * mixer.turned > mixer.mixed:
        scan.remarks.append("opposed")
    return timeline.ending()


class _Unreadable(Exception):  # noqa: N818 (it is no error of ours)
    """FFmpeg cannot make out what the file is."""


def _opened(file: BinaryIO, kind: str) -> InputContainer:
    import av

    file.seek(0)
    try:
        container = av.open(
            file,
            mode="r",
            format=kind,
            container_options={"protocol_whitelist": "none"},
            io_open=_refuse_to_open,
        )
    except av.FFmpegError as error:
        raise _Unreadable from error
    if len(container.streams) > MAX_STREAMS:
        raise Refused("streams", len(container.streams))
    if not container.streams.audio:
        raise Refused("no-sound-track")
    for track in container.streams.audio:
        track.codec_context.options = dict(_STRICT)
        track.codec_context.thread_count = 1
    return container


def _chosen(file: BinaryIO, kind: str) -> tuple[int, list[int], list[int]]:
    """The first sound track that can be heard; the silent ones before it; the others that can be heard, too."""
    import av

    with _opened(file, kind) as container:
        tracks = container.streams.audio
        if len(tracks) == 1:
            return 0, [], []
        places = {track.index: number for number, track in enumerate(tracks)}
        peaks = [0.0] * len(tracks)
        packets = container.demux(tracks)
        while min(peaks) < _AUDIBLE:
            try:
                packet = next(packets)
                number = places[packet.stream.index]
                for frame in packet.decode():
                    block = _block(frame)[1]
                    peaks[number] = max(peaks[number], float(abs(block).max(initial=0.0)))
            except StopIteration:
                break
            except av.FFmpegError:
                if not container.streams.audio:
                    break
                continue
    heard = [number for number, peak in enumerate(peaks) if peak >= _AUDIBLE]
    chosen = heard[0] if heard else 0
    return chosen, list(range(chosen)), heard[1:]


def _promised(container: InputContainer, track: AudioStream, kind: str) -> float:
    """Seconds that the file says the track has; 0 where it does not say."""
    if kind not in _PROMISING:
        return 0.0
    if track.duration is not None and track.time_base is not None:
        return float(track.duration * track.time_base)
    return (container.duration or 0) / 1e6


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


def _decoded(container: InputContainer, track: AudioStream, timeline: Timeline, still: Still) -> Iterator[Block]:
    """The sound of a track, stepping over packets that do not decode; silence where it is missing."""
    from scribe.audio._channels import silence

    rate, channels = track.rate or SAMPLE_RATE, 1
    for index, packet in enumerate(_packets(container, track, timeline)):
        timeline.used += packet.size
        if not timeline.scan.timed and (seconds := timeline.broken(index)):
            still.skip()
            yield from silence(seconds, rate, channels)
        frames = _frames_of(packet)
        if frames is None:
            timeline.failed(float((packet.duration or 0) * (packet.time_base or 0)))
            continue
        for frame in frames:
            rate, block = _block(frame)
            channels = len(block)
            if not block.shape[1]:
                continue
            time = None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
            begins = timeline.at
            if seconds := timeline.placed(time, block.shape[1] / rate, corrupt=frame.is_corrupt):
                still.skip()
                yield from silence(seconds, rate, channels)
            still.feed(block, rate, begins + seconds)
            yield rate, block


def _packets(container: InputContainer, track: AudioStream, timeline: Timeline) -> Iterator[Packet[AudioStream]]:
    import av

    packets = container.demux(track)
    while True:
        try:
            yield next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            timeline.scan.unknown = timeline.scan.unknown or "damaged"
            return


def _frames_of(packet: Packet[AudioStream]) -> list[AudioFrame] | None:
    """The frames of a packet; None where it cannot be decoded. One of nothing but zeros was never written so."""
    import av

    plain = packet.stream.codec_context.name.startswith("pcm_")
    if packet.size >= _ZEROS and not plain and not any(bytes(packet)):
        return None
    try:
        return packet.decode()
    except av.FFmpegError:
        return None


def _block(frame: AudioFrame) -> Block:
    """The samples of a frame. Raises Refused where no recorder makes such."""
    import numpy as np

    channels = frame.layout.nb_channels
    if channels > MAX_CHANNELS:
        raise Refused("channels", channels)
    if not RATES[0] <= frame.sample_rate <= RATES[1]:
        raise Refused("rate", frame.sample_rate)
    samples = frame.to_ndarray()  # (channel, time), or (1, time * channel) where channels are interleaved
    samples = samples if frame.format.is_planar else samples.reshape(-1, channels).T
    name = samples.dtype.str[1:]
    if name in _FULL_SCALE:
        samples = samples.astype(np.float64)
        samples = (samples - 128.0 if name == "u1" else samples) / _FULL_SCALE[name]
    elif not np.isfinite(samples).all():
        raise Refused("not-numbers")
    return frame.sample_rate, samples.astype(np.float32)


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
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
