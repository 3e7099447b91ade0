"""What a sound file promises about its sound, found in its bytes: how much there should be, and where some is gone.

FFmpeg reads what it can find and says nothing of the rest. A scan reads headers, and of streams without a clock every
frame (`_frames`); each file is read once at most, with a limit on the steps. All numbers in a file may be lies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from scribe.audio import _frames, _ogg, _samples
from scribe.audio._frames import Scan, Walked, Window

TOLERANCE = 0.1  # seconds that may be missing at the end: encoders round and pad
MAX_ELEMENTS = 2_000_000  # of a Matroska file; six hours of Opus have half as many
MAX_VOIDS = 10_000  # elements of a Matroska file that say nothing: a muxer writes a few
_TAIL_JUNK = 4096  # bytes that may follow the last frame: tags of many kinds


def scan(file: BinaryIO, size: int, kind: str, zeros: int = 0) -> Scan:
    """Scan a file whose container is `kind` (FFmpeg's name). `zeros`: bytes of nothing that stood before it."""
    window = Window(file, size)
    return _SCANS.get(kind, _nothing)(window, zeros)


# --- frames without a clock
def _mp3(window: Window, zeros: int) -> Scan:
    start = id3_size(window.at(0, 10))
    tail = window.at(window.size - 128, 3) if window.size > 128 else b""
    if tail == b"TAG":
        window.size -= 128
    first = window.at(start, 192)
    walked = _frames.walk(window, start, _frames.mpeg, lead=b"\xff", before=zeros)
    scan = _framed(walked, window)
    frame = _frames.mpeg(first)
    mark = max(first.find(b"Xing"), first.find(b"Info"))
    if frame is None or mark < 0 or not walked.frames:
        return scan
    walked.frames -= 1  # the first frame holds the count, and no sound
    scan.breaks = [(max(index - 1, 0), seconds) for index, seconds in scan.breaks]
    if not first[mark + 7] & 1:
        return scan
    promised = int.from_bytes(first[mark + 8 : mark + 12])
    _reconcile(scan, (promised - walked.frames) * frame.seconds)
    return scan


def _reconcile(scan: Scan, missing: float) -> None:
    """Bring the breaks in line with how many seconds are missing by the file's own count."""
    reckoned = sum(seconds for _, seconds in scan.breaks)
    if missing < -TOLERANCE:
        scan.longer = True
    elif reckoned and missing > 0:
        scan.breaks = [(index, seconds * missing / reckoned) for index, seconds in scan.breaks]
        scan.unknown = ""
    elif missing > TOLERANCE:
        scan.short, scan.unknown = missing, ""
    elif not scan.breaks:
        scan.unknown = ""


def _adts(window: Window, zeros: int) -> Scan:
    walked = _frames.walk(window, id3_size(window.at(0, 10)), _frames.adts, lead=b"\xff", before=zeros)
    return _framed(walked, window)


def _amr(window: Window, _: int) -> Scan:
    wide = window.at(0, 9) == b"#!AMR-WB\n"
    header = _frames.amr_wide if wide else _frames.amr_narrow
    return _framed(_frames.walk(window, 9 if wide else 6, header), window)


def _gsm(window: Window, _: int) -> Scan:
    return _framed(_frames.walk(window, 0, _frames.gsm), window)


def _framed(walked: Walked, window: Window) -> Scan:
    found = Scan(walked.breaks, timed=False)
    if walked.breaks and walked.breaks[-1][0] >= walked.frames and walked.frames:
        per_byte = _TAIL_JUNK * walked.seconds / max(window.size, 1)
        if walked.breaks[-1][1] <= per_byte:  # a tag
            walked.breaks.pop()
    if walked.given_up or not walked.frames:
        found.unknown = "damaged"
    elif walked.cut:
        found.unknown = "cut"
    return found


def id3_size(tag: bytes) -> int:
    """Bytes of the ID3v2 tag whose first ten are `tag`, 0 where it is none (id3.org, ID3v2.4, 3.1)."""
    if tag[:3] != b"ID3" or len(tag) < 10:
        return 0
    length = 0
    for byte in tag[6:10]:
        length = length << 7 | byte & 0x7F
    return length + 10


def _nothing(*_: object) -> Scan:
    return Scan()


def _flac(*_: object) -> Scan:
    return Scan(whole=False)  # frames are numbered, and one that is missing makes a gap


# --- containers whose packets have times
def _mp4(window: Window, _: int) -> Scan:
    """Whether the boxes follow one another up to the end of the file (ISO 14496-12, 4.2)."""
    offset, payload = 0, 0
    for _step in range(MAX_ELEMENTS):
        if offset >= window.size:
            return Scan(unknown="cut" if offset > window.size else "", payload=payload)
        head = window.at(offset, 16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length == 0 and head[4:8] == b"mdat":  # goes to the end of the file
            return Scan(payload=payload + window.size - offset - 8)
        if length < 8 or not all(32 <= byte < 127 or byte == 0xA9 for byte in head[4:8]):
            return Scan(unknown="cut" if window.size - offset < 8 else "damaged")
        payload += length - 8 if head[4:8] == b"mdat" else 0
        offset += length
    return Scan(unknown="damaged")


def _matroska(window: Window, _: int) -> Scan:
    """Whether the elements follow one another up to the end of the file (RFC 8794, 4 to 6)."""
    offset, whole, voids = 0, True, 0
    for _step in range(MAX_ELEMENTS):
        if offset >= window.size:
            return Scan(unknown="cut" if offset > window.size else "", whole=whole)
        head = window.at(offset, 12)
        name, length, size = _element(head)
        voids += name == _VOID
        if voids > MAX_VOIDS:
            return Scan(unknown="damaged", whole=False, hostile=True)
        if not size:
            broken, offset, whole = offset, _next_cluster(window, offset + 1), False
            if offset >= window.size:
                return Scan(unknown="cut" if window.size - broken < 12 else "damaged", whole=False)
            continue
        if name in (_SEGMENT, _CLUSTER):  # step inside: a cluster may have no length, or a wrong one
            if length is not None and offset + size + length > window.size:
                return Scan(unknown="cut", whole=False)
            offset += size
        elif length is None:
            return Scan(unknown="damaged", whole=False)
        else:
            offset += size + length
    return Scan(unknown="damaged", whole=False)  # too many to look at all of them


_SEGMENT, _CLUSTER, _VOID = 0x18538067, 0x1F43B675, 0xEC
_ELEMENTS = frozenset(
    {
        *(_SEGMENT, _CLUSTER, _VOID, 0x1A45DFA3, 0xBF, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1941A469),
        *(0x1043A770, 0x1254C367, 0xE7, 0x5854, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF),  # the last seven stand in a cluster
    }
)


def _element(head: bytes) -> tuple[int, int | None, int]:
    """Name, length (None: not told) and size of the header of an element; size 0 where it is none that we know."""
    first = 9 - head[0].bit_length()
    if first > 4 or len(head) <= first:
        return 0, None, 0
    name = int.from_bytes(head[:first])
    wide = 9 - head[first].bit_length()
    if name not in _ELEMENTS or wide > 8 or len(head) < first + wide:
        return 0, None, 0
    unknown = (1 << 7 * wide) - 1
    length = int.from_bytes(head[first : first + wide]) & unknown
    return name, None if length == unknown else length, first + wide


def _next_cluster(window: Window, offset: int) -> int:
    while (offset := window.find(b"\x1f", offset)) < window.size:
        if window.at(offset, 4) == b"\x1f\x43\xb6\x75":
            return offset
        offset += 1
    return window.size


_SCANS: dict[str, Callable[[Window, int], Scan]] = {
    "mp3": _mp3,
    "aac": _adts,
    "amr": _amr,
    "gsm": _gsm,
    "wav": _samples.wav,
    "aiff": _samples.aiff,
    "au": _samples.au,
    "caf": _samples.caf,
    "w64": _samples.w64,
    "flac": _flac,
    "ogg": _ogg.ogg,
    "mp4": _mp4,
    "matroska": _matroska,
}
