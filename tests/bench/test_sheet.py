"""The reading sheet and its sum."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from scribe.bench import sheet
from scribe.errors import InputError

ITEMS = [
    {
        "id": "D1",
        "statements": [
            {"section": "Plan", "statement": "Rest.", "heard": "clinician: rest", "rule": "plan.item"},
            {"section": "Plan", "statement": "=1+1", "heard": "", "rule": "plan.item"},
        ],
    },
    {"id": "D2", "statements": [{"section": "Exam", "statement": "Soft.", "heard": "", "rule": "none"}]},
]


def graded(folder: Path, *rows: str, head: str = ",".join((*sheet.GIVEN, *sheet.ASKED))) -> Path:
    path = folder / "graded.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_sheet_has_a_row_for_each_statement_and_empty_cells_for_the_reader() -> None:
    rows = list(csv.DictReader(io.StringIO(sheet.of(ITEMS))))
    assert [row["encounter"] for row in rows] == ["D1", "D1", "D2"]
    assert rows[0]["heard"] == "clinician: rest"
    assert {row[name] for row in rows for name in sheet.ASKED} == {""}
    assert rows[1]["statement"] == "'=1+1"  # no formula for a spreadsheet


def test_a_graded_sheet_is_summed_by_section_and_rule(tmp_path: Path) -> None:
    path = graded(
        tmp_path,
        "D1,Plan,Rest.,w,plan.item,accept,,no fever; asthma",
        "D1,Plan,Ice.,w,plan.item,Delete,yes,",
        'D1,HPI,"Cough, dry.",w,hpi.told,e,no,',
        "D2,HPI,Fever.,w,hpi.told,accepted,,",
        "D2,HPI,Rash.,w,,,,",
    )
    metrics = sheet.summed(path).metrics
    assert (metrics["notes"], metrics["statements"], metrics["not_graded"]) == (2, 4, 1)
    assert (metrics["accepted"], metrics["edited"], metrics["deleted"]) == (50, 25, 25)
    assert metrics["meaning_changed"] == 1
    assert metrics["missing_per_note"] == 1
    assert metrics["by_section"]["Plan"]["deleted"] == 50
    assert metrics["by_rule"]["hpi.told"]["statements"] == 2


def test_a_sheet_saved_with_semicolons_is_read(tmp_path: Path) -> None:
    head = ";".join((*sheet.GIVEN, *sheet.ASKED))
    assert sheet.summed(graded(tmp_path, "D1;Plan;Rest, ice.;w;r;a;;", head=head)).metrics["accepted"] == 100


def test_bad_rows_are_named_by_their_line_and_without_what_was_said(tmp_path: Path) -> None:
    path = graded(
        tmp_path,
        "D1,Plan,Rest.,w,r,accept,,",
        'D1,Plan,"Two\nlines.",w,r,accept,,',
        "D1,Plan,Secret.,w,r,perhaps,,",
        "D1,Plan,Rest.",
        ",Plan,Rest.,w,r,accept,,",
    )
    with pytest.raises(InputError) as error:
        sheet.summed(path)
    told = str(error.value)
    assert "line 5: the verdict" in told
    assert "line 6: 3 cells instead of 8" in told
    assert "line 7: no encounter" in told
    assert "Secret" not in told
    assert "perhaps" not in told


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        ("a,b", "1,2", "lacks the column encounter"),
        (",".join((*sheet.GIVEN, *sheet.ASKED)), "D1,Plan,Rest.,w,r,,,", "no verdict"),
        (",".join((*sheet.GIVEN, *sheet.ASKED)), 'D1,Plan,"Rest.,w,r,,,', "cannot be read"),
    ],
)
def test_what_is_no_graded_sheet_is_refused(tmp_path: Path, head: str, row: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        sheet.summed(graded(tmp_path, row, head=head))


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv"):
        sheet.summed(tmp_path / "none.csv")
