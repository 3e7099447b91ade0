"""Blocks hold all speech, in order, within the limit, and give times back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.asr import windows
from scribe.plugins import no_progress
from scribe.types import Audio, Interval, Segment, Word

RATE = 1_000  # hertz: enough to count samples


def sound(seconds: float) -> Audio:
    return Audio(np.arange(int(seconds * RATE), dtype=np.float32), RATE)


@st.composite
def speech(draw: st.DrawFn) -> tuple[Interval, ...]:
    at, found = 0.0, []
    for _ in range(draw(st.integers(0, 30))):
        at += draw(st.integers(0, 60)) / 10
        length = draw(st.integers(1, 700)) / 10
        found.append(Interval(at, at + length))
        at += length
    return tuple(found)


@given(speech())
def test_blocks_hold_all_speech_once_and_in_order(intervals: tuple[Interval, ...]) -> None:
    audio = sound(intervals[-1].end if intervals else 1.0)
    blocks = list(windows.blocks(audio, intervals, windows.BLOCK_SECONDS))
    pieces = [piece for block in blocks for piece in block.pieces]
    assert sum(piece.duration for piece in pieces) == pytest.approx(sum(item.duration for item in intervals))
    assert all(left.end <= right.start for left, right in itertools.pairwise(pieces))
    assert all(any(item.start <= piece.start and piece.end <= item.end for item in intervals) for piece in pieces)
    for block in blocks:
        assert 0 < sum(piece.duration for piece in block.pieces) <= windows.BLOCK_SECONDS + 1e-6


@given(speech())
def test_a_word_is_put_back_where_its_sound_is(intervals: tuple[Interval, ...]) -> None:
    audio = sound(intervals[-1].end if intervals else 1.0)
    for block in windows.blocks(audio, intervals, windows.BLOCK_SECONDS):
        samples = block.samples(audio)
        at = len(samples) // 2
        (word,) = block.located([Word(at / RATE, at / RATE, " here")], not_before=0.0)
        close_by = samples[max(at - 20, 0) : at + 20] / RATE  # each edge of a piece is rounded to a sample
        assert np.abs(close_by - word.start).min() <= 0.002


def test_a_block_ends_at_the_longest_pause_near_its_end() -> None:
    intervals = [Interval(0, 10), Interval(10.1, 19), Interval(21, 25), Interval(25.1, 40)]
    first, second = windows.blocks(sound(40), intervals, 28.0)
    assert first.pieces == (Interval(0, 10), Interval(10.1, 19))
    assert second.pieces == (Interval(21, 25), Interval(25.1, 40))


def test_endless_speech_is_cut_where_it_is_quietest() -> None:
    samples = np.ones(60 * RATE, np.float32)
    samples[25_000:25_100] = 0.0
    first, *_ = windows.blocks(Audio(samples, RATE), [Interval(0.0, 60.0)], 28.0)
    assert first.pieces[0].end == pytest.approx(25.05, abs=0.06)


def test_times_ascend_and_stay_within_the_speech() -> None:
    block = windows.Block((Interval(10.0, 12.0), Interval(50.0, 51.0)))
    heard = [Word(0.5, 1.2, " a"), Word(1.0, 2.3, " b"), Word(1.9, 2.6, " c"), Word(2.9, 9.0, " d")]
    words = block.located(heard, not_before=10.6)
    assert [(word.start, word.end) for word in words] == [(10.6, 11.2), (11.2, 12.0), (50.0, 50.6), (50.9, 51.0)]


def test_segments_are_cut_where_silence_was_taken_out() -> None:
    heard = Segment((Word(0, 1, " a"), Word(1, 2, " b"), Word(9, 10, " c")), avg_logprob=-0.3)
    parts = list(windows.cut_at_pauses([heard, Segment((Word(11, 12, " d"),))]))
    assert [part.text for part in parts] == [" a b", " c", " d"]
    assert parts[1].avg_logprob == -0.3


def test_how_long_a_silence_is_does_not_move_the_blocks() -> None:
    def cuts(silence: float) -> list[float]:
        spoken = [Interval(0.0, 9.0), Interval(9.0 + silence, 18.0 + silence), Interval(18.9 + silence, 30.0 + silence)]
        return [
            round(sum(piece.duration for piece in block.pieces), 3) for block in windows.blocks(sound(200), spoken, 28)
        ]

    assert cuts(1.0) == cuts(5.0) == cuts(120.0)


def test_each_block_is_decoded_alone_and_progress_is_in_seconds_of_the_recording() -> None:
    lengths, reports = [], []

    def decode(samples: np.ndarray) -> list[Segment]:
        lengths.append(len(samples) / RATE)
        return [Segment((Word(0.0, 0.5, " word"),))]

    def on_progress(stage: str, done: float, total: float) -> None:
        reports.append((stage, done, total))

    intervals = [Interval(5.0, 25.0), Interval(35.0, 55.0)]
    found = list(windows.decoded(sound(60), intervals, decode, on_progress))
    assert [item.start for item in found] == [5.0, 35.0]
    assert lengths == [20.0, 20.0]
    assert reports == [("asr", 25.0, 60.0), ("asr", 55.0, 60.0)]
    assert list(windows.decoded(sound(60), [], decode, no_progress)) == []
