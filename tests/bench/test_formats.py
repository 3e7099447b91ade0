"""The table of written forms: read forgivingly, scored exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe.bench import formats
from scribe.config import Config
from scribe.errors import InputError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "formatting.tsv"
    file.write_text(
        "# rules\nspoken\twritten\trule\nno change\tno change\tnear-miss\n\nno change\tchanged\tnear-miss\na\ta\n"
    )
    return file


def test_rows(table: Path) -> None:
    assert [(row.spoken, row.written, row.rule) for row in formats.read(table)] == [
        ("no change", "no change", "near-miss"),
        ("no change", "changed", "near-miss"),
        ("a", "a", ""),
    ]


def test_only_what_is_exactly_right_counts(table: Path) -> None:
    shares = formats.exact(formats.read(table), Config())
    assert shares["all"] == {"rows": 3, "exact": 2, "exact_match": pytest.approx(2 / 3)}
    assert shares["near-miss"]["exact_match"] == 0.5
    assert shares["-"]["rows"] == 1


@pytest.mark.parametrize(("text", "complaint"), [("one column\n", "line 1"), ("# nothing\n", "no rows")])
def test_another_layout_is_an_input_error(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "table.tsv"
    file.write_text(text)
    with pytest.raises(InputError, match=complaint):
        formats.read(file)
