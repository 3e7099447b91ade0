"""The one table of units, and amounts read with it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.asr import quantities as recognised
from scribe.clinical import quantities, units
from scribe.coding import doses
from scribe.config import DictationSettings
from scribe.dictation import terms
from scribe.dictation.formatting import format_text
from scribe.errors import InputError
from scribe.types import Word

# metric units in which a drug is weighed, each by one word
WEIGHED = sorted(
    (word, row.name)
    for row in units.table()
    for word in (*row.one, *row.many)
    if "dose" in row.use and row.name in ("mg", "mcg", "g", "ml", "meq", "unit") and " " not in word
)


def amounts(text: str) -> list[tuple[Decimal | None, str]]:
    return [(each.value, each.unit.name if each.unit else "") for each in quantities.read(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("half a tablet", [("0.5", "tablet")]),
        ("a quarter of a tablet", [("0.25", "tablet")]),
        ("1/2 tablet", [("0.5", "tablet")]),
        ("one and a half milligrams", [("1.5", "mg")]),
        ("one million units", [("1000000", "unit")]),
        ("two point five million units", [("2500000", "unit")]),
        ("forty milligrams and 12.5mg", [("40", "mg"), ("12.5", "mg")]),
        ("two to three weeks", [("2", "week"), ("3", "week")]),
        ("5-mg tablet", [("5", "mg")]),
        ("75 µg", [("75", "mcg")]),
        ("at 8:30 two puffs", [(None, ""), ("2", "puff")]),
        ("5/325 mg", [("325", "mg")]),
        ("A1c of 7.2%", [("7.2", "%")]),
        ("the second hour", []),
        ("about a mile", []),
    ],
)
def test_amounts_of_a_text(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert amounts(text) == [(None if value is None else Decimal(value), unit) for value, unit in expected]


@given(st.integers(2, 99), st.sampled_from(WEIGHED))
def test_every_stage_knows_a_unit_in_which_a_drug_is_weighed(value: int, unit: tuple[str, str]) -> None:
    word, name = unit
    text = f"{value} {word}"
    assert amounts(text) == [(Decimal(value), name)]
    assert doses.dose(text) == doses.Dose(float(value), name)
    assert amounts(format_text(text, DictationSettings())) == [(Decimal(value), name)]
    words = [Word(float(at), at + 1.0, f" {said}", 0.9) for at, said in enumerate(text.split())]
    tokens = recognised.tokens(words)
    assert [number.value for number in recognised.numbers(tokens)] == [value]
    assert tokens[1].key in units.by_word()


def test_no_word_has_two_units() -> None:
    seen: dict[str, str] = {}
    for row in units.table():
        for word in row.words if row.name else ():
            assert seen.setdefault(word, row.name) == row.name


def test_dictation_writes_the_units_of_the_table() -> None:
    spoken = {" ".join(words) for rows in terms.units().values() for words, _ in rows}
    table = {word for row in units.table() for word in (*row.one, *row.many, *row.short)}
    assert {word.replace("-", " ") for word in table} - {"percent", "%"} == spoken


@pytest.mark.parametrize(
    "row",
    [
        "mass\tmg\tmg\tmilligram\tmilligrams\tmg\t-\tdose\t-",
        "metric\tmg\tmg\tmilligram\tmilligrams\tmg\t-\tdoses\t-",
        "metric\tmg\tmg\t-\t-\t-\t-\tdose\t-",
        "metric\tmg\tmg",
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    file = tmp_path / "units.tsv"
    file.write_text("\t".join(units.COLUMNS) + f"\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"units\.tsv, line 2"):
        units.read(file)
