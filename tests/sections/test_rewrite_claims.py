"""What the whole of rewriting makes of what was said, and what each statement claims: nothing turned, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.clinical import utterances
from scribe.plugins import SectionClassifier
from scribe.sections import compose, person, plain_text
from scribe.sections.grammar import Grammar
from scribe.sections.said import Draft
from scribe.sections.tokens import read, render
from scribe.types import Assertion, SectionKind, Statement, Transcript

pytestmark = pytest.mark.weights
Visit = Callable[..., list[Statement]]
A, K = Assertion, SectionKind
Drafted = Callable[[list[str], SectionKind], tuple[Transcript, list[Draft]]]


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
            "I have never had a heart attack but my father did.",
            [("Has never had a heart attack.", A.ABSENT), ("Father did.", A.FAMILY)],
        ),
        (
            "My father had a heart attack but I haven't.",
            [("Father had a heart attack but the patient hasn't.", A.FAMILY)],
        ),
        ("I took one this morning but not last night.", [("Took one this morning but not last night.", None)]),
        ("I haven't missed a dose.", [("Hasn't missed a dose.", A.ABSENT)]),
        ("I only take it if I have pain.", [("Only takes it if the patient has pain.", A.CONDITIONAL)]),
        ("I have pain unless I lie still.", [("Has pain unless the patient lies still.", A.CONDITIONAL)]),
        ("My pain is not worse on the left.", [("Reports the pain is not worse on the left.", A.PRESENT)]),
        ("The left is worse than the right.", [("The left is worse than the right.", A.PRESENT)]),
        ("I weigh 80, no, 85 kilos.", [("Weighs 85 kilos.", A.PRESENT)]),
        ("It was on the left leg, wait no, the right leg.", [("It was on the right leg.", A.PRESENT)]),
        ("I take one and a half tablets.", [("Takes one and a half tablets.", A.PRESENT)]),
        ("I take half of a 50 mg tablet.", [("Takes half of a 50 mg tablet.", A.PRESENT)]),
        ("I take 1,000 mg.", [("Takes 1,000 mg.", A.PRESENT)]),
        ("It's 10 mg every other day.", [("It's 10 mg every other day.", A.PRESENT)]),
        (
            "I take 20 units at breakfast, 10 at lunch, and 15 at dinner.",
            [("Takes 20 units at breakfast, 10 at lunch, and 15 at dinner.", A.PRESENT)],
        ),
        ("I'm 45, my wife is 50.", [("Is 45.", A.PRESENT), ("Wife is 50.", None)]),
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
            [("If it gets worse and the patient has a fever, call.", A.CONDITIONAL)],
        ),
        ("Call me if you get a fever.", K.PLAN, [("Call if the patient gets a fever.", A.CONDITIONAL)]),
        (
            "Come back if the pain gets worse or you have chest pain.",
            K.PLAN,
            [("Come back if the pain gets worse or the patient has chest pain.", A.CONDITIONAL)],
        ),
        (
            "If the pain comes back, we'll do an MRI.",
            K.PLAN,
            [("If the pain comes back, do an MRI.", A.CONDITIONAL)],
        ),
        ("Take it only if you have pain.", K.PLAN, [("Take it only if the patient has pain.", A.CONDITIONAL)]),
        (
            "if you have any fever or if the pain gets worse then you should call us",
            K.PLAN,
            [
                (
                    "If the patient has any fever or if the pain gets worse then the patient should call.",
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
        ("We might need to do surgery.", K.PLAN, [("Might need to do surgery.", A.POSSIBLE)]),
        ("I think you have strep throat.", K.ASSESSMENT, [("Impression: strep throat.", A.PRESENT)]),
        ("I don't think you have pneumonia.", K.ASSESSMENT, [("I don't think the patient has pneumonia.", A.ABSENT)]),
        ("I think you may have pneumonia.", K.ASSESSMENT, [("May have pneumonia.", A.POSSIBLE)]),
        (
            "I think it could be a stress fracture.",
            K.ASSESSMENT,
            [("It could be a stress fracture.", A.POSSIBLE)],
        ),
        ("I suspect a right rotator cuff tear.", K.ASSESSMENT, [("Suspect a right rotator cuff tear.", A.POSSIBLE)]),
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
        (
            "Strength is 5 out of 5 on the right and 4 out of 5 on the left.",
            K.EXAM,
            [("Strength: 5 out of 5 on the right and 4 out of 5 on the left.", A.PRESENT)],
        ),
        (
            "Your right eye is 20/40 and your left is 20/20.",
            K.EXAM,
            [("Right eye: 20/40.", A.PRESENT), ("Left: 20/20.", A.PRESENT)],
        ),
        (
            "Your heart sounds good, no murmur, but I do hear crackles at the right base.",
            K.EXAM,
            [("Heart: good, no murmur.", None), ("Crackles at the right base.", A.PRESENT)],
        ),
        (
            "Stop the ibuprofen but don't stop the aspirin.",
            K.PLAN,
            [("Stop the ibuprofen but don't stop the aspirin.", None)],
        ),
        (
            "I want to hold the metformin and not the glipizide.",
            K.PLAN,
            [("Hold the metformin and not the glipizide.", None)],
        ),
        ("Continue everything except the warfarin.", K.PLAN, [("Continue everything except the warfarin.", None)]),
        (
            "We'll start at 5 mg, and if you tolerate it, go up to 10.",
            K.PLAN,
            [("Start at 5 mg, and if the patient tolerates it, go up to 10.", A.CONDITIONAL)],
        ),
        (
            "I'd start insulin if the A1c is above 9.",
            K.PLAN,
            [("I'd start insulin if the A1c is above 9.", A.CONDITIONAL)],
        ),
        (
            "You're allergic to penicillin, so I won't give you amoxicillin.",
            K.PLAN,
            [("Is allergic to penicillin.", A.PRESENT), ("I won't give amoxicillin.", None)],
        ),
        (
            "Don't stop taking the prednisone suddenly.",
            K.PLAN,
            [("Don't stop taking the prednisone suddenly.", A.PRESENT)],
        ),
        ("You don't need antibiotics.", K.PLAN, [("Doesn't need antibiotics.", A.ABSENT)]),
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
        ("Hello, ma'am.", "If she has a fever, call."),
        ("You are a 58-year-old male.", "If he has a fever, call."),
        ("Hello.", "If the patient has a fever, call."),
        ("Hello sir. Good morning, ma'am.", "If the patient has a fever, call."),
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
