from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.config import Config, SectionsSettings
from scribe.sections import plain_text
from scribe.sections.catalog import CATALOG
from scribe.sections.classifier import LinearClassifier
from scribe.sections.compose import arrange, arrange_note
from scribe.types import Mode, Role, Section, SectionKind, Segment, SpeakerRole, Transcript, Word

K = SectionKind
EVERYTHING = Config.model_validate({"sections": {"brief": False}})
VISIT = """\
Doctor: Hello, good morning. What brings you in today?
Patient: I've had a terrible cough for two weeks.
Doctor: Okay. Any fever or chills?
Patient: No.
Doctor: Are you allergic to any medications?
Patient: I'm allergic to penicillin, it gave me a rash.
Doctor: Does anything run in your family?
Patient: My dad had a heart attack at 60.
Doctor: Do you smoke?
Patient: Yes, a pack a day.
Doctor: Your blood pressure is 132 over 80 today. On your lung exam, I hear wheezes on the right side.
Patient: Okay.
Doctor: I think you have bronchitis. I'm going to start you on azithromycin 250 mg once a day for five days.
Patient: Sounds good, thank you."""
FRAME = frozenset(
    [
        *("denies", "reports", "asked", "about", "patient", "clinician", "informant", "onset", "duration", "location"),
        *("impression", "only", "never", "not", "did", "no", "smoking", "taking", "he", "she", "his", "her", "him"),
        *("severity", "character", "better", "worse", "with", "age", "occupation", "living", "situation", "feeling"),
        *(
            "the",
            "their",
            "is",
            "has",
            "isn't",
            "hasn't",
            "doesn't",
            "does",
            "was",
            "wasn't",
            "will",
            "having",
            "being",
        ),
    ]
)
DIALOGUE = st.lists(
    st.tuples(
        st.sampled_from(["Doctor", "Patient"]),
        st.sampled_from(
            [
                *("Any fever, chills or cough?", "No.", "Yes, since 3 days.", "I take my 20 mg pill.", "Do you smoke?"),
                *(
                    "Um, so it's the left knee, not the right.",
                    "Okay, okay.",
                    "You should stop the aspirin.",
                    "Just a bit.",
                ),
                *(
                    "How long?",
                    "About two weeks, I think.",
                    "I, I don't have my inhaler when I'm out.",
                    "We'll see you.",
                ),
                *("My mother had gout.", "Is it, you know, worse at night?", "Not really.", "I think you have asthma."),
            ]
        ),
    ),
    min_size=1,
    max_size=14,
)


def texts(sections: tuple[Section, ...]) -> dict[K, list[str]]:
    return {section.kind: [item.text for item in section.statements] for section in sections}


def visit(classifier: LinearClassifier, text: str = VISIT) -> tuple[Section, ...]:
    return arrange(plain_text.read(text), Mode.VISIT, classifier, EVERYTHING)


def test_that_one_is_well_is_no_reason_for_a_visit(classifier: LinearClassifier) -> None:
    said = "Doctor: How have you been?\nPatient: I'm pretty good overall, but my right knee has been bothering me."
    assert texts(visit(classifier, said))[K.CHIEF_COMPLAINT] == [
        "Reports the right knee has been bothering the patient."
    ]


def test_a_visit_becomes_a_note(classifier: LinearClassifier) -> None:
    note = texts(visit(classifier))
    assert note[K.CHIEF_COMPLAINT] == ["Has had a terrible cough for two weeks."]
    assert note[K.ALLERGIES] == ["Is allergic to penicillin, it gave the patient a rash."]
    assert note[K.FAMILY] == ["Dad had a heart attack at 60."]
    assert note[K.SOCIAL] == ["Smokes: a pack a day."]
    assert note[K.ASSESSMENT] == ["Impression: bronchitis."]
    assert note[K.PLAN] == ["Start on azithromycin 250 mg once a day for five days."]
    assert "Denies fever or chills." in [text for kind in (K.ROS, K.HPI) for text in note.get(kind, [])]
    assert not any("Sounds good" in text for items in note.values() for text in items)


