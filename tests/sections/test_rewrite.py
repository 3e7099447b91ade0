"""Tables of what is said and what stands in the note: positives and near misses together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.plugins import SectionClassifier
from scribe.sections import compose, plain_text
from scribe.sections.chatter import is_chatter
from scribe.sections.grammar import Grammar
from scribe.sections.tokens import render
from scribe.types import Assertion, SectionKind, Statement

pytestmark = pytest.mark.weights
Visit = Callable[..., list[Statement]]


@pytest.mark.parametrize(
    ("question", "answer", "statement", "assertion"),
    [
        ("Any fever?", "No.", "Denies fever.", Assertion.ABSENT),
        ("Okay, um, and any fever at all?", "Uh, no.", "Denies fever.", Assertion.ABSENT),
        ("Any fever, chills or cough?", "No.", "Denies fever, chills or cough.", Assertion.ABSENT),
        (
            "Any fever, chills or cough?",
            "Just a cough.",
            "Asked about fever, chills or cough: just a cough.",
            Assertion.POSSIBLE,
        ),
        ("Any fever, chills or cough?", "Yes.", "Asked about fever, chills or cough: yes.", Assertion.POSSIBLE),
        ("Any fever?", "Yes.", "Reports fever.", Assertion.PRESENT),
        ("Any fever?", "Not that I know of.", "Denies fever (not that I know of).", Assertion.ABSENT),
        ("Have you had any swelling in your legs?", "Nope.", "Denies swelling in the legs.", Assertion.ABSENT),
        ("Have you recently had any rashes?", "No.", "Denies rashes recently.", Assertion.ABSENT),
        ("Do you feel dizzy?", "No.", "Denies feeling dizzy.", Assertion.ABSENT),
        ("Do you smoke?", "No.", "Denies smoking.", Assertion.ABSENT),
        ("Do you smoke?", "Yes.", "Smokes.", Assertion.PRESENT),
        ("Do you smoke?", "Yes, a pack a day.", "Smokes: a pack a day.", Assertion.PRESENT),
        ("Are you taking any medications?", "No, nothing.", "Denies taking medications.", Assertion.ABSENT),
        ("How long has this been going on?", "About three days.", "Duration: about three days.", Assertion.PRESENT),
        ("On a scale of 0 to 10, how bad is it?", "Seven.", "Severity (0 to 10): seven.", Assertion.PRESENT),
        ("Fever?", "No.", "Denies fever.", Assertion.ABSENT),
        ("Shortness of breath.", "No.", "Denies shortness of breath.", Assertion.ABSENT),
        ("It started on Monday, is that right?", "Yes.", "It started on Monday.", Assertion.PRESENT),
        ("Does it come and go?", "No.", "Does not come and go.", Assertion.ABSENT),
        (
            "Is it the left or the right knee?",
            "Left.",
            "The left or the right knee: left.",
            Assertion.POSSIBLE,
        ),
        ("Any chest pain?", "No, I've never had any chest pain.", "Has never had any chest pain.", Assertion.ABSENT),
        ("Where do you live?", "I live with my wife in Leeds.", "Lives with wife in Leeds.", Assertion.PRESENT),
    ],
)
def test_questions_and_answers(visit: Visit, question: str, answer: str, statement: str, assertion: Assertion) -> None:
    made = visit(f"Doctor: {question}\nPatient: {answer}")
    assert [(item.text, item.assertion) for item in made] == [(statement, assertion)]


def test_an_exchange_was_heard_in_question_and_answer(visit: Visit) -> None:
    (made,) = visit("Doctor: Any fever?\nPatient: No.")
    assert len(made.heard) == 2
    assert made.seconds == ()


@pytest.mark.parametrize(
    "dialogue",
    [
        "Doctor: Any chest pain?\nPatient: Um.",
        "Doctor: Do you have chest pain?",
        "Doctor: Any chest pain? Well, let me see.",
        "Patient: Could it be cancer?\nDoctor: Hmm.",
        "Doctor: Hello, how are you?\nPatient: I'm good, thanks.",
        "Doctor: Can I have a look?\nPatient: Sure.",
        "Doctor: Okay. Perfect. Thank you so much.\nPatient: Okay.",
    ],
)
def test_what_states_nothing_is_left_out(visit: Visit, dialogue: str) -> None:
    assert visit(dialogue, SectionKind.HPI) == []


@pytest.mark.parametrize(
    ("said", "statement"),
    [
        ("I take my metformin 500 mg twice a day.", "Takes their metformin 500 mg twice a day."),
        ("Um, so I, I've been feeling, uh, really tired.", "Has been feeling, really tired."),
        ("My left knee hurts when I'm walking.", "Reports the left knee hurts when walking."),
        ("I don't have any pain in my chest.", "Doesn't have any pain in the chest."),
        ("It started, you know, three days ago.", "It started, three days ago."),
        ("I went to see your colleague.", "Patient: “I went to see your colleague.”"),
        ("We moved here and I gizmoed.", "They moved here and the patient gizmoed."),
    ],
)
def test_what_a_patient_says(visit: Visit, said: str, statement: str) -> None:
    opening = "Doctor: What brings you in today?\nPatient: I have a cough.\n"
    assert visit(f"{opening}Patient: {said}", SectionKind.HPI)[-1].text == statement


@pytest.mark.parametrize(
    ("said", "statement"),
    [
        (
            "I'm going to start you on amoxicillin 500 mg three times a day.",
            "Start on amoxicillin 500 mg three times a day.",
        ),
        ("So we'll order a chest X-ray, okay?", "Order a chest X-ray."),
        ("I want you to stop the ibuprofen.", "Stop the ibuprofen."),
        ("I don't want you to stop the ibuprofen.", "I don't want the patient to stop the ibuprofen."),
        ("We will not order an X-ray.", "Do not order an X-ray."),
        ("I think you have a lumbar strain.", "Impression: a lumbar strain."),
        ("Right knee is tender.", "Right knee is tender."),
    ],
)
def test_what_a_clinician_says(visit: Visit, said: str, statement: str) -> None:
    assert [item.text for item in visit(f"Doctor: {said}\nPatient: Okay.", SectionKind.PLAN)] == [statement]


@pytest.mark.parametrize(
    ("asked", "answered", "statement"),
    [
        (
            "Are you checking your blood sugar at home?",
            "Yes, it's usually around 150.",
            "Reports checking the blood sugar at home: it's usually around 150.",
        ),
        ("Is the pain constant?", "It comes and goes.", "The pain: it comes and goes."),
        ("Why did you stop taking it?", "It made the pain worse.", "It made the pain worse."),
        (
            "Do you take anything for it?",
            "I think it was naproxen.",
            "Taking anything for it: thinks it was naproxen.",
        ),
    ],
)
def test_an_answer_that_refers_back_keeps_its_question(visit: Visit, asked: str, answered: str, statement: str) -> None:
    (made,) = visit(f"Doctor: {asked}\nPatient: {answered}", SectionKind.HPI)
    assert made.text == statement


@pytest.mark.parametrize(
    ("asked", "answered", "statement"),
    [
        (
            "When should I come back?",
            "In three months.",
            "Patient asked “when should I come back?”: “In three months.”",
        ),
        ("Do I need an X-ray?", "Yes, let's get an X-ray.", "Get an X-ray."),
        ("Is it my heart?", "The tracing is normal.", "The tracing is normal."),
    ],
)
def test_a_few_words_that_answer_the_patient_keep_the_question(
    visit: Visit, asked: str, answered: str, statement: str
) -> None:
    (made,) = visit(f"Patient: {asked}\nDoctor: {answered}", SectionKind.PLAN)
    assert made.text == statement


def test_somebody_who_speaks_for_the_patient_is_not_the_patient(visit: Visit) -> None:
    made = visit(
        "Doctor: Does he have a fever?\nPatient: Yes.\nDoctor: Is he eating?\nPatient: I gave him soup.\n"
        "Doctor: Has he been sick, did he vomit?\nPatient: He vomited twice."
    )
    texts = [item.text for item in made]
    assert not any(text.startswith(("Gave", "Has given")) for text in texts)
    assert any("“I gave him soup.”" in text for text in texts)


@pytest.mark.parametrize(
    "text",
    [
        "I'm glad you came, your blood pressure is 180 over 110.",
        "Thanks, no fever.",
        "Yes, cough.",
        "Let's carry on with the metformin.",
        "Let's start again with lisinopril.",
        "Let's start with physical therapy.",
        "Let's go ahead and start physical therapy.",
    ],
)
def test_a_courtesy_with_a_fact_is_no_small_talk(text: str) -> None:
    assert not is_chatter(text)


ODD = st.lists(
    st.tuples(
        st.sampled_from(["Doctor", "Patient", "Nurse"]),
        st.sampled_from("pain I you my let's for looking any do is when if not on".split()),
        st.lists(
            st.sampled_from(
                "I you your the no don't n't 's have is if and or um left right 20 mg problem exam, x-ray going to "
                "on my physical there anyone ever okay "
                'start see you back think shows ? . , - \u2026 : ( " \U0001f600 % \u00e9'.split()
            ),
            max_size=10,
        ),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(ODD, st.sampled_from(list(SectionKind)))
def test_odd_talk_is_no_crash(
    tagger: Grammar,
    one_kind: Callable[[SectionKind], SectionClassifier],
    turns: list[tuple[str, str, list[str]]],
    kind: SectionKind,
) -> None:
    transcript = plain_text.read("\n".join(f"{who}: {' '.join((first, *rest))}" for who, first, rest in turns))
    for draft in compose.drafted(transcript, one_kind(kind), tagger):
        assert render(draft.tokens)
        assert all(0 <= span.start < span.end <= len(transcript.text) for span in draft.heard)


@pytest.mark.parametrize(
    "dialogue",
    [
        "Doctor: On my physical exam.\nPatient: Okay.",
        "Doctor: Is it ever?\nPatient: Yes.",
        "Doctor: Do you ever?\nPatient: Yes.",
        "Doctor: Does anyone ever?\nPatient: No.",
        "Doctor: Okay.\nDoctor: And so on.\nPatient: There is.",
        "Doctor: And?\nPatient: No, to me.",
    ],
)
@pytest.mark.parametrize("kind", list(SectionKind))
def test_words_that_leave_nothing_to_say_are_no_crash(visit: Visit, dialogue: str, kind: SectionKind) -> None:
    assert all(len(item.text) > 1 for item in visit(dialogue, kind))


@pytest.mark.parametrize(
    ("dialogue", "made"),
    [
        ("Patient: Huh?\nDoctor: In two weeks.", [("In two weeks.", Assertion.PRESENT)]),
        (
            "Patient: I do not have\nDoctor: Okay.\nPatient: any pain.",
            [("Does not have any pain.", Assertion.ABSENT)],
        ),
        (
            "Doctor: Any pain in your left leg?\nPatient: No, in my right leg.",
            [("Asked “any pain in your left leg?”: “No, in my right leg.”", Assertion.POSSIBLE)],
        ),
        ("Doctor: Did you fall or twist it?\nPatient: No.", [("Denies falling or twisting it.", Assertion.ABSENT)]),
        ("Doctor: Is there no blood?\nPatient: No.", [("Denies blood.", Assertion.ABSENT)]),
        ("Doctor: Do you have to go upstairs?\nPatient: No.", [("Denies having to go upstairs.", Assertion.ABSENT)]),
        (
            "Doctor: Your mother, did she have gout?\nPatient: Yes, she did.",
            [("Asked “your mother, did she have gout?”: “Yes, she did.”", Assertion.FAMILY)],
        ),
        (
            "Doctor: On a scale of 0 to 10, 0 being no pain. You've felt it, 10 being the worst?\nPatient: Seven.",
            [("Severity (0 to 10): seven.", Assertion.PRESENT)],
        ),
        (
            "Doctor: Are you taking the metformin? Any questions about that?\nPatient: No.",
            [],
        ),
    ],
)
def test_what_belongs_to_whom(visit: Visit, dialogue: str, made: list[tuple[str, Assertion]]) -> None:
    assert [(item.text, item.assertion) for item in visit(dialogue, SectionKind.ROS)] == made


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("I had chills on Sunday. No, Saturday night.", ["Had chills on Saturday night."]),
        ("It's the left knee. No right knee pain.", ["It's the left knee.", "No right knee pain."]),
        ("I have a cough. No fever.", ["Has a cough.", "No fever."]),
    ],
)
def test_what_the_next_sentence_takes_back_goes(visit: Visit, said: str, made: list[str]) -> None:
    statements = sorted(visit(f"Doctor: Okay.\nPatient: {said}"), key=lambda item: item.heard[0].start)
    assert [item.text for item in statements] == made


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("I'm gonna have you take lisinopril 20 mg.", "Have the patient take lisinopril 20 mg."),
        ("I want to go ahead and have you start metformin 500 mg.", "Have the patient start metformin 500 mg."),
        ("Let's have you stop the aspirin.", "Have the patient stop the aspirin."),
    ],
)
def test_what_a_clinician_has_done_is_no_question(visit: Visit, said: str, made: str) -> None:
    assert made in [item.text for item in visit(f"Doctor: {said}\nPatient: Okay.", SectionKind.PLAN)]


def test_another_drug_that_the_clinician_names_is_no_half_question(visit: Visit) -> None:
    made = visit(
        "Doctor: Other medications that you take are metformin 500 mg.\nPatient: Okay.", SectionKind.MEDICATIONS
    )
    assert any("metformin 500 mg" in item.text for item in made)
