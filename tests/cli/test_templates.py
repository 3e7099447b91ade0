"""`scribe templates` and `--template`: a user's own layout, and mistakes told before any work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe import pipeline
from scribe.cli.app import app
from scribe.cli.note import write
from scribe.errors import ConfigError
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Segment, Span, Statement, Transcript, Word
from scribe.view import plain

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


def test_the_patient_summary_is_printed_in_plain_words(tmp_path: Path) -> None:
    talk = tmp_path / "talk.txt"
    talk.write_text(TALK + "Doctor: I think this is osteoarthritis of the right knee.\n", encoding="utf-8")
    text = run("sections", str(talk), "--patient-summary")
    assert text.startswith("# Your visit\n\n> **Draft.")
    assert "wear-and-tear arthritis (osteoarthritis) of the right knee" in text.lower()
    done = CliRunner().invoke(app, ["sections", str(talk), "--patient-summary", "--json"])
    assert isinstance(done.exception, ConfigError)


def test_the_patient_summary_is_written_beside_the_note(tmp_path: Path) -> None:
    heard = Statement("s1", "Rest.", (Span(0, 5),))
    section = Section(SectionKind.PLAN, "Plan", SectionGroup.PLAN, "18776-5", (heard,))
    made = Note("n", Encounter("e"), (section,))
    transcript = Transcript((Segment((Word(0.0, 1.0, " Rest."),)),), duration=1.0)
    write(made, transcript, tmp_path, plain(made), None)
    assert {path.name for path in tmp_path.iterdir()} == {"note.html", "note.md", "note.json", "transcript.json"}
    write(made, transcript, tmp_path, plain(made), pipeline.for_patient(made))
    assert "Rest." in (tmp_path / "patient.html").read_text(encoding="utf-8")
