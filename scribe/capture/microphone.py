"""Microphones, through PortAudio (python-sounddevice).

PortAudio calls back from a thread of its own that must never wait, so the callback only puts the bytes into a queue;
everything else happens in `run`. The device runs at its own rate. One that stops giving sound (unplugged, taken away by
the system) is looked for again until it is back, under the same name: numbers of devices change.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from scribe.capture import lock
from scribe.capture.folder import SAMPLE_RATE, root
from scribe.capture.resample import Resampler
from scribe.capture.source import OnGap, Sink, no_gap
from scribe.config import CaptureSettings
from scribe.errors import CaptureError

_POLL = 0.25  # seconds to wait for a block
# Polls without a block after which the device is gone. A sound server may take 2 seconds to begin. They are counted, so
# that a machine that was asleep makes no difference.
_STALLED = 10
_LATENCY = 0.2  # seconds PortAudio may hold: sound is lost when this program does not get to run for longer
_RETRY = 1.0  # seconds between two looks for a device that is gone
_RATES = (48_000, 44_100, 16_000)  # tried where a device refuses its own default
_LOOPBACK = re.compile(r"monitor|loopback|stereo mix|what u hear|blackhole|soundflower|cable output", re.IGNORECASE)
_OPEN: WeakSet[_Stream] = WeakSet()  # open ones: looking for devices anew would close them
_VIRTUAL = ("default", "pulse", "pipewire", "sysdefault")  # names that stand for what the sound server chose
LOOPBACK_WARNING = "this device records what the computer plays, not what is said: choose a microphone"
MISSING_PORTAUDIO = "PortAudio, which reads microphones, is missing: install the package libportaudio2 (Debian, Ubuntu)"


@dataclass(frozen=True, slots=True)
class Device:
    """Something that gives sound."""

    index: int  # changes when devices come and go
    name: str
    host_api: str  # the system that offers it, e.g. ALSA
    channels: int
    rate: int  # hertz, its own
    default: bool
    loopback: bool  # gives what the computer plays, not what is said


def devices() -> tuple[Device, ...]:
    """The devices that give sound, as the system knows them now. Raises CaptureError where PortAudio is missing."""
    sound = _sounddevice()
    if not _OPEN:
        with _quiet(), suppress(sound.PortAudioError):  # PortAudio looks for devices only when it starts
            sound._terminate()
            sound._initialize()
    try:
        apis = [api["name"] for api in sound.query_hostapis()]
        listed = [(index, item) for index, item in enumerate(sound.query_devices()) if item["max_input_channels"] > 0]
    except sound.PortAudioError as error:
        raise CaptureError(f"microphones cannot be listed ({_reason(error)}): is the sound system running?") from error
    misled = any(item["name"] in _VIRTUAL for _, item in listed) and _server_chose_a_monitor()
    return tuple(
        Device(
            index,
            name,
            apis[item["hostapi"]],
            item["max_input_channels"],
            round(item["default_samplerate"]),
            index == sound.default.device[0],
            bool(_LOOPBACK.search(name)) or (misled and name in _VIRTUAL),
        )
        for index, item in listed
        for name in [item["name"]]
    )


def find(name: str = "") -> Device:
    """The device that `name` means: a part of its name (or of "host API: name"), or its number; "" is the default.

    Raises CaptureError where there is none, or several.
    """
    known = devices()
    if not known:
        raise CaptureError("there is no microphone: plug one in, and see `scribe devices`")
    if not name:
        return next((device for device in known if device.default), known[0])
    wanted = name.casefold()
    found = [device for device in known if wanted in f"{device.host_api}: {device.name}".casefold()]
    exact = [device for device in found if wanted == device.name.casefold()] or [
        device for device in known if wanted == str(device.index)
    ]
    if not found and not exact:
        raise CaptureError(f"there is no microphone {name!r}: see `scribe devices`")
    chosen = exact or found
    if len({device.name for device in chosen}) > 1:
        raise CaptureError(
            f"{len(chosen)} microphones are called {name!r} or so: name one as `scribe devices` shows it"
        )
    return chosen[0]


def microphone(settings: CaptureSettings) -> Microphone:
    """The microphone of the settings. Raises CaptureError where there is none."""
    return Microphone(settings.device, busy=root(settings) / "microphone.lock")


class Microphone:
    """A `Source`."""

    def __init__(
        self,
        device: str = "",
        *,
        busy: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        poll: float = _POLL,
        retry: float = _RETRY,
    ) -> None:
        """`device` as for `find`. `busy`: file whose lock keeps another scribe from recording at the same time."""
        self._device = find(device)
        self._busy = busy
        self._clock = clock
        self._poll, self._retry = poll, retry
        self._gone = False
        self.overflows = 0  # times that PortAudio had no room for sound: some was lost each time
        self.name = f"microphone: {self._device.name}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with it just now."""
        found = []
        if self._gone:
            found.append("the microphone is gone: plug it in again; what was recorded is safe")
        if self.overflows:
            found.append(
                f"the machine was too busy {self.overflows} times and bits of sound are missing: close programs"
            )
        if self._device.loopback:
            found.append(LOOPBACK_WARNING)
        return tuple(found)

    def run(self, sink: Sink, stop: Event, on_gap: OnGap = no_gap) -> None:
        """Record until `stop`. Raises CaptureError where the device cannot be opened at first."""
        held = lock.take(self._busy, "another scribe is recording: stop that one first") if self._busy else None
        try:
            stream = _Stream(self._device)
            while True:
                with stream:
                    left = self._listen(stream, sink, stop)
                if stop.is_set():
                    return
                self._gone = True
                again = self._look_again(stop)
                if again is None:
                    return
                stream, self._gone = again, False
                on_gap(round((self._clock() - left) * SAMPLE_RATE))
        finally:
            if held:
                held.release()

    def _listen(self, stream: _Stream, sink: Sink, stop: Event) -> float:
        """Hand on what comes, until `stop` or until nothing comes any more; when the last of it came."""
        resampler = Resampler(stream.rate)
        empty, last = 0, self._clock()
        while empty < _STALLED and not stop.is_set():
            block = stream.next(self._poll)
            empty = empty + 1 if block is None else 0
            self.overflows += stream.take_overflows()
            if block is not None:
                last = self._clock()
                _give(sink, resampler.add(block))
            elif not stream.active:
                break
        for block in stream.rest():
            _give(sink, resampler.add(block))
        _give(sink, resampler.add(np.empty(0, np.int16), last=True))
        return last

    def _look_again(self, stop: Event) -> _Stream | None:
        """The same device once it is back; None where `stop` came first."""
        wait = 0.0
        while not stop.wait(wait):
            wait = self._retry
            with suppress(CaptureError):
                same = next((item for item in devices() if item.name == self._device.name), None)
                if same is not None:
                    return _Stream(same)
        return None


