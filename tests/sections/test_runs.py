"""Speech without punctuation: where sentences begin, and where cutting would make a fact of a condition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.clinical.utterances import Utterance
from scribe.sections import runs
from scribe.sections.grammar import Grammar
from scribe.types import Role, Span

pytestmark = pytest.mark.weights
WORDS = (
    "i you my your the pain knee have has take is are do not don't no if when because and or but so okay left right "
    "two tablets every day it hurts she he never any fever"
).split()


def run(text: str, role: Role = Role.PATIENT) -> Utterance:
    return Utterance(Span(7, 7 + len(text)), text, "a", role)


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        (
            "my knee hurts i take ibuprofen for it and my mother had arthritis and we live in leeds",
            ["my knee hurts", "i take ibuprofen for it", "and my mother had arthritis", "and we live in leeds"],
        ),
        (
            "the pain is in my left leg and it goes down to my foot when i walk up the stairs",
            ["the pain is in my left leg", "and it goes down to my foot when i walk up the stairs"],
        ),
        (
            "i take lisinopril ten milligrams every day and i stopped taking the metformin last month",
            ["i take lisinopril ten milligrams every day", "and i stopped taking the metformin last month"],
        ),
        (
            "your heart is regular there are no murmurs your lungs are clear and there is no swelling",
            ["your heart is regular", "there are no murmurs", "your lungs are clear", "and there is no swelling"],
        ),
        (
            "okay do you have any chest pain or shortness of breath and do you smoke or drink any alcohol",
            ["okay do you have any chest pain or shortness of breath", "and do you smoke or drink any alcohol"],
        ),
        (
            "on your lung exam there are some crackles on the left side i do not hear any on the right",
            ["on your lung exam there are some crackles on the left side", "i do not hear any on the right"],
        ),
    ],
)
def test_a_run_is_cut_where_sentences_begin(tagger: Grammar, said: str, sentences: list[str]) -> None:
    assert [piece.text for piece in runs.cut([run(said)], tagger)] == sentences


@pytest.mark.parametrize(
    "said",
    [
        "the pills i take every morning for my blood pressure make me feel dizzy most of the time",
        "i think i am going to fall every time i get up out of bed in the morning",
        "if it gets worse and you have a fever you should call us or go to the hospital",
        "take two tablets if you have pain or you have a fever but no more than six a day",
        "i don't know if it is the new pill or the stress at work that makes me feel dizzy",
        "you do not have any swelling in the left leg or any pain in the right hip today",
        "i have not had any trouble with my breathing or any pain in the chest since monday",
        "my knee hurts i take ibuprofen",
        "well, i fell, and i hurt my knee, and i took two tablets, and it helped me sleep",
        "left knee. i fell on it. i took two tablets. it hurts when i walk up the stairs.",
    ],
)
def test_one_thought_and_text_with_punctuation_stay_whole(tagger: Grammar, said: str) -> None:
    assert runs.cut([run(said)], tagger) == [run(said)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=40))
def test_the_sentences_together_hold_every_word_and_its_place(tagger: Grammar, words: list[str]) -> None:
    said = run(" ".join(words))
    pieces = runs.cut([said], tagger)
    assert " ".join(piece.text for piece in pieces).split() == words
    for piece in pieces:
        start = piece.span.start - said.span.start
        assert said.text[start : start + len(piece.text)] == piece.text
        assert (piece.speaker, piece.role) == (said.speaker, said.role)


def test_nothing_is_cut_into_nothing(tagger: Grammar) -> None:
    assert runs.cut([], tagger) == []
