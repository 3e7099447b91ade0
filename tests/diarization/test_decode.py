from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scribe.diarization import decode, pieces
from scribe.types import Word

odds = st.floats(-6, 6).map(lambda number: round(number, 2))
chains = st.lists(st.tuples(odds, odds), min_size=1, max_size=7)


def every_path(evidence: NDArray[np.float64], stay: NDArray[np.float64]) -> list[tuple[float, tuple[bool, ...]]]:
    """The score of each possible sequence of speakers, by the definition of the model."""
    return [
        (
            sum(one / 2 if first else -one / 2 for one, first in zip(evidence, path, strict=True))
            + sum(stay[at] / 2 if path[at] == path[at - 1] else -stay[at] / 2 for at in range(1, len(path))),
            path,
        )
        for path in product((True, False), repeat=len(evidence))
    ]


def arrays(chain: list[tuple[float, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    evidence, stay = np.array(chain).T
    return evidence, np.concatenate([[0.0], stay[1:]])


@given(chains)
def test_the_path_is_the_best_of_all_paths(chain: list[tuple[float, float]]) -> None:
    evidence, stay = arrays(chain)
    scores = {path: score for score, path in every_path(evidence, stay)}
    assert scores[tuple(decode.path(evidence, stay).tolist())] == pytest.approx(max(scores.values()))


@given(chains)
def test_beliefs_are_the_share_of_all_paths(chain: list[tuple[float, float]]) -> None:
    evidence, stay = arrays(chain)
    paths = every_path(evidence, stay)
    weight = np.array([np.exp(score) for score, _ in paths])
    first = np.array([path for _, path in paths], dtype=float)
    assert decode.beliefs(evidence, stay) == pytest.approx(weight @ first / weight.sum(), abs=1e-6)


@given(chains)
def test_gain_is_how_far_the_best_path_beats_one_speaker(chain: list[tuple[float, float]]) -> None:
    evidence, stay = arrays(chain)
    paths = every_path(evidence, stay)
    alone = max(score for score, path in paths if len(set(path)) == 1)
    assert decode.gain(evidence, stay) * len(chain) == pytest.approx(max(score for score, _ in paths) - alone, abs=1e-9)


def test_turns_change_after_questions_rather_than_within_a_sentence() -> None:
    words = [
        Word(0.0, 0.5, " Any"), Word(0.5, 1.0, " fever?"), Word(1.0, 1.5, " Not"),
        Word(1.9, 2.2, " really."), Word(2.2, 2.5, " Good."),
    ]  # fmt: skip
    asked, paused, ended = decode.go_on(pieces.cut(words, ["A"] * 5))[1:]
    assert asked < ended < paused


def test_another_voice_makes_a_change_likelier() -> None:
    words = [Word(0.0, 0.5, " I"), Word(0.9, 1.5, " think")]
    same, other = (decode.go_on(pieces.cut(words, ["A", voice]))[1] for voice in "AB")
    assert other < same
