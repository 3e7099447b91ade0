"""Where one sentence makes two statements, and where cutting it would change what it claims."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import clauses
from scribe.sections.tokens import Tokens, text_of

pytestmark = pytest.mark.weights
Tagged = Callable[[str], Tokens]


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("My knee hurts and I take ibuprofen", ["My knee hurts", "I take ibuprofen"]),
        ("I fell but I didn't hit my head", ["I fell", "I didn't hit my head"]),
        ("I don't drink and I don't smoke", ["I don't drink", "I don't smoke"]),
        ("I take aspirin, I take metformin", ["I take aspirin", "I take metformin"]),
        ("Your lungs are clear, your heart is regular", ["Your lungs are clear", "your heart is regular"]),
        ("I have a cough and there's no fever", ["I have a cough", "there's no fever"]),
        (
            "I want you to stop the aspirin and we'll start Eliquis",
            ["I want you to stop the aspirin", "we'll start Eliquis"],
        ),
    ],
)
def test_each_clause_with_a_subject_is_a_statement(tagged: Tagged, said: str, pieces: list[str]) -> None:
    assert [text_of(clause) for clause in clauses.split(tagged(said))] == pieces


@pytest.mark.parametrize(
    "said",
    [
        "If it gets worse and you have a fever, call us",
        "Come back if you have pain or you have a fever",
        "Unless you have a fever, you don't need it",
        "I take it because I have pain and I can't sleep",
        "When I walk my chest hurts and I get dizzy",
        "I get dizzy when I stand and I fall",
        "I don't know whether I have asthma or I have allergies",
        "My mother had cancer and she died of it",
        "I took it and it helped",
        "I think I have a fever",
        "I don't think I have a fever",
        "He said I have gout",
        "I have pain and swelling",
        "I have pain in my left knee, no pain in my right knee",
        "I don't have a fever or a cough",
        "Left knee and right hip",
    ],
)
def test_what_hangs_together_stays_together(tagged: Tagged, said: str) -> None:
    assert [text_of(clause) for clause in clauses.split(tagged(said))] == [said]


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("are you okay", True),
        ("do you smoke", True),
        ("you do smoke", False),
        ("it is broken", False),
        ("the pain you have", False),
        ("we will have you rest", False),
    ],
)
def test_a_clause_turned_round_is_a_question(tagged: Tagged, said: str, turned: bool) -> None:
    assert clauses.turns_round(tagged(said)) is turned


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("when can I play again", True),
        ("can I take it", True),
        ("is it broken", True),
        ("I can take it", False),
        ("it is broken", False),
        ("no", False),
    ],
)
def test_a_patient_asks_without_a_mark(tagged: Tagged, said: str, asks: bool) -> None:
    assert clauses.asks(tagged(said)) is asks


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from("I you my and but or because if pain take no not don't have it, is . left then so".split()),
        min_size=1,
        max_size=14,
    )
)
def test_cutting_drops_nothing_but_what_joins(tagged: Tagged, words: list[str]) -> None:
    tokens = tagged(" ".join(words))
    kept = [token.bare for clause in clauses.split(tokens) for token in clause]
    assert [word for word in kept if word not in clauses.JOINING] == [
        token.bare for token in tokens if token.bare not in clauses.JOINING
    ]
