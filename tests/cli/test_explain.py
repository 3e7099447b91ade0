"""`scribe explain` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe.cli.app import app

pytestmark = pytest.mark.weights
TALK = "Doctor: Any fever?\nPatient: No. I have a cough.\nDoctor: This is acute bronchitis. Rest and drink fluids.\n"


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    file = tmp_path / "talk.txt"
    file.write_text(TALK, encoding="utf-8")
    return file


def test_each_statement_has_its_rule_and_findings(talk: Path) -> None:
    result = CliRunner().invoke(app, ["explain", str(talk)])
    assert result.exit_code == 0, result.output
    blocks = result.output.split("\n\n")
    denied = next(block for block in blocks if "Denies fever" in block)
    assert "rule realisation/history.denied, scribe/sections/realisation/history.py" in denied
    assert "symptom fever: absent" in denied
    assert "answered \u201cNo.\u201d" in denied


def test_only_what_a_code_rests_on(talk: Path) -> None:
    result = CliRunner().invoke(app, ["explain", str(talk), "--code", "J20.9"])
    assert result.exit_code == 0, result.output
    code = next(line for line in result.output.splitlines() if "code J20.9" in line)
    finding = code.rpartition("heard as ")[2]
    assert f"  {finding} problem" in result.output, "from the code to its finding, with the words and seconds below"
    assert "fever" not in result.output


@pytest.mark.parametrize(("option", "value"), [("--statement", "s99"), ("--code", "I10")])
def test_what_is_not_there_is_an_error(talk: Path, option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["explain", str(talk), option, value])
    assert result.exit_code != 0
    assert value in str(result.exception)
