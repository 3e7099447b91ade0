"""Findings said as clinicians write them; none without the context it needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.sections import saying
from scribe.types import (
    Attribute,
    AttributeKind,
    Basis,
    Certainty,
    Claims,
    Finding,
    FindingKind,
    Polarity,
    Span,
    Time,
)

A, K = AttributeKind, FindingKind
HERE = Span(0, 1)


def finding(kind: FindingKind, concept: str, claims: Claims | None = None, **told: str) -> Finding:
    attributes = tuple(Attribute(AttributeKind[name.upper()], text, HERE) for name, text in told.items())
    return Finding("f1", kind, concept, claims or Claims(), (HERE,), attributes)


PAIN = finding(K.SYMPTOM, "knee pain", side="right", duration="three weeks")
ABSENT = Claims(polarity=Polarity.ABSENT)


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([PAIN], "Right knee pain, three weeks."),
        ([finding(K.SYMPTOM, "fever", ABSENT), finding(K.SYMPTOM, "chills", ABSENT)], "Denies fever or chills."),
        ([finding(K.PROBLEM, "asthma", ABSENT)], "No asthma."),
        ([finding(K.SYMPTOM, "headache", Claims(certainty=Certainty.POSSIBLE))], "Possible headache."),
        ([finding(K.FAMILY, "migraine", Claims(experiencer="mother"))], "Mother: migraine."),
        ([finding(K.HABIT, "smoking", ABSENT)], "Denies smoking."),
        ([finding(K.MEDICATION, "metformin", dose="500 mg", frequency="daily")], "Metformin, 500 mg, daily."),
        ([finding(K.PROBLEM, "diabetes", side="right")], "Diabetes."),
        ([finding(K.SYMPTOM, a) for a in ("fever", "chills", "cough", "fever")], "Fever, chills and cough."),
    ],
)
def test_sentences(findings: list[Finding], said: str) -> None:
    assert saying.sentence(findings, "") == said


@pytest.mark.parametrize(
    ("concept", "heard", "name"),
    [
        ("shortness of breath", "short of breath", "shortness of breath"),
        ("anxiety", "anxious", "anxiety"),
        ("neck pain", "stiff neck", "stiff neck"),
        ("fainting", "passing out", "passing out"),
        ("dysuria", "it burns when I pee", "dysuria"),
        ("fever", "any", "fever"),
    ],
)
def test_a_name_is_made_of_the_words_that_were_said(concept: str, heard: str, name: str) -> None:
    said = replace(finding(K.SYMPTOM, concept, ABSENT), heard=(Span(3, 3 + len(heard)),))
    assert saying.sentence([said], f"no {heard}") == f"Denies {name}."


def test_what_was_told_in_two_ways_is_left_out() -> None:
    two = replace(PAIN, attributes=(*PAIN.attributes, Attribute(A.DURATION, "two weeks", HERE)))
    assert saying.sentence([two], "") == "Right knee pain."


@pytest.mark.parametrize(
    "claims",
    [
        Claims(basis=Basis.ASKED),
        Claims(basis=Basis.COUNSELLED),
        Claims(basis=Basis.DECLINED),
        Claims(time=Time.CONDITIONAL),
        Claims(time=Time.PLANNED),
        Claims(time=Time.PAST),
        Claims(time=Time.OPEN),
        Claims(polarity=Polarity.ABSENT, certainty=Certainty.POSSIBLE),
        Claims(polarity=Polarity.ABSENT, experiencer="mother"),
    ],
)
def test_what_needs_its_context_is_not_said(claims: Claims) -> None:
    assert not saying.sayable(finding(K.SYMPTOM, "rash", claims))


def test_what_an_answer_affirms_is_not_said_without_its_words() -> None:
    asked = replace(finding(K.SYMPTOM, "wheezing"), heard=(HERE, Span(5, 9)))
    assert not saying.sayable(asked)
    assert saying.sayable(replace(asked, claims=ABSENT))


def test_a_habit_is_not_said_without_how_much() -> None:
    assert not saying.sayable(finding(K.HABIT, "alcohol"))
    assert saying.sayable(finding(K.HABIT, "alcohol", ABSENT))


@given(st.sampled_from(list(saying.PLACES)), st.sampled_from(list(Polarity)), st.sampled_from(list(Certainty)))
def test_two_that_claim_otherwise_are_not_said_together(
    kind: FindingKind, polarity: Polarity, certainty: Certainty
) -> None:
    one = finding(kind, "x", Claims(polarity, certainty))
    other = finding(kind, "y")
    assert saying.alike(one, other) == (polarity is Polarity.PRESENT and certainty is Certainty.CERTAIN)
