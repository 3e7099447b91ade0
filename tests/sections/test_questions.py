"""What a question asks for, and what of it an answer may be put beside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import questions
from scribe.sections.questions import Form, analyse
from scribe.sections.tokens import Tokens, text_of

pytestmark = pytest.mark.weights
Tagged = Callable[[str], Tokens]


@pytest.mark.parametrize(
    ("asked", "form", "topic"),
    [
        ("Have you had any chest pain?", Form.SYMPTOM, "chest pain"),
        ("Do you feel dizzy?", Form.SYMPTOM, "feeling dizzy"),
        ("Any fever, chills or cough?", Form.SYMPTOM, "fever, chills or cough"),
        ("Any swelling in your left leg?", Form.SYMPTOM, "swelling in the left leg"),
        ("Is there any blood in your stool?", Form.SYMPTOM, "blood in the stool"),
        ("Any pain or anything like that?", Form.SYMPTOM, "pain"),
        ("Other symptoms, like, have you had a fever?", Form.SYMPTOM, "fever"),
        ("Fever?", Form.FRAGMENT, "Fever"),
        ("And your appetite?", Form.FRAGMENT, "appetite"),
        ("How is your appetite?", Form.OPEN, "appetite"),
        ("So it started on Monday?", Form.SAID, "it started on Monday"),
        ("You have diabetes, correct?", Form.SAID, "has diabetes"),
        ("You don't smoke?", Form.SAID, "doesn't smoke"),
        ("Why?", Form.OPEN, ""),
    ],
)
def test_what_is_asked_about(tagged: Tagged, asked: str, form: Form, topic: str) -> None:
    question = analyse(tagged(asked))
    assert (question.form, text_of(question.topic)) == (form, topic)


@pytest.mark.parametrize(
    ("asked", "helper", "subject", "predicate"),
    [
        ("Does the pain radiate?", "does", "the pain", "radiate"),
        ("Is your left knee swollen?", "is", "left knee", "swollen"),
        ("Are you allergic to penicillin?", "are", "", "allergic to penicillin"),
        ("Did you take the 20 mg?", "did", "", "take the 20 mg"),
        ("Do your knees hurt?", "do", "knees", "hurt"),
        ("Have you ever smoked?", "have", "", "ever smoked"),
        ("Has anyone been sick?", "has", "anyone", "been sick"),
        ("Don't you have pain?", "do", "", "have pain"),
    ],
)
def test_a_clause_is_taken_apart(tagged: Tagged, asked: str, helper: str, subject: str, predicate: str) -> None:
    question = analyse(tagged(asked))
    parts = (question.helper, text_of(question.subject), text_of(question.predicate))
    assert (question.form, *parts) == (Form.CLAUSE, helper, subject, predicate)


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("When did it start?", "Onset:"),
        ("When did the cough start?", "cough onset:"),
        ("On a scale of 0 to 10, how bad is it?", "Severity (0 to 10):"),
        ("How bad is the pain?", "Severity:"),
        ("Where is the pain?", "Location:"),
        ("How long have you had this?", "Duration:"),
        ("What makes it worse?", "Worse with:"),
        ("Does anything make it better?", "Better with:"),
        ("How old are you?", "Age:"),
        ("Who do you live with?", "Living situation:"),
        ("When did you stop the aspirin?", ""),
        ("Where do you work?", ""),
        ("What makes you think so?", ""),
    ],
)
def test_a_few_questions_have_a_label(tagged: Tagged, asked: str, label: str) -> None:
    assert text_of(analyse(tagged(asked)).label) == label


@pytest.mark.parametrize(
    ("asked", "negative"),
    [
        ("No fever?", True),
        ("Don't you have pain?", True),
        ("You don't smoke?", True),
        ("You've never smoked?", True),
        ("Haven't you had a fever?", True),
        ("Any fever?", False),
        ("Do you smoke?", False),
        ("You smoke?", False),
    ],
)
def test_a_question_that_denies_is_told_apart(tagged: Tagged, asked: str, negative: bool) -> None:
    assert analyse(tagged(asked)).negative is negative


@pytest.mark.parametrize(
    ("asked", "several"),
    [
        ("Any fever or chills?", True),
        ("Any fever, chills?", True),
        ("Are you taking aspirin and metformin?", True),
        ("Is it on the left or the right?", True),
        ("Any fever?", False),
        ("Is your left knee swollen?", False),
    ],
)
def test_several_things_asked_at_once_are_told_apart(tagged: Tagged, asked: str, several: bool) -> None:
    assert analyse(tagged(asked)).several is several


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("do you smoke", True),
        ("is it broken", True),
        ("on a scale of one to ten", True),
        ("do the exercises", False),
        ("have the nurse call", False),
        ("you smoke a lot", False),
        ("no", False),
    ],
)
def test_words_without_a_mark_may_ask(tagged: Tagged, said: str, asks: bool) -> None:
    assert questions.asks(tagged(said)) is asks


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "any do you your have is it the no not when how left knee pain fever or and 20 mg ? , .".split()
        ),
        min_size=1,
        max_size=10,
    )
)
def test_any_question_is_read_and_no_word_is_added(tagged: Tagged, words: list[str]) -> None:
    tokens = tagged(" ".join(words))
    if not tokens:
        return
    question = analyse(tokens)
    asked = {token.span for token in tokens}
    for token in (*question.topic, *question.subject, *question.predicate, *question.label):
        assert token.span is None or token.span in asked
    numbers = {token.bare for part in (question.topic, question.predicate) for token in part if token.bare.isdigit()}
    assert numbers <= set(words)
