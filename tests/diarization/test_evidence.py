import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.diarization import evidence

Scene = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


def scene(distance: float, wrong: float = 0.0, count: int = 120) -> Scene:
    """Sound, seconds, belief and truth of pieces by two speakers whose voices lie `distance` apart."""
    rng = np.random.default_rng(7)
    first = rng.random(count) < 0.5
    sound = rng.standard_normal((count, 20)) * 0.3
    sound[:, 0] += np.where(first, distance / 2, -distance / 2)
    belief = np.where(first ^ (rng.random(count) < wrong), 0.95, 0.05)
    return sound, np.full(count, 2.0), belief, first


def test_distinct_voices_correct_a_wrong_belief() -> None:
    sound, seconds, belief, first = scene(distance=3.0, wrong=0.1)
    odds = evidence.log_odds(sound, seconds, belief, belief)
    assert np.mean((belief > 0.5) == first) < 0.95
    assert np.mean((odds > 0) == first) > 0.98


def test_voices_that_are_alike_say_next_to_nothing() -> None:
    sound, seconds, belief, _ = scene(distance=0.0)
    assert np.abs(evidence.log_odds(sound, seconds, belief, belief)).mean() < 0.5
    assert abs(evidence.agreement(sound, seconds, belief)) < 0.25


def test_agreement_rises_with_the_distance_of_the_voices() -> None:
    near, far = (evidence.agreement(*scene(distance)[:3]) for distance in (0.4, 2.0))
    assert near < far
    assert far > 0.9


def test_each_prediction_is_made_without_the_piece_itself() -> None:
    sound, seconds, belief, _ = scene(distance=0.5, count=15)
    left_out = evidence._left_out(sound, 2 * belief - 1, seconds)
    for at in range(15):
        changed = belief.copy()
        changed[at] = 1 - changed[at]
        again = evidence._left_out(sound, 2 * changed - 1, seconds)
        assert again[at] == pytest.approx(left_out[at], abs=1e-6)


def test_sound_is_trusted_as_far_as_the_witness_agrees_with_it() -> None:
    sound, seconds, belief, first = scene(distance=2.0)
    trusted = evidence.log_odds(sound, seconds, belief, belief)
    half = np.where(np.arange(len(first)) % 3 == 0, 1 - belief, belief)  # a witness that contradicts a third
    doubted = evidence.log_odds(sound, seconds, belief, half)
    assert np.abs(doubted).mean() < np.abs(trusted).mean() / 2
