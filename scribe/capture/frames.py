"""How sound lies in a segment file: a run of small frames, each of which can be checked alone.

A frame, little-endian: magic `SCR1` | kind u8 | three zero bytes | first sample u64 | samples n u32 | CRC-32 of header
and payload u32 | payload. The payload of an audio frame is n samples of 16-bit signed PCM, or the same sealed by
`vault.Key.seal` with `recording|segment|first sample` as its place, 28 bytes longer. Frames of other kinds stand for
silence and have no payload. A file that ends within a frame (power cut) is good up to that frame; after damage, reading
goes on at the next frame that checks.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from scribe.errors import VaultError
from scribe.vault import OVERHEAD, Key

MAGIC = b"SCR1"
_HEADER = struct.Struct("<4sB3xQII")
_CHECKED = _HEADER.size - 4  # the header without its checksum
MAX_SAMPLES = 16_000 * 60  # of an audio frame; we write at most one second


class FrameKind(IntEnum):
    """What a frame stands for."""

    AUDIO = 0
    DROPPED = 1  # erased on the user's wish
    LOST = 2  # never written: the disk was full for longer than memory could bridge


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as found in a file."""

    kind: FrameKind
    first: int  # sample
    samples: int
    payload: bytes = field(repr=False)
    start: int  # byte of the file at which it begins
    end: int  # the byte after its last


@dataclass(frozen=True, slots=True)
class Place:
    """Where frames belong, and the key that opens them (None: not encrypted)."""

    recording: str
    segment: int
    key: Key | None

    def about(self, first: int) -> bytes:
        """The place of one frame, to be authenticated with it."""
        return f"{self.recording}|{self.segment}|{first}".encode()


def encode(samples: NDArray[np.int16], first: int, place: Place) -> bytes:
    """An audio frame of `samples`, shape (time,), of which the first is sample `first` of the recording."""
    payload = samples.astype("<i2").tobytes()
    if place.key is not None:
        payload = place.key.seal(payload, place.about(first))
    return _framed(FrameKind.AUDIO, first, len(samples), payload)


def silence(kind: FrameKind, first: int, samples: int) -> bytes:
    """A frame that stands for `samples` of silence."""
    return _framed(kind, first, samples, b"")


def decode(frame: Frame, place: Place) -> NDArray[np.int16]:
    """The samples of a frame, shape (time,). Raises VaultError where it is sealed and does not open."""
    if frame.kind is not FrameKind.AUDIO:
        return np.zeros(frame.samples, np.int16)
    payload = frame.payload
    if place.key is not None:
        payload = place.key.open(payload, place.about(frame.first))
    return np.frombuffer(payload, "<i2").astype(np.int16, copy=False)


def scan(data: bytes, *, sealed: bool, start: int = 0) -> Iterator[Frame]:
    """The good frames in `data` from byte `start` on, stepping over what is damaged."""
    at = start
    while True:
        at = data.find(MAGIC, at)
        if at < 0 or at + _HEADER.size > len(data):
            return
        frame = _frame_at(data, at, sealed)
        if frame is None:
            at += 1
        else:
            yield frame
            at = frame.end


def run(data: bytes, *, sealed: bool, start: int = 0) -> Iterator[Frame]:
    """The frames that follow one another from byte `start` on, up to the first that is cut short or damaged."""
    at = start
    while at + _HEADER.size <= len(data):
        frame = _frame_at(data, at, sealed)
        if frame is None:
            return
        yield frame
        at = frame.end


def opens(frame: Frame, place: Place) -> bool:
    """Whether a frame can be read with the key of its place."""
    try:
        return len(decode(frame, place)) == frame.samples
    except VaultError:
        return False


def _framed(kind: FrameKind, first: int, samples: int, payload: bytes) -> bytes:
    header = _HEADER.pack(MAGIC, kind, first, samples, 0)[:_CHECKED]
    return header + struct.pack("<I", zlib.crc32(payload, zlib.crc32(header))) + payload


def _frame_at(data: bytes, at: int, sealed: bool) -> Frame | None:
    magic, kind, first, samples, checksum = _HEADER.unpack_from(data, at)
    if magic != MAGIC or kind not in set(FrameKind) or not samples:
        return None
    length = 0
    if kind == FrameKind.AUDIO:
        if samples > MAX_SAMPLES:
            return None
        length = 2 * samples + (OVERHEAD if sealed else 0)
    end = at + _HEADER.size + length
    if end > len(data):
        return None
    payload = data[at + _HEADER.size : end]
    if zlib.crc32(payload, zlib.crc32(data[at : at + _CHECKED])) != checksum:
        return None
    return Frame(FrameKind(kind), first, samples, payload, at, end)
