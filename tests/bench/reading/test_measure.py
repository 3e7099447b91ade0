"""What a reader sees of a note: complaint, problems, plan, medications, important facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from scribe.bench.meaning import fact_reader
from scribe.bench.reading import complaint, important, measure, medications, names, problems, references
from scribe.config import Config
from scribe.types import Encounter, Note, Section, SectionGroup, SectionKind, Statement

READER = fact_reader.reader(Config().models)

TALK = (
    "What brings you in?",
    "My left ankle hurts since I twisted it.",
    "Any allergies?",
    "Codeine makes me vomit, I'm allergic.",
    "Do you take anything?",
    "Losartan.",
    "How much?",
    "Fifty milligrams once a day.",
    "It looks like a sprain. Take naproxen 500 milligrams twice a day. Your blood pressure is high, keep taking "
    "losartan. We get an x-ray, and you see me in two weeks.",
)
REFERENCE = """CHIEF COMPLAINT

Left ankle pain.

ALLERGIES

Codeine.

PHYSICAL EXAM

Blood pressure elevated.

ASSESSMENT AND PLAN

Ankle sprain.
• Medical Treatment: Start naproxen 500 mg twice a day. Order an x-ray.

Hypertension.
• Medical Treatment: Continue losartan 50 mg daily.
"""
GOOD = {
    SectionKind.CHIEF_COMPLAINT: [("c1", "Left ankle pain.", None)],
    SectionKind.MEDICATIONS: [("m1", "Losartan 50 mg once a day.", None)],
    SectionKind.ALLERGIES: [("a1", "Allergic to codeine (vomiting).", None)],
    SectionKind.VITALS: [("v1", "Blood pressure high.", None)],
    SectionKind.ASSESSMENT: [("p1", "Left ankle sprain.", "p1"), ("p2", "High blood pressure.", "p2")],
    SectionKind.PLAN: [
        ("t1", "Naproxen 500 mg twice daily.", "p1"),
        ("t2", "X-ray of the left ankle.", "p1"),
        ("t3", "Continue losartan.", "p2"),
    ],
}
BAD = {
    SectionKind.CHIEF_COMPLAINT: [("c1", "He says that he twisted it.", None)],
    SectionKind.ASSESSMENT: [("p1", "It looks like he has twisted the ankle quite badly.", None)],
    SectionKind.PLAN: [("t1", "Take naproxen twice a day.", None), ("t2", "We get an x-ray.", None)],
}


def note(sections: Mapping[SectionKind, Sequence[tuple[str, str, str | None]]]) -> Note:
    made = tuple(
        Section(
            kind,
            kind.value,
            SectionGroup.HISTORY,
            "",
            tuple(Statement(name, text, author="test", problem=problem) for name, text, problem in statements),
        )
        for kind, statements in sections.items()
    )
    return Note("n", Encounter("e"), made)


# --- complaint -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "stated", "named", "short"),
    [
        ("Right knee pain, 3 weeks.", "Right knee pain.", True, True),
        ("Pain.", "Right knee pain.", False, True),
        ("Back pain.", "Right knee pain.", False, True),
        ("Breathless since Monday.", "2/7 hx of SOB, worse today.", True, True),
        ("He says that he has been short of breath.", "SOB", True, False),
        ("Check-up.", "Annual exam.", True, True),
        ("Has been traveling a lot.", "Annual exam.", False, True),
        ("Denies fever.", "Fever.", False, True),
        ("Pituitary lesion on MRI.", "Pituitary lesion.", True, True),
        ("", "Cough.", False, False),
    ],
)
def test_a_complaint_is_compared_by_what_it_names(ours: str, stated: str, named: bool, short: bool) -> None:
    found = complaint.compare(ours, (stated,), READER)
    assert found is not None
    assert (found.named, found.short) == (named, short)


def test_the_first_sentence_that_names_something_is_the_complaint() -> None:
    found = complaint.compare("Tight chest.", ("Name confirmed.", "Chest pain for an hour."), READER)
    assert found is not None
    assert found.right


def test_without_a_complaint_nothing_is_compared() -> None:
    assert complaint.compare("Cough.", (), READER) is None


# --- problems and plan -----------------------------------------------------------------------------------------------


def test_problems_and_their_plans_are_those_of_the_reference() -> None:
    found = problems.compare(note(GOOD), references.read(REFERENCE), READER)
    assert (found.ours, found.right, found.short) == (2, 2, 2)
    assert (found.theirs, found.found) == (2, 2)
    assert (found.items, found.linked, found.placeable, found.placed) == (3, 3, 3, 3)


def test_an_item_under_another_problem_is_not_placed() -> None:
    moved = {**GOOD, SectionKind.PLAN: [("t1", "Naproxen 500 mg twice daily.", "p2")]}
    found = problems.compare(note(moved), references.read(REFERENCE), READER)
    assert (found.placeable, found.placed) == (1, 0)


def test_a_sentence_is_no_short_name() -> None:
    found = problems.compare(note(BAD), references.read(REFERENCE), READER)
    assert (found.ours, found.short, found.linked) == (1, 0, 0)
    assert not problems.is_short_name("Has been tired.")
    assert problems.is_short_name("Type 2 diabetes, above goal")


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("High blood pressure", "Hypertension.", True),
        ("Osteoarthritis of the right knee", "Arthritis.", True),
        ("Kidney transplant", "Status post renal transplant", True),
        ("Right wrist fracture", "Right ankle fracture", False),
        ("Asthma", "Depression", False),
        ("Pituitary lesion", "pituitary adenoma", False),
    ],
)
def test_names_of_one_problem(ours: str, theirs: str, same: bool) -> None:
    assert problems.is_same(ours, theirs, READER) is same


# --- medications -----------------------------------------------------------------------------------------------------


def test_a_dose_in_the_answer_belongs_to_the_drug_asked_about() -> None:
    found = {line.drug: line for line in medications.said(("Do you take losartan?", "Yes, 50 mg once a day."), READER)}
    assert found["losartan"].doses == {"50 mg"}
    assert found["losartan"].times == {"1 a day"}


def test_lines_are_complete_where_dose_and_frequency_are_kept() -> None:
    said = medications.said(TALK, READER)
    good = [text for statements in GOOD.values() for _, text, _ in statements]
    found = medications.compare(said, good, READER)
    assert found.said == found.complete
    bad = [text for statements in BAD.values() for _, text, _ in statements]
    found = medications.compare(said, bad, READER)
    assert (found.complete, found.dosed, found.timed) == (0, 0, 1)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("twice a day", "2 a day"),
        ("BID", "2 a day"),
        ("two times daily", "2 a day"),
        ("every 6 hours", "every 6 hours"),
        ("q6h", "every 6 hours"),
        ("at bedtime", "night"),
        ("daily", "1 a day"),
        ("as needed", "as needed"),
    ],
)
def test_frequencies_have_one_form(text: str, form: str) -> None:
    assert [value for _, value in medications.frequencies(text)] == [form]


def test_each_drug_has_its_own_dose() -> None:
    said = medications.said(("Start Lasix 20 mg daily and lisinopril 40 mg twice a day.",), READER)
    found = medications.compare(said, ["Furosemide 40 mg daily.", "Lisinopril 40 mg twice a day."], READER)
    assert (found.said, found.complete, found.dosed) == (2, 1, 1)


# --- important facts -------------------------------------------------------------------------------------------------


def missing(sections: Mapping[SectionKind, Sequence[tuple[str, str, str | None]]]) -> set[str]:
    text = "\n".join(text for statements in sections.values() for _, text, _ in statements)
    kept = important.compare(references.read(REFERENCE), "\n".join(TALK), text, READER)
    return {f"{item.kind.value}: {item.named.name}" for item in kept.missing}


def test_nothing_is_missing_in_a_note_that_has_it_anywhere() -> None:
    assert missing(GOOD) == set()


def test_what_the_reference_has_and_the_talk_says_is_missed() -> None:
    assert missing(BAD) >= {"drugs: losartan", "allergies: codeine", "abnormal results: blood pressure"}


def test_what_nobody_said_is_not_missed() -> None:
    kept = important.compare(references.read(REFERENCE), "Hello.", "", READER)
    assert kept.missing == ()


def test_a_problem_that_is_only_denied_is_missing() -> None:
    kept = important.compare(references.read("Has a cough."), "I have a cough.", "Denies cough.", READER)
    assert [item.named.name for item in kept.missing] == ["cough"]


# --- names -----------------------------------------------------------------------------------------------------------


def test_names_know_place_denial_and_relatives() -> None:
    found = {each.name: each for each in names.read("Left knee pain. No SOB. Her mother had diabetes.", READER)}
    assert found["pain"].places == {"knee"}
    assert found["shortness of breath"].denied
    assert found["diabetes"].of_relative
    assert not found["pain"].denied


# --- all together ----------------------------------------------------------------------------------------------------


def test_the_tables_show_a_good_note_above_a_bad_one() -> None:
    good, bad = (measure.tables([measure.of(note(each), TALK, REFERENCE, READER)]) for each in (GOOD, BAD))
    assert good["residue_share"] == 0
    assert bad["residue_share"] == 0.5  # "It looks like ..." and "We get ..."
    assert good["important_missing_per_note"] < bad["important_missing_per_note"]
    for row in ("complaint right", "problems: recall", "plan: linked", "medications: complete"):
        assert good["reading"][row]["ours"] == 1
        assert bad["reading"][row]["ours"] < 1
    assert good["reading"]["medications: complete"]["clinicians"] == 1


def test_without_notes_nothing_is_shared() -> None:
    assert measure.tables([])["important_missing_per_note"] is None
