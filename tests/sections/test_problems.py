"""Which problem a plan belongs to: by its words or the order of talk, never by what a drug is usually for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scribe.sections import catalog, problems
from scribe.types import Assertion, Section, SectionKind, Span, Statement

A, P = SectionKind.ASSESSMENT, SectionKind.PLAN


def note(*said: tuple[SectionKind, str]) -> tuple[Section, ...]:
    """Sections of statements heard in this order; their ids are their places in it."""
    made = [(kind, Statement(str(at), text, (Span(at * 50, at * 50 + 40),))) for at, (kind, text) in enumerate(said)]
    return tuple(catalog.section(kind, tuple(statement for its, statement in made if its is kind)) for kind in (A, P))


def links(*said: tuple[SectionKind, str]) -> list[str | None]:
    found = {item.id: item.problem for section in problems.linked(note(*said)) for item in section.statements}
    return [found[str(at)] for at in range(len(said))]


def test_talk_that_goes_problem_by_problem_links_by_order() -> None:
    assert links(
        (A, "For your first problem, I think this is a lumbar strain."),
        (P, "Refer to physical therapy."),
        (P, "Take it easy for a week."),
        (A, "Your next problem, type 2 diabetes, is not at goal."),
        (P, "Order a lipid panel."),
        (A, "It has been rising."),
    ) == ["0", "0", "0", "3", "3", "3"]


def test_a_list_of_problems_before_the_plans_links_by_words_alone() -> None:
    assert links(
        (A, "Osteoarthritis of the right knee."),
        (A, "Type 2 diabetes is not at goal."),
        (A, "Hypertension is not well controlled."),
        (P, "Get an X-ray of the right knee."),
        (P, "Increase the blood pressure pill, amlodipine, to 10 mg daily."),
        (P, "Keep taking metformin."),
        (P, "Refer to physical therapy."),
    ) == ["0", "1", "2", "0", "2", None, None]


def test_a_drug_never_makes_a_link_and_keeps_a_plan_from_a_problem_it_does_not_fit() -> None:
    assert links((A, "Depression is stable."), (A, "Hypertension is high."), (P, "Start lisinopril 10 mg.")) == [
        "0",
        "1",
        None,
    ]
    assert links(
        (A, "For your hypertension, it is high."),
        (P, "Check it at home."),
        (A, "From a depression standpoint, doing well."),
        (P, "Start lisinopril 10 mg daily."),
    ) == ["0", "0", "2", None]


def test_a_drug_decides_between_two_problems_that_were_both_named() -> None:
    assert links(
        (A, "Hypertension is high."),
        (A, "Type 2 diabetes is stable."),
        (P, "Increase metformin, since the blood pressure and the blood sugar are both up."),
        (P, "Watch the blood pressure and the blood sugar."),
    ) == ["0", "1", "1", None]


def test_the_other_side_is_another_place() -> None:
    assert links((A, "Osteoarthritis of the right knee."), (A, "Gout."), (P, "X-ray of the left knee.")) == [
        "0",
        "1",
        None,
    ]


@pytest.mark.parametrize(
    "said", ["Follow up in 3 months.", "Call me with any questions.", "The nurse will check the patient out."]
)
def test_what_is_said_of_the_visit_as_a_whole_belongs_to_no_problem(said: str) -> None:
    assert links((A, "For your hypertension, it is high."), (P, "Start lisinopril 10 mg."), (P, said))[2] is None


def test_a_plan_that_turns_to_a_problem_names_it() -> None:
    assert links(
        (P, "For your second problem, your hypertension, continue the cozaar 100 mg daily."),
        (P, "Order a renal artery ultrasound."),
    ) == ["0", "0"]


def test_a_problem_that_was_not_made_out_ends_the_one_before() -> None:
    assert links(
        (A, "For your hypertension, it is high."),
        (P, "Start lisinopril 10 mg."),
        (P, "For your third problem, the thing on the arm."),
        (P, "Use the cream twice a day."),
    ) == ["0", "0", None, None]


def test_denied_family_and_summed_up_problems_are_no_headings() -> None:
    assert links((A, "60-year-old with a past medical history of diabetes and hypertension."), (P, "Keep it up.")) == [
        None,
        None,
    ]
    assert links((A, "There's no fracture on the tip of the finger."), (P, "Get some motrin.")) == [None, None]
    ruled_out = note((A, "No pneumonia."), (P, "Rest."))
    absent = replace(ruled_out[0].statements[0], assertion=Assertion.ABSENT)
    found = problems.linked((replace(ruled_out[0], statements=(absent,)), ruled_out[1]))
    assert [item.problem for section in found for item in section.statements] == [None, None]


def test_links_that_are_there_stay() -> None:
    given = note((A, "Gout."), (A, "Hypertension."), (P, "Order a uric acid."))
    plan = replace(given[1].statements[0], problem="1")
    kept = problems.linked((given[0], replace(given[1], statements=(plan,))))
    assert kept[1].statements[0].problem == "1"


def test_a_statement_marked_as_a_problem_is_one_whatever_it_names() -> None:
    given = note(
        (A, "The spot on the arm."), (P, "Use the cream."), (A, "Hypertension."), (P, "Start lisinopril 10 mg.")
    )
    marked = tuple(replace(item, problem=item.id) for item in given[0].statements)
    found = problems.linked((replace(given[0], statements=marked), given[1]))
    assert [item.problem for item in found[1].statements] == ["0", "2"]


def test_nothing_else_of_a_note_is_changed() -> None:
    given = note((A, "Gout."), (P, "Start allopurinol 100 mg."))
    found = problems.linked(given)
    assert [replace(item, problem=None) for section in found for item in section.statements] == [
        item for section in given for item in section.statements
    ]
    assert problems.linked(()) == ()
