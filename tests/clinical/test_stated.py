"""Numbers in figures and in words, and what a text may be heard to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical.stated import possible, values

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += "seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    """How a number is said, written here a second time."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{ONES[number // 100]} hundred{rest}"
    rest = f" {in_words(number % 1000)}" if number % 1000 else ""
    return f"{in_words(number // 1000)} thousand{rest}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80 mg", ["80"]),
        ("1,200 mg and 10,000 units", ["1200", "10000"]),
        ("0.50 mg", ["0.5"]),
        (".5 mg", ["0.5"]),
        ("point five", ["0.5"]),
        ("ninety-eight point six", ["98.6"]),
        ("three point two five", ["3.25"]),
        ("120/80", ["120/80"]),
        ("one hundred twenty over eighty", ["120/80"]),
        ("5 out of 10", ["5/10"]),
        ("8:30 am", ["8:30"]),
        ("58-year-old", ["58"]),
        ("one and a half tablets", ["1.5"]),
        ("half a tablet", ["0.5"]),
        ("3-1/2 months, 1 3/4 inches", ["3.5", "1.75"]),
        ("twice a day", ["2"]),
        ("b.i.d.", ["2"]),
        ("every 6 hours, q6 or q.6 h", ["6", "6", "6"]),
        ("x3", ["3"]),
        ("the 3rd, the third and the twenty-third", ["3", "3", "23"]),
        ("sixty five hundred", ["6500"]),
        ("a hundred and fifty thousand", ["150000"]),
        ("five hundred five hundred", ["500", "500"]),
        ("two to three weeks, 3-4 days", ["2", "3", "3", "4"]),
        ("stage IIIa", ["3"]),
        ("A1c, B12, L5-S1 and COVID", []),
        ("this one, one of them, no one", []),
        ("one tablet", ["1"]),
        ("of all first", []),
        ("", []),
    ],
)
def test_what_is_stated(text: str, expected: list[str]) -> None:
    assert [number.value for number in values(text)] == expected


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("one twenty over eighty", "120/80"),
        ("twenty twenty one", "2021"),
        ("nineteen eighty five", "1985"),
        ("eight thirty", "8:30"),
        ("two oh five", "205"),
        ("ninety eight six", "98.6"),
        ("1 20", "120"),
        ("in the one twenties", "120"),
        ("that one forty", "140"),
    ],
)
def test_what_may_be_meant(heard: str, meant: str) -> None:
    assert meant in possible(heard)


@pytest.mark.parametrize(
    ("heard", "never"),
    [
        ("twenty-five milligrams", "20"),
        ("twenty-five milligrams", "5"),
        ("one hundred and five", "100"),
        ("fifteen", "50"),
        ("2.5", "25"),
        ("3-4 days", "34"),
        ("20 mg and 5 tablets", "205"),
    ],
)
def test_what_is_never_meant(heard: str, never: str) -> None:
    assert never not in possible(heard)


@given(st.integers(0, 999_999))
def test_figures_and_words_are_one(number: int) -> None:
    said = values(in_words(number), every_one=True)
    assert [entry.value for entry in said] == [str(number)]
    assert [entry.value for entry in values(f"{number:,}")] == [str(number)]
    assert [entry.value for entry in values(str(number))] == [str(number)]


@given(st.integers(0, 999), st.integers(0, 99))
def test_decimals(whole: int, part: int) -> None:
    digits = f"{part:02d}"
    spoken = f"{in_words(whole)} point {' '.join(ONES[int(digit)] for digit in digits)}"
    assert [entry.value for entry in values(spoken)] == [entry.value for entry in values(f"{whole}.{digits}")]


@given(st.text(max_size=60))
def test_any_text_is_read_and_places_are_its_own(text: str) -> None:
    found = values(text)
    assert all(0 <= number.span.start < number.span.end <= len(text) for number in found)
    assert {number.value for number in found} <= possible(text)
