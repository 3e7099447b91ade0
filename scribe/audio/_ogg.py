"""Walks the pages of an Ogg file (RFC 3533): which are as they were written, and which are missing between."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from scribe.audio._frames import MAX_BREAKS, Scan, Window

_PAGE = 65_307  # bytes, the most a page has
_CONTINUES, _BEGINS, _ENDS = 1, 2, 4  # flags of a page
_NO_GRANULE = 2**64 - 1  # no packet ends on the page
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(slots=True)
class _Stream:
    """A stream of sound: what its last page said."""

    rate: int  # of its clock, hertz
    number: int = 0
    granule: int = 0
    usual: int = 0  # what a page adds to the clock
    ended: bool = False


@dataclass(slots=True)
class _Walk:
    streams: dict[int, _Stream] = field(default_factory=dict)
    pieces: list[tuple[int, int]] = field(default_factory=list)  # bytes that are good pages: start and end
    doubts: list[tuple[float, float]] = field(default_factory=list)


def ogg(window: Window, _: int = 0) -> Scan:
    """Check every page. What is none, or not as it was written, is kept from the decoder: it may swallow good ones."""
    walk = _Walk()
    at, budget = 0, 4 * window.size + 2**24  # bytes of pages that turn out to be none
    while at < window.size:
        head = window.at(at, 282)  # 27 bytes and up to 255 lengths
        page = window.at(at, _length(head)) if head[:4] == b"OggS" else b""
        if page and _is_good(page):
            _take(walk, at, page)
            at += len(page)
            continue
        budget -= len(page)
        if budget < 0:
            return Scan(unknown="damaged", whole=False)
        at = _next(window, at + 1)
    end = walk.pieces[-1][1] if walk.pieces else 0
    found = Scan(whole=False, doubts=walk.doubts)  # a page that is missing makes a gap
    if walk.pieces != [(0, window.size)]:
        found.pieces = walk.pieces
    left = window.at(end, _PAGE)
    if left:
        found.unknown = "cut" if left[:4] == b"OggS" and end + _length(left[:282]) > window.size else "damaged"
    found.no_end = not left and not all(stream.ended for stream in walk.streams.values())
    return found


def _length(head: bytes) -> int:
    """Bytes of the page with this head."""
    return 27 + head[26] + sum(head[27 : 27 + head[26]]) if len(head) >= 27 else _PAGE


def _is_good(page: bytes) -> bool:
    if len(page) < 27 or page[4] or len(page) != _length(page):
        return False
    # zlib reckons the same polynomial with the bits of every byte the other way round
    blank = page[:22] + bytes(4) + page[26:]
    crc = zlib.crc32(blank.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2) == int.from_bytes(page[22:26], "little")


def _take(walk: _Walk, at: int, page: bytes) -> None:
    if walk.pieces and walk.pieces[-1][1] == at:
        walk.pieces[-1] = (walk.pieces[-1][0], at + len(page))
    else:
        walk.pieces.append((at, at + len(page)))
    serial, number = int.from_bytes(page[14:18], "little"), int.from_bytes(page[18:22], "little")
    if page[5] & _BEGINS:
        rate = _rate(page[27 + page[26] :])
        if rate:
            walk.streams[serial] = _Stream(rate, number)
        return
    stream = walk.streams.get(serial)
    if stream is None:
        return
    granule = int.from_bytes(page[6:14], "little")
    known = granule != _NO_GRANULE
    if number != stream.number + 1 and len(walk.doubts) < MAX_BREAKS:
        lost = max(granule - stream.granule - stream.usual, 0) if known else 0
        start = stream.granule / stream.rate
        walk.doubts.append((start, start + lost / stream.rate))
    elif known and granule > stream.granule:
        stream.usual = granule - stream.granule
    stream.number, stream.ended = number, bool(page[5] & _ENDS)
    stream.granule = granule if known else stream.granule


def _rate(packet: bytes) -> int:
    """Hertz of the clock of a stream of sound, by its first packet; 0 where it is none."""
    if packet[:8] == b"OpusHead":
        return 48_000
    if packet[:7] == b"\x01vorbis":
        return int.from_bytes(packet[12:16], "little")
    if packet[:8] == b"Speex   ":
        return int.from_bytes(packet[36:40], "little")
    if packet[:5] == b"\x7fFLAC":
        return int.from_bytes(packet[27:30]) >> 4
    return 0


def _next(window: Window, at: int) -> int:
    """Where a page may begin, at `at` or behind it."""
    while (at := window.find(b"O", at)) < window.size:
        if window.at(at, 4) == b"OggS":
            return at
        at += 1
    return window.size
