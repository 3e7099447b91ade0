from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scribe import serial
from scribe.dictation.detect import is_dictation
from scribe.types import Segment, Transcript, Word

Say = Callable[..., Transcript]


def heard(text: str) -> Transcript:
    return Transcript((Segment(tuple(Word(0.0, 0.0, f" {word}") for word in text.split())),), timed=False)


@pytest.mark.parametrize(("name", "expected"), [("visit", False), ("dictation", True)])
def test_the_samples_are_told_apart(samples: Path, name: str, expected: bool) -> None:
    gold = serial.loads((samples / f"{name}.gold.json").read_text(encoding="utf-8"), Transcript)
    assert is_dictation(gold) is expected
    nobody = tuple(
        replace(segment, words=tuple(replace(word, speaker=None) for word in segment.words))
        for segment in gold.segments
    )
    assert is_dictation(replace(gold, segments=nobody)) is expected


def test_spoken_marks_are_enough(say: Say) -> None:
    assert is_dictation(say("chest clear period no edema period"))


def test_a_report_without_spoken_marks_is_one(say: Say) -> None:
    report = (
        "The patient is a 60 year old man who presents with cough. He denies fever. On examination the lungs are "
        "clear bilaterally. Impression is viral bronchitis."
    )
    assert is_dictation(say(report))
    assert not is_dictation(say(f"{report} Do you have any questions? Okay, then you can go."))


def test_two_known_speakers_are_never_a_dictation(say: Say) -> None:
    one, two = say("fever period chills period", speaker="a"), say("cough period pain period", speaker="b")
    assert is_dictation(one)
    assert not is_dictation(Transcript((*one.segments, *two.segments)))


@pytest.mark.parametrize("text", ["", "Hello.", "It started three weeks ago when I fell off my bike and hurt my knee"])
def test_too_little_is_no_dictation(say: Say, text: str) -> None:
    assert not is_dictation(say(text))


def test_real_interviews_are_not_dictations_and_real_notes_are(
    shared_data: Path, some: Callable[..., list[Any]]
) -> None:
    for file in some(sorted((shared_data / "osce" / "transcripts").glob("*.txt")), 64):
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not is_dictation(heard(re.sub(r"^\s*[DP]\s*:", "", text, flags=re.MULTILINE))), file.name
    with (shared_data / "aci-bench" / "train.csv").open(encoding="utf-8", newline="") as rows:
        for row in some(list(csv.DictReader(rows)), 32):
            assert is_dictation(heard(row["note"]))
            assert not is_dictation(heard(re.sub(r"\[\w+\]", "", row["dialogue"])))
