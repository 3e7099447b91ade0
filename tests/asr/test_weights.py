"""What `asr.model` may name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scribe import assets
from scribe.asr import threads, weights
from scribe.asr.faster_whisper import FasterWhisper
from scribe.asr.openai_whisper import OpenAIWhisper
from scribe.config import AsrSettings, Config
from scribe.errors import AssetError, EngineError


def config(model: str) -> Config:
    return Config(asr=AsrSettings(model=model))


@pytest.mark.parametrize("name", ["base", "whisper-base"])
def test_a_name_of_the_manifest(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "locate", lambda asset, settings: tmp_path / asset)
    found = weights.find(config(name))
    assert found.path == tmp_path / "whisper-base"
    assert found.sha256.startswith("d01c3014")


def test_an_unknown_name() -> None:
    with pytest.raises(AssetError):
        weights.find(config("gigantic"))


def test_a_folder_and_a_checkpoint(tmp_path: Path) -> None:
    for name in ("model.bin", "mine.pt"):
        (tmp_path / name).write_bytes(b"numbers")
    folder, checkpoint = weights.find(config(f"{tmp_path}/")), weights.find(config(str(tmp_path / "mine.pt")))
    assert (folder.is_checkpoint, checkpoint.is_checkpoint) == (False, True)
    assert folder.sha256 == checkpoint.sha256 == hashlib.sha256(b"numbers").hexdigest()


@pytest.mark.parametrize("model", ["./nowhere", "nowhere.pt"])
def test_a_path_where_nothing_is(model: str, in_tmp: Path) -> None:
    with pytest.raises(AssetError, match=r"there is no file nowhere"):
        weights.find(config(model))


def test_files_that_an_engine_cannot_read(tmp_path: Path) -> None:
    for name in ("model.bin", "mine.pt"):
        (tmp_path / name).write_bytes(b"numbers")
    with pytest.raises(EngineError, match=r"set asr\.engine to openai-whisper"):
        FasterWhisper(config(str(tmp_path / "mine.pt")))
    with pytest.raises(EngineError, match="cannot load"):
        FasterWhisper(config(f"{tmp_path}/"))
    with pytest.raises(EngineError, match="cannot load"):
        OpenAIWhisper(config(str(tmp_path / "mine.pt")))
    with pytest.raises(AssetError, match="not a CTranslate2 Whisper model"):
        OpenAIWhisper(config(f"{tmp_path}/"))


def test_threads_are_those_asked_for_or_one_per_core() -> None:
    assert threads.count(3) == 3
    assert threads.count(0) >= 1
