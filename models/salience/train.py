# ruff: noqa: T201
"""Train the weights of what belongs into a note: `python models/salience/train.py DATA [--evaluate]`.

DATA holds `aci-bench` and `mts-dialog` (CARD.md names their sources and licences). A sentence that our rules make of
a visit is an example of "keep" to the degree to which its words stand in the note that a clinician wrote of the visit.
Writes `weights.npz` beside this file. Never reads a file named test. `--evaluate` trains on `train` alone and prints,
for several thresholds, ROUGE-1 and length on ACI-Bench valid.
"""

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from scribe.config import Config
from scribe.sections import compose, grammar, linear, plain_text, salience
from scribe.sections.classifier import LinearClassifier
from scribe.sections.said import Draft
from scribe.sections.tokens import render

HERE = Path(__file__).parent
BLOCKS = {"word": (1.0, 3), "grouped": (0.7, 3), "shape": (1.0, 2)}  # weight, smallest count
C = 1.0
WORD = re.compile(r"[a-z]+|\d+")
COMMON = frozenset(
    "the a an and or of to in on at for with is are was were be been has have had it its this that these those he she "
    "they his her their patient i we you my your not no do does did will would can could as by from but so if".split()
)


@dataclass(frozen=True)
class Visit:
    """The sentences of a visit and the note that a clinician wrote of it."""

    drafts: Sequence[Draft]
    reference: str
    weight: float


def visits(path: Path, text: str, note: str, weight: float) -> Iterator[Visit]:
    """Visits of a CSV whose columns `text` and `note` hold dialogue and reference."""
    classifier, tagger = LinearClassifier(Config()), grammar.load(Config().models)
    csv.field_size_limit(10**9)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[text].strip():
                drafts = compose.drafted(plain_text.read(row[text]), classifier, tagger)
                yield Visit(drafts, row[note], weight)


def shares(visit: Visit) -> list[float]:
    """For each sentence the share of its content words that stand in the reference, longer stretches counting more."""
    reference = WORD.findall(visit.reference.lower())
    stems, pairs = {word[:6] for word in reference}, set(pairwise(reference))
    found = []
    for draft in visit.drafts:
        words = WORD.findall(render(draft.tokens).lower())
        content = [word for word in words if word not in COMMON]
        single = sum(word[:6] in stems for word in content) / max(len(content), 1)
        both = sum(pair in pairs for pair in pairwise(words)) / max(len(words) - 1, 1)
        found.append(min(1.0, 0.7 * single + 0.9 * both) if content else 0.0)
    return found


def fit(seen: Sequence[Visit]) -> linear.LinearModel:
    """A logistic regression on soft labels: each sentence counts as kept by its share, and as left out by the rest."""
    examples = [blocks for visit in seen for blocks in salience.describe(visit.drafts)]
    share = np.array([value for visit in seen for value in shares(visit)])
    weight = np.array([visit.weight for visit in seen for _ in visit.drafts])
    made, offset = {}, 0
    for name, (scale, least) in BLOCKS.items():
        counts = Counter(token for example in examples for token in set(example[name]))
        tokens = sorted(token for token, count in counts.items() if count >= least)
        idf = np.array([np.log((1 + len(examples)) / (1 + counts[token])) + 1 for token in tokens], np.float32)
        made[name] = linear.Block({token: row for row, token in enumerate(tokens)}, idf, scale, offset)
        offset += len(tokens)
    matrix = _matrix(examples, made, offset)
    labels = np.concatenate([np.ones(len(share)), np.zeros(len(share))])
    weights = np.concatenate([share * weight, (1 - share) * weight])
    model = LogisticRegression(C=C, max_iter=2000)
    model.fit(vstack([matrix, matrix]).tocsr(), labels, weights)
    column = model.coef_.T.astype(np.float32)
    return linear.LinearModel(("keep",), made, column, model.intercept_.astype(np.float32))

    return vstack([matrix, matrix]).tocsr()


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


def evaluate(model: linear.LinearModel, held: Sequence[Visit]) -> None:
    """ROUGE-1 F1 and length ratio of what is kept, by threshold."""
    for enough in (0.0, 0.3, 0.33, 0.36, 0.4, 0.45, 0.5):
        scores, ratios = [], []
        for visit in held:
            values = [1 / (1 + np.exp(-float(model.scores(blocks)[0]))) for blocks in salience.describe(visit.drafts)]
            kept = [
                draft
                for draft, value in zip(visit.drafts, values, strict=True)
                if value >= enough * (salience.ASKED if draft.joined else 1.0) or salience.must_stay(draft)
            ]
            ours = Counter(WORD.findall(" ".join(render(draft.tokens) for draft in kept).lower()))
            reference = Counter(WORD.findall(visit.reference.lower()))
            overlap = sum((ours & reference).values())
            scores.append(2 * overlap / (ours.total() + reference.total()))
            ratios.append(ours.total() / reference.total())
        print(f"{enough:.2f}  rouge-1 {np.mean(scores):.3f}  length {np.mean(ratios):.2f}")


def main() -> None:
    """Train, and write or evaluate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    seen = list(visits(options.data / "aci-bench" / "train.csv", "dialogue", "note", 1.0))
    seen += list(visits(options.data / "mts-dialog" / "train.csv", "dialogue", "section_text", 0.5))
    held = list(visits(options.data / "aci-bench" / "valid.csv", "dialogue", "note", 1.0))
    if options.evaluate:
        evaluate(fit(seen), held)
        return
    model = fit([*seen, *held])
    linear.save(model, HERE / salience.FILE)
    print(f"{sum(len(visit.drafts) for visit in [*seen, *held])} sentences", file=sys.stderr)


if __name__ == "__main__":
    main()
