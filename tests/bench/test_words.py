"""Words as they are compared."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scribe.bench import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Um, I don't have any pain.", "i do not have any pain"),
        ("Five hundred milligrams, [coughs] twice", "500 milligrams twice"),
        ("The tumour's colour", "the tumor is color"),
        ("Um.", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert words.normalise(text) == expected.split()


def test_alignment_pairs_words_that_stand_for_each_other() -> None:
    aligned = words.align(["no", "chest", "pain", "today"], ["oh", "no", "chess", "pain"])
    assert aligned.pairs == ((0, 1, True), (1, 2, False), (2, 3, True))
    assert (aligned.substitutions, aligned.deletions, aligned.insertions) == (1, 1, 1)


def test_nothing_aligns_with_nothing() -> None:
    assert words.align([], []).pairs == ()
    assert words.align(["pain"], []).deletions == 1
    assert words.align([], ["pain"]).insertions == 1


def test_medical_terms_are_whole_phrases_in_order() -> None:
    assert words.medical_terms("I take lisinopril for my Chest Pain, since Tuesday.") == ["lisinopril", "chest_pain"]
    assert words.medical_terms("See you next week.") == []


def test_importing_the_bench_loads_neither_torch_nor_jiwer() -> None:
    code = (
        "import sys, scribe.bench.scores, scribe.bench.data, scribe.bench.speed, scribe.bench.speech;"
        "print({'torch', 'jiwer', 'medwer', 'spacy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
