"""Problems, and what the note says was done about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scribe.coding import documentation
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import Meat, Note, Problem

Documented = Callable[[str], Note]

VISIT = """
hpi: patient> The right knee has been sore and stiff.
pmh: Hypertension, asthma.
vitals: Blood pressure is 148/86.
results: Hemoglobin A1c last week was 7.8%.
assessment: Osteoarthritis of the right knee.
assessment: Type 2 diabetes is not quite where we want it.
assessment: Hypertension is not well controlled.
plan: Get an X-ray of the right knee.
plan: Increase amlodipine to 10 mg daily.
plan: Please keep taking the metformin with meals.
plan: Call if the knee gets worse.
"""


def by_code(note: Note, code: str) -> Problem:
    return next(problem for problem in note.problems if code in problem.codes)


def words(note: Note, problem: Problem, kind: Meat) -> list[str]:
    return [note.statement(item.quote.statement_id).text for item in problem.support if item.kind is kind]


def test_every_problem_has_its_codes_its_words_and_the_places_of_its_support(documented: Documented) -> None:
    note = documented(VISIT)
    knee, diabetes, pressure = (by_code(note, code) for code in ("M17.11", "E11.9", "I10"))
    assert knee.name == "Osteoarthritis of the right knee"
    assert words(note, diabetes, Meat.TREAT) == ["Please keep taking the metformin with meals."]
    assert words(note, diabetes, Meat.EVALUATE) == ["Hemoglobin A1c last week was 7.8%."]
    assert words(note, diabetes, Meat.ASSESS) == ["Type 2 diabetes is not quite where we want it."]
    assert words(note, pressure, Meat.TREAT) == ["Increase amlodipine to 10 mg daily."]
    assert "Blood pressure is 148/86." in words(note, pressure, Meat.EVALUATE)
    assert "Get an X-ray of the right knee." in words(note, knee, Meat.ASSESS)
    for problem in note.problems:
        for item in problem.support:
            text = note.statement(item.quote.statement_id).text
            assert 0 <= item.quote.span.start < item.quote.span.end <= len(text)


def test_what_holds_under_a_condition_supports_nothing(documented: Documented) -> None:
    note = documented(VISIT)
    assert all("Call if" not in note.statement(s.quote.statement_id).text for p in note.problems for s in p.support)


def test_a_problem_that_is_only_listed_has_no_support(documented: Documented) -> None:
    note = documented(VISIT)
    assert by_code(note, "J45.909").listed_only
    assert not by_code(note, "I10").listed_only


def test_conditions_of_one_code_stay_two_problems(documented: Documented) -> None:
    note = documented("assessment: Hypertension.\nassessment: Chronic systolic heart failure.")
    assert sorted(problem.codes for problem in note.problems) == [("I11.0",), ("I11.0", "I50.22")]


def test_circumstances_are_no_problems(documented: Documented) -> None:
    note = documented("assessment: Gout.\nassessment: Long term use of insulin. Former smoker.")
    assert {code[0] for problem in note.problems for code in problem.codes} == {"M"}


def test_the_plan_under_a_heading_belongs_to_it(documented: Documented) -> None:
    note = documented("""
        assessment: Depression.
        plan: Doing well with weekly visits.
        assessment: Hypertension.
        plan: Counseled about a healthy life.
        assessment: Healthcare maintenance.
        plan: Reviewed and unchanged.
    """)
    depression, pressure = (by_code(note, code) for code in ("F32.A", "I10"))
    assert words(note, depression, Meat.MONITOR) == ["Doing well with weekly visits."]
    assert words(note, pressure, Meat.ASSESS) == ["Counseled about a healthy life."]
    assert words(note, pressure, Meat.MONITOR) == []


def test_a_list_of_problems_is_no_heading(documented: Documented) -> None:
    note = documented("assessment: Hypertension.\nassessment: Gout.\nplan: Counseled about a healthy life.")
    assert all(problem.listed_only for problem in note.problems)


def test_what_was_arranged_under_a_problem_belongs_to_it(icd10cm: Icd10cm, visit: Documented) -> None:
    note = visit("assessment: Hypertension.\nassessment: Gout.\nplan: Counseled about a healthy life.")
    first, plan = note.sections
    told = replace(plan, statements=(replace(plan.statements[0], problem="s0"),))
    coded = documentation.documented(suggest(replace(note, sections=(first, told)), [icd10cm], Config()), [icd10cm])
    pressure, gout = coded.problems
    assert [item.kind for item in pressure.support] == [Meat.ASSESS]
    assert gout.listed_only


def test_what_could_be_for_two_problems_is_for_neither(documented: Documented) -> None:
    note = documented("""
        assessment: Hypertension here today for review of it.
        assessment: Atrial fibrillation which we talked about at length.
        plan: Continue metoprolol 50 mg daily.
    """)
    texts = [note.statement(s.quote.statement_id).text for p in note.problems for s in p.support]
    assert "Continue metoprolol 50 mg daily." not in texts


def test_a_drug_counts_for_its_problem_even_under_another(documented: Documented) -> None:
    note = documented("""
        assessment: Hypertension.
        plan: Continue metformin and lisinopril.
        assessment: Type 2 diabetes.
        plan: Doing well.
    """)
    for code, drug in (("I10", "lisinopril"), ("E11.9", "metformin")):
        (treated,) = [item for item in by_code(note, code).support if item.kind is Meat.TREAT]
        statement = note.statement(treated.quote.statement_id)
        assert statement.text[treated.quote.span.start : treated.quote.span.end] == drug


@pytest.mark.parametrize("text", ["plan: No antibiotics.", "plan: If it gets worse, start amoxicillin."])
def test_a_drug_that_is_not_given_is_no_treatment(documented: Documented, text: str) -> None:
    note = documented(f"assessment: Acute sinusitis that is here to be seen.\n{text}")
    assert not [s for p in note.problems for s in p.support if s.kind is Meat.TREAT]
