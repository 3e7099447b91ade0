import numpy as np
from numpy.typing import NDArray

from scribe.diarization import stitching

FRAME, FRAMES, STEP = 0.1, 100, 25  # stretches of ten seconds, 2.5 seconds apart


def stretches(truth: NDArray[np.bool_], seed: int = 0) -> tuple[NDArray[np.bool_], NDArray[np.int_]]:
    """What a perfect segmentation of `truth` (frames, 2) says: new names in each stretch, three places for two."""
    rng = np.random.default_rng(seed)
    count = (len(truth) - FRAMES) // STEP + 1
    places = np.array([rng.permutation(3)[:2] for _ in range(count)])
    active = np.zeros((count, FRAMES, 3), dtype=bool)
    for at in range(count):
        active[at][:, places[at]] = truth[at * STEP : at * STEP + FRAMES]
    return active, places


def dialogue(frames: int = 1000) -> NDArray[np.bool_]:
    """Two people in turns of three and two seconds."""
    first = (np.arange(frames) // 10) % 5 < 3
    return np.stack([first, ~first], axis=1)


def sounding(active: NDArray[np.bool_], places: NDArray[np.int_], clear: float) -> NDArray[np.float64]:
    """Similarity of each local speaker with both voices, `clear` apart."""
    similarity = np.zeros((len(active), 3, 2))
    for at, (first, second) in enumerate(places):
        similarity[at, first] = 0.5 + clear / 2, 0.5 - clear / 2
        similarity[at, second] = 0.5 - clear / 2, 0.5 + clear / 2
    return similarity


def test_names_agree_from_one_stretch_to_the_next() -> None:
    active, places = stretches(dialogue())
    named = stitching.assign(active, sounding(active, places, 0.4), STEP, FRAME)
    assert [tuple(named[at, places[at]]) for at in range(len(active))] == [(0, 1)] * len(active)


def test_neighbours_settle_what_a_misleading_sound_does_not() -> None:
    active, places = stretches(dialogue())
    similarity = sounding(active, places, 0.4)
    similarity[10] = similarity[10, :, ::-1] * 0.9  # one stretch sounds the wrong way round
    named = stitching.assign(active, similarity, STEP, FRAME)
    assert tuple(named[10, places[10]]) == (0, 1)


def test_turns_come_out_as_they_were_spoken_overlaps_included() -> None:
    truth = dialogue()
    truth[300:310] = True  # both at once for a second
    active, places = stretches(truth)
    named = stitching.assign(active, sounding(active, places, 0.4), STEP, FRAME)
    share = stitching.activity(active, named, 2, STEP)
    assert ((share >= 0.5) == truth[: len(share)]).all()
    annotation = stitching.turns(share, FRAME, duration=len(share) * FRAME)
    overlaps = [
        (max(one.start, other.start), min(one.end, other.end))
        for one in annotation.turns
        for other in annotation.turns
        if one.speaker < other.speaker and min(one.end, other.end) > max(one.start, other.start)
    ]
    assert len(overlaps) == 1
    assert np.allclose(overlaps[0], (30.0, 31.0))


def test_turns_end_with_the_recording() -> None:
    assert stitching.turns(np.ones((100, 1)), FRAME, duration=7.5).turns[0].end == 7.5


def test_short_pauses_are_filled_and_clicks_dropped() -> None:
    heard = np.zeros((100, 1))
    heard[10:20], heard[22:40], heard[60] = 1, 1, 1
    heard[60] = 0
    heard[80:81] = 1
    turns = stitching.turns(heard, 0.05, duration=5.0).turns
    assert [(round(turn.start, 2), round(turn.end, 2)) for turn in turns] == [(0.5, 2.0)]
