from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical.utterances import Utterance, split
from scribe.sections.plain_text import read
from scribe.types import Role, Segment, Span, Transcript, Word


def texts(text: str) -> list[str]:
    return [utterance.text for utterance in split(read(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seen by Dr. Smith. Take 2.5 mg b.i.d. with food.", ["Seen by Dr. Smith.", "Take 2.5 mg b.i.d. with food."]),
        ("Fever? No.", ["Fever?", "No."]),
        ("1. Gout. 2. Asthma.", ["1. Gout.", "2. Asthma."]),
        ("Mother has gout.\nPlan:\n1. Aspirin.\n2. Rest.", ["Mother has gout.", "Plan:", "1. Aspirin.", "2. Rest."]),
        ("Cough\nFever\nRash", ["Cough", "Fever", "Rash"]),
        ("Well.,PAST HISTORY:,Gout.", ["Well.", "PAST HISTORY:,Gout."]),
        ("Risk of bleeding etc., was discussed.", ["Risk of bleeding etc., was discussed."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_a_wrapped_line_is_one_sentence() -> None:
    line = "The patient is a 60 year old man who comes because of his right\nknee."
    assert len(texts(line)) == 1


def test_a_run_without_marks_is_cut_where_a_new_thought_opens() -> None:
    run = "i have had this cough for two weeks and it keeps me up all night long "
    run += "okay now do you have any fever with that at all"
    assert texts(run)[0] == "i have had this cough for two weeks and it keeps me up all night long"


def test_a_change_of_speaker_and_a_long_pause_end_a_sentence() -> None:
    words = (
        Word(0.0, 0.4, " my", speaker="A"),
        Word(0.4, 0.8, " knee", speaker="A"),
        Word(5.0, 5.4, " hurts", speaker="A"),
        Word(5.5, 5.9, " okay", speaker="B"),
    )
    assert [item.text for item in split(Transcript((Segment(words),)))] == ["my knee", "hurts", "okay"]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Any fever?", True),
        ("Do you smoke.", True),
        ("How long has it been going on.", True),
        ("I'll listen to your lungs, okay?", False),
        ("Have you continue the lisinopril.", False),
        ("When you get home, rest.", False),
    ],
)
def test_what_a_clinician_asks(text: str, asks: bool) -> None:
    assert Utterance(Span(0, len(text)), text, "d", Role.CLINICIAN).asks is asks


@given(st.text(alphabet=st.sampled_from("ab .,?!\n:AB1"), min_size=1))
def test_every_word_is_in_one_utterance_and_spans_are_true(text: str) -> None:
    if text.strip():
        transcript = read(text)
        found = split(transcript)
        assert all(transcript.text[item.span.start : item.span.end] == item.text for item in found)
        assert all(a.span.end <= b.span.start for a, b in pairwise(found))
        letters = [char for char in transcript.text if char.isalnum()]
        assert [char for item in found for char in item.text if char.isalnum()] == letters
