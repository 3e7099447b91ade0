from __future__ import annotations

import pytest

from scribe.sections.disfluency import clean
from scribe.sections.tokens import places, read, render


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
    for here, heard in places(tokens):
        assert text[here.start : here.end].lower().rstrip(".") == said[heard.start : heard.end]
