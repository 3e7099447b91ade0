from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.sections import named
from scribe.sections.plain_words import explained, meanings

ALL = {**meanings("instead"), **meanings("beside")}
HARM = re.compile(
    r"\d|\b(?:left|right|both|bilateral|no|not|never|none|one|two|three|four|once|twice|daily|mg|mother|father)\b|n't"
)


def test_the_table_is_large_and_no_meaning_adds_a_number_a_side_a_denial_or_a_drug() -> None:
    assert len(ALL) >= 300
    assert not set(meanings("instead")) & set(meanings("beside"))
    for term, meaning in ALL.items():
        assert not HARM.search(meaning), term
        assert not named.drugs(meaning), term
        assert term == term.lower()
        assert meaning != term


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Hypertension is high.", "High blood pressure (hypertension) is high."),
        ("Has an effusion.", "Has an effusion (extra fluid)."),
        ("No acute fractures.", "No acute (sudden or recent) fractures (broken bone)."),
        ("Has an aortic aneurysm repair.", "Has an aortic aneurysm (bulge in the main artery of the body) repair."),
        ("Order a CBC and an EKG.", "Order a CBC (blood cell test) and an EKG (heart tracing)."),
        ("EKG was normal.", "Heart tracing (EKG) was normal."),
        ("High blood pressure, or hypertension.", "High blood pressure, or hypertension."),
        ("You said \u201cmy edema is back.\u201d", "You said \u201cmy edema is back.\u201d"),
        ("Edema, more edema.", "Swelling from fluid (edema), more edema."),
        ("Non-hypertension.", "Non-hypertension."),
        ("Nothing to explain.", "Nothing to explain."),
    ],
)
def test_a_clinical_word_is_explained_once_and_stays(said: str, plain: str) -> None:
    assert explained(said) == plain


WORDS = [
    *sorted(ALL)[::7],
    "no",
    "the",
    "a",
    "left",
    "10 mg",
    "and",
    "Hypertension",
    "murmurs",
    "lisinopril",
    "is",
    ".",
]


@given(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
def test_every_word_that_was_said_is_still_there_in_order(said: str) -> None:
    rest = iter(re.findall(r"\w+", explained(said).lower()))
    assert all(word in rest for word in re.findall(r"\w+", said.lower()))
