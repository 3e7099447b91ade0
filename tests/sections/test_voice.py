"""A clinician's own voice goes; what is claimed and weighed stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scribe.sections import voice
from scribe.sections.tokens import text_of

if TYPE_CHECKING:
    from tests.sections.conftest import Tagged

pytestmark = pytest.mark.weights


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("call me if it gets worse", "call if it gets worse"),
        ("come back and see me in two weeks", "come back in two weeks"),
        ("follow up with us, please", "follow up, please"),
        ("let me know if the rash spreads", "report if the rash spreads"),
        ("she will see our dietitian", "she will see the dietitian"),
        ("if the cough is no better I want you to have an x-ray", "if the cough is no better have an x-ray"),
        ("if it is no better, we'll get an MRI", "if it is no better, get an MRI"),
        ("the ultrasound that we did last week", "the ultrasound last week"),
        ("the sugar is not quite where we want it to be", "the sugar is not quite at goal"),
        ("any tenderness when I press here", "any tenderness on pressing"),
        ("tell me about the pain", "tell me about the pain"),
        ("he called his sister", "he called his sister"),
    ],
)
def test_the_clinician_is_no_object_of_a_sentence(tagged: Tagged, said: str, told: str) -> None:
    assert text_of(voice.impersonal(tagged(said))) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I would strongly recommend ice", "recommend ice"),
        ("I reviewed the results of the scan", "reviewed the results of the scan"),
        ("I'm a little concerned about the swelling", "concerned about the swelling"),
        ("I'm not worried about a clot", "not worried about a clot"),
        ("I think the wound is healing", "the wound is healing"),
        ("I don't think it is broken", "I don't think it is broken"),
        ("I suspect a tear", "suspect a tear"),
        ("we could also try a brace", "Consider trying a brace"),
        ("we might need to operate", "might need to operate"),
        ("you have gout", "you have gout"),
    ],
)
def test_a_sentence_opens_without_the_clinician_and_keeps_what_weakens_it(tagged: Tagged, said: str, told: str) -> None:
    assert text_of(voice.opened(tagged(said), plan=True)) == told


def test_only_in_a_plan_is_something_considered(tagged: Tagged) -> None:
    assert text_of(voice.opened(tagged("we could try a brace"), plan=False)) == "we could try a brace"


def test_no_word_of_a_denial_goes(tagged: Tagged) -> None:
    for said in ("I do not recommend surgery", "I wouldn't stop the warfarin", "we never found a tumor"):
        kept = text_of(voice.opened(voice.impersonal(tagged(said)), plan=True)).split()
        assert {"not", "wouldn't", "never"} & set(kept)
