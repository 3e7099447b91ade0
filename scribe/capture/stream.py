"""A browser's sound as it arrives in pieces: the frames it sends, and what the server takes of them.

**The frame**, little-endian, one in each binary message, at most `MAX_BYTES` long:

    offset  size  field
    0       1     magic 0x53 ("S")
    1       1     version 1
    2       2     flags: 1 last (the sender has stopped; n may be 0), 2 gap (what lies between the frame before,
                  by seq, and this one is lost at the sender, and will never come)
    4       8     session: `session_of(recording id)`; sent to the browser as text, it is no number of JavaScript
    12      4     seq: 0, 1, 2 ... counts the frames of one connection
    16      8     first sample: place of this frame's first sample on the recording's sample clock
    24      2     n: samples in this frame, at most `MAX_SAMPLES`
    26      2 n   samples, 16-bit signed, mono, 16 kHz
    26+2n   4     CRC-32 (as in zlib) of everything before

**The talk.** The browser says which recording it goes on with; the server makes a `StreamReceiver`, calls `connect`
and answers with its `next_sample`. The browser sends frames from that sample on, cut as it likes: a frame may overlap
what the server has, come twice, or come early. About once a second, and after a frame with flag `last`, the server
calls `acknowledge`, which flushes to the disk, and tells the browser `durable_sample`: only what lies before it may the
browser forget. After a cut of any length the browser connects again and sends everything from the new `next_sample`
on; a server that was killed meanwhile makes its receiver of `Recorder.reopen(folder)`.

`receive` returns how far it came. Its `missing` names samples that later frames wait for: a browser that is asked sends
them again. A frame that cannot be right raises StreamError and leaves the recording as it was; a full disk raises
DiskFullError, and the browser keeps what is not acknowledged. While the recording is paused the browser sends nothing.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum

import numpy as np
from numpy.typing import NDArray

from scribe.capture.folder import SAMPLE_RATE
from scribe.capture.history import Stretch
from scribe.capture.recorder import Recorder
from scribe.errors import DiskFullError, StreamError

MAGIC = 0x53
VERSION = 1
MAX_SAMPLES = SAMPLE_RATE  # of one frame
_HEADER = struct.Struct("<BBHQIQH")
MAX_BYTES = _HEADER.size + 2 * MAX_SAMPLES + 4
MAX_AHEAD = 10 * SAMPLE_RATE  # how early a frame may come: what waits for others is kept in memory
MAX_GAP = 600 * SAMPLE_RATE  # what a sender may report lost at once
_REMEMBERED = 4096  # frames of a connection whose numbers are checked against one another


class Flags(IntFlag):
    """Flags of a frame."""

    NONE = 0
    LAST = 1
    GAP = 2


class Reason(StrEnum):
    """Why a frame was refused (`StreamError.reason`)."""

    GARBAGE = "garbage"  # no frame, or changed on the way
    VERSION = "version"
    OVERSIZED = "oversized"
    SESSION = "session"  # of another recording
    SEQUENCE = "sequence"  # its number contradicts other frames
    AHEAD = "ahead"  # far behind what is missing before it
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class StreamFrame:
    """One frame. `samples` has shape (time,)."""

    session: int
    seq: int
    first: int
    samples: NDArray[np.int16] = field(repr=False)
    flags: Flags = Flags.NONE

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.first + len(self.samples)


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far the recording came with a frame."""

    next_sample: int  # samples before this one are in the recording, durable or not
    missing: Stretch | None = None  # frames that came early wait for these
    last: bool = False  # the sender has stopped and nothing is missing: acknowledge, and stop the recorder


@dataclass(frozen=True, slots=True)
class Ack:
    """What the sender may forget: everything before `durable_sample`."""

    next_sample: int
    durable_sample: int


def session_of(recording: str) -> int:
    """The session number of a recording: 64 bits that tell recordings apart. It is no secret and opens nothing."""
    return int.from_bytes(hashlib.sha256(recording.encode()).digest()[:8], "little")


def encode(frame: StreamFrame) -> bytes:
    """The frame as it is sent. Raises StreamError where it holds too many samples."""
    if len(frame.samples) > MAX_SAMPLES:
        raise StreamError(f"a frame holds at most {MAX_SAMPLES} samples: split it", Reason.OVERSIZED)
    head = _HEADER.pack(MAGIC, VERSION, frame.flags, frame.session, frame.seq, frame.first, len(frame.samples))
    body = head + frame.samples.astype("<i2").tobytes()
    return body + struct.pack("<I", zlib.crc32(body))


def decode(data: bytes) -> StreamFrame:
    """The frame in a message. Raises StreamError where it is none, was changed on the way, or is too large."""
    if len(data) > MAX_BYTES:
        raise StreamError(f"a frame of {len(data)} bytes, and {MAX_BYTES} is the most: split it", Reason.OVERSIZED)
    if len(data) < _HEADER.size + 4 or data[0] != MAGIC:
        raise StreamError("a message that is no sound frame: reload the page", Reason.GARBAGE)
    if data[1] != VERSION:
        raise StreamError("the page is of another version of scribe: reload it", Reason.VERSION)
    _, _, flags, session, seq, first, count = _HEADER.unpack_from(data)
    body, checksum = data[:-4], struct.unpack("<I", data[-4:])[0]
    if len(body) != _HEADER.size + 2 * count or zlib.crc32(body) != checksum or flags & ~3:
        raise StreamError("a sound frame was damaged on its way: send it again", Reason.GARBAGE)
    samples = np.frombuffer(body, "<i2", offset=_HEADER.size).astype(np.int16, copy=False)
    return StreamFrame(session, seq, first, samples, Flags(flags))


