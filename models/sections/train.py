# ruff: noqa: T201
"""Train the section weights: `python models/sections/train.py DATA`, after `shrink.py` (seven CPU minutes).

DATA holds `mts-dialog`, `aci-bench`, `osce` and `primock57` (CARD.md names their sources and licences). Writes
`headers.npz` (a short dialogue -> one of MTS-Dialog's 20 headers), `utterances.npz` (an utterance of a visit or
dictation -> a section kind) and `decoding.json` beside this file. Never reads a file named test.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import corpora  # noqa: E402

from scribe.sections import features, linear  # noqa: E402
from scribe.sections.catalog import MTS_GROUPS  # noqa: E402
from scribe.sections.encoder import Encoder  # noqa: E402
from scribe.types import SectionGroup  # noqa: E402

HEADER_BLOCKS = {"word": (1.0, 2), "role": (1.0, 2), "char": (1.0, 3), "shape": (0.3, 1)}  # weight, smallest count
UTTERANCE_BLOCKS = {
    "word": (1.0, 3), "role": (1.0, 3), "char": (0.7, 5), "question": (1.0, 3), "before": (0.5, 5), "after": (0.3, 5),
    "shape": (0.5, 1),
}  # fmt: skip
HEADER_C, UTTERANCE_C = 0.05, 0.1
GROUP_WEIGHT = 0.8  # how much a model of the four groups counts in the score of each header of a group
ASSESSMENT_BIAS = 0.3  # added to the headers of the assessment, which the history otherwise swallows
ENCODER_WEIGHT, ENCODER_C = 0.1, 0.01  # how much a model of the dialogue's embedding counts, and how freely it may fit
# All chosen on five folds of train and valid together, for macro-F1 over the groups at no loss of accuracy.
ALIGNED_WEIGHT = 2  # how often the visits whose notes tell where things went are seen


def fit(
    examples: Sequence[dict[str, list[str]]], labels: Sequence[str], blocks: dict[str, tuple[float, int]], c: float
) -> linear.LinearModel:
    """Vocabulary, idf and a one-against-rest linear SVM with balanced classes."""
    made, offset = {}, 0
    for name, (weight, least) in blocks.items():
        counts = Counter(token for example in examples for token in set(example[name]))
        tokens = sorted(token for token, count in counts.items() if count >= least)
        idf = np.array([np.log((1 + len(examples)) / (1 + counts[token])) + 1 for token in tokens], np.float32)
        made[name] = linear.Block({token: row for row, token in enumerate(tokens)}, idf, weight, offset)
        offset += len(tokens)
    svm = LinearSVC(C=c, class_weight="balanced", random_state=0).fit(_matrix(examples, made, offset), labels)
    matrix, intercept = svm.coef_.T.astype(np.float32), svm.intercept_.astype(np.float32)
    return linear.LinearModel(tuple(map(str, svm.classes_)), made, matrix, intercept)


def _matrix(examples: Sequence[dict[str, list[str]]], blocks: dict[str, linear.Block], width: int) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, example in enumerate(examples):
        for name, block in blocks.items():
            index, value = block.vector(example[name])
            rows.append(np.full(len(index), row))
            columns.append(index)
            values.append(value)
    cells = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csr_matrix(cells, shape=(len(examples), width))


@dataclass(frozen=True)
class Example:
    """What the header models see of a snippet; `embedding` is None for translations, which it gains nothing from."""

    number: int  # of the row it comes from, -1 for none
    header: str
    blocks: dict[str, list[str]]
    embedding: NDArray[np.float32] | None


def examples(items: Sequence[corpora.Snippet], encoder: Encoder | None, *, written: bool = False) -> list[Example]:
    """Dialogues, or (`written`) the section texts written of them, as dictation."""
    made = []
    for item in items:
        turns = [(None, item.text)] if written else item.turns
        if turns:
            embedding = None if encoder is None else encoder.embed(features.script(turns))
            made.append(Example(item.number, item.header, features.dialogue(turns), embedding))
    return made


def headers(seen: Sequence[Example]) -> linear.LinearModel:
    """The header model: the sum of three that are linear, and so linear again.

    One-against-rest SVMs over the tokens for the 20 headers and for the four groups, and a logistic regression of the
    headers over the embedding.
    """
    blocks, labels = [item.blocks for item in seen], [item.header for item in seen]
    fine = fit(blocks, labels, HEADER_BLOCKS, HEADER_C)
    coarse = fit(blocks, [MTS_GROUPS[label].value for label in labels], HEADER_BLOCKS, HEADER_C)
    column = [coarse.labels.index(MTS_GROUPS[label].value) for label in fine.labels]
    bias = [ASSESSMENT_BIAS * (MTS_GROUPS[label] is SectionGroup.ASSESSMENT) for label in fine.labels]
    dense, shift = embedded([item for item in seen if item.embedding is not None], fine.labels)
    return replace(
        fine,
        matrix=fine.matrix + GROUP_WEIGHT * coarse.matrix[:, column],
        intercept=fine.intercept + GROUP_WEIGHT * coarse.intercept[column] + np.array(bias, np.float32) + shift,
        dense=dense,
    )


def embedded(seen: Sequence[Example], labels: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Matrix (number, label) and intercept (label,) of the model over the embedding, times its weight."""
    matrix = np.stack([item.embedding for item in seen if item.embedding is not None])
    scaler = StandardScaler().fit(matrix)
    model = LogisticRegression(C=ENCODER_C, class_weight="balanced", max_iter=300)
    model.fit(scaler.transform(matrix), [item.header for item in seen])
    if tuple(model.classes_) != tuple(labels):
        raise ValueError("the two header models know different headers")
    weights = model.coef_.T / scaler.scale_[:, None]
    shift = model.intercept_ - scaler.mean_ @ weights
    return (ENCODER_WEIGHT * weights).astype(np.float32), (ENCODER_WEIGHT * shift).astype(np.float32)


