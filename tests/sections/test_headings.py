from __future__ import annotations

import pytest

from scribe.sections.headings import match, unknown
from scribe.types import SectionKind as K


@pytest.mark.parametrize(
    ("text", "kinds", "rest"),
    [
        ("Past medical history: hypertension.", (K.PAST_MEDICAL,), "hypertension."),
        ("PMH: asthma", (K.PAST_MEDICAL,), "asthma"),
        ("Assessment and plan.", (K.ASSESSMENT, K.PLAN), ""),
        ("A/P: sepsis", (K.ASSESSMENT, K.PLAN), "sepsis"),
        ("Next, physical exam.", (K.EXAM,), ""),
        ("Moving on to the review of systems:", (K.ROS,), ""),
        ("IMPRESSION:,  Stable.", (K.ASSESSMENT,), "Stable."),
        ("Vital signs - blood pressure 120/80", (K.VITALS,), "blood pressure 120/80"),
        ("2. Social history: lives alone", (K.SOCIAL,), "lives alone"),
        ("Medications", (K.MEDICATIONS,), ""),
        ("Family history is noncontributory.", (K.FAMILY,), "Family history is noncontributory."),
        ("Past medical history significant for gout.", (K.PAST_MEDICAL,), "Past medical history significant for gout."),
    ],
)
def test_headings(text: str, kinds: tuple[K, ...], rest: str) -> None:
    found = match(text)
    assert found is not None
    assert found.kinds == kinds
    assert text[found.length :] == rest


@pytest.mark.parametrize(
    "text",
    [
        "No significant past medical history.",
        "She has a past medical history of gout.",
        "Plan to see her on Monday.",
        "Examination of the knee shows an effusion.",
        "Medications were not taken today, he said, because of the cost: he is out of work.",
        "Family history of diabetes.",
        "The plan was good.",
        "Allergies to pollen.",
        "Exam was hard at school.",
        "P: rest",
    ],
)
def test_near_misses(text: str) -> None:
    found = match(text)
    assert found is None or (found.length == 0 and text.startswith("Medications were"))


def test_the_letters_of_a_soap_note_count_only_in_writing() -> None:
    found = match("P: rest", written=True)
    assert found is not None
    assert found.kinds == (K.PLAN,)


@pytest.mark.parametrize(
    ("text", "expected"), [("ANESTHESIA: Spinal.", True), ("LUNGS: clear", False), ("He: x", False)]
)
def test_headings_of_no_section_of_ours(text: str, expected: bool) -> None:
    assert unknown(text) is expected
