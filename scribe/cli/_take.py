"""A recording that is made at this terminal: sound goes to the disk first, and live recognition follows the disk."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from scribe import audio, vault
from scribe.capture import folder as folders
from scribe.capture import recovery
from scribe.capture.folder import SAMPLE_RATE
from scribe.capture.intake import Intake
from scribe.capture.microphone import Microphone
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording
from scribe.capture.simulate import Playback
from scribe.capture.source import Source
from scribe.cli import EXIT_INTERRUPTED
from scribe.cli import _common as common
from scribe.config import Config
from scribe.events import LiveSnapshot
from scribe.live.driver import LiveDriver
from scribe.live.session import Result
from scribe.types import MarkKind, Mode

MINUTE = 60.0  # seconds that "drop the last minute" drops


def source_of(simulate: Path | None, device: str | None, config: Config) -> Source:
    """A file that is played as if it were spoken, or the microphone. Raises AudioError or CaptureError."""
    if simulate is not None:
        return Playback(audio.load(simulate, config.audio), simulate.name)
    place = folders.root(config.capture)
    place.mkdir(parents=True, exist_ok=True)
    return Microphone(device or config.capture.device, busy=place / "microphone.lock")


def tell_unfinished(config: Config) -> None:
    """On stderr: what was broken off before, and the command that finishes it."""
    for item in recovery.unfinished(folders.root(config.capture)):
        begun = f"{item.created.astimezone():%Y-%m-%d %H:%M}"
        common.note_to_user(
            f"a recording of {begun} ({item.seconds / 60:.0f} min) was broken off and is safe; "
            f"`scribe live --finish {item.id}` makes its note"
        )


class Take:
    """The recording, its source and its recognition. `start` begins all three; `stop` ends the first two."""

    def __init__(
        self, source: Source, mode: Mode, config: Config, *, record: bool = True, earlier: Path | None = None
    ) -> None:
        """`earlier`: the folder of a recording that another part is added to, in place of a new recording."""
        key = vault.load(config.store)
        if earlier is None:
            self.recorder = Recorder.create(folders.root(config.capture), key=key, mode=mode, source=source.name)
        else:
            self.recorder = Recorder.reopen(earlier, key=key)
            self.recorder.new_part()
        self.id = self.recorder.id
        self.intake = Intake(source, self.recorder, warn_seconds=60 * config.capture.warn_minutes)
        self.driver = LiveDriver(Recording.open(self.recorder.folder, key=key), config, record=record)
        self.events = self.driver.subscribe()
        self.asked_to_stop = threading.Event()

    def start(self) -> None:
        """Begin."""
        self.intake.start()
        self.driver.start()

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return self.recorder.samples / SAMPLE_RATE

    @property
    def over(self) -> bool:
        """Whether it is time to stop: somebody asked, or no more sound comes."""
        return self.asked_to_stop.is_set() or not self.intake.running

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.recorder.paused:
            self.recorder.resume()
        else:
            self.recorder.pause()

    def mark(self) -> None:
        """Mark this moment."""
        self.recorder.mark(MarkKind.MOMENT)

    def drop(self, seconds: float = MINUTE) -> None:
        """Erase the last `seconds`."""
        self.recorder.drop_last(seconds)

    def stop(self) -> None:
        """No more sound; the driver goes on to the record. Raises CaptureError where the rest cannot be written."""
        self.intake.stop()
        self.recorder.stop()

    def check(self, *, anything: bool) -> None:
        """Raise what ended the sound, where it did not end by itself: at once if nothing was recorded (`anything`)."""
        if self.intake.error is not None and (anything or not self.recorder.samples):
            raise self.intake.error

    def close(self) -> None:
        """Let go, whatever has happened: what is not stopped can be finished another time."""
        self.driver.abandon()
        self.intake.stop()
        self.recorder.close()

    @contextmanager
    def stopped_by_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the recording in good order, in place of the program."""

        def ask(number: int, frame: FrameType | None) -> None:
            self.asked_to_stop.set()

        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def record_of(driver: LiveDriver, recording: str, on_snapshot: Callable[[LiveSnapshot], None] | None = None) -> Result:
    """Wait for the record, with progress on the terminal. Raises ScribeError; the recording is safe then."""
    from scribe.events import Progressed

    events = driver.subscribe()
    try:
        with common.progress() as on_progress:
            for event in events:
                if isinstance(event, Progressed):
                    on_progress(event.stage, event.done, event.total)
            result = driver.join()
    except KeyboardInterrupt:
        common.note_to_user(f"stopped; the recording is safe: `scribe live --finish {recording}` makes its note")
        os._exit(EXIT_INTERRUPTED)  # an engine in the middle of its work cannot be asked to end in good order
    if result is None:
        raise AssertionError("a driver that was not abandoned ends with a record or an error")
    return result


def named_folder(mode: Mode, begun: datetime) -> Path:
    """Where the draft goes unless `--out` says otherwise: "visit-2026-11-25-0905-note"."""
    return Path(f"{mode.value}-{begun:%Y-%m-%d-%H%M}-note")
