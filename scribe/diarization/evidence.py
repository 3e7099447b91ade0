"""How much the sound of each piece says about its speaker, learnt within the recording from what is said.

A ridge regression from sound to the belief so far, each piece predicted by the regression fitted without it. Where the
voices differ the prediction follows the belief closely and becomes strong evidence, also for the pieces whose words say
nothing; where the voices are alike it follows nothing, and the words decide alone. Nothing needs to be set by hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

PENALTY = 3.0  # of the ridge, in pieces of one second
SHORT, LONG = 1.0, 2.5  # seconds: pieces below, between and above are trusted differently
BORROWED = 10.0  # pieces
SHRINKAGE = 0.1  # of the slope of the calibration
MOST = 6.0  # log-odds beyond which sound alone is not believed


def log_odds(sound: Floats, seconds: Floats, belief: Floats, witness: Floats) -> Floats:
    """Evidence of sound for the first of two speakers, (pieces,), as log-odds.

    `sound` is (pieces, dim), `seconds` (pieces,) how long each is, `belief` (pieces,) the probability of the first
    speaker as far as is known, which is what sound is taught. How far sound is then trusted is judged by `witness`,
    (pieces,), a probability that owes nothing to sound: judged by a belief it has shaped, it would agree with itself.
    """
    target = 2 * belief - 1
    weight = np.clip(seconds, 0.1, LONG)
    predicted = _left_out(sound, target, weight)
    out = np.zeros(len(belief))
    for group in (seconds < SHORT, (seconds >= SHORT) & (seconds < LONG), seconds >= LONG):
        # Few pieces of one length borrow from all pieces, as if BORROWED more of the average kind had been seen.
        out[group] = _calibrated(predicted, witness, group + BORROWED / len(belief))[group]
    return np.clip(out, -MOST, MOST)


def agreement(sound: Floats, seconds: Floats, belief: Floats) -> float:
    """How well sound predicts a belief that owes nothing to it: a correlation, weighted by length.

    About 0 where all pieces are of one voice, or too few to tell.
    """
    target, weight = 2 * belief - 1, np.clip(seconds, 0.1, LONG)
    predicted = _left_out(sound, target, weight)
    target, predicted = target - np.average(target, weights=weight), predicted - np.average(predicted, weights=weight)
    scale = np.sqrt(np.average(target**2, weights=weight) * np.average(predicted**2, weights=weight))
    return float(np.average(target * predicted, weights=weight) / scale) if scale > 1e-9 else 0.0


def _left_out(sound: Floats, target: Floats, weight: Floats) -> Floats:
    """Prediction of each target by a weighted ridge regression fitted to all the others.

    Closed form: with h the leverage of a row, the error left out is the error divided by 1 - h (Allen 1974, PRESS).
    """
    centre = np.average(sound, axis=0, weights=weight)
    rows = np.hstack([sound - centre, np.ones((len(sound), 1))])
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[-1] = 1e-3  # the mean is free
    gram = rows.T @ (rows * weight[:, None]) + np.diag(penalty)
    inverse = np.linalg.inv(gram)
    fitted = rows @ (inverse @ (rows.T @ (weight * target)))
    leverage = np.minimum(weight * np.sum((rows @ inverse) * rows, axis=1), 0.99)
    out: Floats = target - (target - fitted) / (1 - leverage)
    return out


def _calibrated(predicted: Floats, witness: Floats, weight: Floats, steps: int = 20) -> Floats:
    """Log-odds of predictions by logistic regression on the witness (Platt 1999), less what is so without any sound.

    Robust where a Gaussian is not: predictions that are mostly right, and sometimes quite wrong, count as often wrong.
    """
    rows = np.stack([predicted, np.ones(len(predicted))], axis=1)
    slope, prior = np.zeros(2), float(np.clip(np.average(witness, weights=weight), 0.01, 0.99))
    slope[1] = np.log(prior / (1 - prior))
    for _ in range(steps):  # Newton, with a little shrinkage
        chance = 1 / (1 + np.exp(-np.clip(rows @ slope, -30, 30)))
        gradient = rows.T @ (weight * (witness - chance)) - SHRINKAGE * slope * (1, 0)
        curvature = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + np.diag([SHRINKAGE, 1e-6])
        slope += np.linalg.solve(curvature, gradient)
    out: Floats = rows @ slope - np.log(prior / (1 - prior))
    return out if slope[0] > 0 else np.zeros_like(out)
