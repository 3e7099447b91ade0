"""Patterns of words: what they match, and what is said of a bad row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scribe.clinical import notation
from scribe.clinical.text import Text
from scribe.errors import InputError


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("no [known|other] allergies", "No known allergies"),
        ("no [known|other] allergies", "no allergies"),
        ("(test|swab) <is|was|came|back> negative", "Swab came back negative"),
        ("history *2 stroke", "history of a stroke"),
        ("diagnos~ with", "diagnosed with"),
        ("# days", "3 days"),
        ("my {who} 's", "my dad's"),
        ("negative $", "negative, and"),
    ],
)
def test_pattern_matches(pattern: str, text: str) -> None:
    assert re.match(notation.expression(pattern, {"who": "dad "}), Text(text).line)


@pytest.mark.parametrize(
    ("pattern", "text"), [("no pain", "nor pain"), ("negative $", "negative smear"), ("* pain", ", pain")]
)
def test_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not re.match(notation.expression(pattern, {}), Text(text).line)


@pytest.mark.parametrize("pattern", ["(a|b", "a)", "[a)", "{nobody}"])
def test_a_bad_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"closed|closes|no list"):
        notation.expression(pattern, {})


@pytest.mark.parametrize(
    ("rows", "line"), [("absent\tno\nabsent\tno", 4), ("absent", 3), ("absent\t", 3), ("absent\ta\tb", 3)]
)
def test_a_bad_row_is_named_by_its_line(rows: str, line: int, tmp_path: Path) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(f"# a table\nclaim\tcue\n{rows}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"line {line}:"):
        list(notation.rows(table, ("claim", "cue")))
