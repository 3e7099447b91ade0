"""What the verbs share: files written whole or not at all, text read or refused."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from scribe.cli import _common as common
from scribe.errors import ConfigError, InputError, OutputError
from scribe.types import Mode, Role


def test_files_are_written_together(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    common.write_files(folder, {"a.txt": b"one", "b.txt": b"two"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.txt": b"one", "b.txt": b"two"}


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"disk is full, nothing was written"):
        common.write_files(tmp_path, {"a.txt": b"new", "b.txt": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": b"old"}


def test_a_file_in_the_way_of_the_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(OutputError, match="--out"):
        common.ensure_folder(tmp_path / "out")
    with pytest.raises(OutputError, match="--out"):
        common.write_files(tmp_path / "out", {"a": b""})


def test_roles_are_parsed() -> None:
    assert common.parse_roles(" Patient, clinician,other") == (Role.PATIENT, Role.CLINICIAN, Role.OTHER)
    assert common.parse_roles(None) == ()
    with pytest.raises(ConfigError, match="'nurse': use clinician, patient, other"):
        common.parse_roles("nurse")


def test_mode_auto_is_left_to_the_pipeline() -> None:
    assert common.ModeOption("auto").mode is None
    assert common.ModeOption("dictation").mode is Mode.DICTATION


def test_a_flag_beats_a_set() -> None:
    config = common.settings(None, ["asr.engine=openai-whisper", "asr.beam_size=2"], {"asr.engine": "faster-whisper"})
    assert (config.asr.engine, config.asr.beam_size) == ("faster-whisper", 2)


def test_a_set_without_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="NAME=VALUE"):
        common.settings(None, ["asr.engine"])


def test_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_bytes("Café".encode("utf-8-sig"))
    assert common.read_text(file) == "Café"


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sound").write_bytes(bytes(range(128, 256)))
    for path, message in ((tmp_path / "sound", "not a text file"), (tmp_path, "folder"), (tmp_path / "x", "no file")):
        with pytest.raises(InputError, match=message):
            common.read_text(path)
