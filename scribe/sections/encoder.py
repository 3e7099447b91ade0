"""Sentence embeddings in numpy: MiniLM-L6-v2, its weights rounded to 8 bits and its vocabulary cut to what we need.

A text becomes word pieces (BERT's uncased WordPiece), the pieces pass six layers of self-attention (as in BERT: Devlin
et al. 2019), and the mean of the last layer is the embedding (Reimers and Gurevych 2019). Pieces that the cut
vocabulary lacks are spelled with shorter ones.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from scribe.errors import AssetError

Array = NDArray[np.float32]

HEADS, LAYERS = 12, 6
LONGEST_WORD = 40  # characters; longer ones are unknown
FIRST_PIECES, LAST_PIECES = 126, 64  # of a text that is longer, what is read
EPSILON = 1e-12  # of the layer norms

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")


class Encoder:
    """Embeds texts. Weights only; calls share nothing. Raises AssetError where the weights are missing or damaged."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                pieces = arrays["pieces"].tobytes().decode().split("\n")
                self._weights = {name: _restored(arrays, name) for name in arrays.files if not name.endswith(".scale")}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise AssetError(f"section weights {path.name} are missing or damaged: install scribe again") from error
        self._ids = {piece: at for at, piece in enumerate(pieces)}
        self._spell = lru_cache(maxsize=20_000)(self._pieces)

    def embed(self, text: str) -> Array:
        """The embedding of a text, shape (384,)."""
        ids = [at for word in _words(text) for at in self._spell(word)]
        if len(ids) > FIRST_PIECES + LAST_PIECES:
            ids = ids[:FIRST_PIECES] + ids[-LAST_PIECES:]
        return np.asarray(self._forward([self._ids["[CLS]"], *ids, self._ids["[SEP]"]]).mean(axis=0))

    def _pieces(self, word: str) -> tuple[int, ...]:
        """Longest match first; one unknown piece where the word cannot be spelled."""
        found: list[int] = []
        start = len(word) if len(word) > LONGEST_WORD else 0
        while start < len(word):
            for end in range(len(word), start, -1):
                at = self._ids.get(("##" if start else "") + word[start:end])
                if at is not None:
                    break
            else:
                return (self._ids["[UNK]"],)
            found.append(at)
            start = end
        return tuple(found) or (self._ids["[UNK]"],)

    def _forward(self, ids: Sequence[int]) -> Array:
        """The last layer, shape (piece, 384)."""
        weights = self._weights
        hidden = self._norm(weights["word"][list(ids)] + weights["position"][: len(ids)], "embeddings")
        for layer in range(LAYERS):
            hidden = self._norm(hidden + self._attention(hidden, f"{layer}"), f"{layer}.attention")
            inner = _gelu(hidden @ weights[f"{layer}.up"] + weights[f"{layer}.up.bias"])
            hidden = self._norm(
                hidden + inner @ weights[f"{layer}.down"] + weights[f"{layer}.down.bias"], f"{layer}.out"
            )
        return hidden

    def _attention(self, hidden: Array, layer: str) -> Array:
        weights = self._weights
        joined = hidden @ weights[f"{layer}.qkv"] + weights[f"{layer}.qkv.bias"]
        # (query / key / value, head, piece, width of a head)
        query, key, value = joined.reshape(len(hidden), 3, HEADS, -1).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        mixed = seen.transpose(1, 0, 2).reshape(hidden.shape)
        return np.asarray(mixed @ weights[f"{layer}.mix"] + weights[f"{layer}.mix.bias"], np.float32)

    def _norm(self, hidden: Array, name: str) -> Array:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        return np.asarray(scaled * self._weights[f"{name}.gain"] + self._weights[f"{name}.shift"], np.float32)


def _restored(arrays: np.lib.npyio.NpzFile, name: str) -> Array:
    """A matrix stored as 8-bit integers with a scale for each row, or an array as it is."""
    array = arrays[name]
    scale = f"{name}.scale"
    return array.astype(np.float32) * arrays[scale] if scale in arrays.files else array


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower().replace("\u2019", "'"))
    return _TOKEN.findall("".join(letter for letter in plain if unicodedata.category(letter) != "Mn"))


def _gelu(x: Array) -> Array:
    """The Gaussian error linear unit, its error function approximated (Abramowitz and Stegun, 7.1.26)."""
    z = np.abs(x) * np.float32(1 / math.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail = 0.5 * series * np.exp(-(z**2))
    return np.asarray(x * np.where(x < 0, tail, 1 - tail), np.float32)
