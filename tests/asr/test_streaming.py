"""Live recognition: whatever the timing, every word is committed once and in order; silence has no words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scribe.asr import live_windows, vad
from scribe.asr.streaming import LATE, Streaming
from scribe.config import Config
from scribe.events import LivePolicy
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Interval, Provenance, Segment, Word

RATE = 16_000
LOUD = 0.3
Utterances = Sequence[tuple[float, float]]


class Detector:
    """Speech is what is loud."""

    def judge(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return (np.abs(samples.reshape(-1, vad.FRAME)).mean(axis=1) > LOUD / 4).astype(np.float32)


@pytest.fixture(autouse=True, scope="module")
def by_loudness() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vad, "_Detector", Detector)
        yield


class Script:
    """An engine that hears the words of a script whose middle lies in the pieces it is given."""

    provenance = Provenance("script")

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self.asked: list[tuple[Interval, ...]] = []

    def transcribe(
        self, audio: Audio, *, speech: Sequence[Interval], on_progress: OnProgress = no_progress
    ) -> Iterator[Segment]:
        self.asked.append(tuple(speech))
        found = tuple(
            word for word in self.words if any(p.start <= (word.start + word.end) / 2 <= p.end for p in speech)
        )
        if found:
            yield Segment(found)


def spoken(utterances: Utterances) -> list[Word]:
    """Three words a second, each another."""
    words: list[Word] = []
    for start, end in utterances:
        count = max(round(3 * (end - start)), 1)
        step = (end - start) / count
        words += [Word(start + n * step, start + (n + 1) * step, f" w{len(words) + n}") for n in range(count)]
    return words


def recording(utterances: Utterances, rest: float = 2.0) -> NDArray[np.float32]:
    samples = np.zeros(round((utterances[-1][1] + rest) * RATE), np.float32)
    for start, end in utterances:
        samples[round(start * RATE) : round(end * RATE)] = LOUD
    return samples


def listen(
    utterances: Utterances,
    *,
    chunks: Sequence[float] = (0.1,),
    policy: LivePolicy = LivePolicy.WINDOWS,
    rest: float = 2.0,
    patient: bool = False,
) -> tuple[list[list[Word]], Script, Streaming]:
    """Hear the recording in chunks of these seconds, over and over, reading whenever something is due."""
    samples = recording(utterances, rest)
    script = Script(spoken(utterances))
    streaming = Streaming(script, Config(), None, policy)
    commits: list[list[Word]] = []
    at = number = 0
    while at < len(samples):
        step = max(round(chunks[number % len(chunks)] * RATE), 1)
        number += 1
        streaming.hear(samples[at : at + step])
        at = min(at + step, len(samples))
        audio = Audio(samples[:at])
        while not patient and (window := streaming.due()) is not None:
            commits.append(list(streaming.commit(audio, window).committed))
        if not patient and streaming.draft_due(1.0):
            commits.append(list(streaming.draft(audio).committed))
    streaming.end()
    while (window := streaming.due(ended=True)) is not None:
        commits.append(list(streaming.commit(Audio(samples), window).committed))
    return commits, script, streaming


gaps_and_lengths = st.lists(
    st.tuples(st.integers(1, 40).map(lambda n: n / 10), st.integers(3, 300).map(lambda n: n / 10)),
    min_size=1,
    max_size=8,
)


def placed(parts: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Utterances from (silence before, length)."""
    utterances, at = [], 0.0
    for gap, length in parts:
        utterances.append((at + gap, at + gap + length))
        at += gap + length
    return utterances


@settings(max_examples=60, deadline=None)
@given(
    gaps_and_lengths,
    st.lists(st.sampled_from([0.05, 0.3, 1.0, 4.0, 33.0]), min_size=1, max_size=4),
    st.sampled_from(LivePolicy),
)
def test_no_word_is_lost_or_doubled_whatever_the_timing(
    parts: list[tuple[float, float]], chunks: list[float], policy: LivePolicy
) -> None:
    utterances = placed(parts)
    commits, _, _ = listen(utterances, chunks=chunks, policy=policy)
    assert [word.text for commit in commits for word in commit] == [word.text for word in spoken(utterances)]


