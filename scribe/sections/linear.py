"""A linear model over blocks of n-grams, in numpy: what the shipped section weights are.

A text becomes blocks of tokens ("word", "char", ...). Within a block a token weighs (1 + ln count) x idf and the block
is scaled to length 1 (scikit-learn's sublinear TF-IDF) times a fixed weight. Scores are the sum of the tokens' rows of
one matrix, plus an intercept; a model may add an embedding of the text times a second matrix.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from scribe.errors import AssetError

Blocks = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The vocabulary of one block; `offset` is the matrix row of its first token."""

    rows: Mapping[str, int] = field(repr=False)
    idf: NDArray[np.float32] = field(repr=False)  # (token,)
    weight: float
    offset: int

    def vector(self, tokens: Iterable[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Matrix rows and their values for these tokens; unknown tokens count for nothing."""
        counts = Counter(self.rows[token] for token in tokens if token in self.rows)
        if not counts:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        rows = np.fromiter(counts, np.intp, len(counts))
        values = np.array([1 + math.log(count) for count in counts.values()], np.float32) * self.idf[rows]
        return rows + self.offset, values * (self.weight / float(np.linalg.norm(values)))


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Blocks, matrix and labels; where it also looks at an embedding, the matrix for that."""

    labels: tuple[str, ...]
    blocks: Mapping[str, Block]
    matrix: NDArray[np.float32] = field(repr=False)  # (token of any block, label)
    intercept: NDArray[np.float32] = field(repr=False)  # (label,)
    dense: NDArray[np.float32] | None = field(default=None, repr=False)  # (number of the embedding, label)

    def scores(self, features: Blocks, embedding: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """One score for each label, shape (label,); `embedding` is what `dense` is for."""
        total = self.intercept.copy()
        if self.dense is not None and embedding is not None:
            total += embedding @ self.dense
        for name, block in self.blocks.items():
            rows, values = block.vector(features.get(name, ()))
            total += values @ self.matrix[rows]
        return total


def save(model: LinearModel, path: Path) -> None:
    """Write a model as .npz: plain arrays only, matrix as float16."""
    arrays: dict[str, NDArray[np.generic]] = {
        "labels": np.array(model.labels),
        "block_names": np.array(list(model.blocks)),
        "matrix": model.matrix.astype(np.float16),
        "intercept": model.intercept.astype(np.float32),
    }
    if model.dense is not None:
        arrays["dense"] = model.dense.astype(np.float32)
    for name, block in model.blocks.items():
        arrays[f"{name}.tokens"] = np.frombuffer("\n".join(block.rows).encode(), np.uint8)
        arrays[f"{name}.idf"] = block.idf.astype(np.float32)
        arrays[f"{name}.weight"] = np.array(block.weight)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def load(path: Path) -> LinearModel:
    """Read what `save` wrote. Raises AssetError where the file is missing or is not such a model."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            blocks, offset = {}, 0
            for name in map(str, arrays["block_names"]):
                tokens = arrays[f"{name}.tokens"].tobytes().decode().split("\n")
                rows = {token: row for row, token in enumerate(tokens)}
                blocks[name] = Block(rows, arrays[f"{name}.idf"], float(arrays[f"{name}.weight"]), offset)
                offset += len(tokens)
            return LinearModel(
                tuple(map(str, arrays["labels"])),
                blocks,
                arrays["matrix"].astype(np.float32),
                arrays["intercept"],
                arrays["dense"] if "dense" in arrays.files else None,
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise AssetError(f"section weights {path.name} are missing or damaged: install scribe again") from error
