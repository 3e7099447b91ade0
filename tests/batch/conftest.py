"""A store with a recording in it, and settings that need no weights: the words come from a transcript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.batch import drafting
from scribe.config import AsrSettings, CodingSettings, Config, StoreSettings
from scribe.store.actor import ME
from scribe.store.records import Job
from scribe.store.store import Store
from scribe.types import Mode

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path, samples: Path) -> Config:
    scripted = AsrSettings(engine="scripted", model=str(samples / "dictation.gold.json"), check_language=False)
    return Config(asr=scripted, store=StoreSettings(folder=str(tmp_path / "store")), coding=CodingSettings(systems=()))


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = Store.open(config)
    yield opened
    opened.close()


@pytest.fixture
def job(store: Store, config: Config, samples: Path) -> Job:
    return add(store, config, samples / "dictation.flac")


def add(store: Store, config: Config, file: Path) -> Job:
    """An encounter with the recording, waiting to be drafted."""
    incoming = store.blobs.receive([file.read_bytes()])
    with store.begin(ME) as unit:
        encounter = unit.encounters.add(mode=Mode.DICTATION, patient="Zoë O'Hara", date_of_service="2026-03-02")
        recording = unit.recordings.add(encounter.id, incoming, media_type="audio/flac", name=file.name)
        return drafting.enqueue(unit, recording, config)