def cross_validate(
    rows: Sequence[tuple[Example, Example]], translated: Sequence[Example], cut: Sequence[Example]
) -> float:
    """Five folds over the rows (dialogue, section text); the translations of a row stay in its fold.

    Prints the scores and returns the softmax sharpness that makes the headers of unseen dialogues likeliest.
    """
    truth = [dialogue.header for dialogue, _ in rows]
    shown = np.zeros((len(rows), len(MTS_GROUPS)), np.float32)
    for at, (seen, unseen) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(truth, truth)):
        numbers = {rows[row][0].number for row in seen}
        parts = [item for row in seen for item in rows[row]]
        model = headers([*parts, *(item for item in translated if item.number in numbers), *cut])
        for row in unseen:
            shown[row] = scored(model, rows[row][0])
        print(f"fold {at + 1} of 5", flush=True)
    labels = sorted(MTS_GROUPS)
    report("cross-validation on train and valid", truth, [labels[at] for at in shown.argmax(axis=1)])
    right = np.array([labels.index(header) for header in truth])
    sharpness = sharpest(shown, right)
    print(f"headers: sharpness {sharpness}, calibration error {calibration_error(shown * sharpness, right):.3f}")
    return sharpness


def scored(model: linear.LinearModel, item: Example) -> NDArray[np.float32]:
    """The score of each of the 20 headers, in alphabetical order; low for one that the model has not seen."""
    found = dict(zip(model.labels, model.scores(item.blocks, item.embedding), strict=True))
    return np.array([found.get(label, -9.0) for label in sorted(MTS_GROUPS)], np.float32)


def sharpest(scores: NDArray[np.float32], right: NDArray[np.int_]) -> float:
    """The factor on the scores whose softmax makes the right labels likeliest."""

    def likelihood(factor: float) -> float:
        shown = scores * factor
        shown = shown - shown.max(axis=1, keepdims=True)
        return float(np.mean(shown[np.arange(len(right)), right] - np.log(np.exp(shown).sum(axis=1))))

    return max((step / 4 for step in range(2, 41)), key=likelihood)


def calibration_error(scores: NDArray[np.float32], right: NDArray[np.int_]) -> float:
    """Expected calibration error of the softmax of scores: ten bins of confidence (Guo et al. 2017)."""
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    sure, hit = chances.max(axis=1), chances.argmax(axis=1) == right
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(sure[bins == at].mean() - hit[bins == at].mean()) * (bins == at).mean() for at in set(bins.tolist())]
    return float(sum(gaps))


def report(name: str, truth: Sequence[str], found: Sequence[str]) -> None:
    """Print accuracy and macro-F1 over the headers, and macro-F1 over the four groups."""
    groups = [MTS_GROUPS[item] for item in truth], [MTS_GROUPS[item] for item in found]
    print(
        f"{name}: accuracy {accuracy_score(truth, found):.3f}, "
        f"macro-F1 {f1_score(truth, found, average='macro', labels=sorted(set(truth)), zero_division=0):.3f}, "
        f"four groups macro-F1 {f1_score(*groups, average='macro'):.3f}"
    )


