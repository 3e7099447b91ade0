"""Tables of what is said and what stands in the note: positives and near misses together."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.plugins import SectionClassifier
from scribe.sections import compose, person, plain_text, utterances
from scribe.sections.grammar import Grammar
from scribe.sections.rewrite import Draft, is_chatter
from scribe.sections.tokens import read, render
from scribe.types import Assertion, SectionKind, Statement, Transcript

pytestmark = pytest.mark.weights
Visit = Callable[..., list[Statement]]
A, K = Assertion, SectionKind
Drafted = Callable[[list[str], SectionKind], tuple[Transcript, list[Draft]]]


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


@pytest.mark.parametrize(
    ("said", "statements"),
    [
        ("I don't drink and I don't smoke.", [("Doesn't drink.", A.ABSENT), ("Doesn't smoke.", A.ABSENT)]),
        ("I don't drink or smoke.", [("Doesn't drink or smoke.", A.ABSENT)]),
        ("I drink but I don't smoke.", [("Drinks.", A.PRESENT), ("Doesn't smoke.", A.ABSENT)]),
        ("I fell but I didn't hit my head.", [("Fell.", A.PRESENT), ("Didn't hit the head.", A.ABSENT)]),
        ("I didn't hit my head or lose consciousness.", [("Didn't hit the head or lose consciousness.", A.ABSENT)]),
        ("I have a fever but no cough.", [("Has a fever but no cough.", A.PRESENT)]),
        ("I have no fever or cough.", [("Has no fever or cough.", A.ABSENT)]),
        ("I do n't smoke .", [("Doesn't smoke.", A.ABSENT)]),
        ("I can not feel my left foot.", [("Cannot feel the left foot.", None)]),
        ("I can't breathe when I lie down.", [("Can't breathe when lying down.", A.PRESENT)]),
        ("My back doesn't hurt.", [("Reports the back doesn't hurt.", A.ABSENT)]),
        ("My left knee isn't swollen.", [("Reports the left knee isn't swollen.", A.ABSENT)]),
        ("I'm not allergic to anything.", [("Is not allergic to anything.", A.ABSENT)]),
        ("I think it's my left knee.", [("Thinks it's the left knee.", A.POSSIBLE)]),
        ("I think it may be my heart.", [("Thinks it may be the heart.", A.POSSIBLE)]),
        ("It could be the new pill.", [("It could be the new pill.", A.POSSIBLE)]),
        ("I might have a fever.", [("Might have a fever.", A.POSSIBLE)]),
        ("I doubt it's cancer.", [("Doubts it's cancer.", A.POSSIBLE)]),
        ("I was afraid it was a heart attack.", [("Was afraid it was a heart attack.", A.POSSIBLE)]),
        ("If I walk, my chest hurts.", [("If the patient walks, the chest hurts.", A.CONDITIONAL)]),
        ("My mother had breast cancer.", [("Mother had breast cancer.", A.FAMILY)]),
        ("My dad died of a stroke at 70.", [("Dad died of a stroke at 70.", A.FAMILY)]),
        ("My sister doesn't have diabetes.", [("Sister doesn't have diabetes.", None)]),
        ("My wife says I snore.", [("Wife says the patient snores.", None)]),
        ("My doctor gave me amoxicillin.", [("Doctor gave the patient amoxicillin.", A.PRESENT)]),
        ("I quit smoking five years ago.", [("Quit smoking five years ago.", None)]),
        ("I used to smoke.", [("Used to smoke.", A.HISTORICAL)]),
        ("I stopped taking my warfarin.", [("Stopped taking their warfarin.", None)]),
        (
            "I stopped taking my warfarin but I still take aspirin.",
            [("Stopped taking their warfarin.", None), ("Still takes aspirin.", A.PRESENT)],
        ),
        ("I'm on 5 mg, not 10.", [("Is on 5 mg, not 10.", None)]),
        ("It's on my right side, not my left.", [("It's on the right side, not the left.", None)]),
        (
            "Well, I fell and I landed on my left hip, no, my right hip.",
            [("Fell.", A.PRESENT), ("Landed on the right hip.", A.PRESENT)],
        ),
        (
            "I have pain in my left knee, no pain in my right knee.",
            [("Has pain in the left knee, no pain in the right knee.", A.PRESENT)],
        ),
        (
            "You gave me prednisone 20 mg last time.",
            [("Patient: \u201cYou gave me prednisone 20 mg last time.\u201d", None)],
        ),
        ("Only my left eye is red.", [("Only the left eye is red.", None)]),
        (
            "my knee hurts and i take ibuprofen for it and i don't have any fever or chills",
            [
                ("Reports the knee hurts.", A.PRESENT),
                ("Takes ibuprofen for it.", A.PRESENT),
                ("Doesn't have any fever or chills.", A.ABSENT),
            ],
        ),
        (
            "i have been coughing for two weeks and i do not have any chest pain or any swelling",
            [
                ("Has been coughing for two weeks.", A.PRESENT),
                ("Does not have any chest pain or any swelling.", A.ABSENT),
            ],
        ),
    ],
)
def test_what_a_patient_claims(visit: Visit, said: str, statements: list[tuple[str, A | None]]) -> None:
    opening = "Doctor: What brings you in today?\nPatient: I have a cough.\n"
    made = visit(f"{opening}Patient: {said}", K.HPI)[1:]
    assert [item.text for item in made] == [text for text, _ in statements]
    for item, (_, claim) in zip(made, statements, strict=True):
        assert claim is None or item.assertion is claim, item.text


@pytest.mark.parametrize(
    ("said", "kind", "statements"),
    [
        (
            "If it gets worse and you have a fever, call us.",
            K.PLAN,
            [("If it gets worse and the patient has a fever, call us.", A.CONDITIONAL)],
        ),
        ("Call me if you get a fever.", K.PLAN, [("Call me if the patient gets a fever.", A.CONDITIONAL)]),
        (
            "Come back if the pain gets worse or you have chest pain.",
            K.PLAN,
            [("Come back if the pain gets worse or the patient has chest pain.", A.CONDITIONAL)],
        ),
        (
            "If the pain comes back, we'll do an MRI.",
            K.PLAN,
            [("If the pain comes back, we'll do an MRI.", A.CONDITIONAL)],
        ),
        ("Take it only if you have pain.", K.PLAN, [("Take it only if the patient has pain.", A.CONDITIONAL)]),
        (
            "if you have any fever or if the pain gets worse then you should call us",
            K.PLAN,
            [
                (
                    "If the patient has any fever or if the pain gets worse then the patient should call us.",
                    A.CONDITIONAL,
                )
            ],
        ),
        ("You may have a fever after the vaccine.", K.PLAN, [("May have a fever after the vaccine.", A.POSSIBLE)]),
        ("You could have a rash from it.", K.PLAN, [("Could have a rash from it.", A.POSSIBLE)]),
        ("I'm not going to start you on lisinopril.", K.PLAN, [("I'm not going to start on lisinopril.", A.ABSENT)]),
        ("Let's not start insulin.", K.PLAN, [("Do not start insulin.", A.ABSENT)]),
        ("Do not take ibuprofen with this.", K.PLAN, [("Do not take ibuprofen with this.", A.ABSENT)]),
        ("You shouldn't take ibuprofen.", K.PLAN, [("Shouldn't take ibuprofen.", None)]),
        ("Let's increase your Lasix from 40 to 80 mg.", K.PLAN, [("Increase Lasix from 40 to 80 mg.", A.PRESENT)]),
        (
            "Let's stop the metoprolol and start carvedilol 6.25 mg twice a day.",
            K.PLAN,
            [("Stop the metoprolol and start carvedilol 6.25 mg twice a day.", A.PRESENT)],
        ),
        ("We'll get an MRI of your right, no, left knee.", K.PLAN, [("Get an MRI of the left knee.", A.PRESENT)]),
        ("I would like you to see a cardiologist.", K.PLAN, [("See a cardiologist.", A.PRESENT)]),
        ("We might need to do surgery.", K.PLAN, [("We might need to do surgery.", A.POSSIBLE)]),
        ("I think you have strep throat.", K.ASSESSMENT, [("Impression: strep throat.", A.PRESENT)]),
        ("I don't think you have pneumonia.", K.ASSESSMENT, [("I don't think the patient has pneumonia.", A.ABSENT)]),
        ("I think you may have pneumonia.", K.ASSESSMENT, [("I think the patient may have pneumonia.", A.POSSIBLE)]),
        (
            "I think it could be a stress fracture.",
            K.ASSESSMENT,
            [("I think it could be a stress fracture.", A.POSSIBLE)],
        ),
        ("I suspect a right rotator cuff tear.", K.ASSESSMENT, [("I suspect a right rotator cuff tear.", A.POSSIBLE)]),
        ("It may be pneumonia, but I doubt it.", K.ASSESSMENT, [("It may be pneumonia, but I doubt it.", A.POSSIBLE)]),
        ("We ruled out a heart attack.", K.ASSESSMENT, [("We ruled out a heart attack.", A.ABSENT)]),
        ("There's no evidence of stroke.", K.ASSESSMENT, [("There's no evidence of stroke.", A.ABSENT)]),
        ("It's unlikely to be cancer.", K.ASSESSMENT, [("It's unlikely to be cancer.", A.POSSIBLE)]),
        ("You have no fracture.", K.ASSESSMENT, [("Has no fracture.", A.ABSENT)]),
        (
            "For your diabetes, continue metformin 1000 mg.",
            K.ASSESSMENT,
            [("Diabetes.", A.PRESENT), ("Continue metformin 1000 mg.", A.PRESENT)],
        ),
        ("For your pain, take Tylenol.", K.PLAN, [("Pain.", A.PRESENT), ("Take Tylenol.", A.PRESENT)]),
        ("For your knee, no surgery.", K.PLAN, [("Knee.", A.PRESENT), ("No surgery.", A.ABSENT)]),
        ("I don't hear any murmurs.", K.EXAM, [("No murmurs.", A.ABSENT)]),
        ("The left knee has no effusion.", K.EXAM, [("Left knee: no effusion.", A.ABSENT)]),
        ("There might be some fluid.", K.EXAM, [("There might be some fluid.", A.POSSIBLE)]),
        (
            "There's tenderness over the left ankle but no bruising.",
            K.EXAM,
            [("Tenderness over the left ankle but no bruising.", A.PRESENT)],
        ),
        ("Looking at your x-ray, I don't see a fracture.", K.RESULTS, [("X-ray: no fracture.", A.ABSENT)]),
        ("Your x-ray doesn't show any fracture.", K.RESULTS, [("X-ray doesn't show any fracture.", A.ABSENT)]),
        ("Your potassium was 3.2, which is low.", K.RESULTS, [("Potassium: 3.2, which is low.", A.PRESENT)]),
        ("Your blood pressure is 140, sorry, 130 over 80.", K.VITALS, [("Blood pressure: 130 over 80.", A.PRESENT)]),
        ("You're no longer taking warfarin.", K.MEDICATIONS, [("Is no longer taking warfarin.", A.ABSENT)]),
        ("You had a heart attack in 2015.", K.PAST_MEDICAL, [("Had a heart attack in 2015.", A.HISTORICAL)]),
    ],
)
def test_what_a_clinician_claims(visit: Visit, said: str, kind: K, statements: list[tuple[str, A | None]]) -> None:
    made = visit(f"Doctor: {said}\nPatient: Okay.", kind)
    assert [item.text for item in made] == [text for text, _ in statements]
    for item, (_, claim) in zip(made, statements, strict=True):
        assert claim is None or item.assertion is claim, item.text


@pytest.mark.parametrize(
    ("dialogue", "statements"),
    [
        ("Doctor: Fevers? Chills?\nPatient: No.", ["Denies fevers.", "Denies chills."]),
        (
            "Doctor: Any headaches? How about vision changes?\nPatient: No.",
            ["Denies headaches.", "Denies vision changes."],
        ),
        ("Doctor: How long have you had it? Any fever?\nPatient: No.", ["Denies fever."]),
        ("Doctor: Any fever? Any chills?\nPatient: No fever.", ["No fever."]),
        (
            "Doctor: Any chest pain?\nPatient: Mm-hmm.\nDoctor: Any fever?\nPatient: No.",
            ["Reports chest pain.", "Denies fever."],
        ),
        ("Doctor: Any fever?\nPatient: Um.\nDoctor: Any chills?\nPatient: No.", ["Denies chills."]),
        ("Doctor: Any fever?\nPatient: To-\nDoctor: Sorry?\nPatient: No.", ["Denies fever."]),
        (
            "Doctor: How big was it?\nPatient: It was about-\nDoctor: Mm-hmm.\nPatient: about 8 cm.",
            ["It was about 8 cm."],
        ),
        (
            "Doctor: What happened?\nPatient: I went to-\nDoctor: Mm-hmm.\nPatient: to the hospital on Monday.",
            ["Went to the hospital on Monday."],
        ),
        (
            "Doctor: What happened?\nPatient: I don't have any pain in the\nDoctor: Uh-huh.\nPatient: left leg.",
            ["Doesn't have any pain in the left leg."],
        ),
        ("Doctor: Have n't you had any fever ?\nPatient: No .", ["Denies fever."]),
        ("Doctor: You don\u2019t smoke?\nPatient: No, I don\u2019t.", ["Doesn't smoke."]),
        ("Doctor: Any fever?\nPatient: What?", []),
        ("Doctor: Do you have?\nPatient: No.", []),
        ("Doctor: ,?\nPatient: ,", []),
        ("Doctor: ???\nPatient: !!!", []),
        ("Doctor: For your\nPatient: my", []),
        ("Doctor: Let's\nPatient: I", []),
    ],
)
def test_turns_together(visit: Visit, dialogue: str, statements: list[str]) -> None:
    assert sorted(item.text for item in visit(dialogue, K.ROS)) == sorted(statements)


@pytest.mark.parametrize(
    ("greeting", "statement"),
    [
        ("Hello, ma'am.", "If she has a fever, call us."),
        ("You are a 58-year-old male.", "If he has a fever, call us."),
        ("Hello.", "If the patient has a fever, call us."),
        ("Hello sir. Good morning, ma'am.", "If the patient has a fever, call us."),
    ],
)
def test_he_or_she_only_where_the_clinician_says_which(visit: Visit, greeting: str, statement: str) -> None:
    dialogue = f"Doctor: {greeting}\nPatient: Hi, I'm a man.\nDoctor: If you have a fever, call us."
    assert visit(dialogue, K.PLAN)[-1].text == statement


ASKED = (
    "Any fever?|Any fever or chills?|No allergies?|Do you take 20 mg of aspirin?|Is your left knee swollen?|"
    "You don't smoke?|Does it hurt in your right hip?|Um, do you, do you have a cough?"
).split("|")
REPLIED = (
    "No.|Yes.|No, but I get dizzy.|I don't have that.|Yes, 40 mg, no, 80 mg a day.|Not in my left, in my right.|"
    "My mother never had it.|I quit 5 years ago.|I think it's worse.|It isn't my left knee.|No pain at all."
).split("|")
STATED = (
    "Your lungs are not clear.|I don't see any swelling.|If you have a fever, don't take the 10 mg pill.|"
    "We'll start lisinopril 10 mg, not 20.|I don't think you have gout.|There's no fracture of the left wrist.|"
    "You may have asthma.|Never take 2 at once."
).split("|")
NEGATION = re.compile(r"n't\b|\b(?:no|not|never|none|denies|without|cannot)\b", re.IGNORECASE)
PERSONS = {"i", "my", "me", "you", "your", "we", "us", "our"}
TALK = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(ASKED), st.sampled_from(REPLIED)).map(
            lambda both: f"Doctor: {both[0]}\nPatient: {both[1]}"
        ),
        st.sampled_from(STATED).map(lambda said: f"Doctor: {said}\nPatient: Okay."),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def drafted(tagger: Grammar, one_kind: Callable[[SectionKind], SectionClassifier]) -> Drafted:
    """A labelled dialogue, all of one kind, and the sentences made of it."""

    def made(talk: list[str], kind: K) -> tuple[Transcript, list[Draft]]:
        transcript = plain_text.read("\n".join(talk))
        return transcript, compose.drafted(transcript, one_kind(kind), tagger)

    return made


@settings(max_examples=60, deadline=None)
@given(TALK, st.sampled_from(list(K)))
def test_every_word_but_a_frame_word_was_heard_where_it_says(drafted: Drafted, talk: list[str], kind: K) -> None:
    transcript, made = drafted(talk, kind)
    assert drafted(talk, kind)[1] == made
    for draft in made:
        for token in draft.tokens:
            if token.span is None:
                continue
            words = [word.bare for word in read(transcript.text[token.span.start : token.span.end], 0)]
            said = words[0].split("'")[0] if words else ""
            turned = said in PERSONS or said in person.IRREGULAR or words[:1] == ["don't"]
            assert turned or token.bare[:2] == said[:2] or token.bare == "no", (token.bare, words)
        heard = " ".join(transcript.text[span.start : span.end] for span in draft.heard)
        assert set(re.findall(r"\d+", render(draft.tokens))) <= set(re.findall(r"\d+", heard))
        for side in ("left", "right"):
            assert side not in render(draft.tokens).lower() or side in heard.lower()


@settings(max_examples=60, deadline=None)
@given(TALK, st.sampled_from([K.ROS, K.EXAM, K.ASSESSMENT, K.PLAN, K.RESULTS]))
def test_no_denial_is_lost_between_what_was_said_and_the_note(drafted: Drafted, talk: list[str], kind: K) -> None:
    transcript, made = drafted(talk, kind)
    for said in utterances.split(transcript):
        if NEGATION.search(said.text.replace("40 mg, no, 80", "")) is None:
            continue
        told = [
            draft
            for draft in made
            if any(span.start < said.span.end and said.span.start < span.end for span in draft.heard)
        ]
        kept = [
            draft
            for draft in told
            if NEGATION.search(render(draft.tokens)) or draft.assertion in (A.ABSENT, A.POSSIBLE)
        ]
        assert kept or not told, (said.text, [render(draft.tokens) for draft in told])
