"""Statements to the patient as "you": all of a sentence or nothing of it, never somebody else's."""

from __future__ import annotations

import pytest

from scribe.sections.second_person import addressed
from scribe.types import Assertion, Role, SectionGroup, Span, Statement

G = SectionGroup


def told(text: str, group: SectionGroup = G.HISTORY, role: Role | None = Role.PATIENT) -> str:
    return addressed(Statement("s", text, (Span(0, 1),), role=role), group)


@pytest.mark.parametrize(
    ("said", "told_as"),
    [
        ("Takes metformin twice a day.", "You take metformin twice a day."),
        ("Was working in the garden, and it got sore.", "You were working in the garden, and it got sore."),
        ("Sometimes forgets the pill, but has no fever.", "You sometimes forget the pill, but have no fever."),
        ("Doesn't smoke.", "You don't smoke."),
        ("Denies chest pain.", "You said no to chest pain."),
        ("Reports the knee gives out.", "You told us: the knee gives out."),
        ("The right knee has been bothering the patient.", "The right knee has been bothering you."),
        ("It hurts when the patient walks.", "It hurts when you walk."),
        ("Is in the patient's chart.", "You are in your chart."),
        ("Asked about fever: just chills.", "We asked about fever: just chills."),
        (
            "Asked \u201cany fever?\u201d: \u201cJust chills.\u201d",
            "We asked \u201cany fever?\u201d and you said \u201cJust chills.\u201d",
        ),
        ("Patient: \u201cit comes and goes.\u201d", "You said \u201cit comes and goes.\u201d"),
    ],
)
def test_history(said: str, told_as: str) -> None:
    assert told(said) == told_as


@pytest.mark.parametrize(
    ("said", "group", "told_as"),
    [
        ("Has decreased range of motion.", G.EXAM, "You have decreased range of motion."),
        ("Has been high.", G.EXAM, "Has been high."),
        ("Is stable.", G.ASSESSMENT, "Is stable."),
        ("I think the patient has gout.", G.ASSESSMENT, "I think you have gout."),
        ("Refer to physical therapy.", G.PLAN, "We will refer you to physical therapy."),
        ("Order an x-ray.", G.PLAN, "We will order an x-ray."),
        ("Check the blood pressure at home.", G.PLAN, "Check the blood pressure at home."),
        ("Take ibuprofen 400 mg.", G.PLAN, "Take ibuprofen 400 mg."),
        ("To note the patient is on potassium.", G.ASSESSMENT, "To note you are on potassium."),
        ("If the patient is still sore, order an MRI.", G.PLAN, "If you are still sore, order an MRI."),
    ],
)
def test_what_the_clinician_says(said: str, group: SectionGroup, told_as: str) -> None:
    assert told(said, group, Role.CLINICIAN) == told_as


@pytest.mark.parametrize(
    "said",
    [
        "Takes care of the mother, who has cancer.",
        "Hurt the back when he went for a swing.",
        "Takes their pills.",
        "The patient frobs.",
        "It is time for the patient melanoma.",
        "Have the patient continue taking those.",
        "Left knee hurts.",
        "Swelling: a little.",
        "Clinician: \u201cgood\u201d and more.",
    ],
)
def test_what_is_not_safe_to_turn_stays(said: str) -> None:
    assert told(said) == said


def test_a_relatives_illness_and_an_informants_words_stay() -> None:
    family = Statement("s", "Has diabetes.", (Span(0, 1),), assertion=Assertion.FAMILY, role=Role.PATIENT)
    assert addressed(family, G.HISTORY) == "Has diabetes."
    assert told("Has a fever.", role=Role.OTHER) == "Has a fever."
    assert told("Takes aspirin.", role=None) == "Takes aspirin."
