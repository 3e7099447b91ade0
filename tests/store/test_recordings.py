from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.errors import ConflictError, NotFoundError, VaultError
from scribe.store import blobs
from scribe.store.actor import ME, Actor
from scribe.store.belonging import MARKER
from scribe.store.blobs import PIECE, Blobs
from scribe.store.records import RecordingKind
from scribe.store.store import Store

SOUND = b"canary sound " * 20_000  # more than three pieces


def sound_files(store: Store) -> list[Path]:
    """The files of the store's recordings; the folder also holds the mark that names its store."""
    return [path for path in store.blobs.folder.rglob("*") if path.is_file() and path.name != MARKER]


def test_any_part_of_a_recording_can_be_read(store: Store) -> None:
    file = store.blobs.receive([SOUND[:5], SOUND[5:100_000], SOUND[100_000:]])
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        added = unit.recordings.add(name, file, media_type="audio/wav", name="Zoë.wav", seconds=2.5)
        reader = unit.recordings.open(added.id)
    assert (added.sha256, added.size, added.name) == (hashlib.sha256(SOUND).hexdigest(), len(SOUND), "Zoë.wav")
    with reader:
        assert reader.read() == SOUND
        assert b"".join(reader.span(PIECE - 3, PIECE + 3)) == SOUND[PIECE - 3 : PIECE + 4]
        assert b"".join(reader.span(len(SOUND) - 2, len(SOUND) + 50)) == SOUND[-2:]
        reader.seek(-4, os.SEEK_END)
        assert (reader.read(10), reader.read(10)) == (SOUND[-4:], b"")
    stored = b"".join(path.read_bytes() for path in sound_files(store))
    assert (b"canary" in stored) == (store.key is None)


def test_a_file_is_known_again_to_whoever_sent_it(store: Store) -> None:
    other = Actor("u-other", "Somebody Else", frozenset())
    with store.begin(ME) as unit:
        one, two = unit.encounters.add().id, unit.encounters.add().id
        unit.recordings.add(one, store.blobs.receive([b"x"]), media_type="audio/wav")
        again = store.blobs.receive([b"x"])
        assert [item.encounter_id for item in unit.recordings.sent(again.sha256, ME.user_id)] == [one]
        assert unit.recordings.sent(again.sha256, other.user_id) == ()
        with pytest.raises(ConflictError, match="already"):
            unit.recordings.add(one, again, media_type="audio/wav")
        unit.recordings.add(two, again, media_type="audio/wav")
        assert len(unit.recordings.sent(again.sha256, ME.user_id)) == 2


def test_a_live_recording_is_known_by_its_id_alone(store: Store) -> None:
    with store.begin(ME) as unit:
        live = [
            unit.recordings.add(
                unit.encounters.add().id, store.blobs.receive([b"silence"]), media_type="audio/wav", capture_id=name
            )
            for name in ("monday", "tuesday")
        ]
        assert [unit.recordings.captured_as(name) for name in ("monday", "tuesday", "never")] == [*live, None]
        assert unit.recordings.sent(live[0].sha256, ME.user_id) == ()


def test_sound_that_was_kept_before_ids_were_is_adopted_once_by_its_owner(store: Store) -> None:
    with store.begin(ME) as unit:
        old = unit.recordings.add(unit.encounters.add().id, store.blobs.receive([b"x"]), media_type="audio/wav")
    with store.begin(Actor("u-other", "Somebody Else", frozenset())) as unit:
        assert unit.recordings.adopt("theirs", old.sha256) is None
    with store.begin(ME) as unit:
        adopted = unit.recordings.adopt("mine", old.sha256)
        assert adopted is not None
        assert (adopted.id, adopted.capture_id) == (old.id, "mine")
        assert unit.recordings.adopt("another of mine", old.sha256) is None


def test_one_file_may_be_original_and_playback(store: Store) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        for kind in RecordingKind:
            unit.recordings.add(name, store.blobs.receive([b"same"]), media_type="audio/wav", kind=kind)
        assert [unit.recordings.open(item.id).read() for item in unit.recordings.of(name)] == [b"same"] * 3
        assert len(unit.recordings.of(name, RecordingKind.PEAKS)) == 1


def test_a_unit_that_fails_leaves_no_file(store: Store) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
    with suppress(ZeroDivisionError), store.begin(ME) as unit:
        unit.recordings.add(name, store.blobs.receive([b"x"]), media_type="audio/wav")
        raise ZeroDivisionError
    assert not sound_files(store)


def test_an_upload_that_breaks_off_leaves_no_file(store: Store) -> None:
    def chunks() -> object:
        yield b"x" * 100_000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.blobs.receive(chunks())  # type: ignore[arg-type]
    assert not sound_files(store)


@pytest.mark.parametrize("damage", ["cut", "changed", "swapped", "gone"])
def test_a_damaged_file_is_refused(store: Store, damage: str) -> None:
    with store.begin(ME) as unit:
        name = unit.encounters.add().id
        added = unit.recordings.add(name, store.blobs.receive([SOUND]), media_type="audio/wav")
    (path,) = sound_files(store)
    _damage(path, damage)
    if damage in ("changed", "swapped") and store.key is None:
        return
    with pytest.raises((VaultError, NotFoundError)), store.begin(ME) as unit:
        unit.recordings.open(added.id).read()


def _damage(path: Path, damage: str) -> None:
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[:-10])
    elif damage == "changed":
        content[5000] ^= 1
        path.write_bytes(content)
    elif damage == "swapped":
        size = PIECE + 28
        path.write_bytes(content[size : 2 * size] + content[:size] + content[2 * size :])
    else:
        path.unlink()


@settings(max_examples=40, deadline=None)
@given(
    content=st.binary(max_size=50), cuts=st.lists(st.integers(0, 50)), sealed=st.booleans(), place=st.integers(0, 60)
)
def test_files_come_back_whole_however_they_arrive(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: list[int], sealed: bool, place: int
) -> None:
    folder = Blobs(tmp_path_factory.mktemp("blobs"), seal=sealed)
    edges = [0, *sorted(cuts), len(content)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blobs, "PIECE", 7)
        file = folder.receive(content[a:b] for a, b in pairwise(edges))
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        folder.keep(file, "e", "f")
        with folder.open("e", "f", file.size, file.key) as reader:
            assert b"".join(reader.span(place, place + 9)) == content[place : place + 10]
            reader.seek(0)
            assert reader.read() == content
