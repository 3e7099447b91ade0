"""What an answer says of its question, by itself and joined with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import answers, questions
from scribe.sections.answers import Answer
from scribe.sections.tokens import Tokens, render
from scribe.types import Assertion

pytestmark = pytest.mark.weights
A = Assertion
Tagged = Callable[[str], Tokens]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("No.", Answer.NO),
        ("Nope.", Answer.NO),
        ("No, no.", Answer.NO),
        ("No, doctor.", Answer.NO),
        ("Uh-uh.", Answer.NO),
        ("None.", Answer.NO),
        ("Never.", Answer.NO),
        ("Neither.", Answer.NO),
        ("Not at all.", Answer.NO),
        ("I don't.", Answer.NO),
        ("I haven\u2019t.", Answer.NO),
        ("Not really.", Answer.HEDGED),
        ("I don't think so.", Answer.HEDGED),
        ("Not that I know of.", Answer.HEDGED),
        ("Yes.", Answer.YES),
        ("Yeah, I do.", Answer.YES),
        ("Mm-hmm.", Answer.YES),
        ("Correct.", Answer.YES),
        ("That's right.", Answer.YES),
        ("Right leg.", Answer.MORE),
        ("No pain.", Answer.MORE),
        ("No, but I cough.", Answer.MORE),
        ("No problem.", Answer.MORE),
        ("Yes, 20 mg.", Answer.MORE),
        ("Yes and no.", Answer.MORE),
        ("Maybe.", Answer.MORE),
        ("Okay.", Answer.MORE),
        ("Thank you.", Answer.MORE),
        ("", Answer.MORE),
    ],
)
def test_a_plain_yes_or_no_is_told_from_more(said: str, answer: Answer) -> None:
    assert answers.answer_of(said) is answer


def joined(tagged: Tagged, asked: str, answered: str, *, informant: bool = False) -> list[tuple[str, A | None]]:
    made = answers.join(questions.analyse(tagged(asked)), tagged(answered), informant=informant)
    return [(render(one.tokens), one.assertion) for one in made]


@pytest.mark.parametrize(
    ("asked", "answered", "statement", "assertion"),
    [
        ("Any fever?", "No.", "Denies fever.", A.ABSENT),
        ("Any fever?", "Negative.", "Denies fever.", A.ABSENT),
        ("Any fever or chills or night sweats?", "No.", "Denies fever or chills or night sweats.", A.ABSENT),
        ("Do you have fever and chills?", "No.", "Denies fever and chills.", A.ABSENT),
        ("Do you have fever and chills?", "Yes.", "Asked about fever and chills: yes.", A.POSSIBLE),
        (
            "Do you have fever and chills?",
            "No, only chills.",
            "Asked “do you have fever and chills?”: “No, only chills.”",
            A.POSSIBLE,
        ),
        (
            "Any nausea or vomiting?",
            "Nausea, but no vomiting.",
            "Asked about nausea or vomiting: nausea, but no vomiting.",
            A.POSSIBLE,
        ),
        ("Any nausea or vomiting?", "Neither.", "Denies nausea or vomiting.", A.ABSENT),
        ("Any nausea or vomiting?", "Both.", "Asked about nausea or vomiting: both.", A.POSSIBLE),
        ("Do you have high blood pressure or diabetes?", "Diabetes.", "Reports diabetes.", A.PRESENT),
        ("Any chest pain?", "Not really, just when I cough.", "Chest pain only when coughing.", A.PRESENT),
        ("Any trouble breathing?", "Only at night.", "Trouble breathing only at night.", A.PRESENT),
        ("Any weight loss?", "Maybe.", "Weight loss: maybe.", A.POSSIBLE),
        ("Any weight loss?", "A little bit.", "Weight loss: a little bit.", A.POSSIBLE),
        ("Any weight loss?", "Sometimes.", "Weight loss: sometimes.", A.POSSIBLE),
        ("Any weight loss?", "I don't think so.", "Denies weight loss (I don't think so).", A.ABSENT),
        ("Any fever?", "Yes, 101.", "Fever: 101.", A.PRESENT),
        ("Any fever?", "Could be.", "Fever: could be.", A.POSSIBLE),
        ("Any fever?", "Not anymore.", "Fever: not anymore.", A.ABSENT),
        ("Any fever?", "Last week, but not anymore.", "Fever: last week, but not anymore.", A.POSSIBLE),
        ("Do you have pain now?", "Not now, but yesterday.", "Pain now: not now, but yesterday.", A.POSSIBLE),
        ("Do you have asthma?", "As a kid.", "Asthma: as a kid.", A.POSSIBLE),
        ("Do you have diabetes?", "My mother does.", "Diabetes: mother does.", A.POSSIBLE),
        ("Do you have diabetes?", "Type 2.", "Diabetes: type 2.", A.POSSIBLE),
    ],
)
def test_symptoms(tagged: Tagged, asked: str, answered: str, statement: str, assertion: A) -> None:
    assert joined(tagged, asked, answered) == [(statement, assertion)]


@pytest.mark.parametrize(
    ("asked", "answered", "statement", "assertion"),
    [
        ("You don't smoke?", "No.", "Doesn't smoke.", A.ABSENT),
        ("You don't smoke?", "Yes.", "Asked \u201cyou don't smoke?\u201d: \u201cYes.\u201d", A.POSSIBLE),
        ("So you've never smoked?", "Never.", "Has never smoked.", A.ABSENT),
        ("You've had no fever?", "No.", "Has had no fever.", A.ABSENT),
        ("You haven't had any fever?", "No.", "Hasn't had any fever.", A.ABSENT),
        ("You're not diabetic?", "No.", "Is not diabetic.", A.ABSENT),
        (
            "You're not diabetic?",
            "Yes, I am.",
            "Asked \u201cyou're not diabetic?\u201d: \u201cYes, I am.\u201d",
            A.POSSIBLE,
        ),
        ("You can't walk?", "No.", "Can't walk.", None),
        ("No fever?", "No.", "Denies fever.", A.ABSENT),
        ("No fever?", "Yes.", "Asked \u201cno fever?\u201d: \u201cYes.\u201d", A.POSSIBLE),
        ("No fever, right?", "Right.", "Asked \u201cno fever, right?\u201d: \u201cRight.\u201d", A.POSSIBLE),
        ("No allergies?", "Correct.", "Asked \u201cno allergies?\u201d: \u201cCorrect.\u201d", A.POSSIBLE),
        ("Don't you have pain?", "Yes.", "Asked \u201cdon't you have pain?\u201d: \u201cYes.\u201d", A.POSSIBLE),
        ("Don't you have any chest pain?", "No.", "Denies having chest pain.", A.ABSENT),
        ("Haven't you had a fever?", "No.", "Denies fever.", A.ABSENT),
        ("Do you not have any pain?", "No.", "Denies pain.", A.ABSENT),
        (
            "Aren't you taking the aspirin?",
            "Yes.",
            "Asked \u201caren't you taking the aspirin?\u201d: \u201cYes.\u201d",
            A.POSSIBLE,
        ),
        ("Haven't you been taking it?", "No.", "Denies taking it.", A.ABSENT),
    ],
)
def test_negative_questions(tagged: Tagged, asked: str, answered: str, statement: str, assertion: A | None) -> None:
    made = joined(tagged, asked, answered)
    assert [text for text, _ in made] == [statement]
    assert assertion is None or made[0][1] is assertion


@pytest.mark.parametrize(
    ("asked", "answered", "statement", "assertion"),
    [
        ("Does the pain radiate?", "Yes, to my left arm.", "The pain radiates: to the left arm.", A.PRESENT),
        ("Does the pain go into your left arm?", "No.", "The pain does not go into the left arm.", A.ABSENT),
        ("Is your left knee swollen?", "No.", "Left knee is not swollen.", A.ABSENT),
        ("Does your left knee hurt?", "Yes.", "Left knee hurts.", A.PRESENT),
        ("Is it the left knee?", "Yes.", "Is the left knee.", A.PRESENT),
        ("Is your appetite good?", "No.", "Appetite is not good.", A.ABSENT),
        ("Are you sleeping well?", "No.", "Denies sleeping well.", A.ABSENT),
        ("Are you able to sleep?", "No.", "Is not able to sleep.", A.ABSENT),
        ("Did you hit your head?", "Yes, on the left side.", "Reports hitting the head: on the left side.", A.PRESENT),
        ("Did you fall?", "No.", "Denies falling.", A.ABSENT),
        ("Were you given antibiotics?", "No.", "Was not given antibiotics.", A.ABSENT),
        ("Have you been diagnosed with diabetes?", "No.", "Has not been diagnosed with diabetes.", A.ABSENT),
        ("Are you having thoughts of harming yourself?", "No.", "Denies thoughts of harming themselves.", A.ABSENT),
        ("Are you allergic to penicillin?", "No.", "Is not allergic to penicillin.", A.ABSENT),
        ("Are you still on warfarin?", "No.", "Is not still on warfarin.", A.ABSENT),
        (
            "Are you still taking metformin?",
            "Yes, 500 mg twice a day.",
            "Reports still taking metformin: 500 mg twice a day.",
            A.PRESENT,
        ),
        ("Did you stop the aspirin?", "No.", "Denies stopping the aspirin.", A.ABSENT),
        ("Did you stop the aspirin?", "Yes.", "Reports stopping the aspirin.", A.PRESENT),
        ("Have you stopped smoking?", "No.", "Has not stopped smoking.", A.ABSENT),
        (
            "Are you taking the lisinopril 10 mg?",
            "No, I stopped it.",
            "Denies taking the lisinopril 10 mg (stopped it).",
            A.ABSENT,
        ),
        ("Has anyone been sick?", "No.", "No one has been sick.", A.ABSENT),
        ("Have you ever been pregnant?", "No.", "Has never been pregnant.", A.ABSENT),
        ("Do you drink?", "Only on weekends.", "Drinking: only on weekends.", A.POSSIBLE),
        (
            "Is the pain on the left or the right?",
            "The left.",
            "The pain on the left or the right: the left.",
            A.POSSIBLE,
        ),
    ],
)
def test_clauses(tagged: Tagged, asked: str, answered: str, statement: str, assertion: A) -> None:
    assert joined(tagged, asked, answered) == [(statement, assertion)]


@pytest.mark.parametrize(
    ("asked", "answered", "statement"),
    [
        ("When did it start?", "On Monday, I think.", "Onset: on Monday, the patient thinks."),
        ("When did the cough start?", "Two weeks ago.", "Cough onset: two weeks ago."),
        ("Where is the pain?", "In my lower back, on the right.", "Location: in the lower back, on the right."),
        ("On a scale from 1 to 10, how bad is it?", "About a 6 or 7.", "Severity (1 to 10): about a 6 or 7."),
        ("What makes it better?", "Nothing.", "Better with: nothing."),
        ("How much do you drink?", "Two beers a day.", "Drinking: two beers a day."),
        ("How is your appetite?", "Not great.", "Appetite: not great."),
        ("What dose?", "20 mg.", "Asked \u201cwhat dose?\u201d: \u201c20 mg.\u201d"),
        ("Which leg?", "Right.", "Asked \u201cwhich leg?\u201d: \u201cRight.\u201d"),
        ("Which knee?", "The left one.", "Asked \u201cwhich knee?\u201d: \u201cThe left one.\u201d"),
        ("What happened?", "I hit my left hip on the table.", "Hit the left hip on the table."),
    ],
)
def test_open_questions(tagged: Tagged, asked: str, answered: str, statement: str) -> None:
    assert [text for text, _ in joined(tagged, asked, answered)] == [statement]


@pytest.mark.parametrize(
    ("asked", "answered", "statements"),
    [
        (
            "Do you drink?",
            "No, but I smoke a pack a day.",
            [("Denies drinking.", A.ABSENT), ("Smokes a pack a day.", None)],
        ),
        (
            "Are you still taking metformin?",
            "No, I ran out last week.",
            [("Denies still taking metformin.", A.ABSENT), ("Ran out last week.", None)],
        ),
        ("Any chest pain?", "No, I've never had any chest pain.", [("Has never had any chest pain.", A.ABSENT)]),
        (
            "Any fever?",
            "Yes, I had a fever of 101 on Monday.",
            [("Reports fever.", A.PRESENT), ("Had a fever of 101 on Monday.", None)],
        ),
    ],
)
def test_answers_that_go_on(tagged: Tagged, asked: str, answered: str, statements: list[tuple[str, A | None]]) -> None:
    assert joined(tagged, asked, answered) == statements


@pytest.mark.parametrize(
    ("asked", "answered", "statement"),
    [
        ("Does he have a fever?", "Yes.", "Reports fever."),
        ("Is he taking anything?", "I gave him 5 ml of Tylenol.", "Informant: \u201cI gave him 5 ml of Tylenol.\u201d"),
        ("Is she sleeping?", "I can't sleep.", "Asked \u201cis she sleeping?\u201d: \u201cI can't sleep.\u201d"),
    ],
)
def test_an_informants_i_is_not_the_patient(tagged: Tagged, asked: str, answered: str, statement: str) -> None:
    assert [text for text, _ in joined(tagged, asked, answered, informant=True)] == [statement]


@pytest.mark.parametrize(
    ("said", "alone"),
    [
        ("It comes and goes.", True),
        ("I have had chest pain for days.", True),
        ("My mother had cancer.", True),
        ("Yes, I take two every day.", True),
        ("I never had that.", False),
        ("About 20 mg.", False),
        ("I do.", False),
        ("Because it hurts.", False),
    ],
)
def test_what_can_stand_without_its_question(tagged: Tagged, said: str, alone: bool) -> None:
    assert answers.stands_alone(tagged(said)) is alone


def test_a_reply_needs_the_patients_question_only_where_it_says_nothing_alone(tagged: Tagged) -> None:
    asked = tagged("How often do I take it?")
    reply = answers.replied(asked, tagged("Twice a day."))
    assert reply is not None
    assert render(reply.tokens) == "Patient asked \u201chow often do I take it?\u201d: \u201cTwice a day.\u201d"
    assert answers.replied(asked, tagged("The tablet is for your heart.")) is None
    assert answers.replied(asked, ()) is None


ASKED = (
    "Any fever?|No fever?|Do you take 20 mg of aspirin?|Is your left knee swollen?|You don't smoke?|"
    "Any fever or chills?|Don't you have pain?|Has anyone been sick?"
).split("|")
ANSWERED = (
    "No.|Yes.|Not really.|No, 40 mg.|The right.|No, but I get dizzy.|I don't.|Yes, but not today.|Never.|Maybe.|"
    "I don't think so.|No pain.|My mother does.|5.|Only at night.|I quit in 2010."
).split("|")


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(ASKED), st.sampled_from(ANSWERED), st.booleans())
def test_no_statement_says_what_neither_said(tagged: Tagged, asked: str, answered: str, informant: bool) -> None:
    said = (tagged(asked), tagged(answered))
    numbers = {token.bare for part in said for token in part if token.bare.isdigit()}
    for made in answers.join(questions.analyse(said[0]), said[1], informant=informant):
        assert {token.bare for token in made.tokens if token.bare.isdigit()} <= numbers
        denied = any(token.bare in {"no", "not", "never"} or token.bare.endswith("n't") for token in said[1])
        told = render(made.tokens).lower()
        keeps = any(word in told for word in ("denies", "no", "not", "n't", "never"))
        assert not denied or keeps or made.assertion is not A.PRESENT, told
