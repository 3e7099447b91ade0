"""Checkpoints of the audit trail that cannot be written: no change is refused for them, and they are made up for."""

from __future__ import annotations

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
from scribe.store.witness import EVERY


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
