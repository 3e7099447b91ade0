"""Names, attributes and lists in note style."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.sections.realisation import wording
from scribe.sections.realisation.told import Told


@pytest.mark.parametrize(
    ("kind", "concept", "heard", "name"),
    [
        ("symptom", "abdominal pain", "tummy pain", "abdominal pain"),
        ("symptom", "neck pain", "stiff neck", "stiff neck"),
        ("symptom", "fatigue", "tired", "fatigue"),
        ("symptom", "tremor", "shaky", "feeling shaky"),
        ("symptom", "ankle pain", "ankle hurts", "ankle pain"),
        ("symptom", "poor concentration", "can't focus", "poor concentration"),
        ("problem", "atrial fibrillation", "afib", "atrial fibrillation"),
        ("problem", "high blood pressure", "hypertension", "hypertension"),
        ("problem", "sprain", "acute medial meniscus sprain", "acute medial meniscus sprain"),
    ],
)
def test_names(thing: Callable[..., Told], kind: str, concept: str, heard: str, name: str) -> None:
    assert wording.name_of(thing(kind, concept, heard=heard)) == name


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"side": "left", "duration": "two weeks"}, "left shoulder pain for two weeks"),
        ({"onset": "about three weeks ago"}, "shoulder pain for about three weeks"),
        ({"onset": "on Monday", "aggravated_by": "lift"}, "shoulder pain since Monday, worse with lifting"),
        ({"severity": "severe", "quality": "sharp"}, "severe sharp shoulder pain"),
        ({"course": "comes and goes", "timing": "a lot"}, "shoulder pain, comes and goes"),
        ({"site": "my left arm"}, "shoulder pain in the left arm"),
        ({"context": "when I reach up"}, "shoulder pain when reaching up"),
        ({"context": "at night"}, "shoulder pain at night"),
        ({"side": ["left", "right"]}, "shoulder pain"),
    ],
)
def test_phrases(thing: Callable[..., Told], attributes: dict[str, str], text: str) -> None:
    assert wording.phrase(thing("symptom", "shoulder pain", **attributes)) == text


def test_a_pain_without_a_name_has_its_side_with_its_place(thing: Callable[..., Told]) -> None:
    pain = thing("symptom", "pain", side="left", site="lower abdomen")
    assert wording.phrase(pain) == "pain in the left lower abdomen"


@pytest.mark.parametrize(
    ("said", "clause"),
    [
        ("if you're gaining more weight", "gaining more weight"),
        ("it's not better", "not better"),
        ("your headache gets worse", "the headache gets worse"),
        ("you have a fever or you're vomiting", "a fever or vomiting"),
        ("I think you should", ""),
        ("the the swelling", ""),
    ],
)
def test_clauses(said: str, clause: str) -> None:
    assert wording.clause(said) == clause


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("in my left knee", "in the left knee"),
        ("with my wife and, um, two children", "with wife and, two children"),
        ("on my own", "alone"),
        ("Monday", "Monday"),
        ("when I walk", ""),
        ("with the", ""),
        ("it", ""),
    ],
)
def test_plain(said: str, plain: str) -> None:
    assert wording.plain(said) == plain


def test_lists() -> None:
    assert wording.joined(["fever", "chills", "fever", "cough"]) == "fever, chills and cough"
    assert wording.joined(["fever"]) == "fever"
    assert wording.joined([]) == ""


@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(text: str) -> None:
    for made in (wording.plain(text), wording.clause(text)):
        assert not wording.PERSONS.search(made)
    assert len(wording.sentence(text)) <= len(text) + 1
