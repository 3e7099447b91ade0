"""Statements that say otherwise are shown beside each other; what only looks alike is not."""

from __future__ import annotations

import pytest

from scribe.config import Config
from scribe.sections import contradictions
from scribe.sections.catalog import section
from scribe.types import Assertion, Section, SectionKind, Span, Statement

K = SectionKind
A = Assertion
Said = tuple[SectionKind, str, Assertion]


def note(*said: Said) -> tuple[Section, ...]:
    return tuple(
        section(kind, (Statement(f"s{number}", text, (Span(number, number + 1),), assertion=assertion),))
        for number, (kind, text, assertion) in enumerate(said, 1)
    )


def pairs(*said: Said) -> set[tuple[str, ...]]:
    marked = contradictions.marked(note(*said), Config().models)
    return {(item.id, *item.contradicts) for part in marked for item in part.statements if item.contradicts}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((K.ROS, "Denies fever or chills.", A.ABSENT), (K.VITALS, "A low-grade fever of 100.4.", A.PRESENT)),
        ((K.ROS, "Denies chest pain.", A.ABSENT), (K.HPI, "Has had chest pain since Monday.", A.PRESENT)),
        ((K.SOCIAL, "Denies smoking.", A.ABSENT), (K.SOCIAL, "Smokes a pack a day.", A.PRESENT)),
        ((K.MEDICATIONS, "Takes metformin 500 mg.", A.PRESENT), (K.PLAN, "Continue metformin 1000 mg.", A.PRESENT)),
        ((K.HPI, "Right knee pain for a week.", A.PRESENT), (K.ASSESSMENT, "Left knee sprain.", A.PRESENT)),
    ],
)
def test_what_says_otherwise_is_marked_on_both(one: Said, other: Said) -> None:
    assert pairs(one, other) == {("s1", "s2"), ("s2", "s1")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((K.ROS, "Denies fever.", A.ABSENT), (K.FAMILY, "Daughter has a fever.", A.FAMILY)),
        ((K.ROS, "Denies fever.", A.ABSENT), (K.PLAN, "Call if a fever begins.", A.CONDITIONAL)),
        ((K.ROS, "Denies fever.", A.ABSENT), (K.EXAM, "No fever today.", A.ABSENT)),
        ((K.ROS, "Denies pain.", A.ABSENT), (K.HPI, "Elbow pain for a week.", A.PRESENT)),
        ((K.ROS, "Denies chest pain.", A.ABSENT), (K.HPI, "Knee pain for a week.", A.PRESENT)),
        ((K.MEDICATIONS, "Takes metformin 500 mg.", A.PRESENT), (K.PLAN, "Increase metformin to 1000 mg.", A.PRESENT)),
        ((K.MEDICATIONS, "Takes metformin 500 mg.", A.PRESENT), (K.PLAN, "Continue lisinopril 10 mg.", A.PRESENT)),
        ((K.HPI, "Right knee pain.", A.PRESENT), (K.EXAM, "Left knee: no swelling.", A.PRESENT)),
    ],
)
def test_what_only_looks_alike_is_not(one: Said, other: Said) -> None:
    assert pairs(one, other) == set()


def test_nothing_else_of_a_note_changes() -> None:
    made = note((K.HPI, "Has a cough.", A.PRESENT), (K.ROS, "Denies fever.", A.ABSENT))
    assert contradictions.marked(made, Config().models) == made
