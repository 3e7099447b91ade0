"""A database and the folder of its sound files know one another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from scribe.config import Config
from scribe.errors import StoreError
from scribe.store import belonging
from scribe.store.actor import ME
from scribe.store.store import Store


def with_sound(store: Store) -> None:
    incoming = store.blobs.receive([b"sound"])
    with store.begin(ME) as unit:
        unit.recordings.add(unit.encounters.add().id, incoming, media_type="audio/wav")


def reopen(config: Config) -> Store:
    return Store.open(config)


def test_a_machine_without_the_shared_folder_is_refused(config: Config) -> None:
    store = reopen(config)
    with_sound(store)
    blobs = store.blobs.folder
    store.close()
    away = blobs.with_name("away")
    blobs.rename(away)
    for _ in range(2):  # and it stays refused
        with pytest.raises(StoreError, match="mount the shared folder"):
            reopen(config)
    shutil.rmtree(blobs, ignore_errors=True)
    away.rename(blobs)
    reopen(config).close()


def test_the_folder_of_another_database_is_refused(config: Config) -> None:
    store = reopen(config)
    folder = store.blobs.folder
    store.close()
    (folder / belonging.MARKER).write_text("0" * 32)
    with pytest.raises(StoreError, match="another database"):
        reopen(config)


def test_a_store_from_before_there_were_markers_is_marked_where_its_sound_is(config: Config) -> None:
    def forget_the_marker(store: Store) -> Path:
        with store.transaction() as connection:
            connection.execute(text("DELETE FROM about WHERE name = 'folder'"))
        (store.blobs.folder / belonging.MARKER).unlink()
        store.close()
        return store.blobs.folder

    store = reopen(config)
    with_sound(store)
    blobs = forget_the_marker(store)
    away = blobs.with_name("away")
    blobs.rename(away)
    with pytest.raises(StoreError, match="mount the shared folder"):
        reopen(config)
    shutil.rmtree(blobs, ignore_errors=True)
    away.rename(blobs)
    again = reopen(config)
    assert belonging.marked(blobs) == again.id
    again.close()


def test_nothing_is_written_into_a_folder_that_is_not_mounted_any_more(config: Config) -> None:
    store = reopen(config)
    away = store.blobs.folder.with_name("away")
    store.blobs.folder.rename(away)
    with pytest.raises(StoreError, match="mount it"):
        store.blobs.receive([b"sound"])
    assert not store.blobs.folder.exists()
    store.close()
