"""Finding, opening and losing microphones, with a stand-in for PortAudio. A real one: test_virtual_microphone."""

from __future__ import annotations

import builtins
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.capture import lock, microphone
from scribe.capture.microphone import LOOPBACK_WARNING, Microphone
from scribe.errors import CaptureError
from tests.capture.conftest import RATE
from tests.capture.fake_sound import FakeDevice, FakeSound


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound([FakeDevice("Built-in"), FakeDevice("USB headset"), FakeDevice("USB headset pro")])
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(microphone, "_server_chose_a_monitor", lambda: False)
    return fake


def record(source: Microphone, until: Callable[[list[NDArray[np.int16]]], bool]) -> tuple[NDArray[np.int16], list[int]]:
    """Sound and gaps, recorded until there is what a test waits for."""
    blocks: list[NDArray[np.int16]] = []
    gaps: list[int] = []
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(blocks.append, stop, gaps.append))
    thread.start()
    end = time.monotonic() + 30
    while not until(blocks) and time.monotonic() < end:
        time.sleep(0.01)
    stop.set()
    thread.join()
    return np.concatenate(blocks) if blocks else np.empty(0, np.int16), gaps


def test_the_list(sound: FakeSound) -> None:
    sound.devices.append(FakeDevice("Speakers", max_input_channels=0))
    sound.devices.append(FakeDevice("Monitor of Built-in", hostapi=1))
    listed = microphone.devices()
    assert [device.name for device in listed] == ["Built-in", "USB headset", "USB headset pro", "Monitor of Built-in"]
    assert [device.default for device in listed] == [True, False, False, False]
    assert [device.loopback for device in listed] == [False, False, False, True]
    assert (listed[-1].index, listed[-1].host_api, listed[-1].rate) == (4, "JACK", 48_000)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", "Built-in"),
        ("built", "Built-in"),
        ("USB headset", "USB headset"),
        ("pro", "USB headset pro"),
        ("1", "USB headset"),
    ],
)
def test_a_device_is_found_by_part_of_its_name(sound: FakeSound, name: str, found: str) -> None:
    assert microphone.find(name).name == found


@pytest.mark.parametrize(("name", "why"), [("usb h", "2 microphones"), ("camera", "no microphone 'camera'")])
def test_a_name_that_fits_none_or_several(sound: FakeSound, name: str, why: str) -> None:
    with pytest.raises(CaptureError, match=why):
        microphone.find(name)


def test_no_microphone_at_all(sound: FakeSound) -> None:
    sound.devices.clear()
    with pytest.raises(CaptureError, match="plug one in"):
        Microphone()


def test_no_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CaptureError, match="libportaudio2"):
        microphone.devices()


def test_permission_denied(sound: FakeSound) -> None:
    sound.devices[0].refuses = "Permission denied"
    with pytest.raises(CaptureError, match=r"Built-in cannot be opened \(Permission denied\).*system settings"):
        Microphone().run(lambda block: None, threading.Event())


def test_sound_comes_at_16_khz(sound: FakeSound) -> None:
    heard, gaps = record(Microphone(), lambda blocks: sum(map(len, blocks)) > RATE)
    assert sound.opened == [(48_000, 1)]
    assert not gaps
    middle = heard[2000:-2000]
    assert np.abs(middle.astype(int) - 1000).max() <= 2


def test_a_device_that_refuses_its_own_rate_and_one_channel(sound: FakeSound) -> None:
    sound.devices[0] = FakeDevice("Built-in", max_input_channels=2, rates=(16_000,), least_channels=2)
    heard, _ = record(Microphone(), lambda blocks: len(blocks) > 3)
    assert sound.opened == [(16_000, 2)]
    assert set(heard.tolist()) == {2000}  # the mean of both channels


def test_overflows_are_counted_and_shown(sound: FakeSound) -> None:
    sound.devices[0].overflows_at = 2
    source = Microphone()
    assert not source.warnings
    record(source, lambda blocks: len(blocks) > 6)
    assert source.overflows == 1
    assert "too busy 1 time" in source.warnings[0]


def test_unplugged_and_plugged_in_again(sound: FakeSound) -> None:
    sound.devices[1].dies_after = 5
    source = Microphone("USB headset", poll=0.01, retry=0.01)
    warned = []

    def until(blocks: list[NDArray[np.int16]]) -> bool:
        if source.warnings:
            warned.append(source.warnings)
            if len(warned) == 5:  # back, as another number
                sound.devices[1:3] = [FakeDevice("Camera"), FakeDevice("USB headset")]
        elif warned and "before" not in marks:
            marks["before"] = len(blocks)
        return "before" in marks and len(blocks) > marks["before"] + 3

    marks: dict[str, int] = {}
    sound.devices[1].name = "USB headset"
    heard, gaps = record(source, until)
    assert "plug it in again" in warned[0][0]
    assert not source.warnings
    assert len(gaps) == 1
    assert gaps[0] > 0
    assert len(heard) >= 8 * 1600


def test_stopped_while_it_is_gone(sound: FakeSound) -> None:
    sound.devices[0].dies_after = 2
    source = Microphone(poll=0.01, retry=0.01)

    def until(blocks: list[NDArray[np.int16]]) -> bool:
        if source.warnings:
            sound.devices.clear()
        return bool(source.warnings)

    heard, gaps = record(source, until)
    assert len(heard) == pytest.approx(2 * 1600, abs=2)
    assert not gaps


def test_looking_for_devices_leaves_an_open_one_alone(sound: FakeSound) -> None:
    source = Microphone()
    before = sound.started

    def until(blocks: list[NDArray[np.int16]]) -> bool:
        if len(blocks) > 2:
            microphone.devices()
        return len(blocks) > 4

    record(source, until)
    assert sound.started == before
    microphone.devices()
    assert sound.started == before + 1


def test_a_loopback_device_is_warned_of(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    sound.devices[0].name = "default"
    assert not Microphone("default").warnings
    monkeypatch.setattr(microphone, "_server_chose_a_monitor", lambda: True)
    assert Microphone("default").warnings == (LOOPBACK_WARNING,)


def test_one_scribe_records_at_a_time(sound: FakeSound, tmp_path: Path) -> None:
    held = lock.take(tmp_path / "lock", "busy")
    try:
        with pytest.raises(CaptureError, match="another scribe is recording"):
            Microphone(busy=tmp_path / "lock").run(lambda block: None, threading.Event())
    finally:
        held.release()
