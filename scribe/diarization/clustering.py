"""Voices out of embeddings: how many there are, and the centroid of each.

Agglomerative clustering is quadratic in the number of embeddings, so it only ever sees `MAX_TRAINING` of them, spread
evenly over the recording; the rest are compared with the centroids (see `stitching`). Cost is linear in length.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]

Floats = NDArray[np.floating]

MAX_TRAINING = 500  # embeddings that are clustered
MAX_SPEAKERS = 8
SAME_VOICE = 0.55  # cosine distance, average linkage, below which two groups are one voice
MIN_SHARE = 0.04  # of the speech: a smaller cluster is noise, a cough, a far microphone, and no speaker
THIRD_APART = 0.5  # cosine distance of a third voice from the first two: a changed voice is not a new person
MORE_CUTS = 30
MIN_PAIRS = 3  # stretches in which two people are heard together, before a second voice is believed
APART = 0.25  # cosine distance two people in one stretch must keep, on average, to be two voices


def unit(vectors: Floats) -> Floats:
    """Each row at length 1; a row of zeros stays zeros."""
    out: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return out


def centroids(
    embeddings: Floats, seconds: Floats, together: NDArray[np.integer], num_speakers: int | None = None
) -> Floats:
    """The voices of a recording.

    `embeddings` are (n, dim), `seconds` (n,) is how much speech each was made of, and `together` (pairs, 2) names rows
    that cannot be one person, because the two were told apart within one short stretch of the recording.
    Returns (voices, dim), at length 1, the one who speaks most first. `num_speakers` is met where there are as
    many embeddings.
    """
    vectors = unit(embeddings)
    chosen = _training(seconds)
    if len(chosen) < 2:
        return np.asarray(vectors[chosen])
    tree = linkage(vectors[chosen], method="average", metric="cosine")
    if num_speakers is None:
        labels = _large(fcluster(tree, SAME_VOICE, criterion="distance"), vectors[chosen], seconds[chosen], None)
        if len(set(labels)) == 1 and _two_people(vectors, together):
            return _split(vectors, together)
        return _apart(_means(vectors[chosen], labels, seconds[chosen]))
    # Cut into more and more clusters until enough of them are large: the first cuts may only part noise from speech.
    for count in range(num_speakers, min(num_speakers + MORE_CUTS, len(chosen)) + 1):
        labels = fcluster(tree, count, criterion="maxclust")
        large = _large(labels, vectors[chosen], seconds[chosen], num_speakers)
        if len(set(large)) == num_speakers:
            return _means(vectors[chosen], large, seconds[chosen])
    labels = fcluster(tree, min(num_speakers, len(chosen)), criterion="maxclust")
    return _means(vectors[chosen], labels, seconds[chosen])


def _training(seconds: Floats) -> NDArray[np.integer]:
    """Rows to cluster: those with enough speech, evenly spread."""
    long = np.flatnonzero(seconds >= min(1.5, float(np.median(seconds)) if len(seconds) else 0.0))
    if len(long) <= MAX_TRAINING:
        return long
    return np.asarray(long[np.linspace(0, len(long) - 1, MAX_TRAINING).round().astype(int)])


def _large(labels: NDArray[np.integer], vectors: Floats, seconds: Floats, at_most: int | None) -> NDArray[np.integer]:
    """Labels in which each cluster too small to be a speaker has joined the nearest that is one."""
    names = np.unique(labels)
    share = np.array([seconds[labels == name].sum() for name in names]) / seconds.sum()
    kept = names[share >= MIN_SHARE]
    kept = kept[np.argsort(-share[share >= MIN_SHARE], kind="stable")][: at_most or MAX_SPEAKERS]
    if not len(kept):
        kept = names[[int(np.argmax(share))]]
    means = np.stack([unit(vectors[labels == name].mean(axis=0)) for name in kept])
    nearest = kept[np.argmax(vectors @ means.T, axis=1)]
    return np.asarray(np.where(np.isin(labels, kept), labels, nearest))


def _two_people(vectors: Floats, together: NDArray[np.integer]) -> bool:
    """Whether stretches with two people in them say that one cluster is really two close voices."""
    if len(together) < MIN_PAIRS:
        return False
    return float(np.mean(1 - np.sum(vectors[together[:, 0]] * vectors[together[:, 1]], axis=1))) > APART


def _apart(voices: Floats) -> Floats:
    """The first two voices, and of the others those that are clearly not one of those before."""
    kept = list(voices[:2])
    for voice in voices[2:]:
        if float(np.max(np.stack(kept) @ voice)) < 1 - THIRD_APART:
            kept.append(voice)
    return np.stack(kept)


def _split(vectors: Floats, together: NDArray[np.integer], rounds: int = 20) -> Floats:
    """Two centroids by k-means under the constraint that the two of each pair differ."""
    first, second = vectors[together[:, 0]], vectors[together[:, 1]]
    # The direction along which pairs differ most, whichever way round each pair is.
    differences = first - second
    direction = np.linalg.svd(differences, full_matrices=False)[2][0]
    for _ in range(rounds):
        sign = np.where(differences @ direction >= 0, 1.0, -1.0)
        direction = unit(np.mean(differences * sign[:, None], axis=0))
    one = np.where(sign[:, None] > 0, first, second).mean(axis=0)
    other = np.where(sign[:, None] > 0, second, first).mean(axis=0)
    return unit(np.stack([one, other]))


def _means(vectors: Floats, labels: NDArray[np.integer], seconds: Floats) -> Floats:
    names = np.unique(labels)
    names = names[np.argsort([-seconds[labels == name].sum() for name in names], kind="stable")]
    return unit(
        np.stack([np.average(vectors[labels == name], axis=0, weights=seconds[labels == name]) for name in names])
    )
