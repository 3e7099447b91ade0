from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.sections.disfluency import clean
from scribe.sections.tokens import ended, frame, heard, lowered, places, read, render, stopless, text_of
from scribe.types import Span


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Um, okay, so the the pain is in my in my chest", "The pain is in my chest."),
        ("it it's worse", "It's worse."),
        ("I-I have a t-test", "I have a t-test."),
        ("very very tired", "Very very tired."),
        ("no no pain", "No no pain."),
        ("right, so it hurts", "It hurts."),
        ("right knee hurts", "Right knee hurts."),
        ("it was, you know, bad", "It was bad."),
        ("you know my doctor", "You know my doctor."),
        ("I don't like it, it's bad", "I don't like it, it's bad."),
        ("10 10 mg", "10 10 mg."),
        ("we'll check it, okay?", "We'll check it."),
    ],
)
def test_clean(said: str, kept: str) -> None:
    assert render(clean(read(said, 0))) == kept


def test_an_answer_keeps_its_yes() -> None:
    assert render(clean(read("Um, yes, daily.", 0), answer=True)) == "Yes, daily."
    assert render(clean(read("Um, yes, daily.", 0))) == "Daily."


def test_places_lead_back_to_what_was_heard() -> None:
    said = "well, my chest hurts"
    tokens = clean(read(said, 0))
    text = render(tokens)
    for here, there in places(tokens):
        assert text[here.start : here.end].lower().rstrip(".") == said[there.start : there.end]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("I do n't smoke .", ["I", "don't", "smoke."]),
        ("I 'm gon na stop", ["I'm", "gonna", "stop"]),
        ("I can not feel it", ["I", "cannot", "feel", "it"]),
        ("I wan na sleep , okay ?", ["I", "wanna", "sleep,", "okay?"]),
        ("it \u2019s 98 .6 %", ["it\u2019s", "98", ".6%"]),
        ("left , not right", ["left,", "not", "right"]),
        ("no , not that", ["no,", "not", "that"]),
        ("can we not", ["can", "we", "not"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_what_is_written_apart_is_read_as_one(said: str, words: list[str]) -> None:
    assert [token.text for token in read(said, 0)] == words


@given(st.text(alphabet="ab'n t.,-?!\u2019%I0 ", max_size=40), st.integers(0, 9))
def test_every_token_is_where_it_was_read(text: str, offset: int) -> None:
    tokens = read(text, offset)
    for token in tokens:
        assert token.span is not None
        assert "".join(text[token.span.start - offset : token.span.end - offset].split()) == token.text
    assert "".join(token.text for token in tokens) == "".join(text.split())


@pytest.mark.parametrize(
    ("said", "low"),
    [
        ("Left knee", "left knee"),
        ("I smoke", "I smoke"),
        ("I'm well", "I'm well"),
        ("MRI of the knee", "MRI of the knee"),
        ("pH is low", "pH is low"),
        ("", ""),
    ],
)
def test_a_small_letter_at_the_start_but_for_names_of_capitals(said: str, low: str) -> None:
    assert text_of(lowered(read(said, 0))) == low


def test_marks_at_the_end() -> None:
    assert text_of(stopless(read("no pain.", 0))) == "no pain"
    assert text_of(ended(read("no pain, -", 0))) == "no pain,"
    assert render(read("any pain?", 0)) == "Any pain?"
    assert render(()) == ""


def test_neighbouring_places_are_one_and_frame_words_have_none() -> None:
    first, second, third = read("left knee hurts", 4)
    assert heard((third, *frame("Reports"), first, second)) == (Span(4, 19),)
    assert heard((first, third)) == (Span(4, 8), Span(14, 19))
    assert heard(frame("Denies")) == ()