@settings(max_examples=30, deadline=None)
@given(gaps_and_lengths)
def test_no_window_is_longer_than_an_engine_can_read(parts: list[tuple[float, float]]) -> None:
    _, script, _ = listen(placed(parts), patient=True)
    assert all(sum(piece.duration for piece in pieces) <= 28.0 for pieces in script.asked)


def test_words_wait_for_a_pause_and_no_longer_than_a_long_window() -> None:
    commits, script, _ = listen([(0.5, 3.5), (4.3, 9.0), (9.9, 60.0)])
    lengths = [pieces[-1].end - pieces[0].start for pieces in script.asked if len(pieces) > 1 or pieces[0].duration > 5]
    assert max(lengths) <= live_windows.MOST + 2 * vad.PAD
    assert len([commit for commit in commits if commit]) >= 5


def test_a_short_answer_is_read_with_what_came_before() -> None:
    commits, script, _ = listen([(0.5, 8.0), (11.0, 11.4)])
    assert [word.text for word in commits[-1]] == [" w22"]
    pieces = script.asked[-1]
    assert pieces[0].start < 8.0
    assert sum(piece.duration for piece in pieces) >= live_windows.LONE


def test_words_at_the_very_end_are_kept() -> None:
    utterances = [(0.5, 3.0), (3.4, 6.02)]
    commits, _, _ = listen(utterances, rest=0.0)
    assert [word.text for commit in commits for word in commit][-1] == spoken(utterances)[-1].text


def test_silence_has_no_words() -> None:
    streaming = Streaming(Script(spoken([(0.0, 5.0)])), Config(), None)
    streaming.hear(np.zeros(20 * RATE, np.float32))
    streaming.end()
    assert streaming.due(ended=True) is None
    assert not streaming.draft_due(0.0)


def test_who_is_late_reads_longer_windows() -> None:
    utterances = [(at * 5.0 + 0.5, at * 5.0 + 4.5) for at in range(12)]
    in_time = len(listen(utterances)[1].asked)
    samples = recording(utterances)
    streaming = Streaming(script := Script(spoken(utterances)), Config(), None)
    streaming.hear(samples)
    assert streaming.behind > LATE
    while (window := streaming.due(ended=True)) is not None:
        streaming.commit(Audio(samples), window)
    assert len(script.asked) < in_time / 1.5
    assert streaming.behind == 0.0


def test_with_agreement_words_come_before_the_window_ends() -> None:
    utterances = [(0.5, 9.5)]
    commits, _, _ = listen(utterances, policy=LivePolicy.AGREEMENT)
    assert len([commit for commit in commits if commit]) > 2
    assert [word.text for commit in commits for word in commit] == [word.text for word in spoken(utterances)]


def test_what_is_erased_is_not_read() -> None:
    samples = recording([(0.5, 5.0), (6.0, 9.0)])
    streaming = Streaming(Script(spoken([(0.5, 5.0), (6.0, 9.0)])), Config(), None)
    streaming.hear(samples[: 9 * RATE])
    streaming.erase(Interval(0.0, 5.5))
    streaming.hear(samples[9 * RATE :])
    window = streaming.due()
    assert window is not None
    assert window.start == pytest.approx(6.0, abs=0.05)


def test_a_word_that_begins_behind_the_recording_was_not_heard() -> None:
    """Silence is read with the end of a recording, and an engine may put a word there."""
    samples = recording([(0.0, 1.984)], rest=0.0)  # whole frames
    script = Script([Word(0.2, 1.9, " pain."), Word(1.99, 2.2, " Thanks")])
    streaming = Streaming(script, Config(), None, LivePolicy.WINDOWS)
    streaming.hear(samples)
    streaming.end()
    window = streaming.due(ended=True)
    assert window is not None
    said = streaming.commit(Audio(np.pad(samples, (0, RATE // 2))), window)
    assert [word.text for word in said.committed] == [" pain."]