def test_findings_assessment_and_plan_stand_apart(classifier: LinearClassifier) -> None:
    note = texts(
        visit(
            classifier,
            "Doctor: The right knee has mild swelling and no redness. It bends well and feels stable.\n"
            "Patient: So what do you think it is?\n"
            "Doctor: I think this is osteoarthritis of the right knee. Your type 2 diabetes is not quite where we want "
            "it. I want you to stop the ibuprofen because it can raise your blood pressure.",
        )
    )
    assert "It bends well and feels stable." in note[K.EXAM]
    assert note[K.ASSESSMENT] == [
        "Impression: osteoarthritis of the right knee.",
        "Type 2 diabetes is not quite at goal.",
    ]
    assert note[K.PLAN] == ["Stop the ibuprofen because it can raise the blood pressure."]


def test_a_word_about_the_call_is_no_plan(classifier: LinearClassifier) -> None:
    said = "Doctor: Can you hear me? Let's start again.\nPatient: Yes. I have had a cough for two weeks."
    assert K.PLAN not in texts(visit(classifier, said))


def test_sections_follow_the_catalog_and_none_is_empty(classifier: LinearClassifier) -> None:
    sections = visit(classifier)
    order = [entry.kind for entry in CATALOG]
    assert [section.kind for section in sections] == sorted((section.kind for section in sections), key=order.index)
    assert all(section.statements for section in sections)
    numbers = [item.id for section in sections for item in section.statements]
    assert numbers == [f"s{number}" for number in range(1, len(numbers) + 1)]


@settings(max_examples=60, deadline=None)
@given(DIALOGUE)
def test_nothing_is_in_the_note_that_was_not_said(classifier: LinearClassifier, turns: list[tuple[str, str]]) -> None:
    transcript = plain_text.read("\n".join(f"{who}: {text}" for who, text in turns))
    sections = arrange(transcript, Mode.VISIT, classifier, Config())
    assert arrange(transcript, Mode.VISIT, classifier, Config()) == sections
    for section in sections:
        starts = [item.heard[0].start for item in section.statements]
        assert starts == sorted(starts)
        for item in section.statements:
            assert all(0 <= span.start < span.end <= len(transcript.text) for span in item.heard)
            heard = " ".join(transcript.text[span.start : span.end] for span in item.heard).lower()
            for word in re.findall(r"[a-z0-9']+", item.text.lower()):
                stem = re.sub(r"(ing|es|s)$", "", word)
                assert word in FRAME or word in heard or stem in heard, (word, item.text)
            assert set(re.findall(r"\d+", item.text)) == set(re.findall(r"\d+", heard))


def test_a_sentence_said_twice_stands_once(classifier: LinearClassifier) -> None:
    said = "Doctor: What brings you in?\nPatient: My knee hurts a lot.\nPatient: It gives out.\nPatient: It gives out."
    items = [item for section in visit(classifier, said) for item in section.statements if item.text == "It gives out."]
    assert [len(item.heard) for item in items] == [2]


def recording(*spoken: tuple[str, Role, float]) -> Transcript:
    """A timed transcript: each (text, role, probability) a segment, one word each half second."""
    segments, at = [], 0.0
    for text, role, probability in spoken:
        words = []
        for word in text.split():
            words.append(Word(at, at + 0.5, f" {word}", probability, role.value))
            at += 0.5
        segments.append(Segment(tuple(words)))
    roles = tuple(SpeakerRole(role.value, role, 1.0) for role in (Role.CLINICIAN, Role.PATIENT))
    return Transcript(tuple(segments), roles=roles, duration=at)


def test_times_confidence_and_doubtful_words_come_from_the_words(classifier: LinearClassifier) -> None:
    transcript = recording(
        ("Are you allergic to anything?", Role.CLINICIAN, 0.9), ("Um, I'm allergic to penicillin.", Role.PATIENT, 0.9)
    )
    last = transcript.segments[1].words
    doubted = replace(transcript.segments[1], words=(*last[:-1], replace(last[-1], probability=0.3)))
    transcript = replace(transcript, segments=(transcript.segments[0], doubted))
    (section,) = arrange(transcript, Mode.VISIT, classifier, Config())
    (item,) = section.statements
    assert item.text == "Is allergic to penicillin."
    assert [item.text[span.start : span.end] for span in item.doubtful] == ["penicillin."]
    assert item.confidence == 0.3
    assert item.seconds[0].start == 2.5
    assert (item.speaker, item.role) == ("patient", Role.PATIENT)
    lenient = Config(sections=SectionsSettings(doubtful_below=0.2))
    assert arrange(transcript, Mode.VISIT, classifier, lenient)[0].statements[0].doubtful == ()


