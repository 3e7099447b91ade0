from __future__ import annotations

import pytest

from scribe.sections.assertion import assertion_of
from scribe.types import Assertion
from scribe.types import SectionKind as K


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Denies fever.", K.ROS, Assertion.ABSENT),
        ("No nausea or vomiting.", K.ROS, Assertion.ABSENT),
        ("No nausea, but feels hot.", K.ROS, Assertion.PRESENT),
        ("No, the knee hurts.", K.HPI, Assertion.PRESENT),
        ("Chest pain for two days.", K.HPI, Assertion.PRESENT),
        ("Pneumonia has been ruled out.", K.ASSESSMENT, Assertion.ABSENT),
        ("This could be a viral infection.", K.ASSESSMENT, Assertion.POSSIBLE),
        ("Come back if the fever returns.", K.PLAN, Assertion.CONDITIONAL),
        ("Mother had breast cancer.", K.HPI, Assertion.FAMILY),
        ("Heart attack at 60.", K.FAMILY, Assertion.FAMILY),
        ("Denies family history of stroke.", K.FAMILY, Assertion.ABSENT),
        ("Lives with mother who has help.", K.SOCIAL, Assertion.PRESENT),
        ("Gallbladder taken out.", K.SURGICAL, Assertion.HISTORICAL),
        ("Heart attack five years ago.", K.PAST_MEDICAL, Assertion.HISTORICAL),
        ("The pain began two years ago.", K.HPI, Assertion.PRESENT),
    ],
)
def test_assertions(text: str, kind: K, expected: Assertion) -> None:
    assert assertion_of(text, kind) is expected
