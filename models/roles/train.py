"""Train the role model: clinician or patient, by what is said. See CARD.md for data, figures and limits.

    python models/roles/train.py DATA            # train on everything, write weights.npz beside this file
    python models/roles/train.py DATA --measure  # hold out every tenth dialogue, print accuracy for each style

DATA is a folder with `osce`, `aci-bench`, `mts-dialog` and `primock57` as their authors published them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from scribe.diarization import roles

HERE = Path(__file__).parent
LEFT_OUT = {"CAR0002", "GAS0001"}  # their recordings are what the product is measured on
COPIES = 3  # differently damaged copies of each dialogue
STRENGTH = 0.02  # inverse of the L2 penalty
FILLERS = {"um", "uh", "uhm", "mhm", "hmm", "mm"}


class Dialogue(NamedTuple):
    """Turns of one conversation: (whether the clinician speaks, text)."""

    style: str
    name: str
    turns: list[tuple[bool, str]]


def osce(folder: Path) -> Iterator[Dialogue]:
    """Interviews with `D:` and `P:` before each turn; a few files are UTF-16, a few labels are misspelt."""
    for path in sorted((folder / "transcripts").glob("*.txt")):
        raw = path.read_bytes()
        text = raw.decode("utf-16" if b"\0" in raw[:200] else "utf-8-sig", errors="replace")
        turns: list[tuple[bool, str]] = []
        for line in filter(None, map(str.strip, text.splitlines())):
            if found := re.match(r"(?i)([DP])L?\s*[:;\"]\s*(.*)", line) or re.match(r"([DP]) ([A-Z].*)", line):
                turns.append((found[1].upper() == "D", found[2]))
            elif turns:
                turns[-1] = (turns[-1][0], f"{turns[-1][1]} {line}")
        if path.stem not in LEFT_OUT:
            yield Dialogue("osce", path.stem, turns)


def labelled(style: str, path: Path, key: str, pattern: str) -> Iterator[Dialogue]:
    """Dialogues in a column of a CSV file, each line with the speaker before it; guests count as their side."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            turns: list[tuple[bool, str]] = []
            for line in row["dialogue"].splitlines():
                if found := re.match(pattern, line.strip()):
                    turns.append((re.search("doc|clini", found[1].lower()) is not None, found[2]))
                elif turns:
                    turns[-1] = (turns[-1][0], f"{turns[-1][1]} {line.strip()}")
            yield Dialogue(style, row[key], turns)


def primock(folder: Path) -> Iterator[Dialogue]:
    """Consultations as two TextGrids, one for each speaker, merged by time."""
    interval = re.compile(r'xmin = ([\d.]+)\s+xmax = [\d.]+\s+text = "((?:[^"]|"")*)"')
    for path in sorted(folder.glob("*_doctor.TextGrid")):
        timed = []
        for clinician, part in ((True, path), (False, path.with_name(path.name.replace("doctor", "patient")))):
            for start, text in interval.findall(part.read_text(encoding="utf-8", errors="replace")):
                timed.append((float(start), clinician, re.sub(r"<[^>]*>", " ", text)))
        turns = [(clinician, text) for _, clinician, text in sorted(timed) if text.strip()]
        yield Dialogue("primock57", path.stem, turns)


def read(data: Path) -> Iterator[Dialogue]:
    """All dialogues; never a file named test."""
    yield from osce(data / "osce")
    for split in ("train", "valid"):
        yield from labelled("aci-bench", data / "aci-bench" / f"{split}.csv", "encounter_id", r"\[(\w+)\]\s*(.*)")
        yield from labelled("mts-dialog", data / "mts-dialog" / f"{split}.csv", "ID", r"([\w ]{1,20}):\s*(.*)")
    yield from primock(data / "primock57")


def damaged(turns: Iterable[tuple[bool, str]], rng: random.Random) -> list[tuple[bool, list[str]]]:
    """A dialogue as a recogniser would write it: (clinician, tokens) of sentences and fragments, no labels.

    Fillers and some words are lost; in some copies question marks are lost too; long sentences are cut anywhere.
    """
    marks, lost = rng.random() < 0.7, rng.choice([0.0, 0.03, 0.1])
    pieces: list[tuple[bool, list[str]]] = []
    for clinician, text in turns:
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            words = [
                word
                for word in roles.tokens(sentence)
                if (word == "?" and marks) or (word != "?" and word not in FILLERS and rng.random() >= lost)
            ]
            while words:
                length = rng.randint(2, 12) if rng.random() < 0.3 else 40
                pieces.append((clinician, words[:length]))
                words = words[length:]
    return pieces


def examples(dialogues: Iterable[Dialogue], copies: int) -> tuple[csr_matrix, NDArray[np.bool_], NDArray[np.float64]]:
    """Feature rows (n, buckets), whether each is the clinician's, and its length in words."""
    indices: list[int] = []
    ends, labels, lengths = [0], [], []
    for dialogue in dialogues:
        for copy in range(copies):
            pieces = damaged(dialogue.turns, random.Random(f"{dialogue.name}/{copy}"))  # noqa: S311
            flat = [word for _, piece in pieces for word in piece]
            at = 0
            for clinician, piece in pieces:
                before, after = flat[max(at - roles.CONTEXT, 0) : at], flat[at + len(piece) :][: roles.CONTEXT]
                indices += roles.hashed(roles.features(piece, before, after))
                ends.append(len(indices))
                labels.append(clinician)
                lengths.append(sum(word != "?" for word in piece))
                at += len(piece)
    rows = csr_matrix((np.ones(len(indices), np.float32), indices, ends), shape=(len(labels), roles.BUCKETS))
    return rows, np.array(labels), np.array(lengths, float)


def fit(dialogues: Iterable[Dialogue]) -> NDArray[np.float16]:
    """Weights (buckets,). A piece counts by the square root of its length; both roles count alike."""
    rows, labels, lengths = examples(dialogues, COPIES)
    model = LogisticRegression(C=STRENGTH, solver="liblinear", fit_intercept=False, class_weight="balanced")
    model.fit(rows, labels, sample_weight=np.sqrt(np.maximum(lengths, 1)))
    weights: NDArray[np.float16] = model.coef_[0].astype(np.float16)
    return weights


def held_out(dialogue: Dialogue) -> bool:
    """One dialogue in ten, always the same."""
    return hashlib.sha256(dialogue.name.encode()).digest()[0] % 10 == 0


def measure(dialogues: list[Dialogue], weights: NDArray[np.float16]) -> None:
    """Print, for each style, the share of pieces and of words whose speaker the sign of the log-odds names."""
    for style in sorted({dialogue.style for dialogue in dialogues}):
        rows, labels, lengths = examples([item for item in dialogues if item.style == style], 1)
        right = (rows @ weights.astype(np.float32) > 0) == labels
        words = np.average(right, weights=lengths)
        print(f"{style:12} pieces {len(right):6} right {right.mean():.3f}, words right {words:.3f}")  # noqa: T201


def main() -> None:
    """Read the command line, train, and measure or write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--measure", action="store_true", help="hold out every tenth dialogue; write nothing")
    parser.add_argument("--out", type=Path, default=HERE / "weights.npz")
    options = parser.parse_args()
    dialogues = list(read(options.data))
    if options.measure:
        weights = fit(item for item in dialogues if not held_out(item))
        measure([item for item in dialogues if held_out(item)], weights)
    else:
        weights = fit(dialogues)
    if not options.measure or options.out != HERE / "weights.npz":
        np.savez_compressed(options.out, weights=weights)


if __name__ == "__main__":
    main()
