"""`scribe vocab`: words are added, listed, removed and imported; bad ones change nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe.cli.app import app
from scribe.errors import ConfigError, InputError


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "words.tsv"
    monkeypatch.setenv("SCRIBE_ASR__WORDS", str(path))
    return path


def vocab(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["vocab", *map(str, arguments)])


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(vocab("list", "--json").stdout)
    return found


def test_add_list_remove(words: Path) -> None:
    assert vocab("add", "Okonkwo", "--kind", "name", "--sounds-like", "oh conk wo").exit_code == 0
    assert vocab("add", "Zortiva", "--kind", "drug").exit_code == 0
    assert listed()[0] == {"text": "Okonkwo", "kind": "name", "sounds_like": ["oh conk wo"], "even_common": False}
    shown = vocab("list").stdout
    assert "Zortiva" in shown
    assert "2 words in" in shown
    assert vocab("remove", "okonkwo").exit_code == 0
    assert [word["text"] for word in listed()] == ["Zortiva"]


def test_adding_again_changes_the_word(words: Path) -> None:
    vocab("add", "okonkwo")
    assert "Changed Okonkwo" in vocab("add", "Okonkwo", "--kind", "name").stdout
    assert [(word["text"], word["kind"]) for word in listed()] == [("Okonkwo", "name")]


def test_an_everyday_word_is_refused_with_the_reason(words: Path) -> None:
    result = vocab("add", "discharge")
    assert isinstance(result.exception, InputError)
    assert "'discharge' cannot be added: it is an everyday English word" in str(result.exception)
    assert "--even-common" in str(result.exception)
    assert not words.exists()
    assert vocab("add", "discharge", "--even-common").exit_code == 0
    assert listed()[0]["even_common"] is True


def test_removing_what_is_not_there_fails(words: Path) -> None:
    result = vocab("remove", "Okonkwo")
    assert result.exit_code != 0
    assert "is not on the list" in str(result.exception)


def test_import_counts_what_it_did(words: Path, tmp_path: Path) -> None:
    vocab("add", "okonkwo")
    file = tmp_path / "ours.csv"
    file.write_text("text,kind\nOkonkwo,name\nZortiva,drug\nzortiva,drug\n")
    told = vocab("import", file).stdout
    assert "Added 1 word to" in told
    assert "on the list before, and now as in the file: 1" in told
    assert "lines left out that named a word again: 1" in told
    assert [word["text"] for word in listed()] == ["Okonkwo", "Zortiva"]


def test_a_bad_import_changes_nothing(words: Path, tmp_path: Path) -> None:
    vocab("add", "Okonkwo")
    before = words.read_bytes()
    file = tmp_path / "ours.txt"
    file.write_bytes(b"Zortiva\nM\xfcller\n")
    result = vocab("import", file)
    assert result.exit_code != 0
    assert "is not UTF-8 in line 2" in str(result.exception)
    assert words.read_bytes() == before


def test_import_takes_everyday_words_on_demand(words: Path, tmp_path: Path) -> None:
    file = tmp_path / "ours.txt"
    file.write_text("hospital\n")
    assert vocab("import", file).exit_code != 0
    assert vocab("import", file, "--even-common").exit_code == 0
    assert [word["text"] for word in listed()] == ["hospital"]


def test_check_says_what_is_known(words: Path) -> None:
    vocab("add", "Okonkwo", "--kind", "name")
    assert "brand of furosemide" in vocab("check", "lasix").stdout
    assert "never exchanged with" in vocab("check", "hydroxyzine").stdout
    assert "one of your own words" in vocab("check", "okonkwo").stdout
    assert "also everyday English" in vocab("check", "colon").stdout
    unknown = vocab("check", "listenoperel")
    assert (unknown.exit_code, "is not known" in unknown.stdout) == (1, True)
    assert json.loads(vocab("check", "Lasix", "--json").stdout)["generic"] == "furosemide"
    assert json.loads(vocab("check", "xyzzyq", "--json").stdout) == {
        "word": "xyzzyq",
        "known": False,
        "everyday": False,
    }


def test_an_unknown_setting_is_named(words: Path) -> None:
    assert isinstance(vocab("list", "--set", "asr.wrods=x").exception, ConfigError)


def test_the_command_fails_in_one_line(words: Path) -> None:
    command = [sys.executable, "-c", "from scribe.cli import main; main()", "vocab", "add", "the"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("scribe: 'the' cannot be added")