class _Stream:
    """An open device: mono blocks at its own rate."""

    def __init__(self, device: Device) -> None:
        self._sound = _sounddevice()
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._overflows: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._stream, self.rate, self._channels = self._open(device)
        _OPEN.add(self)

    def _open(self, device: Device) -> tuple[Any, int, int]:
        """Its own rate and one channel first; other rates, then all channels where it refuses."""
        failure: Exception | None = None
        for channels in dict.fromkeys((1, min(device.channels, 2), device.channels)):
            for rate in dict.fromkeys((device.rate, *_RATES)):
                try:
                    stream = self._sound.RawInputStream(
                        device=device.index,
                        samplerate=rate,
                        channels=channels,
                        dtype="int16",
                        latency=_LATENCY,
                        callback=self._callback,
                    )
                    stream.start()
                except (self._sound.PortAudioError, ValueError) as error:
                    failure = failure or error
                else:
                    return stream, rate, channels
        raise CaptureError(
            f"{device.name} cannot be opened ({_reason(failure)}): is another program using it, and may this one use "
            "the microphone (system settings, group audio)?"
        ) from failure

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        _OPEN.discard(self)
        with suppress(self._sound.PortAudioError):
            self._stream.close()

    @property
    def active(self) -> bool:
        """Whether the device still runs."""
        try:
            return bool(self._stream.active)
        except self._sound.PortAudioError:
            return False

    def next(self, timeout: float) -> NDArray[np.int16] | None:
        """The next block, shape (time,); None where none came in time."""
        try:
            return self._mono(self._queue.get(timeout=timeout))
        except queue.Empty:
            return None

    def rest(self) -> list[NDArray[np.int16]]:
        """What is waiting after the last sample that is wanted."""
        with suppress(self._sound.PortAudioError):
            self._stream.stop()
        return [self._mono(self._queue.get_nowait()) for _ in range(self._queue.qsize())]

    def take_overflows(self) -> int:
        """How often sound was lost since the last call."""
        count = self._overflows.qsize()
        for _ in range(count):
            self._overflows.get_nowait()
        return count

    def _callback(self, data: Any, frames: int, when: Any, status: Any) -> None:
        if status.input_overflow:
            self._overflows.put(None)
        self._queue.put(bytes(data))

    def _mono(self, data: bytes) -> NDArray[np.int16]:
        samples = np.frombuffer(data, np.int16)
        if self._channels == 1:
            return samples
        mono: NDArray[np.int16] = samples.reshape(-1, self._channels).mean(axis=1).round().astype(np.int16)
        return mono


def _give(sink: Sink, samples: NDArray[np.int16]) -> None:
    if len(samples):
        sink(samples)


def _server_chose_a_monitor() -> bool:
    """Whether the sound server (PulseAudio, PipeWire) takes a monitor for a microphone: PortAudio cannot see that."""
    pactl = shutil.which("pactl") if sys.platform == "linux" else None
    if pactl is None:
        return False
    try:
        told = subprocess.run([pactl, "get-default-source"], capture_output=True, text=True, timeout=2)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.stdout.strip().endswith(".monitor")


def _reason(error: Exception | None) -> str:
    """PortAudio's own words, without its numbers."""
    return re.sub(r"\s*\[PaErrorCode.*?\]|Error opening \w+: ", "", str(error)).strip() or type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """While PortAudio starts: ALSA tells the terminal of everything that it looks for and does not find."""
    if sys.platform != "linux":
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _sounddevice() -> ModuleType:
    try:
        with nullcontext() if "sounddevice" in sys.modules else _quiet():
            import sounddevice  # type: ignore[import-untyped]
    except OSError as error:
        raise CaptureError(MISSING_PORTAUDIO) from error
    module: ModuleType = sounddevice
    return module
