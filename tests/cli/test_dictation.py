from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe.cli import dictation
from scribe.dictation.commands import Action
from scribe.errors import ConfigError, InputError

run = CliRunner()
MINE = "templates: {work note: {text: '{name} is well.', fields: {name: {default: Ann, long: true}}, say: [note]}}\n"


@pytest.fixture
def mine(tmp_path: Path) -> str:
    file = tmp_path / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    return str(file)


def test_every_action_is_explained() -> None:
    assert set(dictation.DOES) == set(Action) - {Action.WRITE}


def test_commands_are_listed() -> None:
    shown = run.invoke(dictation.app, ["commands"])
    assert shown.exit_code == 0
    assert "scratch that" in shown.stdout
    rows = json.loads(run.invoke(dictation.app, ["commands", "--json"]).stdout)
    assert {"name": "full stop", "say": ["period", "full stop"], "does": "."} in rows


def test_templates_are_listed_and_shown(mine: str) -> None:
    own = ["--set", f"dictation.templates={mine}"]
    assert "work note" in run.invoke(dictation.app, ["templates", *own]).stdout
    rows = json.loads(run.invoke(dictation.app, ["templates", "--json", *own]).stdout)
    assert rows[-1]["names"] == ["work note", "note"]
    assert rows[-1]["fields"] == [{"name": "name", "default": "Ann", "long": True}]
    shown = run.invoke(dictation.app, ["show", "Note", *own]).stdout
    assert shown == "{name} is well.\n  {name}, default: Ann, several sentences\n"
    assert json.loads(run.invoke(dictation.app, ["show", "work note", "--json", *own]).stdout) == rows[-1]


def test_an_unknown_template_is_an_error() -> None:
    assert isinstance(run.invoke(dictation.app, ["show", "nothing"]).exception, InputError)


def test_checking_says_what_is_there_or_what_is_wrong(mine: str, tmp_path: Path) -> None:
    assert "1 template, no mistakes" in run.invoke(dictation.app, ["check", mine]).stdout
    assert "no mistakes" in run.invoke(dictation.app, ["check", "--set", f"dictation.templates={mine}"]).stdout
    words = tmp_path / "words.yaml"
    words.write_text("commands: {a: {say: [beep], write: '!'}}\n", encoding="utf-8")
    assert "commands with the shipped ones, no mistakes" in run.invoke(dictation.app, ["check", str(words)]).stdout
    bad = tmp_path / "bad.yaml"
    bad.write_text("templates: {a: {text: '{x}'}}\n", encoding="utf-8")
    result = run.invoke(dictation.app, ["check", str(bad)])
    assert isinstance(result.exception, ConfigError)
    assert "'x'" in str(result.exception)
