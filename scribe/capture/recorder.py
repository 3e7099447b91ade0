"""`Recorder`: writes one recording so that a killed process loses a quarter second and a power cut less than one.

Samples are gathered into frames of a quarter second, written, and flushed to the disk every half second; ten seconds
make a segment, which gets its final name and a line in the journal. Everything is placed on the sample clock, which
counts recorded samples from 0: it stands still during a pause and knows nothing of the machine's clock.

On a full disk nothing that was taken is let go: samples wait in memory, `HOLD_SECONDS` of them, and are written as soon
as there is room. Beyond that the newest are counted as lost, and read as silence, so that times stay right.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from scribe.capture import folder as folders
from scribe.capture import lock, writing
from scribe.capture.disk import Disk, failure
from scribe.capture.folder import LOCK, SAMPLE_RATE, Card
from scribe.capture.history import History, seal_note
from scribe.capture.journal import Entry, EntryKind, JournalWriter
from scribe.capture.recording import Recording
from scribe.errors import CaptureError
from scribe.types import MarkKind, Mode
from scribe.vault import Key

HOLD_SECONDS = 300  # of sound in memory while the disk is full: 9.6 MB
Clock = Callable[[], float]


class Recorder:
    """The one writer of a recording; its calls may come from several threads.

    Where the disk is full, `append`, `sync`, `mark` and the others raise DiskFullError and *have taken* what they were
    given: it is written by the next call that finds room. Calling `append` again with the same samples records them
    twice; call `sync` to try again.
    """

    def __init__(self, folder: Path, card: Card, keys: tuple[Key | None, Key | None], disk: Disk, clock: Clock) -> None:
        """For `create` and `reopen`. `keys`: the main one, and the recording's own."""
        self.folder = folder
        self.id = card.id
        self._card = card
        self._main_key, self._key = keys
        self._disk = disk
        self._clock = clock
        self._mutex = threading.RLock()
        self._paused_at: float | None = None
        busy = f"recording {card.id} is being written by another scribe: stop that one first"
        self._lock = lock.take(folder / LOCK, busy)
        try:
            self._journal, entries = JournalWriter.open(folder, card.id, self._key, disk)
        except BaseException:
            self._lock.release()
            raise
        self._history = History()
        self._history.add(entries, self._key)
        self._writer = writing.SegmentWriter(folder, card.id, self._key, disk, self._journal, self._tell)
        self._closed = False

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        key: Key | None,
        mode: Mode,
        source: str,
        id: str | None = None,  # noqa: A002
        disk: Disk | None = None,
        clock: Clock = time.monotonic,
    ) -> Recorder:
        """Start a recording in a new folder of `root`, encrypted where `key` (the main one) is given.

        Raises CaptureError where the folder cannot be written or a recording has that id.
        """
        disk = disk or Disk()
        name = folders.check_id(id or secrets.token_hex(8))
        card, own = folders.new_card(name, mode, source, key)
        folder = root / name
        try:
            disk.make_folder(folder)
            folders.write_card(folder, card, disk)
            disk.flush_folder(root)
            recorder = cls(folder, card, (key, own), disk, clock)
        except OSError as error:
            if isinstance(error, FileExistsError) and folder.exists():
                raise CaptureError(f"there is a recording {name} already: choose another id") from error
            raise failure(error, root) from error
        try:
            recorder._note(EntryKind.START)
        except BaseException:
            recorder._release()
            raise
        return recorder

    @classmethod
    def reopen(
        cls, folder: Path, *, key: Key | None, disk: Disk | None = None, clock: Clock = time.monotonic
    ) -> Recorder:
        """Go on with a recording that was broken off or finished; `durable_sample` says from where.

        Raises CaptureError where another is writing it, VaultError where `key` does not open it.
        """
        from scribe.capture.recovery import make_whole

        disk = disk or Disk()
        card = folders.read_card(folder)
        own = folders.own_key(card, key)
        try:
            recorder = cls(folder, card, (key, own), disk, clock)
            try:
                report = make_whole(folder, card, own, disk, recorder._journal, recorder._history)
                recorder._writer.resume(report.samples, report.next_segment)
                recorder._note(EntryKind.REOPEN)
            except BaseException:
                recorder._release()
                raise
        except OSError as error:
            raise failure(error, folder) from error
        recorder._history.stopped = recorder._history.paused = False
        return recorder

    @property
    def samples(self) -> int:
        """How many samples were taken, written or not."""
        return self._writer.samples

    @property
    def durable_sample(self) -> int:
        """How many samples, from the first on, are safe from a power cut."""
        return self._writer.durable

    @property
    def room(self) -> int:
        """How many more samples can be taken for certain while the disk is full."""
        return max(0, HOLD_SECONDS * SAMPLE_RATE - self._writer.held)

    @property
    def held(self) -> int:
        """How many samples wait in memory to be written."""
        return self._writer.held

    @property
    def paused(self) -> bool:
        """Whether samples are thrown away at present, as the user wishes."""
        return self._history.paused

    @property
    def seconds_left(self) -> float:
        """How many more seconds of sound the disk has room for. Raises CaptureError where it cannot be asked."""
        try:
            return self._disk.free(self.folder) / (2 * SAMPLE_RATE)
        except OSError as error:
            raise failure(error, self.folder) from error

    def append(self, samples: NDArray[np.int16]) -> None:
        """Record `samples`, shape (time,), mono, 16 kHz, which come after the ones so far; nothing during a pause.

        Raises DiskFullError, see above; CaptureError where the recording is closed.
        """
        if samples.ndim != 1 or samples.dtype != np.int16:
            raise CaptureError(f"sound has to be mono 16-bit samples to be recorded, not {samples.dtype}")
        with self._mutex:
            self._check_open()
            if not self._history.paused:
                self._guarded(lambda: self._writer.add(samples, room=self.room))

    def skip(self, samples: int) -> None:
        """Samples that will never come: they read as silence, are listed as missing, and keep later times right."""
        with self._mutex:
            self._check_open()
            if samples > 0 and not self._history.paused:
                self._guarded(lambda: self._writer.skip(samples))

    def sync(self) -> int:
        """Write and flush everything taken so far; the new `durable_sample`. Raises DiskFullError or CaptureError."""
        with self._mutex:
            self._check_open()
            self._guarded(self._writer.sync)
            return self._writer.durable

    def mark(self, kind: MarkKind, at: float | None = None, note: str = "") -> None:
        """Mark a moment, now or `at` seconds of the recording."""
        with self._mutex:
            sample = self.samples if at is None else min(self.samples, max(0, round(at * SAMPLE_RATE)))
            self._note(EntryKind.MARK, sample, mark=kind.value, note=seal_note(note, self._key))

    def pause(self) -> None:
        """Record nothing until `resume`: what is appended meanwhile is thrown away and takes no time."""
        with self._mutex:
            if not self._history.paused:
                self._history.paused = True
                self._paused_at = self._clock()
                self._note(EntryKind.PAUSE)

    def resume(self) -> None:
        """End the pause."""
        with self._mutex:
            if self._history.paused:
                self._history.paused = False
                lasted = None if self._paused_at is None else round(self._clock() - self._paused_at, 1)
                self._note(EntryKind.RESUME, seconds=lasted)

    def new_part(self) -> None:
        """Another part of the same encounter begins here."""
        with self._mutex:
            self._note(EntryKind.PART)

    def drop_last(self, seconds: float) -> None:
        """Take back the last `seconds` of sound: it reads as silence at once, and its bytes are overwritten.

        Times of what came before and of what follows stay as they are. Where the disk refuses (CaptureError), the sound
        still reads as silence, and overwriting is tried again by `stop` and by recovery.
        """
        with self._mutex:
            count = min(self.samples, max(0, round(seconds * SAMPLE_RATE)))
            if count:
                first = self.samples - count
                self._note(EntryKind.DROP, first=first, samples=count)
                self._guarded(self._writer.seal)
                self._erase()

    def stop(self) -> Recording:
        """Finish the recording and give it back to read.

        Raises DiskFullError or CaptureError where the rest cannot be written: it goes on, and may be stopped again.
        """
        with self._mutex:
            self._check_open()
            self._guarded(self._writer.seal)
            self._erase()
            self._note(EntryKind.STOP)
            self._release()
        return Recording.open(self.folder, key=self._main_key)

    def close(self) -> None:
        """Let go of a recording that is not finished, keeping what can be kept: it counts as interrupted."""
        with self._mutex:
            if not self._closed:
                try:
                    with suppress(CaptureError):
                        self._guarded(self._writer.sync)
                finally:
                    self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _note(self, kind: EntryKind, sample: int | None = None, **data: object) -> None:
        """A line in the journal, after everything it speaks of is on the disk."""
        self._check_open()
        self._tell(Entry(kind, self.samples if sample is None else sample, data))
        self._guarded(self._writer.sync)

    def _tell(self, entry: Entry) -> None:
        self._history.add([entry], self._key)
        self._journal.wait(entry)

    def _erase(self) -> None:
        from scribe.capture.erasing import erase

        self._guarded(lambda: erase(self.folder, self._card.id, self._key, self._disk, self._journal, self._history))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            raise failure(error, self.folder) from error

    def _check_open(self) -> None:
        if self._closed:
            raise CaptureError(f"recording {self.id} is closed: reopen it to go on")

    def _release(self) -> None:
        self._closed = True
        self._writer.close()
        self._journal.close()
        self._lock.release()
