"""Numbers as they are written and said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical.figures import in_words, normal, ordinal_figures, roman, said_forms, sound_alike, with_commas
from scribe.clinical.numbers import Words, number, ordinal


@pytest.mark.parametrize(
    ("value", "other"),
    [(15, 50), (50, 15), (113, 130), (12, None), (20, None), (2015, None), (1.5, None), (None, None)],
)
def test_teens_and_tens(value: float | None, other: float | None) -> None:
    assert sound_alike(value) == other


@given(st.integers(0, 2000))
def test_what_sounds_alike_does_so_both_ways(value: int) -> None:
    other = sound_alike(value)
    assert other is None or sound_alike(other) == value


@given(st.integers(0, 99))
def test_a_small_number_in_words_is_read_back(value: int) -> None:
    found = number(Words(in_words(value).split("-")), 0)
    assert found is not None
    assert found.value == value


@given(st.integers(0, 999))
def test_every_way_to_say_a_number_is_read_back(value: int) -> None:
    for words in said_forms(str(value)):
        if words != ("oh",):  # only among digits
            found = number(Words(words), 0, clipped=True)
            assert found is not None
            assert (found.value, found.end) == (value, len(words))


@given(st.integers(1, 99))
def test_an_ordinal_in_figures_is_read_back(value: int) -> None:
    assert ordinal(Words([ordinal_figures(value)]), 0) == (value, 1)


def test_forms_of_writing() -> None:
    assert [normal(Decimal(text)) for text in ("1200", "0.50", "7.0", "1E+3")] == ["1200", "0.5", "7", "1000"]
    assert [with_commas(text, 4) for text in ("999", "1200", "12000.5")] == ["999", "1,200", "12,000.5"]
    assert [ordinal_figures(value) for value in (1, 12, 22, 113)] == ["1st", "12th", "22nd", "113th"]
    assert [roman(value) for value in (1, 4, 9, 14, 99)] == ["I", "IV", "IX", "XIV", "XCIX"]
