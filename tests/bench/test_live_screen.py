"""What was on the screen when, reckoned by hand."""

from __future__ import annotations

import pytest

from scribe.bench import live_screen
from scribe.events import Behind, Committed, Tentative, WordsReplaced
from scribe.types import Segment, Transcript, Word


def words(text: str, start: float) -> tuple[Word, ...]:
    return tuple(Word(start + at, start + at + 0.5, f" {part}") for at, part in enumerate(text.split()))


EVENTS = [
    (1.5, Tentative(1, words("the", 0.0))),
    (2.5, Tentative(2, words("a pain is", 0.0))),
    (4.0, Committed(3, 0, words("The pain is", 0.0))),
    (4.1, Behind(4, 0.0)),
    (5.0, Tentative(5, words("worse", 3.0))),
    (7.0, Committed(6, 3, words("worse today", 3.0))),
]


def test_commit_latency_is_from_the_end_of_a_word_to_the_screen() -> None:
    assert live_screen.commit_latencies(EVENTS) == [3.5, 2.5, 1.5, 3.5, 2.5]


def test_ends_of_words_are_those_of_the_offline_text() -> None:
    offline = Transcript((Segment((Word(0.2, 0.9, " the"), Word(1.0, 2.0, " pain,"), Word(4.0, 4.6, " today"))),))
    assert live_screen.commit_latencies(EVENTS, offline) == pytest.approx([3.1, 2.0, 2.4])


def test_first_latency_is_to_the_first_text_of_a_stretch() -> None:
    assert live_screen.first_latencies(EVENTS) == [1.5, 2.0]
    assert live_screen.first_latencies([(9.0, Committed(1, 0, words("so", 2.0)))]) == [7.0]


def test_churn_counts_tentative_words_that_went() -> None:
    assert live_screen.churn(EVENTS) == (2, 5)  # "the", and "a" of "a pain is"
    assert live_screen.churn([]) == (0, 0)


def test_committed_words_that_change_are_counted() -> None:
    assert live_screen.changed(EVENTS) == 0
    assert live_screen.changed([*EVENTS, (8.0, WordsReplaced(7, 1, 2, " x"))]) == 2
    assert live_screen.changed([(8.0, Committed(7, 1, words("x", 0.0)))]) == 1
