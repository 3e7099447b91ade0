"""What a sound file says about itself, read from its bytes: which container it is, and whether it is all there.

The container is told by its first bytes and never by its name, so a playlist renamed `.wav` is not a sound file.
"""

from __future__ import annotations

import os
from enum import Enum
from io import BufferedReader


class Kind(Enum):
    """The containers that are read; the value is the name of FFmpeg's demuxer."""

    WAV = "wav"
    FLAC = "flac"
    MP3 = "mp3"
    OGG = "ogg"  # Opus, Vorbis
    MP4 = "mp4"  # M4A, MOV
    MATROSKA = "matroska"  # WebM


KNOWN = "WAV, FLAC, MP3, M4A/MP4, Ogg or WebM"

_UNKNOWN_SIZES = (0, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF)  # written by programs that could not go back to fill it in
_WAV_SLACK = 256  # bytes: some recorders count the header as sound
_MP3_SLACK = 4096  # bytes: encoders disagree on whether tags and the first frame count


def sniff(file: BufferedReader) -> Kind | None:
    """The container that the bytes of `file` show, None where it is none of `Kind`. Moves the file's position."""
    file.seek(_id3_size(file))
    head = file.read(12)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return Kind.WAV
    if head[:4] == b"fLaC":
        return Kind.FLAC
    if head[:4] == b"OggS":
        return Kind.OGG
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return Kind.MATROSKA
    if head[4:8] == b"ftyp":
        return Kind.MP4
    return Kind.MP3 if _is_mpeg_frame(head) or _id3_size(file) else None


def is_cut_short(file: BufferedReader, kind: Kind) -> bool:
    """Whether the container promises more bytes than the file has. False where it makes no promise.

    FLAC promises samples, not bytes: see `promised_seconds`.
    """
    promised = {
        Kind.WAV: _wav_end,
        Kind.MP3: _mp3_end,
        Kind.OGG: _ogg_end,
        Kind.MP4: _mp4_end,
        Kind.MATROSKA: _matroska_end,
    }.get(kind, lambda _: 0)(file)
    return promised > size(file)


def promised_seconds(file: BufferedReader, kind: Kind) -> float:
    """The length that a FLAC file gives in its STREAMINFO block (RFC 9639, 8.2); 0 where it is not known."""
    if kind is not Kind.FLAC:
        return 0.0
    start = _id3_size(file)
    packed = int.from_bytes(_at(file, start + 18, 8))  # 20 bits rate, 3 channels, 5 sample size, 36 total samples
    rate, total = packed >> 44, packed & (2**36 - 1)
    return total / rate if rate else 0.0


def size(file: BufferedReader) -> int:
    """Length of the file in bytes. Moves the file's position."""
    return file.seek(0, os.SEEK_END)


def _at(file: BufferedReader, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _id3_size(file: BufferedReader) -> int:
    """Bytes of the ID3v2 tag at the start, 0 where there is none (id3.org, ID3v2.4, 3.1)."""
    tag = _at(file, 0, 10)
    if tag[:3] != b"ID3" or len(tag) < 10:
        return 0
    length = 0
    for byte in tag[6:10]:
        length = length << 7 | byte & 0x7F
    return length + 10


def _is_mpeg_frame(head: bytes) -> bool:
    """Whether `head` starts with the header of an MPEG audio frame of layer II or III (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    layer, bitrate, rate = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return layer in (1, 2) and bitrate != 15 and rate != 3


def _wav_end(file: BufferedReader) -> int:
    """Where the data chunk ends, less some slack (RIFF; EBU Tech 3306 for RF64)."""
    offset, long_size = 12, 0
    while len(head := _at(file, offset, 8)) == 8:
        name, length = head[:4], int.from_bytes(head[4:], "little")
        if name == b"ds64":
            long_size = int.from_bytes(_at(file, offset + 16, 8), "little")
        if name == b"data":
            if length in _UNKNOWN_SIZES:
                length = long_size
            return offset + 8 + length - _WAV_SLACK
        offset += 8 + length + length % 2
    return offset  # a file that ends before its data chunk is cut short


def _mp3_end(file: BufferedReader) -> int:
    """Where the frames end by the Xing/Info header of the first frame, less some slack; 0 where it has none."""
    start = _id3_size(file)
    frame = _at(file, start, 192)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    if at < 0:
        return 0
    flags = int.from_bytes(frame[at + 4 : at + 8])
    if not flags & 2:  # no byte count
        return 0
    at += 12 if flags & 1 else 8
    return start + int.from_bytes(frame[at : at + 4]) - _MP3_SLACK


def _ogg_end(file: BufferedReader) -> int:
    """Where the last page ends (RFC 3533, 6)."""
    tail_start = max(size(file) - 2 * 65_307, 0)  # a page has at most 65,307 bytes
    tail = _at(file, tail_start, 2 * 65_307)
    page = tail.rfind(b"OggS")
    if page < 0:
        return 0
    lengths = tail[page + 27 : page + 27 + tail[page + 26]] if page + 26 < len(tail) else b""
    if page + 26 >= len(tail) or len(lengths) < tail[page + 26]:
        return size(file) + 1
    return tail_start + page + 27 + len(lengths) + sum(lengths)


def _mp4_end(file: BufferedReader) -> int:
    """Where the last top-level box ends (ISO 14496-12, 4.2)."""
    offset, end = 0, size(file)
    while offset < end:
        head = _at(file, offset, 16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length < 8:  # 0: the box goes to the end of the file; else not a box
            return 0
        offset += length
    return offset


def _matroska_end(file: BufferedReader) -> int:
    """Where the segment ends; 0 where it was written as a stream, without a length (RFC 8794, 4 to 6)."""
    offset = 0
    while len(head := _at(file, offset, 12)) == 12:
        id_length = _vint_length(head[0])
        length_length = _vint_length(head[id_length]) if id_length <= 4 else 9
        if id_length + length_length > 12:
            return 0
        field = head[id_length : id_length + length_length]
        unknown = (1 << 7 * length_length) - 1
        length = int.from_bytes(field) & unknown
        offset += id_length + length_length + length
        if head[:4] == b"\x18\x53\x80\x67":  # Segment
            return 0 if length == unknown else offset
    return 0


def _vint_length(first: int) -> int:
    """Bytes of an EBML number whose first byte is `first` (RFC 8794, 4.1); 9 where it is none."""
    return 9 - first.bit_length()
