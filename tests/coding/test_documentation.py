"""The whole pass: codes, problems, worksheet, questions, in time and without leaking what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scribe import serial
from scribe.coding import documentation, query_lint
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import (
    Coding,
    Encounter,
    Note,
    Role,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    SuggestionStatus,
)

Documented = Callable[[str], Note]

PAGE = """
    hpi: Patient with type 2 diabetes, hypertension and left knee pain denies fever, chills or chest pain today.
    results: Hemoglobin A1c was 8.1, LDL was 140, creatinine is normal, and the chest x-ray is unremarkable.
    assessment: Hypertension, not well controlled, and congestive heart failure with an ejection fraction of 45%.
    plan: Increase lisinopril to 20 mg daily, check a CBC and a lipid panel, and refer her to physical therapy.
"""


def test_cost_grows_with_the_length(icd10cm: Icd10cm, visit: Documented, steps: Callable[..., int]) -> None:
    def cost(times: int) -> int:
        note = suggest(visit(PAGE * times), [icd10cm], Config())
        documentation.documented(note, [icd10cm])
        return steps(lambda: documentation.documented(note, [icd10cm]))

    assert cost(18) < 10 * cost(3)  # two pages are about 1,200 words


def test_the_same_note_gives_the_same_and_again(icd10cm: Icd10cm, documented: Documented) -> None:
    once = documented(PAGE)
    again = documentation.documented(suggest(once, [icd10cm], Config()), [icd10cm])
    assert again == once


def test_what_a_person_rejected_makes_no_problem_and_no_question(icd10cm: Icd10cm, documented: Documented) -> None:
    note = documented("assessment: Knee pain.")
    rejected = tuple(replace(item, status=SuggestionStatus.REJECTED) for item in note.suggestions)
    again = documentation.documented(replace(note, suggestions=rejected, queries=()), [icd10cm])
    assert again.problems == ()
    assert again.queries == ()
    assert again.worksheet is None


def test_without_tables_there_is_nothing(visit: Documented) -> None:
    note = documentation.documented(visit(PAGE), [])
    assert (note.problems, note.worksheet, note.queries) == ((), None, ())


def test_a_hospital_stay_has_no_office_visit(icd10cm: Icd10cm, visit: Documented) -> None:
    coded = suggest(visit(PAGE), [icd10cm], Config())
    assert documentation.documented(coded, [icd10cm], outpatient=False).worksheet is None


def test_no_word_of_the_note_is_in_a_repr(documented: Documented) -> None:
    shown = repr(documented(PAGE)).lower()
    for word in ("ejection", "lisinopril", "congestive heart failure with", "knee pain denies"):
        assert word not in shown


class Licensed:
    """A table of the user's own, as far as a visit needs it; its one code is invented."""

    def office_visit(self, patient: str, level: str) -> Coding | None:
        return Coding("cpt", "2026", "VISIT", "") if (patient, level) == ("established", "moderate") else None


def test_the_level_has_a_code_only_from_the_users_own_table(icd10cm: Icd10cm, visit: Documented) -> None:
    known = suggest(visit(PAGE + "hpi: Known to our clinic."), [icd10cm], Config())
    for visits, code in ((None, ""), (Licensed(), "VISIT")):
        sheet = documentation.documented(known, [icd10cm], visits=visits).worksheet
        assert sheet is not None
        assert (sheet.service, sheet.code) == ("office visit, established, moderate", code)
    unknown = documentation.documented(
        suggest(visit(PAGE), [icd10cm], Config()), [icd10cm], visits=Licensed()
    ).worksheet
    assert unknown is not None
    assert unknown.code == ""


PARTS = (
    "knee pain,left,right,gout,hypertension,not well controlled,start lisinopril 10 mg,check a CBC,x-ray of the,"
    "if worse,depression.,PHQ 12,CHF,EF 35.5%,:,;,“,”,(,[,1.,•,-,mother gave the history,"
    "I spent 30 minutes,new patient,admit to"
)
texts = st.lists(st.sampled_from(PARTS.split(",")), min_size=1, max_size=10).map(" ".join)
lines = st.lists(
    st.tuples(st.sampled_from(SectionKind), texts, st.none() | st.sampled_from(Role)), min_size=1, max_size=6
)


@settings(max_examples=60, deadline=None)
@given(lines)
def test_whatever_a_note_says_the_pass_holds_together(
    icd10cm: Icd10cm, rows: list[tuple[SectionKind, str, Role | None]]
) -> None:
    sections = tuple(
        Section(kind, "", SectionGroup.PLAN, "", (Statement(f"s{at}", text, (Span(9 * at, 9 * at + 8),), role=role),))
        for at, (kind, text, role) in enumerate(rows)
    )
    note = Note("n", Encounter("e"), sections)
    coded = documentation.documented(suggest(note, [icd10cm], Config()), [icd10cm])
    assert serial.loads(serial.dumps(coded), Note) == coded
    quotes = [quote for query in coded.queries for quote in query.indicators]
    quotes += [item.quote for problem in coded.problems for item in problem.support]
    quotes += [quote for item in (coded.worksheet.elements if coded.worksheet else ()) for quote in item.quotes]
    for quote in quotes:
        assert 0 <= quote.span.start < quote.span.end <= len(coded.statement(quote.statement_id).text)
    assert len(coded.queries) <= 3
    assert not any(query_lint.check(query, coded, icd10cm.find) for query in coded.queries)
