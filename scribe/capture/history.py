"""What a journal tells: marks, pauses, parts, what was dropped or lost, and whether it ended."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

from scribe.capture.folder import SAMPLE_RATE
from scribe.capture.journal import Entry, EntryKind
from scribe.types import Interval, Mark, MarkKind
from scribe.vault import Key

_NOTE = b"mark"


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause. Time stands still on the sample clock, so it has one place."""

    at: float  # seconds of the recording
    lasted: float | None = None  # seconds; None: it goes on, or the program ended meanwhile


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of samples."""

    first: int
    samples: int

    @property
    def end(self) -> int:
        """The sample after the last."""
        return self.first + self.samples

    @property
    def interval(self) -> Interval:
        """The same in seconds."""
        return Interval(self.first / SAMPLE_RATE, self.end / SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class SealedSegment:
    """A complete segment, as its journal line says."""

    seq: int
    stretch: Stretch
    sha256: str


@dataclass(slots=True)
class History:
    """The state that the lines of a journal add up to."""

    marks: list[Mark] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    parts: list[int] = field(default_factory=lambda: [0])  # sample at which each part starts
    dropped: list[Stretch] = field(default_factory=list)
    lost: list[Stretch] = field(default_factory=list)
    segments: dict[int, SealedSegment] = field(default_factory=dict)
    stopped: bool = False
    paused: bool = False

    def add(self, entries: Iterable[Entry], key: Key | None) -> None:
        """Take in more lines. `key` is the recording's own, None where it is not encrypted (or not at hand)."""
        for entry in entries:
            self._add(entry, key)

    def _add(self, entry: Entry, key: Key | None) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.SEALED:
                stretch = Stretch(data["first"], data["samples"])
                self.segments[data["seq"]] = SealedSegment(data["seq"], stretch, data["sha256"])
            case EntryKind.ERASED:
                old = self.segments.get(data["seq"])
                if old is not None:
                    self.segments[old.seq] = SealedSegment(old.seq, old.stretch, data["sha256"])
            case EntryKind.MARK:
                note = open_note(data.get("note", ""), key)
                kind = MarkKind(data["mark"]) if data["mark"] in set(MarkKind) else MarkKind.MOMENT
                self.marks.append(Mark(entry.sample / SAMPLE_RATE, kind, note))
            case EntryKind.PAUSE:
                self.paused = True
                self.pauses.append(Pause(entry.sample / SAMPLE_RATE))
            case EntryKind.RESUME:
                self.paused = False
                if self.pauses:
                    self.pauses[-1] = Pause(self.pauses[-1].at, data.get("seconds"))
            case EntryKind.PART:
                if self.parts[-1] != entry.sample:
                    self.parts.append(entry.sample)
            case EntryKind.DROP:
                self.dropped.append(Stretch(data["first"], data["samples"]))
            case EntryKind.LOST:
                self.lost.append(Stretch(data["first"], data["samples"]))
            case EntryKind.STOP:
                self.stopped = True
            case EntryKind.START | EntryKind.REOPEN:
                self.stopped = self.paused = False


def seal_note(note: str, key: Key | None) -> str:
    """The note of a mark as the journal holds it."""
    return base64.b64encode(key.seal(note.encode(), _NOTE)).decode() if key and note else note


def open_note(note: str, key: Key | None) -> str:
    """The other way round. Raises VaultError where it does not open."""
    return key.open(base64.b64decode(note), _NOTE).decode() if key and note else note


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same samples as stretches in order that neither touch nor overlap."""
    found: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda item: item.first):
        if found and stretch.first <= found[-1].end:
            first = found[-1].first
            found[-1] = Stretch(first, max(found[-1].end, stretch.end) - first)
        else:
            found.append(stretch)
    return tuple(found)
