"""What leaves or goes by the command line is told in the audit trail of this machine's store, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe import serial
from scribe.capture.recorder import Recorder
from scribe.cli.app import app
from scribe.config import Config, StoreSettings
from scribe.store.actor import ME, SYSTEM
from scribe.store.store import Store
from scribe.types import Encounter, Mode, Note
from tests.capture.conftest import noise


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store's folder; a recording `abc1` lies beside it."""
    monkeypatch.setenv("SCRIBE_CAPTURE__FOLDER", str(tmp_path / "recordings"))
    monkeypatch.setenv("SCRIBE_STORE__FOLDER", str(tmp_path / "store"))
    recorder = Recorder.create(
        tmp_path / "recordings", key=None, mode=Mode.DICTATION, source="microphone: USB", id="abc1"
    )
    recorder.append(noise(1))
    recorder.stop()
    return tmp_path / "store"


def scribe(*arguments: str | Path) -> int:
    return CliRunner().invoke(app, [str(argument) for argument in arguments]).exit_code


def told(place: Path) -> list[tuple[str, str, str]]:
    store = Store.open(Config(store=StoreSettings(folder=str(place))))
    with store.begin(SYSTEM, read_only=True) as unit:
        rows = [(row.action, row.object, row.encounter) for row in unit.audit.latest(10)]
    store.close()
    return [row for row in reversed(rows) if row[0].startswith(("document.", "recording."))]


def test_exports_and_deletions_are_told(place: Path, tmp_path: Path) -> None:
    store = Store.open(Config(store=StoreSettings(folder=str(place))))
    with store.begin(ME) as unit:
        kept = unit.encounters.add(patient="Jane Doe").id
    store.close()
    note = tmp_path / "note.json"
    for about in (kept, "elsewhere"):
        note.write_text(serial.dumps(Note("", Encounter(about, Mode.VISIT), ())))
        assert scribe("export", note, "--format", "text") == 0
    assert scribe("recordings", "export", "abc1", "--out", tmp_path / "out.wav") == 0
    assert scribe("recordings", "delete", "abc1", "--yes") == 0
    assert told(place) == [
        ("document.export", "note", kept),
        ("document.export", "note", ""),
        ("recording.export", "recording:abc1", ""),
        ("recording.delete", "recording:abc1", ""),
    ]


def test_what_cannot_be_told_does_not_leave(place: Path, tmp_path: Path) -> None:
    place.mkdir()
    (place / "scribe.db").write_bytes(b"no database at all, and not encrypted")
    assert scribe("recordings", "export", "abc1", "--out", tmp_path / "out.wav") == 1
    assert not (tmp_path / "out.wav").exists()


def test_where_no_store_was_made_none_is(place: Path, tmp_path: Path) -> None:
    assert scribe("recordings", "export", "abc1", "--out", tmp_path / "out.wav") == 0
    assert not place.exists()
