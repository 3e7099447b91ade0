"""A clinician's sentence in note style: what only leads up to a fact goes, what weakens or denies it stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import style
from scribe.sections.tokens import Tokens, text_of

pytestmark = pytest.mark.weights
Tagged = Callable[[str], Tokens]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("On your heart exam, I do appreciate a 3/6 systolic murmur", "heart: a 3/6 systolic murmur"),
        ("on your right knee exam there is no swelling", "right knee: no swelling"),
        ("Looking at your chest x-ray, it shows a little fluid", "chest x-ray: a little fluid"),
        ("Reviewing your EKG, I see no changes", "EKG: no changes"),
        ("I don't see any swelling", "no swelling"),
        ("I cannot feel a pulse", "no pulse"),
        ("there's no swelling", "no swelling"),
        ("I see no redness", "no redness"),
        ("I hear a murmur", "a murmur"),
        ("you have some tenderness on the left", "some tenderness on the left"),
        (
            "I do see a small, maybe 2 cm, mass in the left breast",
            "a small, maybe 2 cm, mass in the left breast",
        ),
        ("Your heart is regular", "heart: regular"),
        ("Your left knee has mild swelling", "left knee: mild swelling"),
        ("Your potassium was 3.2", "potassium: 3.2"),
    ],
)
def test_a_finding_stands_without_what_leads_up_to_it(tagged: Tagged, said: str, told: str) -> None:
    assert text_of(style.finding(tagged(said))) == told


@pytest.mark.parametrize(
    "said",
    [
        "Your lungs are not clear",
        "Your A1c is going up",
        "your skin is like paper",
        "I don't think there's fluid",
        "It might be swollen",
        "it hurts when I press",
        "your x-ray did not show a fracture",
        "No edema",
        "Looks normal",
    ],
)
def test_a_finding_that_fits_no_form_keeps_its_words(tagged: Tagged, said: str) -> None:
    assert text_of(style.finding(tagged(said))) == said


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I'm going to start you on amoxicillin 500 mg", "start you on amoxicillin 500 mg"),
        ("We'll order a CT", "order a CT"),
        ("we will continue the metformin", "continue the metformin"),
        ("let's stop the aspirin", "stop the aspirin"),
        ("Let's not start insulin", "not start insulin"),
        ("please don't drive", "don't drive"),
        ("I want you to take it daily", "take it daily"),
        ("go ahead and take it", "take it"),
        ("make sure you take it", "take it"),
        ("I'd like you to get an MRI of the left knee", "get an MRI of the left knee"),
        ("I'll see you back in 2 weeks", "see you back in 2 weeks"),
    ],
)
def test_an_order_is_an_instruction(tagged: Tagged, said: str, told: str) -> None:
    rest, instructs = style.plan(tagged(said))
    assert (text_of(rest), instructs) == (told, True)


@pytest.mark.parametrize(
    "said",
    [
        "I don't want you to take it",
        "we're not going to operate",
        "we could do surgery",
        "I might order a CT",
        "if it hurts, we'll order a CT",
        "you should rest",
        "I'm going to ask you something",
        "let's talk",
    ],
)
def test_what_is_weighed_denied_or_talked_of_is_no_order(tagged: Tagged, said: str) -> None:
    rest, instructs = style.plan(tagged(said))
    assert (text_of(rest), instructs) == (said, False)


@pytest.mark.parametrize(
    ("said", "announces"),
    [
        ("I'm going to ask you something", True),
        ("let's talk", True),
        ("I'm going to take a listen to your lungs", True),
        ("I'm going to start you on amoxicillin", False),
        ("please don't drive", False),
        ("your lungs are clear", False),
    ],
)
def test_what_only_announces(tagged: Tagged, said: str, announces: bool) -> None:
    assert style.announces(tagged(said)) is announces


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I think you have bronchitis", "Impression: bronchitis"),
        ("I think it's gout", "Impression: gout"),
        ("I believe this is a migraine", "Impression: a migraine"),
        ("my diagnosis is gout", "Impression: gout"),
        ("this is what we call plantar fasciitis", "Impression: plantar fasciitis"),
        ("I think it's gout, not an infection", "Impression: gout, not an infection"),
        ("I think you may have gout", None),
        ("I think it could be gout", None),
        ("I think this is probably viral", None),
        ("I don't think you have gout", None),
        ("I don't believe it's broken", None),
        ("I think it's not gout", None),
        ("I think it's getting better", None),
        ("I think you should rest", None),
        ("you have gout", None),
        ("I think that", None),
    ],
)
def test_a_thought_is_an_impression_only_where_nothing_weakens_it(tagged: Tagged, said: str, told: str | None) -> None:
    thought = style.impression(tagged(said))
    assert (None if thought is None else text_of(thought)) == told


@pytest.mark.parametrize(
    ("said", "name", "rest"),
    [
        (
            "For your second problem, your hypertension, I'm going to increase it",
            "hypertension",
            "I'm going to increase it",
        ),
        ("for your diabetes, continue metformin", "diabetes", "continue metformin"),
        ("As far as your asthma goes, no change", "asthma", "no change"),
        ("in terms of your reflux, take omeprazole 20 mg", "reflux", "take omeprazole 20 mg"),
        ("regarding the left hip, no change", "left hip", "no change"),
        ("number two, gout", "gout", ""),
        ("your third problem is gout", "gout", ""),
    ],
)
def test_a_problem_is_named_before_its_plan(tagged: Tagged, said: str, name: str, rest: str) -> None:
    problem = style.problem(tagged(said))
    assert problem is not None
    assert (text_of(problem.name), text_of(problem.rest)) == (name, rest)


@pytest.mark.parametrize("said", ["for the next week, rest", "for three days take it", "for your results", "for you"])
def test_a_time_or_a_test_is_no_problem(tagged: Tagged, said: str) -> None:
    assert style.problem(tagged(said)) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I saw in your chart that you had a stroke", "you had a stroke"),
        ("it says you're here for pain", "you're here for pain"),
        ("I know that you smoke", "you smoke"),
        ("I heard you fell", "you fell"),
        ("you don't smoke", "you don't smoke"),
    ],
)
def test_where_the_clinician_has_it_from_goes(tagged: Tagged, said: str, told: str) -> None:
    assert text_of(style.without_chart(tagged(said))) == told


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "I we'll you your see don't have no not left right knee is 20 mg on exam, for might if start let's".split()
        ),
        min_size=1,
        max_size=9,
    )
)
def test_a_style_keeps_numbers_and_sides_and_never_loses_a_no(tagged: Tagged, words: list[str]) -> None:
    tokens = tagged(" ".join(words))
    if not tokens:
        return
    for told in (style.finding(tokens), style.plan(tokens)[0]):
        places = {token.span for token in tokens}
        assert all(token.span in places for token in told if token.span)
        for kept in ("20", "mg", "might", "if"):
            assert any(token.bare == kept for token in told) == any(token.bare == kept for token in tokens)
        assert _denies(told) or not _denies(tokens)


def _denies(tokens: Tokens) -> bool:
    return any(token.bare in {"no", "not"} or token.bare.endswith("n't") for token in tokens)
