"""Codes that somebody wrote into the note."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import CodeFlag, Note

Read = Callable[[str], Note]


def coded(note: Note, system: Icd10cm) -> tuple[list[tuple[str, bool]], list[CodeFlag]]:
    """The proposed codes, each with whether it is flagged as typed; and what the remarks are about."""
    found = suggest(note, [system], Config())
    return [(item.coding.code, CodeFlag.TYPED in item.flags) for item in found.suggestions], [
        remark.kind for remark in found.remarks
    ]


@pytest.mark.parametrize(
    ("text", "codes", "remarks"),
    [
        ("Essential hypertension (I10).", [("I10", True)], []),
        ("Hypertension I10.", [("I10", False)], []),  # three characters alone may be anything
        ("Gout, M10.9, stable.", [("M10.9", True)], []),
        ("ICD-10: E119, well controlled.", [("E11.9", True)], []),
        ("Gout (M10).", [("M10.9", False)], [CodeFlag.NOT_BILLABLE]),
        ("Gout (M10.999).", [("M10.9", False)], [CodeFlag.UNKNOWN_CODE]),
        ("Asthma (E11.9).", [("E11.9", True), ("J45.909", False)], [CodeFlag.UNSUPPORTED]),
        ("Not E11.9: no diabetes.", [], []),
        ("Vitamin B12 1000 mcg, A1C 7.2, disc disease at L5.", [], []),
        ("Blood pressure 120.5, weight 80.2 kg.", [], []),
    ],
)
def test_written_codes(
    text: str, codes: list[tuple[str, bool]], remarks: list[CodeFlag], read_note: Read, icd10cm: Icd10cm
) -> None:
    found, flagged = coded(read_note(text), icd10cm)
    assert sorted(found) == sorted(codes)
    assert flagged == remarks


def test_a_remark_says_what_is_wrong_and_where(read_note: Read, icd10cm: Icd10cm) -> None:
    note = suggest(read_note("Gout (M10.999)."), [icd10cm], Config())
    (remark,) = note.remarks
    assert note.statement(remark.statement_id).text[remark.span.start : remark.span.end] == "M10.999"
    assert "M10.999 is not in release" in remark.reason
    assert "M10.999" not in repr(remark)


def test_a_patient_types_nothing(read_note: Read, icd10cm: Icd10cm) -> None:
    assert coded(read_note("hpi: patient> My chart says M10.9."), icd10cm) == ([], [])
