"""Why a code is proposed, and why another is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.coding.explanation import explain
from scribe.coding.icd10cm import Icd10cm
from scribe.errors import InputError
from scribe.types import Note

Documented = Callable[[str], Note]

CASES = [
    ("assessment: Gout.", "M10.9", "proposed", "Rule lexicon:gout"),
    ("assessment: Gout.\nfamily: Father had asthma.", "J45.909", "not proposed", "speak of somebody else"),
    ("assessment: Gout, no asthma.", "J45.909", "not proposed", "say that it is not so"),
    ("assessment: Cough, possible pneumonia.", "J18.9", "not proposed", "leave it uncertain"),
    ("assessment: Gout.\nallergies: Asthma with aspirin.", "J45.909", "not proposed", "which gives no diagnosis"),
    ("assessment: Gout.\npmh: Pneumonia.", "J18.9", "not proposed", "no lasting condition"),
    ("assessment: Acute bronchitis with cough.", "R05.9", "not proposed", "It is part of J20.9"),
    ("assessment: Hypertension.\nassessment: Heart failure.", "I10", "not proposed", "The words count for I11.0"),
    ("assessment: Gout.", "M10", "not proposed: too short for a claim", "Proposed under it: M10.9"),
    ("assessment: Gout.", "A00.0", "not proposed", "No words of the note name it."),
    ("hpi: Dizziness.\nassessment: Gout.", "R42", "not proposed", "did not take up (IV.D)"),
    ("assessment: Left knee pain.\nplan: No left knee pain at rest.", "M25.562", "proposed", "Not counted:"),
]


@pytest.mark.parametrize(("text", "code", "verdict", "says"), CASES)
def test_the_path_is_told(
    icd10cm: Icd10cm, documented: Documented, text: str, code: str, verdict: str, says: str
) -> None:
    note = documented(text)
    found = explain(note, code, [icd10cm])
    assert found.verdict == verdict
    assert any(says in step.says for step in found.steps), [step.says for step in found.steps]
    for step in found.steps:
        if step.quote:
            text_of = note.statement(step.quote.statement_id).text
            assert text_of[step.quote.span.start : step.quote.span.end].strip()


def test_a_code_of_no_table_is_refused(icd10cm: Icd10cm, documented: Documented) -> None:
    with pytest.raises(InputError, match=r"there is no code 'X1' \(icd10cm 2026-04\)"):
        explain(documented("assessment: Gout."), " x1 ", [icd10cm])
    with pytest.raises(InputError, match="no code table is in use"):
        explain(documented("assessment: Gout."), "M10.9", [])
