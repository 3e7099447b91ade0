"""A recording that is followed has the turns of one that is heard at once, and nearly all of the work done before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.diarization.following import STEP_SECONDS, STRETCH_SECONDS, Following
from scribe.errors import EngineError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Audio, Interval, Provenance

RATE = 16_000
FRAME = 0.05


class Networks:
    """Two voices that take turns every seven seconds, told apart by the sign of the samples."""

    provenance = Provenance("toy")
    frame = FRAME

    def __init__(self) -> None:
        self.segmented: list[int] = []
        self.embedded = 0

    def segment(self, audio: Audio, stretches: Sequence[int]) -> Iterator[NDArray[np.bool_]]:
        for at in stretches:
            self.segmented.append(at)
            first = round(at * STEP_SECONDS * RATE)
            samples = audio.samples[first : first + round(STRETCH_SECONDS * RATE)]
            samples = np.pad(samples, (0, round(STRETCH_SECONDS * RATE) - len(samples)))
            signs = samples.reshape(-1, round(FRAME * RATE)).mean(axis=1)
            yield np.stack([signs > 0, signs < 0], axis=1)

    def embed_stretches(
        self, audio: Audio, stretches: Sequence[int], active: Sequence[NDArray[np.bool_]]
    ) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        for found in active:
            seconds = found.sum(axis=0).astype(np.float32) * FRAME
            yield np.eye(2, dtype=np.float32) * (seconds > 0)[:, None], seconds

    def embed(
        self, audio: Audio, pieces: Sequence[Interval], *, on_progress: OnProgress = no_progress
    ) -> NDArray[np.float32]:
        self.embedded += len(pieces)
        return np.array([[piece.start, piece.end] for piece in pieces], np.float32).reshape(-1, 2)


def recording(seconds: float = 61.0) -> Audio:
    at = np.arange(round(seconds * RATE)) / RATE
    return Audio(np.where(at // 7 % 2, -0.3, 0.3).astype(np.float32))


def test_the_turns_are_the_same_whether_it_was_followed_or_not() -> None:
    whole = recording()
    followed = Following(networks := Networks())
    for seconds in range(1, 61):
        so_far = Audio(whole.samples[: seconds * RATE])
        while followed.due(so_far):
            followed.hear(so_far)
    before = len(networks.segmented)
    at_once = Following(Networks()).diarize(whole)
    assert followed.diarize(whole) == at_once
    assert len({turn.speaker for turn in at_once.turns}) == 2
    assert len(networks.segmented) - before <= 1  # the stretch that reaches beyond the end
    assert sorted(networks.segmented[:before]) == list(range(before))


def test_asking_midway_spoils_nothing() -> None:
    whole = recording()
    followed = Following(Networks())
    for seconds in (5, 13, 22, 37, 50):
        turns = followed.diarize(Audio(whole.samples[: seconds * RATE])).turns
        assert max(turn.end for turn in turns) <= seconds
    assert followed.diarize(whole) == Following(Networks()).diarize(whole)


def test_a_piece_is_embedded_once() -> None:
    followed = Following(networks := Networks())
    pieces = [Interval(1.0, 2.0), Interval(3.0, 4.5)]
    first = followed.embed(recording(), pieces)
    again = followed.embed(recording(), [*pieces, Interval(5.0, 6.0)])
    assert networks.embedded == 3
    np.testing.assert_array_equal(again[:2], first)
    assert followed.embed(recording(), []).shape == (0, 2)


def test_what_is_forgotten_is_done_again() -> None:
    followed = Following(networks := Networks())
    whole = recording()
    followed.diarize(whole)
    followed.embed(whole, [Interval(1.0, 2.0), Interval(30.0, 31.0)])
    followed.forget(Interval(30.5, 32.0))
    done = len(networks.segmented)
    assert followed.due(whole)
    followed.diarize(whole)
    again = set(networks.segmented[done:])
    assert {9, 10, 11, 12} <= again
    assert 0 not in again
    followed.embed(whole, [Interval(1.0, 2.0), Interval(30.0, 31.0)])
    assert networks.embedded == 3


def test_too_short_or_too_many() -> None:
    assert Following(Networks()).diarize(Audio(np.zeros(100, np.float32))).turns == ()
    with pytest.raises(EngineError, match="at most 8"):
        Following(Networks()).diarize(recording(), num_speakers=9)
