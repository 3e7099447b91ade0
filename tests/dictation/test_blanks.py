from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.dictation.blanks import clock, with_blanks
from scribe.dictation.written import transcript as page
from scribe.dictation.written import verbatim
from scribe.types import Flag, FlagKind, Interval, Transcript

Say = Callable[..., Transcript]


def flagged(transcript: Transcript, *stretches: tuple[FlagKind, float, float]) -> Transcript:
    flags = tuple(Flag(kind, Interval(start, end), "test") for kind, start, end in stretches)
    return replace(transcript, flags=flags)


def text(transcript: Transcript) -> str:
    return page(with_blanks(verbatim(transcript.words), transcript), transcript).text


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00:00"), (190.9, "00:03:10"), (751, "00:12:31"), (7325, "02:02:05")]
)
def test_times_are_hours_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_a_stretch_stands_at_its_time(say: Say) -> None:
    heard = flagged(say("takes | metformin daily"), (FlagKind.INAUDIBLE, 0.6, 1.4))
    assert text(heard) == " takes ____ [inaudible 00:00:00] metformin daily"
    assert text(flagged(say("a b"), (FlagKind.INAUDIBLE, 751, 752))) == " a b ____ [inaudible 00:12:31]"
    assert text(flagged(say("| a b"), (FlagKind.INAUDIBLE, 0.1, 0.9))) == " ____ [inaudible 00:00:00] a b"


def test_an_overlap_is_shown_where_it_is_long_and_has_words(say: Say) -> None:
    talk = say("one two three four | | | | five")
    assert text(flagged(talk, (FlagKind.OVERLAP, 0.5, 1.6))) == " one [overlap 00:00:00] two three four five"
    assert text(flagged(talk, (FlagKind.OVERLAP, 0.5, 1.4))) == talk.text
    assert text(flagged(talk, (FlagKind.OVERLAP, 2.5, 4.0))) == talk.text


def test_other_flags_and_untimed_words_are_left_alone(say: Say) -> None:
    talk = say("one two")
    assert text(flagged(talk, (FlagKind.LOW_TRUST, 0.0, 1.0))) == talk.text
    assert text(replace(flagged(talk, (FlagKind.INAUDIBLE, 0.0, 1.0)), timed=False)) == talk.text
    assert with_blanks([], flagged(Transcript(()), (FlagKind.INAUDIBLE, 0.0, 1.0))) == []


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 5)), max_size=8), st.integers(1, 30))
def test_every_stretch_is_shown_once_and_leads_to_a_word(
    say: Say, stretches: list[tuple[float, float]], n: int
) -> None:
    talk = flagged(say("word " * n), *((FlagKind.INAUDIBLE, start, start + length) for start, length in stretches))
    written = with_blanks(verbatim(talk.words), talk)
    assert sum("[inaudible" in item.word.text for item in written) == len(stretches)
    assert [item.word for item in written if "[" not in item.word.text] == list(talk.words)
    assert all(0 <= item.first <= item.last < n for item in written)
    assert [item.first for item in written] == sorted(item.first for item in written)
    starts = [item.word.start for item in written]
    assert starts == sorted(starts)