class StreamReceiver:
    """Puts the frames of one session into its recording, each sample once and in order. Use it from one thread."""

    def __init__(self, recorder: Recorder) -> None:
        self.session = session_of(recorder.id)
        self._recorder = recorder
        self._numbers = _Numbers()
        self._early: dict[int, StreamFrame] = {}  # by first sample: taken, and waiting for what lies before them
        self._end: int | None = None  # sample at which the sender has stopped

    @property
    def next_sample(self) -> int:
        """The sample that is expected next."""
        return self._recorder.samples

    def connect(self) -> Ack:
        """A connection starts, or starts again: frames are counted from 0, and early ones are to be sent again."""
        self._numbers = _Numbers()
        self._early.clear()
        self._end = None
        return Ack(self.next_sample, self._recorder.durable_sample)

    def receive(self, data: bytes) -> Receipt:
        """Take a message.

        Raises StreamError where it cannot be part of the recording, which is as it was then; DiskFullError or
        CaptureError where it cannot be written.
        """
        frame = decode(data)
        self._check(frame)
        self._numbers.add(frame)
        if Flags.LAST in frame.flags:
            self._end = frame.end
        known = self._early.get(frame.first)
        if frame.end > self.next_sample and (known is None or known.end < frame.end):
            self._early[frame.first] = frame
        self._drain()
        return self._receipt()

    def acknowledge(self) -> Ack:
        """Flush to the disk, and say what the sender may forget. Raises DiskFullError or CaptureError."""
        self._recorder.sync()
        return Ack(self.next_sample, self._recorder.durable_sample)

    def _check(self, frame: StreamFrame) -> None:
        if frame.session != self.session:
            raise StreamError("a sound frame of another recording: reload the page", Reason.SESSION)
        ahead, new = frame.first - self.next_sample, frame.end > self.next_sample
        if ahead > (MAX_GAP if Flags.GAP in frame.flags else MAX_AHEAD):
            raise StreamError(f"sound {ahead / SAMPLE_RATE:.0f} s too early: connect again", Reason.AHEAD)
        if ahead > 0 and sum(len(early.samples) for early in self._early.values()) > 2 * MAX_AHEAD:
            raise StreamError("too much sound came early: connect again", Reason.AHEAD)
        if new and self._recorder.paused:
            raise StreamError("the recording is paused: resume it first", Reason.PAUSED)
        self._numbers.check(frame)

    def _drain(self) -> None:
        """Record the early frames whose turn it is."""
        for first in sorted(self._early):
            frame = self._early[first]
            if first > self.next_sample:
                if not self._numbers.follows_a_gap(frame, self.next_sample):
                    return
                self._recorder.skip(first - self.next_sample)
            samples = frame.samples[self.next_sample - first :]
            if len(samples) > self._recorder.room:
                raise DiskFullError("the disk is full: make room now, what was recorded is safe")
            del self._early[first]
            if len(samples):
                self._recorder.append(samples)

    def _receipt(self) -> Receipt:
        following, last = self.next_sample, self._end is not None and self.next_sample >= self._end
        wanted = min(self._early, default=following if last or self._end is None else self._end)
        missing = Stretch(following, wanted - following) if wanted > following else None
        return Receipt(following, missing, last)


class _Numbers:
    """The frames of a connection by their number: later ones cannot lie earlier, and no number is used twice."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[int, int, int]] = {}  # seq: first sample, end, checksum
        self._order: list[int] = []

    def check(self, frame: StreamFrame) -> None:
        """Raises StreamError where the number of `frame` contradicts another's."""
        same = self._seen.get(frame.seq)
        at = bisect_left(self._order, frame.seq)
        before = self._seen[self._order[at - 1]] if at else None
        after = self._seen[self._order[at]] if at < len(self._order) and not same else None
        if (
            (same and same != _described(frame))
            or (before and before[0] > frame.first)
            or (after and after[0] < frame.first)
            or (self._order and frame.seq > self._order[-1] + _REMEMBERED)
        ):
            raise StreamError("sound frames contradict one another: connect again", Reason.SEQUENCE)

    def follows_a_gap(self, frame: StreamFrame, following: int) -> bool:
        """Whether all that the sender has before `frame` was recorded, up to sample `following`."""
        if Flags.GAP not in frame.flags:
            return False
        before = self._seen.get(frame.seq - 1)
        return frame.seq == 0 or (before is not None and before[1] <= following)

    def add(self, frame: StreamFrame) -> None:
        """Remember it."""
        if frame.seq not in self._seen:
            insort(self._order, frame.seq)
            self._seen[frame.seq] = _described(frame)
            if len(self._order) > _REMEMBERED:
                del self._seen[self._order.pop(0)]


def _described(frame: StreamFrame) -> tuple[int, int, int]:
    return frame.first, frame.end, zlib.crc32(frame.samples.tobytes())
