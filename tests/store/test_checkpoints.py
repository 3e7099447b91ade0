"""Checkpoints of the audit trail that cannot be written: no change is refused for them, and they are made up for."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.config import Config, StoreSettings
from scribe.errors import StoreError
from scribe.store import auditor
from scribe.store.actor import ME
from scribe.store.records import Filter
from scribe.store.store import Store
from scribe.store.witness import EVERY, Witness


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A file where the folder of the checkpoints should be: nothing can be written there until it is removed."""
    path = tmp_path / "disk"
    path.touch()
    return path


@pytest.fixture
def store(tmp_path: Path, blocked: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(auditor, "RETRY", 0.0)
    settings = StoreSettings(folder=str(tmp_path / "store"), checkpoints=str(blocked / "checkpoints.jsonl"))
    opened = Store.open(Config(store=settings))
    yield opened
    opened.close()


def create(store: Store, count: int) -> int:
    """How many of `count` new encounters were acknowledged."""
    for _ in range(count):
        with store.begin(ME) as unit:
            unit.encounters.add(patient="Jane Doe")
    return count


def test_no_change_is_refused_for_its_checkpoint(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "scribe.store"):
        create(store, EVERY + 20)
    with store.begin(ME, read_only=True) as unit:
        assert unit.encounters.find(Filter()).total == EVERY + 20
    assert "checkpoints.jsonl" in store.auditor.trouble
    assert len(caplog.records) == 1, "the same trouble is logged once"
    assert "Jane" not in caplog.text


def test_a_checkpoint_that_is_owed_is_written_when_there_is_room(store: Store, blocked: Path) -> None:
    create(store, EVERY)
    assert store.auditor.trouble
    blocked.unlink()
    create(store, 1)
    assert not store.auditor.trouble
    assert store.verify_audit().checkpoints == 1
    assert store.verify_audit().intact


def test_without_another_change_it_is_made_up_for_all_the_same(store: Store, blocked: Path) -> None:
    create(store, EVERY)
    assert not store.auditor.catch_up()
    blocked.unlink()
    assert store.auditor.catch_up()
    assert store.verify_audit().checkpoints == 1


def test_whoever_asks_for_a_checkpoint_hears_that_there_is_none(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        store.attest()


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_keys_that_a_full_disk_came_between_are_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    """The n-th file is half-written when the disk is full: with room the store opens, and its trail verifies."""
    settings = StoreSettings(folder=str(tmp_path / "other"))
    whole, written = Witness._write, []

    def write(self: Witness, name: str, content: bytes) -> None:
        written.append(name)
        if len(written) == stop:
            (self.folder / name).write_text("ab")
            raise OSError(errno.ENOSPC, "no room")
        whole(self, name, content)

    with monkeypatch.context() as disk:
        disk.setattr(Witness, "_write", write)
        with pytest.raises(StoreError, match="no room"):
            Store.open(Config(store=settings))
    opened = Store.open(Config(store=settings))
    try:
        create(opened, EVERY)
        assert opened.verify_audit().intact
    finally:
        opened.close()


def test_a_first_key_that_was_taken_away_is_not_made_anew(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "audit", None)
    witness.prepare()
    witness.take_first_key(tmp_path / "away.key", remove=True)
    (witness.folder / "signing.pub").unlink()
    with pytest.raises(StoreError, match="taken away"):
        witness.prepare()
    assert not (witness.folder / "audit.key").exists()
