"""The segment files of a recording, in order, and the samples in them, also while the last one is being written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scribe.capture import frames
from scribe.capture.folder import part, segment
from scribe.capture.frames import Frame, FrameKind, Place
from scribe.capture.history import SealedSegment, Stretch
from scribe.vault import Key

_KEPT = 4  # decoded segments: a window of recognition spans two or three


@dataclass(slots=True)
class _Open:
    """The part being written, as far as it was read."""

    seq: int
    offset: int = 0  # bytes
    blocks: list[tuple[int, NDArray[np.int16]]] = field(default_factory=list)  # first sample, samples


class Segments:
    """Reads samples by their place. `samples` is how many there are now."""

    def __init__(self, folder: Path, recording: str, key: Key | None) -> None:
        self._folder = folder
        self._recording = recording
        self._key = key
        self._stretches: dict[int, Stretch] = {}  # complete segments by number
        self._open: _Open | None = None
        self._cache: OrderedDict[int, NDArray[np.int16]] = OrderedDict()
        self.samples = 0
        self.missing: list[Stretch] = []  # not in the files though the journal or the next frame says they were

    def refresh(self, sealed: Mapping[int, SealedSegment]) -> None:
        """Look for what is new. Raises VaultError where a frame does not open."""
        for seq in sorted(sealed.keys() - self._stretches.keys()):
            self._complete(seq, sealed[seq].stretch)
        while True:
            seq = max(self._stretches, default=-1) + 1
            if self._follow(seq):
                return
            if not segment(self._folder, seq).exists():
                return
            # complete, but its line is not in the journal (yet)
            found = list(self._frames(segment(self._folder, seq)))
            if not found:
                return
            first = found[0].first
            self._complete(seq, Stretch(first, found[-1].first + found[-1].samples - first))

    def read(self, first: int, count: int) -> NDArray[np.int16]:
        """Samples `first` to `first + count`, shape (time,), fewer where there are not as many; missing ones are 0."""
        last = min(first + count, self.samples)
        out = np.zeros(max(0, last - first), np.int16)
        for seq, stretch in self._stretches.items():
            if stretch.first < last and first < stretch.end:
                _copy(out, first, stretch.first, self._decoded(seq, stretch))
        for start, block in self._open.blocks if self._open else ():
            if start < last and first < start + len(block):
                _copy(out, first, start, block)
        return out

    def forget(self, seq: int | None = None) -> None:
        """Read a segment (None: all) from its file again: it was written anew."""
        if seq is None:
            self._cache.clear()
        self._cache.pop(-1 if seq is None else seq, None)

    def _complete(self, seq: int, stretch: Stretch) -> None:
        before = max((item.end for item in self._stretches.values()), default=0)
        if stretch.first > before:
            self.missing.append(Stretch(before, stretch.first - before))
        self._stretches[seq] = stretch
        if self._open is not None and self._open.seq <= seq:
            self._open = None
        self.samples = max(self.samples, stretch.end)
        if not segment(self._folder, seq).exists():
            self.missing.append(stretch)

    def _follow(self, seq: int) -> bool:
        """Read on in the part that is being written; False where there is none."""
        if self._open is None or self._open.seq != seq:
            self._open = _Open(seq)
        tail = self._open
        try:
            with part(self._folder, seq).open("rb") as file:
                file.seek(tail.offset)
                data = file.read()
        except FileNotFoundError:
            return False
        place = Place(self._recording, seq, self._key)
        read = 0
        for frame in frames.run(data, sealed=self._key is not None):
            tail.blocks.append((frame.first, frames.decode(frame, place)))
            read = frame.end
            self.samples = max(self.samples, frame.first + frame.samples)
        tail.offset += read
        return True

    def _frames(self, path: Path) -> Iterator[Frame]:
        return frames.scan(path.read_bytes(), sealed=self._key is not None)

    def _decoded(self, seq: int, stretch: Stretch) -> NDArray[np.int16]:
        if seq in self._cache:
            self._cache.move_to_end(seq)
            return self._cache[seq]
        samples = np.zeros(stretch.samples, np.int16)
        try:
            found = list(self._frames(segment(self._folder, seq)))
            if sum(frame.samples for frame in found) < stretch.samples:  # being written anew just now, or damaged
                found = list(self._frames(segment(self._folder, seq)))
        except FileNotFoundError:
            return samples
        place = Place(self._recording, seq, self._key)
        for frame in found:
            if frame.kind is FrameKind.AUDIO:
                _copy(samples, stretch.first, frame.first, frames.decode(frame, place))
        self._cache[seq] = samples
        while len(self._cache) > _KEPT:
            self._cache.popitem(last=False)
        return samples


def _copy(out: NDArray[np.int16], out_first: int, first: int, samples: NDArray[np.int16]) -> None:
    """Put `samples`, which start at `first`, where they belong in `out`, which starts at `out_first`."""
    start, end = max(first, out_first), min(first + len(samples), out_first + len(out))
    if start < end:
        out[start - out_first : end - out_first] = samples[start - first : end - first]
