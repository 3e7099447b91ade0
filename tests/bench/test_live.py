"""The bench of live work on a short recording, with the real engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scribe.bench import live
from scribe.cli.app import app
from scribe.config import Config
from scribe.errors import InputError


@pytest.mark.weights
def test_the_start_of_the_sample_visit(samples: Path, tmp_path: Path) -> None:
    out = tmp_path / "words.jsonl"
    arguments = [
        "bench",
        "live",
        str(samples / "visit.flac"),
        "--seconds",
        "14",
        "--by-cpu",
        "--json",
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    metrics = json.loads(result.stdout)
    assert metrics["audio_seconds"] == 14
    assert metrics["changed"] == 0
    assert metrics["final_vs_offline"] <= 0.02
    assert metrics["live_vs_offline"] < 0.2
    assert 0 < metrics["first_p50"] < metrics["commit_p95"]
    assert metrics["rtf"] > 0
    assert set(metrics["work"]) >= {"commit", "draft"}
    said = json.loads(out.read_text(encoding="utf-8"))
    assert "knee" in said["live"]
    assert said["final"] == said["offline"]


@pytest.mark.weights
def test_a_short_soak_has_a_row_for_each_part(samples: Path) -> None:
    report = live.soak(samples / "visit.flac", Config(), 16 / 3600, how=live.How(by_cpu=True))
    rows = report.metrics["soak"]
    assert 0 < len(rows) <= live.SOAK_PARTS
    assert report.metrics["words"] > 12
    assert all(row["most_behind"] >= 0 for row in rows.values())


def test_a_soak_is_not_paced(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="virtual"):
        live.soak(tmp_path, Config(), 1.0, how=live.How(paced=True))


def test_a_folder_without_audio_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no audio"):
        live.live(tmp_path, Config())
