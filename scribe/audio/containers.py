"""Which container a sound file is, told by its first bytes and never by its name.

So a playlist renamed `.wav` is not a sound file. What the file says about its sound is read where it is decoded
(`_scans`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from io import BufferedReader

from scribe.audio import _frames
from scribe.audio._scans import id3_size


class Kind(Enum):
    """The containers that are read; the value is the name of FFmpeg's demuxer."""

    WAV = "wav"
    FLAC = "flac"
    MP3 = "mp3"
    OGG = "ogg"  # Opus, Vorbis
    MP4 = "mp4"  # M4A, MOV, 3GP
    MATROSKA = "matroska"  # WebM
    AIFF = "aiff"
    CAF = "caf"
    AU = "au"
    WAVE64 = "w64"
    WMA = "asf"
    AMR = "amr"
    AAC = "aac"  # ADTS
    GSM = "gsm"  # 06.10 full rate, without a header
    DSS = "dss"


KNOWN = "WAV, FLAC, MP3, M4A/MP4, Ogg or WebM"

_MOST_ZEROS = 2**28  # bytes of nothing that may stand before a recording
_GSM_FRAMES = 20  # that make a file one of GSM; it has no other sign
_TRIES = 20_000  # places looked at for a frame behind zeros
_BLOCK = 2**20
_MAGIC = (
    (0, b"fLaC", Kind.FLAC),
    (0, b"OggS", Kind.OGG),
    (0, b"\x1a\x45\xdf\xa3", Kind.MATROSKA),
    (4, b"ftyp", Kind.MP4),
    (0, b"caff", Kind.CAF),
    (0, b".snd", Kind.AU),
    (0, b"riff\x2e\x91\xcf\x11", Kind.WAVE64),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Kind.WMA),
    (0, b"#!AMR\n", Kind.AMR),
    (0, b"#!AMR-WB\n", Kind.AMR),
    (0, b"\x02dss", Kind.DSS),
    (0, b"\x03dss", Kind.DSS),
)
_FORMS = {
    (b"RIFF", b"WAVE"): Kind.WAV,
    (b"RF64", b"WAVE"): Kind.WAV,
    (b"BW64", b"WAVE"): Kind.WAV,
    (b"FORM", b"AIFF"): Kind.AIFF,
    (b"FORM", b"AIFC"): Kind.AIFF,
}
_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # QuickTime of old has no `ftyp`


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A container, and how many bytes of nothing stand before it."""

    kind: Kind
    zeros: int = 0


def sniff(file: BufferedReader) -> Sniffed | None:
    """The container that the bytes of `file` show, None where it is none of `Kind`. Moves the file's position."""
    zeros = _zeros(file)
    start = zeros + id3_size(_at(file, zeros, 10))
    head = _at(file, start, 16)
    kind = _told(head) or _framed(file, start, head, zeros)
    if kind is None and start > zeros:
        kind = Kind.MP3  # an ID3 tag, and what comes next is damaged
    return Sniffed(kind, zeros) if kind else None


def foreign(file: BufferedReader, name: str) -> str:
    """What a file that is none of `Kind` is, and how to make one of it; empty where nobody can say."""
    head = _at(file, 0, 8)
    if head[1:4].lower() in (b"ds2", b"dss"):
        return (
            "is a DS2 dictation (DSS Pro), which cannot be decoded outside the maker's programs: save it there as WAV "
            "or MP3 (Olympus/OM System ODMS, Philips SpeechExec)"
        )
    if name.lower().endswith((".g722", ".722")):
        return "is raw G.722, which has no sign that it is sound: convert it with `ffmpeg -f g722 -i FILE FILE.wav`"
    return ""


def size(file: BufferedReader) -> int:
    """Length of the file in bytes. Moves the file's position."""
    return file.seek(0, os.SEEK_END)


def _at(file: BufferedReader, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _zeros(file: BufferedReader) -> int:
    """How many bytes of zero the file starts with; a RIFF header and the like have none."""
    file.seek(0)
    zeros = 0
    while zeros < _MOST_ZEROS and (block := file.read(_BLOCK)):
        left = block.lstrip(b"\x00")
        if left:
            found = zeros + len(block) - len(left)
            return 0 if found < 4 else found  # the length of an MP4 box begins with zeros
        zeros += len(block)
    return 0


def _told(head: bytes) -> Kind | None:
    form = _FORMS.get((head[:4], head[8:12]))
    if form:
        return form
    for offset, magic, kind in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind
    return Kind.MP4 if head[4:8] in _ATOMS and int.from_bytes(head[:4]) not in range(2, 8) else None


def _framed(file: BufferedReader, start: int, head: bytes, zeros: int) -> Kind | None:
    """The kind of a stream that is nothing but frames."""
    if zeros:  # it may go on in the middle of a frame
        window = _frames.Window(file, size(file))
        found = [
            (_frames.resumed(window, start - 1, header, -1, b"\xff", _TRIES)[0], kind)
            for header, kind in ((_frames.mpeg, Kind.MP3), (_frames.adts, Kind.AAC))
        ]
        at, kind = min(found, key=lambda pair: pair[0])
        return kind if at < window.size else None
    if _frames.mpeg(head):
        return Kind.MP3
    if _frames.adts(head):
        return Kind.AAC
    frames = _at(file, 0, 33 * _GSM_FRAMES)
    is_gsm = len(frames) == 33 * _GSM_FRAMES and all(byte >> 4 == 13 for byte in frames[::33])
    return Kind.GSM if is_gsm else None
