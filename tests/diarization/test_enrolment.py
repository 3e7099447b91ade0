"""Voices are kept whole, sealed where there is a key, and forgotten when asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scribe import vault
from scribe.diarization.enrolment import Voices
from scribe.errors import InputError, VaultError

VECTOR = np.eye(4)[1]


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def voices(request: pytest.FixtureRequest, tmp_path: Path) -> Voices:
    return Voices(tmp_path / "voices", vault.new_key() if request.param else None)


def test_what_is_added_is_there_again(voices: Voices) -> None:
    assert voices.all() == ()
    made = voices.add(" Dr. Noor ", VECTOR, 21.5, "ab")
    found = voices.all()
    assert [(item.name, item.seconds, item.weights) for item in found] == [("Dr. Noor", 21.5, "ab")]
    assert found[0].id == made.id
    assert found[0].vector == tuple(VECTOR)


def test_a_second_voice_of_the_same_name_replaces_the_first(voices: Voices) -> None:
    voices.add("Noor", VECTOR, 20.0, "ab")
    voices.add("noor", -VECTOR, 30.0, "ab")
    assert [(item.name, item.vector[1]) for item in voices.all()] == [("noor", -1.0)]
    assert len(list(voices.folder.iterdir())) == 1


def test_what_is_deleted_is_gone_from_the_disk(voices: Voices) -> None:
    voices.add("Noor", VECTOR, 20.0, "ab")
    voices.add("Kim", VECTOR, 20.0, "ab")
    voices.delete("NOOR")
    assert [item.name for item in voices.all()] == ["Kim"]
    assert len(list(voices.folder.iterdir())) == 1
    with pytest.raises(InputError, match="no voice of that name"):
        voices.delete("Noor")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 81])
def test_a_name_that_is_none_is_refused(voices: Voices, name: str) -> None:
    with pytest.raises(InputError, match="1 to 80"):
        voices.add(name, VECTOR, 20.0, "ab")
    assert voices.all() == ()


def test_files_are_for_their_owner_only(voices: Voices) -> None:
    voices.add("Noor", VECTOR, 20.0, "ab")
    assert [file.stat().st_mode & 0o777 for file in voices.folder.iterdir()] == [0o600]


def test_with_a_key_nothing_can_be_read_without_it(tmp_path: Path) -> None:
    key = vault.new_key()
    Voices(tmp_path, key).add("Noor", VECTOR, 20.0, "ab")
    assert all(b"Noor" not in file.read_bytes() and "Noor" not in file.name for file in tmp_path.iterdir())
    with pytest.raises(VaultError, match="no key is set"):
        Voices(tmp_path, None).all()
    with pytest.raises(VaultError, match="does not open"):
        Voices(tmp_path, vault.new_key()).all()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(InputError, match=r"x\.json is no voiceprint"):
        Voices(tmp_path, None).all()


def test_a_voiceprint_is_not_shown(voices: Voices) -> None:
    assert "vector" not in repr(voices.add("Noor", VECTOR, 20.0, "ab"))
