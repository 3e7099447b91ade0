"""Containers of plain samples behind a header: WAV, AIFF, AU, CAF, Wave64. How much sound the header tells of.

Where the header tells of less than there is, or of nothing, it is put right in what the decoder reads.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from scribe.audio._frames import Scan, Window

_WAV_SLACK = 256  # bytes: some recorders count the header as sound


@dataclass(frozen=True, slots=True)
class _Data:
    """Where the samples are: the field that tells their size, where they begin, how fast they go by."""

    at: int  # offset of the size field
    width: int  # bytes of it
    order: Literal["little", "big"]
    start: int
    rate: float  # bytes a second; 0: not known
    counted: int = 0  # bytes before the samples that the size counts, too
    chunks: bool = True  # something else may follow
    align: int = 2  # chunks that follow begin at a multiple of it
    slack: int = 0  # bytes that may be missing


def _data(window: Window, data: _Data) -> Scan:
    """Compare the size that a header tells with what is there. A size that is no size, or too small, is put right."""
    found = Scan()
    told = int.from_bytes(window.at(data.at, data.width), data.order)
    there = window.size - data.start
    told_sound = told - data.counted
    if _is_placeholder(told, data.width):
        found.remarks.append("length-unknown")
    elif told_sound - data.slack > there:
        if data.rate:
            found.short = (told_sound - there) / data.rate
        else:
            found.unknown = "cut"
        return found
    elif _chunks_follow(window, data, told_sound):
        return found
    else:
        found.longer = True
    right = min(there + data.counted, 256**data.width - 1)
    found.patch = (data.at, right.to_bytes(data.width, data.order))
    return found


def _is_placeholder(told: int, width: int) -> bool:
    """Whether a size is one that programs write which could not go back to fill it in."""
    top = 256**width
    near = 4096  # some take off the length of the header
    return told == 0 or told >= top - near or abs(told - top // 2) <= near or (width == 4 and told == 0x7FFFF000)


def _chunks_follow(window: Window, data: _Data, told: int) -> bool:
    """Whether the file ends behind the samples, or goes on with chunks and nothing else."""
    at = data.start + told
    if not data.chunks:
        return window.size - at <= 8
    at += -at % data.align
    if data.width == 8 and data.order == "little":  # Wave64: chunks are named by 16 bytes, and it needs no more care
        return window.size - at < 8 or window.at(at + 4, 4) in (b"\xf3\xac\xd3\x11", b"\xf3\xac\xd3\x8c")
    for _ in range(1000):
        if at > window.size + 1:
            return False
        if window.size - at <= 8 or (data.align == 1 and window.size - at <= data.slack):
            return window.size - at <= 8
        head = window.at(at, 12)
        if not all(32 <= byte < 127 for byte in head[:4]):
            return False
        length = int.from_bytes(
            head[4:8] if data.width == 4 else head[4:12], "little" if data.order == "little" else "big"
        )
        at += (8 if data.width == 4 else 12) + length
        at += -at % data.align
    return False


def wav(window: Window, _: int = 0) -> Scan:
    offset, rate, long_at, odd = 12, 0.0, 0, False
    for _step in range(1000):
        head = window.at(offset, 8)
        if len(head) < 8:
            break
        name, length = head[:4], int.from_bytes(head[4:], "little")
        if name == b"ds64":
            long_at = offset + 16
        if name == b"fmt ":
            rate, odd = _wave_format(window.at(offset + 8, 16))
        if name == b"data":
            found = _wav_data(window, offset, rate, long_at)
            if odd:
                found.unknown = "header"
            return found
        offset += 8 + length + length % 2
    return Scan(unknown="cut")  # it ends before its samples


def _wav_data(window: Window, offset: int, rate: float, long_at: int) -> Scan:
    if long_at and window.at(offset + 4, 4) == b"\xff" * 4:
        return _data(window, _Data(long_at, 8, "little", offset + 8, rate, slack=_WAV_SLACK, align=1))
    return _data(window, _Data(offset + 4, 4, "little", offset + 8, rate, slack=_WAV_SLACK))


def _wave_format(form: bytes) -> tuple[float, bool]:
    """Bytes a second, and whether the numbers of a format chunk contradict one another (plain samples only)."""
    tag, channels = int.from_bytes(form[:2], "little"), int.from_bytes(form[2:4], "little")
    hertz, rate = int.from_bytes(form[4:8], "little"), int.from_bytes(form[8:12], "little")
    block, bits = int.from_bytes(form[12:14], "little"), int.from_bytes(form[14:16], "little")
    if tag not in (1, 3, 6, 7, 0xFFFE):
        return float(rate), False
    return float(hertz * block), block != channels * ((bits + 7) // 8) or rate != hertz * block


def aiff(window: Window, _: int = 0) -> Scan:
    offset, frame, frames, hertz = 12, 0, 0, 0.0
    found = None
    for _step in range(1000):
        head = window.at(offset, 8)
        if len(head) < 8:
            break
        name, length = head[:4], int.from_bytes(head[4:])
        if name == b"COMM":
            common = window.at(offset + 8, 18)
            frames, hertz = int.from_bytes(common[2:6]), _extended(common[8:18])
            frame = int.from_bytes(common[:2]) * ((int.from_bytes(common[6:8]) + 7) // 8)
        if name == b"SSND":
            found = _data(window, _Data(offset + 4, 4, "big", offset + 16, frame * hertz, counted=8))
            if not found.short and not found.patch and length - 8 > frames * frame:
                found.longer = frame > 0 and window.at(8, 4) == b"AIFF"
            if found.short or found.patch:
                break
        offset += 8 + length + length % 2
    return found or Scan(unknown="cut")


def _extended(number: bytes) -> float:
    """An 80-bit float, positive and of ordinary size; else 0."""
    power = int.from_bytes(number[:2]) - 16383
    return int.from_bytes(number[2:10]) / 2.0 ** (63 - power) if len(number) == 10 and 0 <= power < 32 else 0.0


def au(window: Window, _: int = 0) -> Scan:
    head = window.at(0, 24)
    if len(head) < 24:
        return Scan(unknown="cut")
    start, coding = int.from_bytes(head[4:8]), int.from_bytes(head[12:16])
    width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(coding, 0)
    rate = width * int.from_bytes(head[16:20]) * int.from_bytes(head[20:24])
    return _data(window, _Data(8, 4, "big", start, rate, chunks=False))


def caf(window: Window, _: int = 0) -> Scan:
    offset, rate = 8, 0.0
    for _step in range(1000):
        head = window.at(offset, 12)
        if len(head) < 12:
            break
        name, length = head[:4], int.from_bytes(head[4:])
        if name == b"desc":
            rate = _caf_rate(window.at(offset + 12, 32))
        if name == b"data":
            return _data(window, _Data(offset + 4, 8, "big", offset + 16, rate, counted=4, align=1))
        offset += 12 + length
    return Scan(unknown="cut")


def _caf_rate(form: bytes) -> float:
    if len(form) < 32:
        return 0.0
    hertz, _, _, packet, frames, _, _ = struct.unpack(">d4sIIIII", form)
    return float(packet * hertz / frames) if packet and frames and 0 < hertz < 1e6 else 0.0


def w64(window: Window, _: int = 0) -> Scan:
    offset, rate = 40, 0.0
    for _step in range(1000):
        head = window.at(offset, 24)
        if len(head) < 24:
            break
        length = int.from_bytes(head[16:24], "little")
        if head[:4] == b"fmt ":
            rate, _odd = _wave_format(window.at(offset + 24, 16))
        if head[:4] == b"data":
            return _data(window, _Data(offset + 16, 8, "little", offset + 24, rate, counted=24, align=8))
        offset += max(length + -length % 8, 24)
    return Scan(unknown="cut")
