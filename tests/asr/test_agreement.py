"""Words that two readings agree on, and where what is said already ends in a new reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scribe.asr import agreement
from scribe.types import Word


def words(text: str) -> list[Word]:
    return [Word(float(at), at + 0.8, f" {part}") for at, part in enumerate(text.split())]


def test_case_and_marks_do_not_count() -> None:
    assert agreement.agreed(words("So, the pain"), words("so the pain is")) == 3
    assert agreement.agreed(words("so the"), words("No the")) == 0
    assert agreement.agreed([], words("so")) == 0


def test_a_new_reading_of_what_is_said_is_passed_over() -> None:
    assert agreement.unsaid(words("I take ibuprofen"), words("I take ibuprofen twice a day")) == 3
    again = [*words("I take"), Word(2.0, 3.8, " ibuprofen"), *(Word(at, at + 0.5, " more") for at in (4.0, 5.0))]
    assert agreement.unsaid(words("I take eye profen"), again) == 3
    assert agreement.unsaid(words("no no no"), words("No, no, no, no pain")) == 3
    assert agreement.unsaid([], words("hello")) == 0
    assert agreement.unsaid(words("hello"), []) == 0


spoken = st.lists(st.sampled_from("a b c d e".split()), max_size=12).map(" ".join)


@given(spoken, spoken)
def test_what_follows_is_neither_lost_nor_said_twice(said: str, more: str) -> None:
    whole = words(f"{said} {more}")
    count = len(said.split())
    assert agreement.unsaid(whole[:count], whole) == count
