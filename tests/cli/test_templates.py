"""`scribe templates` and `--template`: a user's own layout, and mistakes told before any work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe.cli.app import app
from scribe.errors import ConfigError

TALK = "Doctor: What brings you in?\nPatient: My knee hurts.\nDoctor: Any fever?\nPatient: No.\n"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_templates_are_listed_with_the_one_in_use() -> None:
    listed = json.loads(run("templates", "list", "--json"))
    assert [item["name"] for item in listed] == ["consult", "ed", "h-and-p", "procedure", "progress", "soap"]
    assert next(line for line in run("templates", "list").splitlines() if "*" in line).split()[:2] == ["*", "soap"]


def test_a_shown_template_can_be_edited_checked_and_used(tmp_path: Path) -> None:
    mine, talk = tmp_path / "mine.yaml", tmp_path / "talk.txt"
    mine.write_text(run("templates", "show", "soap").replace("SOAP note", "Knee clinic"), encoding="utf-8")
    talk.write_text(TALK, encoding="utf-8")
    assert "no mistakes" in run("templates", "check", str(mine))
    assert run("sections", str(talk), "--template", str(mine)).startswith("# Knee clinic\n")
    note = json.loads(run("sections", str(talk), "--template", str(mine), "--json"))
    assert note["template"] == "mine"
    assert note["id"] == json.loads(run("sections", str(talk), "--json"))["id"]


@pytest.mark.parametrize("verb", [["templates", "check", "bad.yaml"], ["note", "none.wav", "--template", "bad.yaml"]])
def test_a_mistake_is_told_before_any_work(verb: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("sections: [hpi, histroy]", encoding="utf-8")
    done = CliRunner().invoke(app, verb)
    assert isinstance(done.exception, ConfigError)
    assert str(done.exception).startswith("note template bad.yaml, line 1: unknown section 'histroy'")