def visits(data: Path, snippets: list[corpora.Snippet], fold: Callable[[int], bool]) -> list[list[corpora.Said]]:
    """Every labelled sequence of utterances whose number in its set is in `fold`."""
    every = [
        [corpora.snippet_visit(item) for item in snippets],
        [corpora.note_visit(item) for item in snippets],
        [corpora.visit(turns) for turns in list(corpora.osce(data / "osce"))[::2]],
        [corpora.visit(turns) for turns in corpora.primock(data / "primock57")],
    ]
    spoken = list(corpora.aci(data / "aci-bench" / "train.csv"))
    aligned = [said for said, _ in spoken]
    every += [*[aligned] * ALIGNED_WEIGHT, [note for _, note in spoken]]
    return [said for group in every for number, said in enumerate(group) if said and fold(number)]


def utterances(sequences: list[list[corpora.Said]]) -> linear.LinearModel:
    """The utterance model."""
    examples, labels = [], []
    for said in sequences:
        blocks = features.utterances([(item.role, item.text) for item in said])
        for item, block in zip(said, blocks, strict=True):
            if item.kind is not None:
                examples.append(block)
                labels.append(item.kind)
    return fit(examples, labels, UTTERANCE_BLOCKS, UTTERANCE_C)


def decoding(model: linear.LinearModel, held_out: list[list[corpora.Said]]) -> dict[str, object]:
    """The softmax temperature that makes held-out labels likeliest, and how sections follow one another."""
    scores, truth = [], []
    follow = np.full((len(model.labels), len(model.labels)), 1.0)
    for said in held_out:
        at = {kind: index for index, kind in enumerate(model.labels)}
        for item, block in zip(said, features.utterances([(item.role, item.text) for item in said]), strict=True):
            if item.kind is not None:
                scores.append(model.scores(block))
                truth.append(at[item.kind])
        known = [at[item.kind] for item in said if item.kind not in (None, "other")]
        for first, second in pairwise(known):
            follow[first, second] += 1
    matrix = np.array(scores)

    sharpness = sharpest(matrix, np.array(truth))
    right = float(np.mean(matrix.argmax(axis=1) == np.array(truth)))
    error = calibration_error(matrix * sharpness, np.array(truth))
    print(
        f"utterances, held out: agreement with the training labels {right:.3f}, sharpness {sharpness}, "
        f"calibration error {error:.3f}"
    )
    probabilities = follow / follow.sum(axis=1, keepdims=True)
    return {"sharpness": sharpness, "labels": model.labels, "follow": np.round(probabilities, 5).tolist()}


def main() -> None:
    """Read the data, train, measure on what was held out, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    train = corpora.mts(options.data / "mts-dialog" / "train.csv")
    settings = train_utterances(options.data, train)
    settings["header_sharpness"] = train_headers(options.data, train)
    (HERE / "decoding.json").write_text(json.dumps(settings) + "\n")


def train_headers(data: Path, train: list[corpora.Snippet]) -> float:
    """Measure the header model on folds and on valid, write the one trained on both, and return its sharpness."""
    encoder = Encoder(HERE / "encoder.npz")
    valid = [replace(item, number=-2 - item.number) for item in corpora.mts(data / "mts-dialog" / "valid.csv")]
    train = [item for item in train if item.turns]
    translated = examples(corpora.mts(data / "mts-dialog" / "train-augmented.csv"), None)
    cut = examples(corpora.aci_snippets(data / "aci-bench" / "train.csv"), encoder)
    said, written = examples(train + valid, encoder), examples(train + valid, encoder, written=True)
    sharpness = cross_validate(list(zip(said, written, strict=True)), translated, cut)
    unseen, known = said[len(train) :], [*said[: len(train)], *written[: len(train)]]
    model, labels = headers([*known, *translated, *cut]), sorted(MTS_GROUPS)
    shown = np.stack([scored(model, item) for item in unseen])
    truth = [item.header for item in unseen]
    report("valid, not trained on", truth, [labels[at] for at in shown.argmax(axis=1)])
    error = calibration_error(shown * sharpness, np.array([labels.index(header) for header in truth]))
    print(f"valid, calibration error {error:.3f}")
    linear.save(headers([*said, *written, *translated, *cut]), HERE / "headers.npz")
    return sharpness


def train_utterances(data: Path, train: list[corpora.Snippet]) -> dict[str, object]:
    """Write the utterance model; return how it is decoded, from one tenth that a first model is not trained on."""
    first = utterances(visits(data, train, lambda number: number % 10 != 0))
    settings = decoding(first, visits(data, train, lambda number: number % 10 == 0))
    linear.save(utterances(visits(data, train, lambda number: True)), HERE / "utterances.npz")
    return settings


if __name__ == "__main__":
    main()
