"""`scribe recordings`, `scribe key` and `scribe devices` as a person uses them."""

from __future__ import annotations

import json
import stat
import sys
import wave
from pathlib import Path

import keyring
import numpy as np
import pytest
from keyring.backend import KeyringBackend
from typer.testing import CliRunner, Result

from scribe import vault
from scribe.capture import microphone
from scribe.capture.recorder import Recorder
from scribe.cli.app import app
from scribe.config import StoreSettings, load
from scribe.errors import CaptureError, ConfigError, OutputError, VaultError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState
from scribe.store.store import Store
from scribe.types import MarkKind, Mode
from tests.capture.conftest import RATE, noise
from tests.capture.fake_sound import FakeDevice, FakeSound


def scribe(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCRIBE_CAPTURE__FOLDER", str(tmp_path / "recordings"))
    return tmp_path / "recordings"


def broken_off(root: Path, key: vault.Key | None = None, name: str = "abc1") -> Recorder:
    recorder = Recorder.create(root, key=key, mode=Mode.VISIT, source="microphone: USB", id=name)
    recorder.append(noise(65))
    recorder.mark(MarkKind.CHECK, at=2.0, note="the dose")
    recorder.drop_last(5)
    recorder.close()
    return recorder


def test_broken_off_shown_recovered_exported_deleted(root: Path, tmp_path: Path) -> None:
    folder = broken_off(root).folder
    listed = scribe("recordings", "list")
    assert "interrupted" in listed.stdout
    assert "1:05 min" in listed.stderr
    assert "scribe recordings recover" in listed.stderr
    recovered = scribe("recordings", "recover")
    assert recovered.exit_code == 0
    assert "abc1: 1:05 min are safe" in recovered.stdout
    assert "No recording was broken off" in scribe("recordings", "recover").stdout
    shown = scribe("recordings", "show", "abc").stdout
    assert "check     0:02 the dose" in shown
    assert "dropped   1:00-1:05" in shown
    assert json.loads(scribe("recordings", "list", "--json").stdout)[0]["state"] == "finished"
    assert json.loads(scribe("recordings", "show", "abc1", "--json").stdout)["dropped"] == [[60.0, 65.0]]
    assert scribe("recordings", "export", "abc1", "--out", tmp_path / "out.wav").exit_code == 0
    with wave.open(str(tmp_path / "out.wav")) as wav:
        heard = np.frombuffer(wav.readframes(10**9), "<i2")
    np.testing.assert_array_equal(heard[: 60 * RATE], noise(65)[: 60 * RATE])
    assert isinstance(scribe("recordings", "export", "abc1", "--out", tmp_path / "out.wav").exception, OutputError)
    assert scribe("recordings", "delete", "abc1").exit_code == 1  # nobody said yes
    assert folder.exists()
    assert scribe("recordings", "delete", "abc1", "--yes").exit_code == 0
    assert not folder.exists()


def test_what_a_page_recorded_is_in_the_worklist_once_it_is_recovered(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIBE_STORE__FOLDER", str(tmp_path / "store"))
    recorder = Recorder.create(root, key=None, mode=Mode.VISIT, source="browser:me", id="abc1")
    recorder.append(noise(2))
    recorder.close()
    recovered = scribe("recordings", "recover")
    assert recovered.exit_code == 0
    assert "it is in the worklist" in recovered.stdout
    store = Store.open(load())
    with store.begin(SYSTEM, read_only=True) as unit:
        kept = unit.recordings.captured_as("abc1")
        assert kept
        (job,) = unit.jobs.of(kept.encounter_id)
        assert job.state is JobState.WAITING
    store.close()


def test_which_recording(root: Path) -> None:
    broken_off(root, name="abc1")
    broken_off(root, name="abc2")
    assert "give more of the id" in str(scribe("recordings", "show", "abc").exception)
    assert "recordings list" in str(scribe("recordings", "show", "x").exception)
    assert "There are no recordings" in scribe("recordings", "list", "--set", f"capture.folder={root}/none").stdout


def test_one_that_does_not_open_does_not_keep_the_others_broken(root: Path) -> None:
    broken_off(root, vault.new_key(), name="a")
    broken_off(root, name="b")
    done = scribe("recordings", "recover")
    assert "b: 1:05 min are safe" in done.stdout
    assert "encrypted" in done.stderr
    assert "1 of 2" in str(done.exception)


def test_one_that_is_being_recorded_is_neither_recovered_nor_deleted(root: Path) -> None:
    with Recorder.create(root, key=None, mode=Mode.VISIT, source="test", id="now") as recorder:
        recorder.append(noise(1))
        assert "No recording" in scribe("recordings", "recover").stdout
        assert (
            "being recorded now"
            in str(scribe("recordings", "recover", "now").exception) + scribe("recordings", "recover", "now").stderr
        )
        assert "being recorded now" in str(scribe("recordings", "delete", "now", "--yes").exception)
        assert recorder.stop().samples == RATE


def test_a_key_file_encrypts_and_opens(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    made = scribe("key", "new", "--file", path)
    assert made.exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() not in made.stdout + made.stderr
    assert isinstance(scribe("key", "new", "--file", path).exception, VaultError)
    monkeypatch.setenv("SCRIBE_STORE__KEY", f"file:{path}")
    key = vault.load(StoreSettings(key=f"file:{path}"))
    broken_off(root, key)
    assert scribe("recordings", "recover").exit_code == 0
    assert "the dose" in scribe("recordings", "show", "abc1").stdout


def test_a_key_on_the_terminal() -> None:
    done = scribe("key", "new")
    assert vault.from_text(done.stdout.splitlines()[0], "test")
    assert "keep a copy" in done.stderr
    assert isinstance(scribe("key", "new", "--file", "x", "--keyring").exception, ConfigError)


class Ring(KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


def test_a_key_in_the_keyring_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        assert scribe("key", "new", "--keyring").exit_code == 0
        held = vault.load(StoreSettings(key="keyring"))
        assert isinstance(scribe("key", "new", "--keyring").exception, VaultError)
        assert vault.load(StoreSettings(key="keyring")) == held
    finally:
        keyring.set_keyring(before)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound([FakeDevice("USB headset"), FakeDevice("Monitor of speakers")])
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(microphone, "_server_chose_a_monitor", lambda: False)
    return fake


def test_devices_are_listed(sound: FakeSound) -> None:
    shown = scribe("devices").stdout
    assert "USB headset" in shown
    assert "loopback" in shown
    assert [item["loopback"] for item in json.loads(scribe("devices", "--json").stdout)] == [False, True]
    warned = scribe("devices", "--set", "capture.device=monitor")
    assert "choose a microphone" in warned.stderr


def test_a_device_is_tested(sound: FakeSound) -> None:
    done = scribe("devices", "--test", "0.5", "--json")
    assert done.exit_code == 0
    heard = json.loads(done.stdout)
    assert heard["peak"] == pytest.approx(-30.3, abs=1)
    assert heard["device"] == "microphone: USB headset"
    loopback = scribe("devices", "--test", "0.5", "--meter", "monitor")
    assert "choose a microphone" in loopback.stdout


def test_a_silent_device_fails_the_test(sound: FakeSound) -> None:
    sound.devices[0].loudness = 0
    done = scribe("devices", "--test", "0.5")
    assert isinstance(done.exception, CaptureError)
    assert "muted" in str(done.exception)
