"""Dropped sound, really gone: segments are written anew without it and their old bytes are overwritten.

A power cut at any point leaves a segment as it was or as it will be, and the journal knows what is still to be done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from scribe.capture import frames
from scribe.capture.disk import Disk
from scribe.capture.folder import segment
from scribe.capture.frames import Frame, FrameKind, Place
from scribe.capture.history import History, Stretch, merged
from scribe.capture.journal import Entry, EntryKind, JournalWriter
from scribe.vault import Key


def erase(folder: Path, recording: str, key: Key | None, disk: Disk, journal: JournalWriter, history: History) -> None:
    """Take what was dropped out of the complete segments. Raises OSError; what is left undone is done next time."""
    holes = merged(history.dropped)
    for seq, known in sorted(history.segments.items()):
        inside = [hole for hole in holes if hole.first < known.stretch.end and known.stretch.first < hole.end]
        path = segment(folder, seq)
        if not inside or not path.exists():
            continue
        data = path.read_bytes()
        found = list(frames.scan(data, sealed=key is not None))
        if any(_touches(frame, hole) for frame in found for hole in inside):
            place = Place(recording, seq, key)
            data = b"".join(piece for frame in found for piece in _without(frame, inside, place))
            disk.overwrite(path, data)
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 != known.sha256:
            entry = Entry(EntryKind.ERASED, known.stretch.end, {"seq": seq, "sha256": sha256})
            history.add([entry], key)
            journal.add(entry)


def _touches(frame: Frame, hole: Stretch) -> bool:
    audible = frame.kind is FrameKind.AUDIO
    return audible and frame.first < hole.end and hole.first < frame.first + frame.samples


def _without(frame: Frame, holes: Sequence[Stretch], place: Place) -> Iterator[bytes]:
    """The frame, with silence where the holes are."""
    end = frame.first + frame.samples
    if frame.kind is not FrameKind.AUDIO:
        yield frames.silence(frame.kind, frame.first, frame.samples)
        return
    samples = frames.decode(frame, place)
    at = frame.first
    for hole in holes:
        start, stop = max(hole.first, at), min(hole.end, end)
        if start < stop:
            if at < start:
                yield frames.encode(samples[at - frame.first : start - frame.first], at, place)
            yield frames.silence(FrameKind.DROPPED, start, stop - start)
            at = stop
    if at < end:
        yield frames.encode(samples[at - frame.first :], at, place)
