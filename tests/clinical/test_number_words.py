"""The one table of number words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scribe.clinical import number_words
from scribe.clinical.number_words import BELOW_HUNDRED, ORDINALS, between, expanded
from scribe.errors import InputError

PACKAGE = Path(__file__).parents[2] / "scribe"
# A measure must not share what it measures: the loop over numbers, and what reads notes, have words of their own.
BENCH = PACKAGE / "bench"
MEASURES = {BENCH / "faults" / "numbers.py", BENCH / "reading" / "medications.py", BENCH / "reading" / "residue.yaml"}
APART = {PACKAGE / "clinical" / "number_words.tsv"} | MEASURES
FILES = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yaml", ".tsv", ".txt"))
MOST_IN_ORDER = 5  # "first second third fourth fifth" finger; more is a table
WORD = re.compile(rf"\b({'|'.join([*BELOW_HUNDRED, *ORDINALS])})\b")
BETWEEN = re.compile(r"[\s|,:\"'\d\[\]()?-]*")


def longest_run(text: str) -> list[str]:
    """The longest run of number words that count up by one or by ten, with nothing but marks and figures between."""
    value = {**BELOW_HUNDRED, **ORDINALS}
    best: list[str] = []
    run: list[str] = []
    end = 0
    for found in WORD.finditer(text):
        step = value[found[0]] - value[run[-1]] if run else 0
        run = [*run, found[0]] if step in (1, 10) and BETWEEN.fullmatch(text[end : found.start()]) else [found[0]]
        best, end = max(best, run, key=len), found.end()
    return best


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_other_table_of_number_words(file: Path) -> None:
    if file not in APART:
        assert len(longest_run(file.read_text(encoding="utf-8").lower())) <= MOST_IN_ORDER


def test_a_table_elsewhere_would_be_found() -> None:
    assert len(longest_run("'zero one two three four five six seven'.split()")) == 8
    assert len(longest_run('{"ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}')) == 6


def test_patterns_name_the_words_they_need() -> None:
    assert (
        expanded(r"(?:\d+|{number:3-5}) weeks, the {ordinal:1-2}") == r"(?:\d+|five|four|three) weeks, the second|first"
    )
    assert expanded(r"(?:\d+|{number:3-5}) weeks") == r"(?:\d+|five|four|three) weeks"
    assert expanded(r"the {ordinal:1-2} toe") == "the second|first toe"
    assert expanded(r"\d{2,3} {person}") == r"\d{2,3} {person}"
    assert between(9, 12) == ("nine", "ten", "eleven", "twelve")


@pytest.mark.parametrize("row", ["unit\tmany\tone", "count\t1\tone", "unit\t1\tone|one", "unit\t1"])
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    file = tmp_path / "number_words.tsv"
    file.write_text(f"kind\tvalue\twords\nunit\t2\ttwo\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"number_words\.tsv, line 3"):
        number_words.read(file)
