"""What a note lists: each drug, allergy, illness and habit in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scribe.sections.realisation import lists
from scribe.sections.realisation.told import Told
from scribe.types import AttributeKind, Claims, Polarity, Span, Time

ABSENT, PAST = Claims(polarity=Polarity.ABSENT), Claims(time=Time.PAST)
A = AttributeKind


@pytest.mark.parametrize(
    ("attributes", "line"),
    [
        ({"dose": "20 mg", "frequency": "once a day"}, "Lisinopril 20 mg once a day."),
        ({"dose": "5 mg", "route": "by mouth", "frequency": "daily"}, "Lisinopril 5 mg by mouth daily."),
        ({"status": "hasn't helped"}, "Lisinopril, hasn't helped."),
        ({"frequency": "a week"}, "Lisinopril."),
        ({"onset": "last year"}, "Lisinopril, since last year."),
        ({"indication": "for my heart"}, "Lisinopril, for the heart."),
    ],
)
def test_medications(thing: Callable[..., Told], attributes: dict[str, str], line: str) -> None:
    assert lists.medication(thing("medication", "lisinopril", **attributes)) == line


def test_the_time_of_a_forgotten_dose_is_not_how_often_it_is_taken(thing: Callable[..., Told]) -> None:
    told = thing("medication", "metformin")
    regimen = ((A.DOSE, "1,000 mg", Span(5, 6)), (A.FREQUENCY, "twice a day", Span(7, 8)))
    forgets = ((A.ADHERENCE, "sometimes forget", Span(9, 10)), (A.FREQUENCY, "in the evening", Span(11, 12)))
    told = replace(told, findings=told.findings * 2, each=(regimen, forgets))
    assert lists.medication(told) == "Metformin 1,000 mg twice a day, sometimes forgets in the evening."


def test_what_is_not_taken(thing: Callable[..., Told]) -> None:
    assert lists.medication(thing("medication", "any", claims=ABSENT)) == "No regular medications."
    assert lists.medication(thing("medication", "any")) == ""
    assert lists.medication(thing("medication", "aspirin", claims=ABSENT)) == "Does not take aspirin."
    stopped = thing("medication", "naproxen", claims=PAST, status="stopped", date="May")
    assert lists.medication(stopped) == "Naproxen, stopped in May."
    assert lists.medication(thing("medication", "naproxen", claims=PAST)) == "Past: naproxen."


def test_allergies(thing: Callable[..., Told]) -> None:
    assert lists.allergy(thing("allergy", "penicillin", reaction="a rash")) == "Penicillin: a rash."
    assert lists.allergy(thing("allergy", "any", claims=ABSENT)) == "No known allergies."
    assert lists.allergy(thing("allergy", "latex", claims=ABSENT)) == "No known allergy to latex."


def test_problems(thing: Callable[..., Told]) -> None:
    assert lists.problem(thing("problem", "asthma", status="well controlled")) == "Asthma, well controlled."
    assert lists.problem(thing("problem", "asthma", claims=PAST)) == "Asthma, in the past."
    assert lists.problem(thing("problem", "diabetes", claims=ABSENT)) == "No diabetes."
    assert lists.problem(thing("problem", "medical problems", claims=ABSENT)) == "No other medical problems."


def test_procedures(thing: Callable[..., Told]) -> None:
    assert lists.procedure(thing("procedure", "appendectomy", heard="appendix out", age="18")) == "Appendectomy at 18."
    assert lists.procedure(thing("procedure", "surgery", claims=ABSENT)) == "No previous surgery."
    assert lists.procedure(thing("procedure", "surgery")) == ""


def test_families(thing: Callable[..., Told]) -> None:
    told = [thing("family", "stroke", age="50"), thing("family", "migraine")]
    assert lists.family("mother", told) == "Mother: stroke at 50 and migraine."


@pytest.mark.parametrize(
    ("concept", "claims", "attributes", "text"),
    [
        ("smoking", ABSENT, {}, "Does not smoke."),
        ("smoking", PAST, {"onset": "ten years ago"}, "Former smoker, quit ten years ago."),
        ("smoking", Claims(), {"frequency": "10 a day"}, "Smokes 10 a day."),
        ("alcohol", Claims(), {"frequency": "a few beers per week"}, "Alcohol: a few beers per week."),
        ("alcohol", Claims(), {}, "Drinks alcohol."),
        ("occupation", Claims(), {"value": "an accountant"}, "Occupation: an accountant."),
        ("living situation", Claims(), {"value": "with my wife"}, "Lives with wife."),
    ],
)
def test_habits(
    thing: Callable[..., Told], concept: str, claims: Claims, attributes: dict[str, str], text: str
) -> None:
    told = thing("habit", concept, claims=claims, **attributes)
    assert [made for _, made in lists.habits([told])] == [text]
