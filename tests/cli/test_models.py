"""`scribe models`: what it prints and how it exits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scribe import assets
from scribe.cli.models import app
from scribe.config import ModelsSettings
from scribe.errors import AssetError

NAME = "segmentation-3.0"  # the smallest of the default weights


@pytest.fixture
def offline(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, and no source but the local folder."""
    monkeypatch.setenv("SCRIBE_MODELS__FOLDER", str(in_tmp / "kept"))
    monkeypatch.setenv("SCRIBE_MODELS__HUB", "false")
    monkeypatch.setenv("SCRIBE_MODELS__REGISTRY", "false")
    return in_tmp


@pytest.fixture
def by_hand(offline: Path) -> Path:
    """Weights that a person put into the local folder `models/`."""
    folder = assets.locate(NAME, ModelsSettings())
    shutil.copytree(folder, offline / "models" / NAME)
    return offline


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_list_shows_every_asset_with_licence_and_state(offline: Path) -> None:
    shown = run("list").stdout
    for asset in assets.manifest():
        assert asset.name in shown
    assert "MIT" in shown
    assert "missing" in shown


def test_list_as_json_is_the_manifest_with_the_state_of_this_machine(offline: Path) -> None:
    rows = json.loads(run("list", "--json").stdout)
    assert [row["name"] for row in rows] == [asset.name for asset in assets.manifest()]
    row = next(row for row in rows if row["name"] == NAME)
    assert row["state"] == "missing"
    assert row["licence"].startswith("MIT")
    assert row["size"] == 5905440
    assert row["folder"] == str(offline / "kept" / NAME)
    assert "is missing" in row["problem"]


def test_verify_fails_where_default_weights_are_missing(offline: Path) -> None:
    done = run("verify")
    assert done.exit_code == 1
    assert "whisper-base" in done.stdout
    assert "scribe models fetch whisper-base" in done.stderr


def test_fetch_without_a_source_fails(offline: Path) -> None:
    done = run("fetch", NAME)
    assert done.exit_code != 0
    assert isinstance(done.exception, AssetError)


def test_an_unknown_name_fails(offline: Path) -> None:
    for verb in ("fetch", "verify"):
        done = run(verb, "whisper-gigantic")
        assert isinstance(done.exception, AssetError)
        assert "whisper-gigantic" in str(done.exception)


@pytest.mark.weights
def test_fetch_says_where_the_weights_came_from(by_hand: Path) -> None:
    first = run("fetch", NAME)
    assert first.exit_code == 0
    assert f"{NAME} from local folder" in first.stdout
    assert f"{NAME} is ready in" in first.stdout
    again = run("fetch", NAME)
    assert again.exit_code == 0
    assert "from local folder" not in again.stdout


@pytest.mark.weights
def test_fetch_as_json(by_hand: Path) -> None:
    done = json.loads(run("fetch", NAME, "--json").stdout)
    assert [item["file"] for item in done["fetched"]] == ["pytorch_model.bin"]
    assert done["fetched"][0]["source"].startswith("local folder")
    assert done["weights"][0]["state"] == "present"


@pytest.mark.weights
def test_verify_names_the_damaged_file(by_hand: Path) -> None:
    run("fetch", NAME)
    assert run("verify", NAME).exit_code == 0
    (by_hand / "kept" / NAME / "pytorch_model.bin").write_bytes(b"not weights")
    done = run("verify", NAME)
    assert done.exit_code == 1
    assert "pytorch_model.bin has 11 bytes" in done.stdout
    row = json.loads(run("verify", NAME, "--json").stdout)[0]
    assert row["state"] == "corrupted"
    listed = run("list").stdout
    assert "corrupted" in listed
    assert "pytorch_model.bin has 11 bytes" in listed
