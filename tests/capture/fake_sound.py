"""A stand-in for python-sounddevice whose devices come, go and refuse as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np


class PortAudioError(Exception):
    pass


@dataclass
class FakeDevice:
    name: str = "USB headset"
    max_input_channels: int = 1
    default_samplerate: float = 48_000.0
    rates: tuple[int, ...] = (48_000,)  # at which it opens
    least_channels: int = 1
    refuses: str = ""  # why it cannot be opened
    hostapi: int = 0
    sound: int = 4800  # samples it gives each time, as a constant
    loudness: int = 1000  # value of those samples
    dies_after: int | None = None  # blocks; then it says nothing more
    overflows_at: int | None = None  # block

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


@dataclass
class FakeSound:
    """The module. `devices` may be changed while a test runs."""

    devices: list[FakeDevice] = field(default_factory=list)
    opened: list[tuple[int, int]] = field(default_factory=list)  # rate, channels
    started: int = 0  # times PortAudio was started anew
    PortAudioError: type[Exception] = PortAudioError

    @property
    def default(self) -> Any:
        return SimpleNamespace(device=(0 if self.devices else -1, -1))

    def query_devices(self) -> list[FakeDevice]:
        return self.devices

    def query_hostapis(self) -> list[dict[str, str]]:
        return [{"name": "ALSA"}, {"name": "JACK"}]

    def _terminate(self) -> None:
        pass

    def _initialize(self) -> None:
        self.started += 1

    def RawInputStream(self, **options: Any) -> FakeStream:  # noqa: N802  its name there
        device = self.devices[options["device"]]
        rate, channels = options["samplerate"], options["channels"]
        if device.refuses:
            raise PortAudioError(f"Error opening RawInputStream: {device.refuses} [PaErrorCode -9996]")
        if rate not in device.rates or channels < device.least_channels:
            raise PortAudioError("Error opening RawInputStream: Invalid sample rate [PaErrorCode -9997]")
        self.opened.append((rate, channels))
        return FakeStream(device, channels, options["callback"])


class FakeStream:
    """Calls back from a thread of its own, as fast as it can with short breaths."""

    def __init__(self, device: FakeDevice, channels: int, callback: Callable[..., None]) -> None:
        self._device = device
        self._block = np.full((device.sound, channels), device.loudness, np.int16)
        if channels == 2:
            self._block[:, 1] = 3000
        self._callback = callback
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.active = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def close(self) -> None:
        self.stop()

    def _run(self) -> None:
        count = 0
        while not self._end.wait(0.005):
            if count == self._device.dies_after:
                self.active = False
                self._device.refuses = "Device unavailable"
                return
            status = SimpleNamespace(input_overflow=count == self._device.overflows_at)
            self._callback(self._block.tobytes(), len(self._block), None, status)
            count += 1
