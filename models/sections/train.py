# ruff: noqa: T201
"""Train the section weights: `python models/sections/train.py DATA [--cross-validate]`.

DATA holds `mts-dialog`, `aci-bench`, `osce` and `primock57` (CARD.md names their sources and licences). Writes
`headers.npz` (a short dialogue -> one of MTS-Dialog's 20 headers), `utterances.npz` (an utterance of a visit or
dictation -> a section kind) and `decoding.json` beside this file. Never reads a file named test.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import corpora  # noqa: E402

from scribe.sections import features, linear  # noqa: E402
from scribe.sections.catalog import MTS_GROUPS  # noqa: E402
from scribe.types import SectionGroup, SectionKind  # noqa: E402

HEADER_BLOCKS = {"word": (1.0, 2), "role": (1.0, 2), "char": (1.0, 3), "shape": (0.3, 1)}  # weight, smallest count
UTTERANCE_BLOCKS = {
    "word": (1.0, 3), "role": (1.0, 3), "char": (0.7, 5), "question": (1.0, 3), "before": (0.5, 5), "after": (0.3, 5),
    "shape": (0.5, 1),
}  # fmt: skip
HEADER_C, UTTERANCE_C = 0.05, 0.1
GROUP_WEIGHT = 0.5  # how much a model of the four groups counts in the score of each header of a group
ASSESSMENT_BIAS = 0.3  # added to the headers of the assessment, which the history otherwise swallows
# Both were chosen on five folds of the training dialogues, for macro-F1 over the groups (0.629 -> 0.717, accuracy
# 0.800 -> 0.808).
KINDS = tuple(kind.value for kind in SectionKind)


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


def headers(snippets: Sequence[corpora.Snippet], originals: Sequence[corpora.Snippet]) -> linear.LinearModel:
    """The header model: dialogues, their back-translations, stretches of visits, and the originals' section texts.

    A second model learns the four groups from the same examples. Both are linear over the same tokens, so the sum of
    their scores is one model again.
    """
    pairs = [(features.dialogue(item.turns), item.header) for item in snippets if item.turns]
    pairs += [(features.dialogue([(None, item.text)]), item.header) for item in originals]
    examples, labels = [blocks for blocks, _ in pairs], [header for _, header in pairs]
    fine = fit(examples, labels, HEADER_BLOCKS, HEADER_C)
    coarse = fit(examples, [MTS_GROUPS[label].value for label in labels], HEADER_BLOCKS, HEADER_C)
    column = [coarse.labels.index(MTS_GROUPS[label].value) for label in fine.labels]
    bias = [ASSESSMENT_BIAS * (MTS_GROUPS[label] is SectionGroup.ASSESSMENT) for label in fine.labels]
    return replace(
        fine,
        matrix=fine.matrix + GROUP_WEIGHT * coarse.matrix[:, column],
        intercept=fine.intercept + GROUP_WEIGHT * coarse.intercept[column] + np.array(bias, np.float32),
    )


def cross_validate(train: list[corpora.Snippet], augmented: list[corpora.Snippet], cut: list[corpora.Snippet]) -> None:
    """Five folds over the training dialogues; translations of a dialogue stay in its fold."""
    truth = [item.header for item in train]
    found = [""] * len(train)
    for seen, unseen in StratifiedKFold(5, shuffle=True, random_state=0).split(truth, truth):
        numbers = {train[at].number for at in seen}
        model = headers([item for item in augmented if item.number in numbers] + cut, [train[at] for at in seen])
        for at in unseen:
            found[at] = predict(model, train[at])
    report("cross-validation on train", truth, found)


def predict(model: linear.LinearModel, item: corpora.Snippet) -> str:
    """The header with the highest score."""
    return model.labels[int(np.argmax(model.scores(features.dialogue(item.turns))))]


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
    every.append([corpora.visit(turns, note) for turns, note in spoken])
    every.append([[corpora.Said(None, text, kind) for kind, text in note] for _, note in spoken])
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

    def likelihood(temperature: float) -> float:
        shown = matrix * temperature
        shown -= shown.max(axis=1, keepdims=True)
        return float(np.mean(shown[np.arange(len(truth)), truth] - np.log(np.exp(shown).sum(axis=1))))

    sharpness = max((step / 4 for step in range(2, 41)), key=likelihood)
    right = float(np.mean(matrix.argmax(axis=1) == np.array(truth)))
    print(f"utterances, held out: agreement with the training labels {right:.3f}, softmax sharpness {sharpness}")
    probabilities = follow / follow.sum(axis=1, keepdims=True)
    return {"sharpness": sharpness, "labels": model.labels, "follow": np.round(probabilities, 5).tolist()}


def main() -> None:
    """Read the data, train, measure on what was held out, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cross-validate", action="store_true", help="also measure the headers on five folds")
    options = parser.parse_args()
    folder = options.data / "mts-dialog"
    train, augmented = corpora.mts(folder / "train.csv"), corpora.mts(folder / "train-augmented.csv")
    cut = corpora.aci_snippets(options.data / "aci-bench" / "train.csv")
    if options.cross_validate:
        cross_validate(train, augmented, cut)
    valid = corpora.mts(folder / "valid.csv")
    model = headers(augmented + cut, train)
    report("valid, not trained on", [item.header for item in valid], [predict(model, item) for item in valid])
    linear.save(headers(augmented + cut + valid, train + valid), HERE / "headers.npz")

    first = utterances(visits(options.data, train, lambda number: number % 10 != 0))
    settings = decoding(first, visits(options.data, train, lambda number: number % 10 == 0))
    linear.save(utterances(visits(options.data, train, lambda number: True)), HERE / "utterances.npz")
    (HERE / "decoding.json").write_text(json.dumps(settings) + "\n")


if __name__ == "__main__":
    main()