NOTE = """\
CHIEF COMPLAINT: Cough.
PAST MEDICAL HISTORY: Hypertension. No significant past medical history of stroke.
PHYSICAL EXAM
LUNGS: Clear to auscultation.
ANESTHESIA: None.
ASSESSMENT AND PLAN: Acute bronchitis. Will start azithromycin 250 mg daily."""


def test_a_written_note_keeps_its_words_and_its_headings(classifier: LinearClassifier) -> None:
    sections = arrange_note(plain_text.read(NOTE), classifier, Config())
    assert texts(sections) == {
        K.CHIEF_COMPLAINT: ["Cough."],
        K.PAST_MEDICAL: ["Hypertension.", "No significant past medical history of stroke."],
        K.EXAM: ["LUNGS: Clear to auscultation."],
        K.OTHER: ["ANESTHESIA: None."],
        K.ASSESSMENT: ["Acute bronchitis."],
        K.PLAN: ["Will start azithromycin 250 mg daily."],
    }


def test_a_dictation_is_a_written_note(classifier: LinearClassifier) -> None:
    transcript = plain_text.read(NOTE)
    assert arrange(transcript, Mode.DICTATION, classifier, Config()) == arrange_note(transcript, classifier, Config())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Plan: rest.", "He is well", "\n", "B.P. 120/80,", "(see above)", "IMPRESSION:"]), min_size=1
    )
)
def test_nothing_of_a_written_note_is_dropped(classifier: LinearClassifier, parts: list[str]) -> None:
    text = " ".join(parts)
    if text.strip():
        transcript = plain_text.read(text)
        sections = arrange_note(transcript, classifier, Config())
        kept = [item for section in sections for item in section.statements]
        assert all(item.text == transcript.text[item.heard[0].start : item.heard[0].end] for item in kept)
        held = " ".join(item.text for item in kept)
        for part, words in (("Plan: rest.", "rest."), ("He is well", "He is well"), ("(see above)", "(see above)")):
            assert held.count(words) == parts.count(part)


@pytest.mark.parametrize("text", ["No.", "Doctor: Hi.\nPatient: Hi.", "um", "???", "Doctor: Plan:\nPatient: Okay."])
def test_nothing_to_say_is_no_crash(classifier: LinearClassifier, text: str) -> None:
    arrange(plain_text.read(text), Mode.VISIT, classifier, Config())
    arrange_note(plain_text.read(text), classifier, Config())


def test_cost_grows_with_the_length(classifier: LinearClassifier, steps: Callable[..., int]) -> None:
    """Five minutes of talk are about 800 words; half an hour of it takes no more than its share."""

    def cost(times: int) -> int:
        transcript = plain_text.read("\n".join([VISIT] * times))
        return steps(lambda: arrange(transcript, Mode.VISIT, classifier, Config()))

    cost(1)
    short, long = cost(6), cost(36)
    assert long < 8 * short


def test_visits_of_the_shared_set_lose_few_numbers(classifier: LinearClassifier, shared_data: Path) -> None:
    """Doses and durations of OSCE interviews (not the recorded two) that reach the note: 98 % when this was written."""
    said = found = 0
    for path in sorted((shared_data / "osce" / "transcripts").glob("MSK*.txt"))[:8]:
        transcript = plain_text.read(path.read_text(errors="replace"))
        note = " ".join(
            item.text for section in visit(classifier, path.read_text(errors="replace")) for item in section.statements
        )
        numbers = re.findall(r"\d+", transcript.text)
        said += len(numbers)
        found += sum(number in note for number in numbers)
    assert found >= 0.93 * said > 0
