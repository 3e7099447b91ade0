"""From short overlapping stretches, each with its own local speakers, to who spoke when in the whole recording.

The segmentation network tells people apart very well within its ten seconds, but names them anew each time. The names
are chosen here for all stretches at once (Viterbi): each stretch wants its local speakers to sound like the voices they
are given, and neighbours want to agree about the time they share.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from scribe.types import Annotation, Turn

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]

NOBODY = -1
SOUND_WEIGHT = 4.0  # what a second of speech that sounds right (cosine 1) counts, against a second of agreement
SOUND_SECONDS = 4.0  # an embedding of more speech than this is not trusted more
FILL = 0.3  # seconds: a shorter silence inside one speaker's turn does not end it
SHORTEST = 0.1  # seconds: a shorter turn is dropped


def assign(active: NDArray[np.bool_], similarity: Floats, step: int, frame: float) -> Integers:
    """The voice of each local speaker of each stretch, (stretches, locals); NOBODY where none is left.

    `active` is (stretches, frames, locals); `similarity` (stretches, locals, voices) is the cosine with each voice, 0
    where there is no embedding; `step` is the shift from one stretch to the next in frames, `frame` the length of one
    in seconds.
    """
    stretches, frames, local = active.shape
    voices = similarity.shape[2]
    states = np.array(list(permutations(range(max(voices, local)), local)))  # voices beyond the last: nobody
    states = np.unique(np.where(states < voices, states, NOBODY), axis=0)
    onehot = (states[:, :, None] == np.arange(voices)).astype(np.float32)  # (states, locals, voices)
    seconds = np.minimum(active.sum(axis=1) * frame, SOUND_SECONDS)  # (stretches, locals)
    emission = np.einsum("slv,clv->cs", onehot, SOUND_WEIGHT * similarity * seconds[:, :, None])
    pairs = np.einsum("slv,tmv->stlm", onehot, onehot).reshape(len(states) ** 2, local * local)
    back = np.zeros((stretches, len(states)), dtype=np.int32)
    score = emission[0]
    for at in range(1, stretches):
        left, right = active[at - 1, step:], active[at, : frames - step]
        shared = left.T.astype(np.float32) @ right.astype(np.float32) * frame  # seconds both are heard
        moved = score[:, None] + (pairs @ shared.ravel()).reshape(len(states), len(states))
        back[at] = np.argmax(moved, axis=0)
        score = moved[back[at], np.arange(len(states))] + emission[at]
    path = np.empty(stretches, dtype=int)
    path[-1] = int(np.argmax(score))
    for at in range(stretches - 1, 0, -1):
        path[at - 1] = back[at, path[at]]
    return np.where(active.any(axis=1), states[path], NOBODY)


def activity(active: NDArray[np.bool_], voices: Integers, count: int, step: float) -> Floats:
    """How sure it is that each voice is heard in each frame, 0 to 1: (frames of the recording, voices).

    `voices` is what `assign` returned, `count` how many voices there are, `step` the shift between stretches in frames.
    """
    stretches, frames, local = active.shape
    total = round((stretches - 1) * step) + frames
    votes = np.zeros((total, count), dtype=np.float32)
    covered = np.zeros((total, 1), dtype=np.float32)
    for at in range(stretches):
        first = round(at * step)
        covered[first : first + frames] += 1
        for speaker in range(local):
            if voices[at, speaker] != NOBODY:
                votes[first : first + frames, voices[at, speaker]] += active[at, :, speaker]
    share: Floats = votes / np.maximum(covered, 1)
    return share


def turns(share: Floats, frame: float, duration: float) -> Annotation:
    """Turns from the activity of each voice: one is heard where at least half of the stretches say so.

    Where stretches disagree about who, but not about that somebody speaks, the likeliest voice is heard.
    """
    heard = share >= 0.5
    somebody = share.sum(axis=1) >= 0.5
    best = np.argmax(share, axis=1)
    heard[somebody, best[somebody]] = True
    found = [
        Turn(start, min(end, duration), f"VOICE_{voice:02d}")
        for voice in range(share.shape[1])
        for start, end in _runs(heard[:, voice], frame)
        if start < duration
    ]
    return Annotation(tuple(sorted(found)))


def _runs(heard: NDArray[np.bool_], frame: float) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], heard.astype(np.int8), [0]])))
    runs: list[tuple[float, float]] = []
    for start, end in (edges.reshape(-1, 2) * frame).tolist():
        if runs and start - runs[-1][1] < FILL:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return [(start, end) for start, end in runs if end - start >= SHORTEST]
