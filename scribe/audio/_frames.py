"""Walks the frames of streams that have no clock of their own: MP3, raw AAC (ADTS), AMR and GSM.

In such a file a frame follows the frame before it, and where it does not, sound is missing: FFmpeg steps over that
without a word. How much is missing is reckoned by the bytes between the frames, or by the header that counts them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_BREAKS = 500  # more, and what is between them is worth nothing
MAX_TRIES = 3_000_000  # places looked at for the next frame, in a whole file
_BLOCK = 2**20  # bytes held at once

Header = Callable[[bytes], "Frame | None"]
"""What the first bytes of a frame say; None where they are none."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The header of a frame. All frames of a stream have the same `key`."""

    length: int  # bytes
    seconds: float
    key: int
    silent: bool = False  # says itself that its sound was lost


@dataclass(slots=True)
class Walked:
    """What the frames of a file add up to."""

    frames: int = 0
    seconds: float = 0.0
    breaks: list[tuple[int, float]] = field(default_factory=list)  # frames before it, seconds that are missing there
    cut: bool = False  # the last frame is not whole
    given_up: bool = False  # too much of it is no frame


@dataclass(slots=True)
class Scan:
    """What was found. Times are seconds."""

    breaks: list[tuple[int, float]] = field(default_factory=list)  # (frames before it, seconds missing there)
    short: float = 0.0  # missing at the end by what the file promises
    longer: bool = False  # there is more than it promises
    unknown: str = ""  # why sound is missing, where nobody can say how much
    no_end: bool = False  # it lacks the mark that comes at the end of its kind
    remarks: list[str] = field(default_factory=list)
    doubts: list[tuple[float, float]] = field(default_factory=list)  # where sound is missing, if no gap tells of it
    pieces: list[tuple[int, int]] = field(default_factory=list)  # start and end of what is to be read; empty: all
    patch: tuple[int, bytes] | None = None  # bytes that are to be read in place of those at an offset
    payload: int = 0  # bytes that packets should add up to; 0: not known
    whole: bool = True  # nothing in it is broken: a gap between packets is one that the recorder made
    hostile: bool = False  # made to keep a reader busy: nothing of it is decoded
    timed: bool = True  # its packets have times of their own, and a gap in them is missing sound


class Window:
    """Bytes of a file by offset, read in large blocks."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.size = file, size
        self._start, self._block = 0, b""

    def at(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset` on, fewer at the end of the file."""
        start = offset - self._start
        if start < 0 or start + length > len(self._block):
            self._load(offset)
            start = 0
        return self._block[start : start + length]

    def find(self, byte: bytes, offset: int) -> int:
        """Where `byte` comes next; the size of the file where it does not."""
        while offset < self.size:
            start = offset - self._start
            if not 0 <= start < len(self._block):
                self._load(offset)
                start = 0
            found = self._block.find(byte, start)
            if found >= 0:
                return self._start + found
            offset = self._start + len(self._block)
        return self.size

    def _load(self, offset: int) -> None:
        self._file.seek(offset)
        self._start, self._block = offset, self._file.read(_BLOCK)


def walk(window: Window, start: int, header: Header, *, lead: bytes = b"", before: int = 0) -> Walked:
    """Step through the frames from `start` on. `lead` is the byte that every frame starts with, empty for any.

    `before` is how many bytes of nothing stood before the file's first byte.
    """
    walked = Walked()
    skipped: list[tuple[int, int]] = [(0, before)] if before else []
    at, key, good, tries = start, -1, 0, 0
    while at < window.size:
        frame = header(window.at(at, 16))
        known = frame is not None and (frame.key == key if key >= 0 else _followed(window, at, frame, header))
        if frame is not None and known:
            if at + frame.length > window.size:
                walked.cut = True
                break
            key = frame.key
            if frame.silent:
                skipped.append((walked.frames, frame.length))
            walked.frames += 1
            walked.seconds += frame.seconds
            good += frame.length
            at += frame.length
            continue
        following, tried = resumed(window, at, header, key, lead, MAX_TRIES - tries)
        tries += tried
        skipped.append((walked.frames, following - at))
        at = following
        if len(skipped) > MAX_BREAKS or tries >= MAX_TRIES:
            walked.given_up = True
            break
    if walked.frames:
        per_byte = walked.seconds / good
        walked.breaks = [(index, length * per_byte) for index, length in skipped]
    return walked


def resumed(window: Window, at: int, header: Header, key: int, lead: bytes, most: int) -> tuple[int, int]:
    """Where frames go on after `at`, the end of the file where they do not; and how many places were looked at."""
    tries = 0
    while at < window.size and tries < most:
        at = window.find(lead, at + 1) if lead else at + 1
        frame = header(window.at(at, 16))
        tries += 1
        if frame is not None and key in (-1, frame.key) and _followed(window, at, frame, header):
            return at, tries
    return window.size, tries


def _followed(window: Window, at: int, frame: Frame, header: Header) -> bool:
    """Whether two more frames of its kind come after the frame at `at`, or the end of the file."""
    for _ in range(2):
        at += frame.length
        if at >= window.size:
            return at == window.size
        following = header(window.at(at, 16))
        if following is None or following.key != frame.key:
            return False
        frame = following
    return True


_V1_L2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_V1_L3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_RATES = (44_100, 48_000, 32_000)
_ADTS_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_AMR_NARROW = (12, 13, 15, 17, 19, 20, 26, 31, 5)
_AMR_WIDE = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5)


def mpeg(head: bytes) -> Frame | None:
    """MPEG audio of layer II or III (ISO 11172-3, 2.4.1.3; 13818-3 for the lower rates)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer, bitrate, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer not in (1, 2) or bitrate in (0, 15) or rate == 3:
        return None
    first = version == 3
    hertz = _MPEG_RATES[rate] >> (0 if first else 1 if version == 2 else 2)
    kilobits = (_V1_L2 if layer == 2 else _V1_L3)[bitrate] if first else _V2[bitrate]
    samples = 1152 if layer == 2 or first else 576
    length = samples // 8 * kilobits * 1000 // hertz + (head[2] >> 1 & 1)
    return Frame(length, samples / hertz, version << 8 | layer << 4 | rate)


def adts(head: bytes) -> Frame | None:
    """AAC in ADTS (ISO 13818-7, 6.2)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 >= len(_ADTS_RATES):
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    channels = (head[2] & 1) << 2 | head[3] >> 6
    blocks = (head[6] & 3) + 1
    hertz = _ADTS_RATES[head[2] >> 2 & 15]
    return Frame(length, 1024 * blocks / hertz, (head[2] & 0xFC) << 8 | channels) if length > 7 else None


def amr_narrow(head: bytes) -> Frame | None:
    """AMR at 8 kHz (RFC 4867, 5.3)."""
    return _amr(head, _AMR_NARROW)


def amr_wide(head: bytes) -> Frame | None:
    """AMR at 16 kHz (RFC 4867, 5.3)."""
    return _amr(head, _AMR_WIDE)


def _amr(head: bytes, sizes: tuple[int, ...]) -> Frame | None:
    if not head or head[0] & 0x83:
        return None
    sort = head[0] >> 3 & 15
    if sort >= len(sizes) and sort < 14:
        return None
    lost = not head[0] & 4 or sort == 14  # its quality bit says that it is no good
    return Frame(1 + (sizes[sort] if sort < len(sizes) else 0), 0.02, 0, lost)


def gsm(head: bytes) -> Frame | None:
    """GSM 06.10 full rate: 33 bytes, the first of which starts with 13."""
    return Frame(33, 0.02, 0) if head and head[0] >> 4 == 13 else None
