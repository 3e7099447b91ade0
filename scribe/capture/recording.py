"""`Recording`: reads a recording, finished or not, also while a `Recorder` of any process is writing it."""

from __future__ import annotations

import wave
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scribe.capture import folder as folders
from scribe.capture import lock
from scribe.capture.folder import SAMPLE_RATE, Card
from scribe.capture.history import History, Pause, Stretch, merged
from scribe.capture.journal import JournalReader
from scribe.capture.segments import Segments
from scribe.errors import CaptureError, OutputError
from scribe.types import Audio, Interval, Mark, Missing, Mode
from scribe.vault import Key

NOT_KEPT = "the sound could not be kept while it was recorded"
_FULL_SCALE = 32768.0
_EXPORT_BLOCK = 60 * SAMPLE_RATE


class State(StrEnum):
    """Where a recording stands."""

    RECORDING = "recording"  # somebody is writing it now
    INTERRUPTED = "interrupted"  # nobody is, and it was not stopped: `recover` finishes it
    FINISHED = "finished"


class Recording:
    """A reader. `refresh` takes in what was written since; nothing else changes what it shows.

    `samples` is how many can be read, `durable` or not: the newest half second may still be lost in a power cut.
    """

    def __init__(self, folder: Path, card: Card, key: Key | None) -> None:
        self.folder = folder
        self._card = card
        self._key = key
        self._journal = JournalReader(folder, card.id, key)
        self._segments = Segments(folder, card.id, key)
        self._history = History()
        self.refresh()

    @classmethod
    def open(cls, folder: Path, *, key: Key | None) -> Recording:
        """Open a recording; `key` is the main one, ignored where the recording is not encrypted.

        Raises CaptureError where the folder holds none, VaultError where it is encrypted with another key.
        """
        card = folders.read_card(folder)
        try:
            return cls(folder, card, folders.own_key(card, key))
        except OSError as error:
            raise CaptureError(f"{folder} cannot be read ({error.strerror}): check the disk") from error

    @property
    def id(self) -> str:
        """Its name, random."""
        return self._card.id

    @property
    def card(self) -> Card:
        """What it is."""
        return self._card

    @property
    def mode(self) -> Mode:
        """Visit or dictation."""
        return self._card.mode

    @property
    def sample_rate(self) -> int:
        """Hertz, always 16 000."""
        return SAMPLE_RATE

    @property
    def state(self) -> State:
        """Whether somebody writes it, it was broken off, or it is finished: asked anew each time."""
        self._read_journal()
        if self._history.stopped:
            return State.FINISHED
        return State.RECORDING if lock.is_held(self.folder / folders.LOCK) else State.INTERRUPTED

    @property
    def paused(self) -> bool:
        """Whether the writer has paused."""
        return self._history.paused

    @property
    def samples(self) -> int:
        """How many samples can be read, as of the last `refresh`."""
        return self._segments.samples

    @property
    def duration(self) -> float:
        """The same in seconds."""
        return self.samples / SAMPLE_RATE

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Marked moments that were not dropped, by time."""
        gone = [stretch.interval for stretch in merged(self._history.dropped)]
        kept = (mark for mark in self._history.marks if not any(hole.start < mark.at < hole.end for hole in gone))
        return tuple(sorted(kept, key=lambda mark: mark.at))

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """Every pause."""
        return tuple(self._history.pauses)

    @property
    def parts(self) -> tuple[Interval, ...]:
        """The parts one after another, in seconds; one where nobody started a second."""
        starts = [sample / SAMPLE_RATE for sample in self._history.parts]
        return tuple(Interval(start, end) for start, end in zip(starts, [*starts[1:], self.duration], strict=True))

    @property
    def dropped(self) -> tuple[Interval, ...]:
        """What was dropped; it reads as silence."""
        return tuple(stretch.interval for stretch in merged(self._history.dropped))

    @property
    def missing(self) -> tuple[Interval, ...]:
        """What should be there and is not (disk full, files removed); it reads as silence."""
        return tuple(stretch.interval for stretch in merged([*self._history.lost, *self._segments.missing]))

    @property
    def damaged(self) -> bool:
        """Whether the journal was changed by another hand or a failing disk: `recover` makes what is left whole."""
        return self._journal.damaged

    def refresh(self) -> None:
        """Take in what was written since the last time. Raises VaultError where it does not open."""
        self._read_journal()
        self._segments.refresh(self._history.segments)

    def read(self, first: int, count: int) -> NDArray[np.float32]:
        """Samples from `first` on, shape (time,), -1.0 to 1.0; at most `count`, and what is there now.

        Dropped and missing stretches are zeros. Raises CaptureError where a file cannot be read.
        """
        return self.read_pcm(first, count).astype(np.float32) / np.float32(_FULL_SCALE)

    def read_pcm(self, first: int, count: int) -> NDArray[np.int16]:
        """As `read`, 16 bits."""
        first, count = max(0, first), max(0, count)
        try:
            out = self._segments.read(first, count)
        except OSError as error:
            raise CaptureError(f"{self.folder} cannot be read ({error.strerror}): check the disk") from error
        for hole in self._history.dropped:
            _blank(out, first, hole)
        return out

    def audio(self) -> Audio:
        """All of it, with what is missing."""
        missing = tuple(Missing(stretch, NOT_KEPT) for stretch in self.missing)
        return Audio(self.read(0, self.samples), SAMPLE_RATE, missing)

    def export_wav(self, path: Path) -> None:
        """Write all of it as a WAV file, 16 bits, mono, 16 kHz, whole or not at all. Raises OutputError."""
        beside = path.with_name(f".{path.name}.new")
        try:
            with beside.open("wb") as file, wave.open(file, "wb") as wav:
                wav.setnchannels(1)
                wav.setsampwidth(2)
                wav.setframerate(SAMPLE_RATE)
                for first in range(0, self.samples, _EXPORT_BLOCK):
                    wav.writeframes(self.read_pcm(first, _EXPORT_BLOCK).astype("<i2").tobytes())
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise OutputError(f"cannot write {path} ({error.strerror}): choose another place") from error

    def _read_journal(self) -> None:
        entries = self._journal.read()
        self._history.add(entries, self._key)
        for entry in entries:
            if entry.kind in ("erased", "drop"):
                self._segments.forget(entry.data.get("seq"))


def _blank(out: NDArray[np.int16], first: int, hole: Stretch) -> None:
    start, end = max(first, hole.first), min(first + len(out), hole.end)
    if start < end:
        out[start - first : end - first] = 0
