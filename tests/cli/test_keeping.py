"""`scribe backup`, `restore`, `rekey`, `purge` and `worker`, as a user types them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scribe import cli, vault
from scribe.capture.recorder import Recorder
from scribe.capture.recording import Recording
from scribe.config import Config, StoreSettings
from scribe.store.actor import ME
from scribe.store.store import Store
from scribe.types import Mode


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything in a folder of the test's own, with a key."""
    (tmp_path / "key").write_text(vault.as_text(vault.new_key()))
    monkeypatch.setenv("SCRIBE_STORE__FOLDER", str(tmp_path / "store"))
    monkeypatch.setenv("SCRIBE_STORE__KEY", f"file:{tmp_path / 'key'}")
    monkeypatch.setenv("SCRIBE_CAPTURE__FOLDER", str(tmp_path / "recordings"))
    return tmp_path


def add(home: Path, key: str = "key") -> str:
    settings = StoreSettings(folder=str(home / "store"), key=f"file:{home / key}")
    store = Store.open(Config(store=settings))
    with store.begin(ME) as unit:
        name = unit.encounters.add(patient="Zoë").id
    store.close()
    return name


def patient(home: Path, name: str, key: str = "key") -> str:
    settings = StoreSettings(folder=str(home / "store"), key=f"file:{home / key}")
    store = Store.open(Config(store=settings))
    with store.begin(ME) as unit:
        found = unit.encounters.get(name).patient
    store.close()
    return found


def run(*arguments: str | Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["scribe", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
    return int(end.value.code or 0)


def test_a_backup_drill(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = add(home)
    assert run("backup", home / "b") == 0
    assert "1 encounters" in capsys.readouterr().out
    assert run("backup", home / "b") == 1
    assert "exists" in capsys.readouterr().err
    assert run("restore", home / "b") == 1
    assert "--replace" in capsys.readouterr().err
    (home / "store").rename(home / "lost")
    assert run("restore", home / "b") == 0
    assert patient(home, name) == "Zoë"


def test_a_backup_under_another_key_is_named_with_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = add(home)
    assert run("backup", home / "b") == 0
    (home / "key").rename(home / "old")
    (home / "key").write_text(vault.as_text(vault.new_key()))
    (home / "store").rename(home / "lost")
    assert run("restore", home / "b") == 1
    assert "--backup-key" in capsys.readouterr().err
    assert run("restore", home / "b", "--backup-key", f"file:{home / 'old'}") == 0
    assert patient(home, name) == "Zoë"


def test_another_key(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = add(home)
    old = vault.from_text((home / "key").read_text(), "key")
    recorder = Recorder.create(home / "recordings", key=old, mode=Mode.VISIT, source="test")
    recording = recorder.stop()
    new = vault.new_key()
    (home / "new").write_text(vault.as_text(new))
    assert run("rekey", "--to", f"file:{home / 'new'}") == 0
    assert "set store.key" in capsys.readouterr().err
    assert patient(home, name, "new") == "Zoë"
    assert Recording.open(home / "recordings" / recording.id, key=new).id == recording.id
    assert run("rekey", "--to", f"file:{home / 'new'}") == 0, "a second time does what was left"
    assert run("backup", home / "b") == 1
    assert "key" in capsys.readouterr().err


def test_a_purge_is_told_before_it_is_done(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = add(home)
    assert run("purge") == 0
    assert "nothing to purge" in capsys.readouterr().out
    assert run("purge", "--encounter", name, "--reason", "asked for") == 1
    assert "--yes" in capsys.readouterr().err
    assert patient(home, name) == "Zoë"
    assert run("purge", "--encounter", name, "--yes") == 1
    assert "why" in capsys.readouterr().err
    assert run("purge", "--encounter", name, "--reason", "asked for", "--yes") == 0
    assert patient(home, name) == ""


def test_a_worker_stops_when_nothing_waits(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(home)
    assert run("worker", "--drain") == 0
    assert "0 waiting" in capsys.readouterr().out
