"""The shipped section classifier: linear scores for each utterance, decoded jointly over the whole visit.

A short dialogue taken as a whole is also read by a small encoder, whose weights are loaded when it is first asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scribe import assets
from scribe.config import Config
from scribe.errors import AssetError
from scribe.sections import features, linear
from scribe.sections.encoder import Encoder
from scribe.types import Provenance, SectionKind

FILES = ("headers.npz", "utterances.npz", "decoding.json")
ENCODER = "encoder.npz"
CONTINUITY = 0.2  # how much the usual order of topics counts beside the words; best on ACI-Bench valid


class LinearClassifier:
    """What each utterance of a visit or dictation is about. Weights only; calls share nothing.

    Raises AssetError where the shipped weights are missing or damaged.
    """

    def __init__(self, config: Config) -> None:
        paths = [assets.shipped("models", "sections", name) for name in FILES]
        self._headers = linear.load(paths[0])
        self._utterances = linear.load(paths[1])
        self._sharpness, self._header_sharpness, self._follow = _decoding(paths[2], self._utterances.labels)
        self._kinds = tuple(SectionKind(label) for label in self._utterances.labels)
        self._provenance = Provenance("linear", tuple((f"sections/{path.name}", _sha256(path)) for path in paths))

    @property
    def provenance(self) -> Provenance:
        """Model and weights."""
        return self._provenance

    def classify(self, utterances: Sequence[tuple[str | None, str]]) -> Sequence[tuple[SectionKind, float]]:
        """A kind and a score (0 to 1) for each (role, text), read in order and in context.

        `SectionKind.OTHER` is what no section of a note needs: courtesies, small talk, acknowledgements.
        """
        if not utterances:
            return ()
        scores = np.array([self._utterances.scores(item) for item in features.utterances(utterances)])
        chances = _softmax(scores * self._sharpness)
        path = self._decode(np.log(chances))
        return tuple((self._kinds[label], float(chances[at, label])) for at, label in enumerate(path))

    def classify_headers(self, dialogues: Sequence[Sequence[tuple[str | None, str]]]) -> Sequence[tuple[str, float]]:
        """One of the 20 headers of MTS-Dialog, and a score, for each short dialogue of (role, text) turns."""
        found = []
        for turns in dialogues:
            scores = self._headers.scores(features.dialogue(turns), self._encoder.embed(features.script(turns)))
            chances = _softmax(scores[None] * self._header_sharpness)[0]
            label = int(chances.argmax())
            found.append((self._headers.labels[label], float(chances[label])))
        return tuple(found)

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(assets.shipped("models", "sections", ENCODER))

    def _decode(self, chances: NDArray[np.float64]) -> list[int]:
        """The likeliest run of labels (Viterbi), over what is not small talk; small talk interrupts no topic."""
        other = self._kinds.index(SectionKind.OTHER)
        path = [int(label) for label in chances.argmax(axis=1)]
        told = [at for at, label in enumerate(path) if label != other]
        if not told:
            return path
        best, back = chances[told[0]], []
        for at in told[1:]:
            arrived = best[:, None] + self._follow  # (label before, label)
            back.append(arrived.argmax(axis=0))
            best = arrived.max(axis=0) + chances[at]
        label = int(best.argmax())
        for at, came in zip(reversed(told), reversed([None, *back]), strict=True):
            path[at] = label
            label = label if came is None else int(came[label])
        return path


def _decoding(path: Path, labels: tuple[str, ...]) -> tuple[float, float, NDArray[np.float64]]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        follow = np.array(settings["follow"], float)
        if tuple(settings["labels"]) != labels or follow.shape != (len(labels), len(labels)):
            raise ValueError
        return float(settings["sharpness"]), float(settings["header_sharpness"]), CONTINUITY * np.log(follow)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssetError(f"section weights {path.name} are missing or damaged: install scribe again") from error


def _softmax(scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), float)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
