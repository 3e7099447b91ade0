"""Pieces of words put together: what is one word, and what stays apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scribe import word_pieces
from scribe.types import Segment, Word

ENTRY = st.text(alphabet=" a1.,-/%'é語は\n", min_size=1, max_size=4)


def entries(*texts: str, pause: float = 0.0) -> tuple[Word, ...]:
    return tuple(Word(at * (0.2 + pause), at * (0.2 + pause) + 0.2, text, 0.9) for at, text in enumerate(texts))


def texts(*segments: tuple[Word, ...]) -> list[list[str]]:
    return [[word.text for word in segment.words] for segment in word_pieces.whole(map(Segment, segments))]


def test_only_a_space_begins_a_word() -> None:
    heard = entries(
        " a", " sodium", "-141", ".5,", " 62", "-year", "-old", " 1", ",250", " 7", ":45", " 130", "/85", " 4%"
    )
    assert texts(heard) == [[" a", " sodium-141.5,", " 62-year-old", " 1,250", " 7:45", " 130/85", " 4%"]]


def test_a_word_is_as_long_as_its_pieces_and_as_sure_as_the_least_sure() -> None:
    first, second = Word(1.0, 1.5, " 41", 0.9, "A"), Word(1.5, 2.25, ".3", 0.4, "A", author="ann")
    assert word_pieces.joined((first, second)) == Word(1.0, 2.25, " 41.3", 0.4, "A", "ann")


def test_speakers_and_signs_that_are_words_stay_apart() -> None:
    assert texts((Word(0, 1, " 5", 1.0, "A"), Word(1, 2, ".5", 1.0, "B"))) == [[" 5", ".5"]]
    assert texts(entries("痛", "み", "は")) == [["痛", "み", "は"]]


def test_a_number_goes_on_in_the_next_segment() -> None:
    heard = entries(" creatinine", " 1", ".8", " today")
    assert texts(heard[:2], heard[2:]) == [[" creatinine", " 1.8"], [" today"]]
    assert texts(heard[:2], heard[2:3]) == [[" creatinine", " 1.8"]]


def test_a_segment_that_begins_without_a_space_gets_one() -> None:
    assert texts(entries(" well."), entries("Next", " one")) == [[" well."], [" Next", " one"]]
    apart = entries(" 1", ".8", pause=3.0)
    assert texts(apart[:1], apart[1:]) == [[" 1"], [" .8"]]


@given(st.lists(st.lists(ENTRY, min_size=1, max_size=5), max_size=5))
def test_no_character_is_lost_and_joining_twice_changes_nothing(said: list[list[str]]) -> None:
    once = tuple(word_pieces.whole(Segment(entries(*part)) for part in said))
    assert "".join(segment.text for segment in once).replace(" ", "") == "".join(map("".join, said)).replace(" ", "")
    assert tuple(word_pieces.whole(once)) == once
    assert all(segment.words for segment in once)
