from __future__ import annotations

import pytest

from scribe.asr.quantities import figure, numbers, tokens
from scribe.types import Interval, Word


def values(line: str) -> list[tuple[float | None, str]]:
    words = [Word(float(at), at + 1.0, f" {text}", 0.9) for at, text in enumerate(line.split())]
    return [(number.value, number.unit) for number in numbers(tokens(words))]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("20", 20),
        ("2.5", 2.5),
        (".5", 0.5),
        ("1,000", 1000),
        ("$15.", 15),
        ("seventy five", 75),
        ("twenty-five", 25),
        ("one twenty five", 125),
        ("one hundred and five", 105),
        ("two thousand", 2000),
        ("two hundred", 200),
        ("twelve point five", 12.5),
        ("five thirty", 530),
    ],
)
def test_one_number(line: str, value: float) -> None:
    assert values(line) == [(value, "")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("10mg", [(10, "mg")]),
        ("7.8%.", [(7.8, "%")]),
        ("58-year-old", [(58, "year")]),
        ("148/86", [(None, "")]),
        ("148 over 86", [(148, ""), (86, "")]),
        ("five, six", [(5, ""), (6, "")]),
        ("twenty thirty", [(None, "")]),
        ("five hundred five hundred", [(None, "")]),
        ("b12 and A1c and none", []),
    ],
)
def test_units_pairs_and_what_is_no_number(line: str, expected: list[tuple[float | None, str]]) -> None:
    assert values(line) == expected


def test_words_without_a_space_between_are_one_token() -> None:
    words = [Word(0, 1, " 1", 0.9), Word(1, 2, ",000", 0.4), Word(2, 3, " mg", 0.8)]
    first, second = tokens(words)
    assert (first.key, first.first, first.last, first.probability, first.interval) == (
        "1,000",
        0,
        1,
        0.4,
        Interval(0, 2),
    )
    assert (second.key, second.first) == ("mg", 2)


def test_figures_are_written_as_doses_are() -> None:
    assert [figure(value) for value in (2.5, 1000.0, 0.1)] == ["2.5", "1000", "0.1"]


def test_nothing_that_was_said_shows_in_a_repr() -> None:
    said = tokens([Word(0.0, 1.0, " 148", 0.9), Word(1.0, 2.0, " milligrams", 0.9)])
    shown = repr([*said, *numbers(said)])
    assert "148" not in shown
    assert "milligrams" not in shown
