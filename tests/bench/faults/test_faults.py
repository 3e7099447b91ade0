"""`scribe bench faults`: how loops are chosen, and what is said of what they found."""

import json
from types import ModuleType

import pytest
from typer.testing import CliRunner

from scribe.bench import faults
from scribe.cli.bench import app
from scribe.errors import InputError


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop whose every second trial fails."""
    module = ModuleType("scribe.bench.faults.scripted")

    def run(options: faults.Options) -> faults.LoopResult:
        failures = tuple(f"trial {number}: lost" for number in range(options.trials) if number % 2)
        return faults.LoopResult(options.trials, failures, {"lost_seconds": 0.5})

    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
    monkeypatch.setattr(faults, "LOOPS", {"scripted": "nothing"})


@pytest.mark.usefixtures("scripted")
def test_failures_are_counted_and_named() -> None:
    done = CliRunner().invoke(app, ["faults", "--trials", "4", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {
        "failures": 2,
        "loops": {"scripted": {"trials": 4, "failures": 2}},
        "scripted": {"lost_seconds": {"value": 0.5}},
    }
    assert "scripted: trial 3: lost" in done.stderr


@pytest.mark.usefixtures("scripted")
def test_without_failures_the_exit_code_is_zero() -> None:
    assert CliRunner().invoke(app, ["faults", "scripted", "--trials", "1"]).exit_code == 0


def test_an_unknown_loop_is_refused() -> None:
    assert isinstance(CliRunner().invoke(app, ["faults", "no-such"]).exception, InputError)
