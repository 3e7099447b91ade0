"""Settings: who wins, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scribe.config import Config, load, load_with_origins, render
from scribe.errors import ConfigError

ROOT = Path(__file__).parents[1]


def test_the_shipped_file_is_the_defaults_with_every_setting_explained() -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert text == render(), "write it anew: scribe config default > config.yaml"
    assert Config.model_validate(yaml.safe_load(text)) == Config()


def test_top_level_names_are_stages() -> None:
    homes = {path.stem for path in (ROOT / "scribe").iterdir()} | {"audio", "models"}
    assert set(Config.model_fields) <= homes


def test_command_line_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("asr: {beam_size: 2, threads: 2, engine: openai-whisper}\n")
    environ = {"SCRIBE_ASR__BEAM_SIZE": "3", "SCRIBE_ASR__THREADS": "3"}
    config, settings = load_with_origins(file=file, environ=environ, overrides={"asr.beam_size": 4, "asr.model": None})
    assert (config.asr.beam_size, config.asr.threads, config.asr.engine, config.asr.model) == (
        4,
        3,
        "openai-whisper",
        "base",
    )
    origin = {setting.name: setting.origin for setting in settings}
    assert origin["asr.beam_size"] == "command line"
    assert origin["asr.threads"] == "SCRIBE_ASR__THREADS"
    assert origin["asr.engine"] == str(file)
    assert origin["asr.model"] == "default"


def test_a_file_named_in_the_environment_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("asr: {beam_size: 2}")
    assert load(environ={"SCRIBE_CONFIG": str(file)}).asr.beam_size == 2


def test_a_stray_config_file_is_not_ours(in_tmp: Path) -> None:
    (in_tmp / "config.yaml").write_text("database: {url: elsewhere}")
    assert load(environ={}) == Config()


def test_the_config_file_of_a_scribe_folder_is_read(in_tmp: Path) -> None:
    (in_tmp / "models").mkdir()
    (in_tmp / "models" / "manifest.yaml").touch()
    (in_tmp / "config.yaml").write_text("asr: {beam_size: 2}")
    assert load(environ={}).asr.beam_size == 2


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.touch()
    assert load(file=file, environ={}) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("asr: {beam: 2}", r"unknown setting 'asr.beam' in .*mine.yaml"),
        ("speech: {beam_size: 2}", "unknown setting 'speech.beam_size'"),
        ("asr: 3", "unknown setting 'asr'"),
        ("asr: {beam_size: many}", r"'asr.beam_size' in .*mine.yaml: input should be a valid integer"),
        ("asr: {beam_size: 0}", "'asr.beam_size'"),
        ("- asr", "must hold stage names"),
        ("asr: [", "cannot be read as YAML"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load(file=file, environ={})


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no settings file"):
        load(file=tmp_path / "none.yaml", environ={})


@pytest.mark.parametrize("variable", ["SCRIBE_ASR__BEAM", "SCRIBE_NONSENSE", "SCRIBE_X__Y", "SCRIBE_ASR"])
def test_an_unknown_variable_is_refused_by_name(variable: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        load(environ={variable: "1"})


def test_a_list_in_the_environment_is_separated_by_commas() -> None:
    assert load(environ={"SCRIBE_CODING__SYSTEMS": "icd10cm, other"}).coding.systems == ("icd10cm", "other")


def test_the_hash_follows_what_shapes_a_result() -> None:
    assert load(environ={}, overrides={"asr.beam_size": 1}).hash != Config().hash
    assert load(environ={}, overrides={"models.folder": "/elsewhere"}).hash == Config().hash
