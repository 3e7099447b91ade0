"""Samples into segment files: gathered, framed, written, flushed, closed under their final name. See `Recorder`."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scribe.capture import frames
from scribe.capture.disk import AppendFile, Disk
from scribe.capture.folder import SAMPLE_RATE, part, segment
from scribe.capture.frames import FrameKind, Place
from scribe.capture.journal import Entry, EntryKind, JournalWriter
from scribe.vault import Key

FRAME = SAMPLE_RATE // 4  # what a killed process can lose
LONGEST_FRAME = SAMPLE_RATE
SYNC = SAMPLE_RATE // 2  # what a power cut can lose besides
SEGMENT = 10 * SAMPLE_RATE

_Held = NDArray[np.int16] | int  # samples, or how many were lost


class SegmentWriter:
    """Writes the segments of one recording. Every call may raise OSError; the next one goes on where it failed."""

    def __init__(
        self,
        folder: Path,
        recording: str,
        key: Key | None,
        disk: Disk,
        journal: JournalWriter,
        tell: Callable[[Entry], None],
    ) -> None:
        """`tell` takes note of what happened, and has it wait for the journal."""
        self._folder = folder
        self._recording = recording
        self._key = key
        self._disk = disk
        self._journal = journal
        self._tell = tell
        self._waiting: deque[_Held] = deque()
        self.held = 0  # samples taken, not lost, and not written yet
        self.samples = 0  # taken, with the lost ones
        self.durable = 0
        self._written = 0
        self._file: AppendFile | None = None
        self._renamed: list[Entry] = []  # complete segments whose names are not flushed yet
        self._begin(0)

    def resume(self, samples: int, seq: int) -> None:
        """Go on after `samples`, with segment `seq`."""
        self.samples = self.durable = self._written = samples
        self._begin(seq)

    def add(self, samples: NDArray[np.int16], room: int) -> None:
        """Take samples, and write what is due. Those beyond `room` are lost, if what waits cannot be written first."""
        if len(samples) > room and self.held:
            with suppress(OSError):
                self._write(least=1)
                room += len(samples)
        taken, lost = samples[:room].copy(), len(samples[room:])
        if len(taken):
            self._waiting.append(taken)
            self.held += len(taken)
        if lost:
            self._lose(lost)
        self.samples += len(samples)
        self._write(least=FRAME)
        if self._written - self.durable >= SYNC:
            self._flush()

    def skip(self, samples: int) -> None:
        """Count `samples` as lost."""
        self._lose(samples)
        self.samples += samples
        self._write(least=1)

    def sync(self) -> None:
        """Write and flush everything taken."""
        self._write(least=1)
        self._flush()

    def seal(self) -> None:
        """As `sync`, and close the segment however short it is."""
        self._write(least=1)
        self._close_segment()

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self, seq: int) -> None:
        self._seq = seq
        self._first = self._written
        self._named = False
        self._sum = hashlib.sha256()

    def _write(self, least: int) -> None:
        """Write frames while at least `least` samples wait."""
        while self._waiting and (isinstance(self._waiting[0], int) or self.held >= least):
            head = self._waiting[0]
            if isinstance(head, int):
                self._put(frames.silence(FrameKind.LOST, self._written, head), head)
                self._waiting.popleft()
                lost = {"first": self._written - head, "samples": head}
                self._tell(Entry(EntryKind.LOST, self._written, lost))
            else:
                block = self._gathered()
                self._put(frames.encode(block, self._written, self._place()), len(block))
                self._take(len(block))
            if self._written - self._first >= SEGMENT:
                self._close_segment()

    def _lose(self, samples: int) -> None:
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, int):
            self._waiting[-1] = last + samples
        else:
            self._waiting.append(samples)

    def _gathered(self) -> NDArray[np.int16]:
        """The waiting samples at the front, at most a frame of them; they stay until `_take`."""
        blocks: list[NDArray[np.int16]] = []
        count = 0
        for block in self._waiting:
            if isinstance(block, int) or count >= LONGEST_FRAME:
                break
            blocks.append(block[: LONGEST_FRAME - count])
            count += len(blocks[-1])
        return np.concatenate(blocks)

    def _take(self, count: int) -> None:
        self.held -= count
        while count:
            block = self._waiting.popleft()
            assert not isinstance(block, int)  # noqa: S101  gathered from samples only
            if len(block) > count:
                self._waiting.appendleft(block[count:])
            count -= min(count, len(block))

    def _put(self, record: bytes, samples: int) -> None:
        if self._file is None:
            self._file = self._disk.append(part(self._folder, self._seq))
        self._file.write(record)
        self._sum.update(record)
        self._written += samples

    def _place(self) -> Place:
        return Place(self._recording, self._seq, self._key)

    def _flush(self) -> None:
        if self._file is not None:
            self._file.flush()
            if not self._named:
                self._disk.flush_folder(self._folder)
                self._named = True
            self.durable = self._written
        self._publish()

    def _close_segment(self) -> None:
        if self._written > self._first:
            self._flush_part()
            self.close()
            self._disk.rename(part(self._folder, self._seq), segment(self._folder, self._seq))
            size, sha256 = self._written - self._first, self._sum.hexdigest()
            line = {"seq": self._seq, "first": self._first, "samples": size, "sha256": sha256}
            self._renamed.append(Entry(EntryKind.SEALED, self._written, line))
            self._begin(self._seq + 1)
        self._publish()

    def _flush_part(self) -> None:
        if self._file is None:  # a rename that failed before
            self._file = self._disk.append(part(self._folder, self._seq))
        self._file.flush()

    def _publish(self) -> None:
        """Journal the complete segments, once their names are flushed."""
        if self._renamed:
            self._disk.flush_folder(self._folder)
            self.durable = max(self.durable, self._renamed[-1].sample)
            for entry in self._renamed:
                self._tell(entry)
            self._renamed.clear()
        self._journal.write()
