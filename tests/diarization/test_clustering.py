import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from scribe.diarization import clustering

NO_PAIRS = np.zeros((0, 2), dtype=int)


def voice(seed: int, count: int, noise: float = 0.05, dim: int = 192) -> NDArray[np.float64]:
    """`count` embeddings of one voice; voices of different seeds are nearly at right angles."""
    rng = np.random.default_rng(seed)
    centre = rng.standard_normal(dim)
    return centre / np.linalg.norm(centre) + noise * rng.standard_normal((count, dim))


def found(*groups: NDArray[np.float64], num_speakers: int | None = None) -> NDArray[np.floating]:
    vectors = np.concatenate(groups)
    return clustering.centroids(vectors, np.full(len(vectors), 3.0), NO_PAIRS, num_speakers)


def test_each_voice_has_a_centroid_and_who_speaks_most_comes_first() -> None:
    little, much = voice(1, 20), voice(2, 60)
    centroids = found(little, much)
    assert len(centroids) == 2
    assert (clustering.unit(much.mean(axis=0)) @ centroids.T).argmax() == 0
    assert (clustering.unit(little.mean(axis=0)) @ centroids.T).argmax() == 1


def test_one_voice_stays_one() -> None:
    assert len(found(voice(1, 80))) == 1


def test_a_cough_is_no_speaker() -> None:
    assert len(found(voice(1, 60), voice(2, 60), voice(3, 2))) == 2


def test_a_third_voice_must_be_clearly_another() -> None:
    first, second = voice(1, 60), voice(2, 60)
    changed = first[:12] + 0.75 * voice(3, 12)  # the first speaker through a door
    assert len(found(first, second, changed)) == 2
    assert len(found(first, second, voice(3, 12))) == 3


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_number_of_speakers_is_met(number: int) -> None:
    assert len(found(voice(1, 50), voice(2, 50), voice(3, 1), num_speakers=number)) == number


def test_two_speakers_asked_for_are_not_one_and_a_cough() -> None:
    first, second = voice(1, 50), voice(2, 50)
    centroids = found(first, second + first[:1], voice(9, 1), num_speakers=2)
    assert (clustering.unit(first) @ centroids.T).argmax(axis=1).std() == 0
    assert (clustering.unit(first[0]) @ centroids.T).argmax() != (clustering.unit(second[0]) @ centroids.T).argmax()


def test_close_voices_are_parted_where_both_are_heard_in_one_stretch() -> None:
    common = voice(1, 1, noise=0.0)
    one, other = common + 0.8 * voice(2, 40, noise=0.03), common + 0.8 * voice(3, 40, noise=0.03)
    vectors, seconds = np.concatenate([one, other]), np.full(80, 3.0)
    # Which of the pair comes first is chance, as in a recording.
    pairs = np.array([(at, 40 + at) if at % 3 else (40 + at, at) for at in range(40)])
    assert len(clustering.centroids(vectors, seconds, NO_PAIRS)) == 1
    centroids = clustering.centroids(vectors, seconds, pairs)
    assert len(centroids) == 2
    named = (clustering.unit(vectors) @ centroids.T).argmax(axis=1)
    assert named[:40].std() == named[40:].std() == 0
    assert named[0] != named[40]


def test_ten_times_the_length_does_not_cost_a_hundred_times() -> None:
    """Memory tells as well as time would: what compares every vector with every other holds a table of all pairs."""
    short, long = (np.concatenate([voice(1, count), voice(2, count)]) for count in (1_000, 10_000))

    def peak(vectors: NDArray[np.float64]) -> int:
        tracemalloc.start()
        try:
            assert len(clustering.centroids(vectors, np.full(len(vectors), 3.0), NO_PAIRS)) == 2
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(long) < 12 * peak(short)
    assert len(clustering._training(np.full(20_000, 3.0))) == clustering.MAX_TRAINING
