from __future__ import annotations

import pytest

from scribe.asr import doses
from scribe.asr.vocabulary import Term, TermKind, Vocabulary

LISINOPRIL = Term("lisinopril", TermKind.DRUG, strengths=("5 mg", "10 mg", "20 mg"))
ZESTRIL = Term("Zestril", TermKind.DRUG, brand=True, generic="lisinopril")
LEVOTHYROXINE = Term("levothyroxine", TermKind.DRUG, strengths=("75 mcg", "0.1 mg"))
VICODIN = Term("Vicodin", TermKind.DRUG, strengths=("5-325 mg",))
AMOXICILLIN = Term("amoxicillin", TermKind.DRUG, strengths=("500 mg", "250 mg/5 mL"))
GARGLE = Term("gargle", TermKind.DRUG)
VOCABULARY = Vocabulary((LISINOPRIL, ZESTRIL, LEVOTHYROXINE, VICODIN, AMOXICILLIN, GARGLE))


@pytest.mark.parametrize(
    ("term", "value", "unit", "fits"),
    [
        (LISINOPRIL, 10, "mg", True),
        (LISINOPRIL, 40, "mg", True),  # two of 20
        (LISINOPRIL, 2.5, "mg", True),  # half of 5
        (LISINOPRIL, 0.01, "g", True),
        (LISINOPRIL, 50, "mg", False),
        (LISINOPRIL, 10, "mcg", False),
        (ZESTRIL, 10, "mg", True),
        (ZESTRIL, 50, "mg", False),
        (LEVOTHYROXINE, 75, "mcg", True),
        (LEVOTHYROXINE, 100, "mcg", True),
        (LEVOTHYROXINE, 75, "mg", False),
        (VICODIN, 5, "mg", True),
        (VICODIN, 325, "mg", True),
        (AMOXICILLIN, 90, "mg", None),  # a liquid can be measured
        (GARGLE, 10, "mg", None),
        (LISINOPRIL, 10, "units", None),
    ],
)
def test_a_dose_fits_what_is_made(term: Term, value: float, unit: str, fits: bool | None) -> None:
    assert doses.fits(term, value, unit, VOCABULARY) is fits


def test_the_unit_of_a_strength() -> None:
    assert doses.unit_of(LEVOTHYROXINE, 75, VOCABULARY) == "mcg"
    assert doses.unit_of(ZESTRIL, 20, VOCABULARY) == "mg"
    assert doses.unit_of(LISINOPRIL, 75, VOCABULARY) is None
