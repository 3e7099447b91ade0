"""What speaking adds and what the speaker took back, beside near misses that must stay as said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.sections.disfluency import clean, trimmed, without_assent
from scribe.sections.tokens import Tokens, read, render, text_of

SPOKEN = st.lists(
    st.sampled_from(
        "um uh so okay right left knee no not I I'm the the pain 20 40 mg Monday, Tuesday sorry, mm-hmm to- you know "
        "like it it's , . ? yes actually".split()
    ),
    max_size=14,
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("It started Monday, no, Tuesday.", "It started Tuesday."),
        ("It started on Monday, no, on Tuesday.", "It started on Tuesday."),
        ("It's my left, no, my right knee.", "It's my right knee."),
        ("It's the left knee, sorry, the right knee.", "It's the right knee."),
        ("the left, or rather the right ear", "The right ear."),
        ("It's the left knee, I mean the right knee.", "It's the right knee."),
        ("it was 120, I mean 130 over 80", "It was 130 over 80."),
        ("the left ear, scratch that, the right ear", "The right ear."),
        ("left knee pain, no, right knee pain", "Right knee pain."),
        ("20 milligrams, no, 40 milligrams", "40 milligrams."),
        ("I take 20 mg, sorry, 40 mg of lisinopril.", "I take 40 mg of lisinopril."),
        ("metoprolol 25, wait, 50 milligrams", "Metoprolol 50 milligrams."),
        ("two weeks, no, three weeks", "Three weeks."),
        ("two, no, three weeks ago", "Three weeks ago."),
        ("I took two Tylenol, I'm sorry, three Tylenol.", "I took three Tylenol."),
        ("in the morning, actually in the evening", "In the evening."),
        ("once, no, twice a day", "Twice a day."),
        ("my mother, sorry, my father had it", "My father had it."),
    ],
)
def test_what_was_taken_back_goes(said: str, kept: str) -> None:
    assert render(clean(read(said, 0))) == kept


@pytest.mark.parametrize(
    "said",
    [
        "Left knee pain, no right knee pain.",
        "Left arm weakness, no numbness.",
        "I have pain in my left knee, no pain in my right knee.",
        "Swelling of the left leg, no swelling of the right leg.",
        "Nausea, no vomiting.",
        "Today no pain, yesterday pain.",
        "Chest pain Monday, no pain Tuesday.",
        "Pain on Monday no pain on Tuesday.",
        "No fever yesterday, no fever today.",
        "On the left, not the right.",
        "My brother, not my sister, has it.",
        "5 mg, 10 mg.",
        "Seven, maybe eight.",
        "I take 20 mg no 40 mg.",
        "I have 2 dogs, no 3 cats.",
        "I'm on 5 mg, not 10.",
        "I'm sorry, it's my right knee.",
        "One tablet in the morning one tablet in the evening.",
    ],
)
def test_two_things_said_are_no_correction(said: str) -> None:
    assert render(clean(read(said, 0))) == said


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("I, um, I can't uh breathe", "I can't breathe."),
        ("it is not, um, not bad", "It is not bad."),
        ("not today not today", "Not today."),
        ("can't can't walk", "Can't walk."),
        ("no pain no pain at all", "No pain at all."),
        ("I will I will take it", "I will take it."),
        ("okay so no pain", "No pain."),
        ("Right, left knee.", "Left knee."),
        ("Right. It hurts", "It hurts."),
    ],
)
def test_fillers_and_repeats_go_and_every_no_stays(said: str, kept: str) -> None:
    assert render(clean(read(said, 0))) == kept


@pytest.mark.parametrize(
    "said",
    [
        "Right lower quadrant pain.",
        "Right eye is red.",
        "No no no pain.",
        "It hurts really really bad.",
        "I had had it.",
        "It was like a knife.",
        "I like milk.",
        "What kind of pain.",
        "Some kind of rash.",
        "Do you know the dose.",
        "No, yeah, it hurts.",
        "Type 2 2 mg.",
        "E. coli.",
        "I can I can't walk.",
        "I do I don't drink.",
        "A t-test.",
        "No problem breathing.",
        "No problem with urination.",
        "Well controlled diabetes.",
        "Great toe pain.",
        "Excellent appetite.",
        "I see double.",
        "For that pain I take ibuprofen.",
        "ER visit.",
        "So-so.",
    ],
)
def test_words_that_mean_something_are_no_filler(said: str) -> None:
    assert render(clean(read(said, 0))) == said


@pytest.mark.parametrize("said", ["", "um", "to-", "mm-hmm", "...", "- - -", "uh, um, hmm."])
def test_nothing_but_fillers_is_nothing(said: str) -> None:
    assert clean(read(said, 0)) == ()


def test_an_answer_keeps_what_agrees_until_that_is_asked_for() -> None:
    kept = clean(read("okay, yes, right, 20 mg", 0), answer=True)
    assert text_of(kept) == "yes, right, 20 mg"
    assert text_of(without_assent(kept)) == "20 mg"


@given(SPOKEN)
def test_cleaning_adds_nothing_and_keeps_the_order(words: list[str]) -> None:
    said = read(" ".join(words), 0)
    kept = clean(said)
    spans = [token.span for token in kept]
    assert None not in spans
    assert spans == sorted(spans, key=lambda span: span.start if span else -1)
    assert set(spans) <= {token.span for token in said}
    assert clean(said) == kept


@pytest.mark.weights
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my knee hurts and feels", "my knee hurts"),
        ("I have pain but", "I have pain"),
        ("it hurts and I feel", "it hurts"),
        ("the pain is to the right and", "the pain is to the right"),
        ("for like four days", "for four days"),
        ("it was like really bad", "it was really bad"),
        ("it feels like a knife", "it feels like a knife"),
        ("I feel like a truck hit me", "I feel like a truck hit me"),
        ("I am aware of", "I am aware of"),
        ("I think so", "I think so"),
        ("the", "the"),
    ],
)
def test_what_was_left_unfinished_goes(tagged: Callable[[str], Tokens], said: str, kept: str) -> None:
    assert text_of(trimmed(tagged(said))) == kept
