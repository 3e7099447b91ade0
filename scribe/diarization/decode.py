"""The likeliest speaker of each piece, all pieces together: a hidden Markov model of two speakers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scribe.diarization.pieces import Piece

Floats = NDArray[np.floating]

# Log-odds of going on against changing, by what parts two pieces. Counted in transcripts of interviews (see CARD.md).
GO_ON_AFTER_QUESTION = -0.3
GO_ON_AFTER_SENTENCE = 0.9
GO_ON_WITHIN_SENTENCE = 1.2
GO_ON_IN_OTHER_VOICE = -1.5  # added where the diarizer hears another voice than before
PER_SECOND_OF_PAUSE = 0.5  # each second of silence makes a change likelier
LONGEST_PAUSE = 2.0  # seconds: more says no more


def go_on(pieces: Sequence[Piece]) -> Floats:
    """Log-odds that each piece is said by the speaker of the piece before it, (pieces,); the first is 0."""
    out = np.zeros(len(pieces))
    for at, piece in enumerate(pieces[1:], start=1):
        if piece.after_question:
            out[at] = GO_ON_AFTER_QUESTION
        else:
            out[at] = GO_ON_AFTER_SENTENCE if piece.after_sentence else GO_ON_WITHIN_SENTENCE
            out[at] -= PER_SECOND_OF_PAUSE * min(piece.pause, LONGEST_PAUSE)
        out[at] += GO_ON_IN_OTHER_VOICE * piece.other_voice
    return out


def beliefs(evidence: Floats, stay: Floats) -> Floats:
    """Probability of the first speaker for each piece (forward-backward).

    `evidence` is the log-odds of the piece itself, `stay` the log-odds that it goes on from the piece before.
    """
    forward, backward = np.zeros(len(evidence)), np.zeros(len(evidence))
    for at in range(1, len(evidence)):
        forward[at] = _passed(forward[at - 1] + evidence[at - 1], stay[at])
    for at in range(len(evidence) - 2, -1, -1):
        backward[at] = _passed(backward[at + 1] + evidence[at + 1], stay[at + 1])
    out: Floats = 1 / (1 + np.exp(-np.clip(forward + evidence + backward, -50, 50)))
    return out


def path(evidence: Floats, stay: Floats) -> NDArray[np.bool_]:
    """Whether the first speaker says each piece, on the likeliest path (Viterbi)."""
    # In log-odds: `lead` is how far the best path that ends in the first speaker is ahead of the best in the second.
    back = np.zeros(
        (len(evidence), 2), dtype=bool
    )  # whether the best predecessor of (first, second) is the first speaker
    lead = 0.0
    for at in range(len(evidence)):
        back[at] = lead + stay[at] >= 0, lead - stay[at] >= 0
        lead = max(lead + stay[at], 0) - max(lead, stay[at]) + evidence[at]
    out = np.zeros(len(evidence), dtype=bool)
    now = lead >= 0
    for at in range(len(evidence) - 1, -1, -1):
        out[at] = now
        now = bool(back[at, 0 if now else 1])
    return out


def gain(evidence: Floats, stay: Floats) -> float:
    """How much better two speakers explain the pieces than one does, in log-odds for each piece; at least 0."""
    if not len(evidence):
        return 0.0
    first = path(evidence, stay)
    goes_on = np.where(first[1:] == first[:-1], stay[1:], -stay[1:]).sum()
    two = np.where(first, evidence, -evidence).sum() + goes_on
    one = abs(evidence.sum()) + stay[1:].sum()
    return float(two - one) / 2 / len(evidence)


def _passed(odds: float, stay: float) -> float:
    """Log-odds after a step in which the speaker stays with log-odds `stay`."""
    return float(np.logaddexp(odds + stay, 0) - np.logaddexp(odds, stay))
