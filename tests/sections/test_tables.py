"""Rows of tables: the statement's own words in cells, and no word that carries a fact outside them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import tables
from scribe.sections.tables import GLUE, SAID_BY_THE_LINE, WORD
from scribe.types import Assertion, SectionKind, Span, Statement

K = SectionKind


def statement(at: int, text: str, assertion: Assertion = Assertion.PRESENT) -> Statement:
    return Statement(f"s{at}", text, (Span(at * 100, at * 100 + 9),), assertion=assertion)


def cut(kind: SectionKind, *texts: str) -> tuple[list[str], list[list[str]], list[str]]:
    said = [statement(at, text) for at, text in enumerate(texts)]
    found = tables.table(kind, said)
    by_id = {item.id: item.text for item in said}
    rows = [
        [" / ".join(by_id[part.statement_id][part.span.start : part.span.end] for part in cell) for cell in row.cells]
        for row in found.rows
    ]
    return list(found.columns), rows, [item.text for item in found.below]


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ("Blood pressure is 148/86, and the pulse is 72.", [["Blood pressure", "148/86"], ["pulse", "72"]]),
        ("Temperature was 98.6 degrees Fahrenheit.", [["Temperature", "98.6 degrees Fahrenheit"]]),
        ("Height is 5 feet 10 inches.", [["Height", "5 feet 10 inches"]]),
        ("O2 sat 95% on 2 L.", [["O2 sat", "95%", "on 2 L"]]),
        ("BP 120 over 80 sitting, 110 over 70 standing.", [["BP", "120 over 80", "sitting, 110 over 70 standing"]]),
    ],
)
def test_vital_signs_have_name_value_and_remarks(said: str, rows: list[list[str]]) -> None:
    assert cut(K.VITALS, said)[1] == rows


@pytest.mark.parametrize(
    "said", ["Blood pressure was high at 150/90.", "Vitals are normal.", "Today the patient's pulse was fast."]
)
def test_a_vital_sign_that_cannot_be_cut_stands_as_it_was_said(said: str) -> None:
    assert cut(K.VITALS, said) == ([], [], [said])


def test_medications_have_status_dose_route_and_frequency() -> None:
    columns, rows, below = cut(
        K.MEDICATIONS,
        "Takes ibuprofen, 400 mg, twice a day.",
        "It helps a bit.",
        "Insulin 10 units subcutaneously at bedtime.",
        "No longer takes warfarin.",
        "Is still on the metformin.",
        "Was on lisinopril 20 mg daily but stopped it last month.",
        "Takes half a tablet of metoprolol in the morning.",
    )
    assert columns == ["Medicine", "Status", "Dose", "Route", "How often", "Remarks"]
    assert rows == [
        ["ibuprofen", "Takes", "400 mg", "", "twice a day", "It helps a bit."],
        ["Insulin", "", "10 units", "subcutaneously", "at bedtime", ""],
        ["warfarin", "No longer takes", "", "", "", ""],
        ["metformin", "Is still", "", "", "", ""],
        ["lisinopril", "Was", "20 mg", "", "daily", "but stopped it last month"],
        ["metoprolol", "Takes", "half a tablet", "", "in the morning", ""],
    ]
    assert below == []


@pytest.mark.parametrize(
    "said",
    [
        "Takes aspirin and lisinopril 20 mg daily.",
        "Stopped taking metformin 500 mg and glipizide 5 mg.",
        "Metformin 500 mg and glipizide 5 mg, both twice a day.",
        "Increased lisinopril from 10 mg to 20 mg daily.",
        "Asked \u201cdo you take aspirin?\u201d: \u201cyes.\u201d",
        "Takes a blue pill.",
        "If taking medications like codeine, stop them.",
        "It's called salbutamol.",
        "Listen up for 10 mg, once a day, and an albuterol inhaler when needing it.",
        "Takes something, 10 mg, and metoprolol.",
        "Takes one twice a day and metoprolol.",
    ],
)
def test_doubt_whose_dose_or_status_it_is_leaves_the_sentence_whole(said: str) -> None:
    assert cut(K.MEDICATIONS, said) == ([], [], [said])


def test_a_bare_list_is_one_row_for_each_medicine() -> None:
    _, rows, _ = cut(K.MEDICATIONS, "Metformin 500 mg twice a day and glipizide 5 mg daily.")
    assert rows == [["Metformin", "500 mg", "twice a day"], ["glipizide", "5 mg", "daily"]]


def test_allergies_have_their_reaction() -> None:
    columns, rows, below = cut(
        K.ALLERGIES,
        "Penicillin: skin rash.",
        "Allergic to sulfa, which causes hives.",
        "Latex, which gives hives.",
        "Had a rash, with itching.",
        "Asked about being allergic to medicine: yes, codeine.",
        "It made the patient vomit, with nausea.",
        "Nothing else.",
    )
    assert columns == ["Allergy to", "Reaction"]
    assert rows == [
        ["Penicillin", "skin rash"],
        ["sulfa", "hives"],
        ["Latex", "hives"],
        ["codeine", "It made the patient vomit, with nausea."],
    ]
    assert below == ["Had a rash, with itching.", "Nothing else."]


def test_a_denied_allergy_is_no_row() -> None:
    said = statement(0, "Not allergic to penicillin.", Assertion.ABSENT)
    found = tables.table(K.ALLERGIES, [said])
    assert found.rows == ()
    assert found.below == (said,)


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ("Hemoglobin A1c last week was 7.8%.", ["Hemoglobin A1c last week", "7.8%"]),
        ("The troponin was not elevated.", ["troponin", "not elevated"]),
        ("X-ray of the right knee is unremarkable.", ["X-ray of the right knee", "unremarkable"]),
        ("Chest x-ray shows no pneumonia.", ["Chest x-ray", "shows no pneumonia"]),
        ("LDL 120.", ["LDL", "120"]),
    ],
)
def test_results_have_test_and_result(said: str, row: list[str]) -> None:
    assert cut(K.RESULTS, said)[1] == [row]


WORDS = (
    "takes no longer metformin aspirin 500 mg 20 daily twice a day not stopped and but the is was blood pressure pulse "
    "148/86 72 penicillin rash allergic to which causes hives It helps LDL 120 x-ray normal elevated of left right "
    "denies , . : increased from under tongue as needed \u201cyes\u201d"
).split()


@settings(deadline=None)  # the first reading loads the lexicon
@given(
    st.sampled_from(sorted(tables.TABLES)),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), max_size=4),
)
def test_no_word_that_carries_a_fact_is_lost_and_none_is_added(kind: SectionKind, said: list[list[str]]) -> None:
    texts = [re.sub(r" ([,.:])", r"\1", " ".join(words)) for words in said]
    statements = [statement(at, text) for at, text in enumerate(texts)]
    found = tables.table(kind, statements)
    shown: dict[str, set[int]] = {item.id: set() for item in statements}
    for item in found.below:
        shown[item.id] |= set(range(len(item.text)))
    for row in found.rows:
        assert len(row.cells) == len(found.columns)
        for part in row.excerpts:
            shown[part.statement_id] |= set(range(part.span.start, part.span.end))
    droppable = GLUE | SAID_BY_THE_LINE | ({"allergic", "which", "causes", "and"} if kind is K.ALLERGIES else set())
    for item in statements:
        for word in WORD.finditer(item.text):
            whole = set(range(*word.span())) <= shown[item.id]
            assert whole or word[0].lower().strip(".") in droppable, (item.text, word[0])
