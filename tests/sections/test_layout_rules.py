"""A note as a template shows it: every statement once, headings only over something."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import catalog, note_templates, problems
from scribe.sections.layout_rules import ELSEWHERE, lay_out
from scribe.types import Encounter, Note, SectionKind, Span, Statement
from scribe.view import Block, Form, NoteView

K = SectionKind


def note(**said: list[str]) -> Note:
    """A note of sections by their names, statements numbered in order."""
    at = 0
    sections = []
    for kind, texts in said.items():
        made = []
        for text in texts:
            at += 1
            made.append(Statement(f"s{at}", text, (Span(at * 100, at * 100 + 50),)))
        sections.append(catalog.section(K(kind), tuple(made)))
    return Note("n", Encounter("e"), tuple(sections))


def template(text: str) -> note_templates.NoteTemplate:
    return note_templates.parse(text, "mine", "mine.yaml")


def headings(view: NoteView) -> list[tuple[int, str]]:
    return [(block.level, block.heading) for block in view.blocks if block.heading]


def text_of(block: Block, given: Note) -> list[str]:
    return [
        " ".join(given.statement(part.statement_id).text[part.span.start : part.span.end] for part in row.excerpts)
        for row in block.rows
    ]


def test_order_headings_and_styles_are_the_templates() -> None:
    given = note(hpi=["Knee pain.", "Since May."], exam=["Lungs are clear."], plan=["Rest."])
    view = lay_out(
        given,
        template(
            "title: Mine\nsections:\n- section: plan\n  heading: First\n- part: Seen\n  sections: [exam, vitals]\n"
            "- section: hpi\n  style: prose\n"
        ),
    )
    assert view.title == "Mine"
    assert headings(view) == [(1, "First"), (1, "Seen"), (2, "Physical examination"), (1, "History of present illness")]
    assert [block.form for block in view.blocks if block.rows] == [Form.BULLETS, Form.LINES, Form.PROSE]
    assert text_of(view.blocks[-1], given) == ["Knee pain. Since May."]


def test_what_the_template_forgets_comes_last_and_what_it_leaves_out_is_told() -> None:
    given = note(hpi=["Knee pain."], social=["Smokes.", "Drinks."], family=["Father had gout."])
    view = lay_out(given, template("sections: [hpi]\nleave_out: [social]\nrest: Also said"))
    assert headings(view) == [(1, "History of present illness"), (1, "Also said"), (2, "Family history")]
    assert view.left_out == (("Social history", 2),)
    assert "s2" not in view.shown
    assert "s4" in view.shown


def test_an_empty_section_is_omitted_or_said_to_be_empty() -> None:
    view = lay_out(note(hpi=["Knee pain."]), template("sections: [hpi, {section: exam, empty: not examined}, vitals]"))
    assert headings(view) == [(1, "History of present illness"), (1, "Physical examination")]
    assert view.blocks[1].empty == "Not examined."
    assert view.blocks[1].rows == ()


@pytest.mark.parametrize(
    ("section", "said"),
    [("medications", "Takes ibuprofen 400 mg."), ("family", "Her mother had gout."), ("surgical", "Had knee surgery.")],
)
def test_not_discussed_is_not_said_of_what_stands_elsewhere(section: str, said: str) -> None:
    chosen = template(f"empty: not discussed\nsections: [hpi, {section}]")
    assert lay_out(note(hpi=[said]), chosen).blocks[1].empty == ELSEWHERE
    assert lay_out(note(hpi=["Knee pain since May."]), chosen).blocks[1].empty == "Not discussed."


def test_a_note_of_silence_has_no_heading() -> None:
    for chosen in note_templates.shipped().values():
        view = lay_out(note(), chosen)
        assert view.is_empty
        assert view.blocks == ()


def test_a_part_without_anything_to_show_has_no_heading() -> None:
    view = lay_out(note(plan=["Rest."]), note_templates.shipped()["soap"])
    assert headings(view) == [(1, "Assessment and plan")]


def test_each_problem_has_its_own_plan_and_the_rest_stands_apart() -> None:
    given = note(
        assessment=["62-year-old here for a visit.", "Gout.", "Hypertension."],
        plan=["Start allopurinol.", "Recheck.", "Return in May."],
    )
    owners = {"s2": "s2", "s3": "s3", "s4": "s2", "s5": "s3"}
    given = replace(
        given,
        sections=tuple(
            replace(item, statements=tuple(replace(one, problem=owners.get(one.id)) for one in item.statements))
            for item in given.sections
        ),
    )
    view = lay_out(given, template("sections: [assessment_and_plan]"))
    grouped, others = view.blocks
    assert grouped.form is Form.PROBLEMS
    assert [(row.depth, *text_of(grouped, given)[at : at + 1]) for at, row in enumerate(grouped.rows)] == [
        (1, "62-year-old here for a visit."),
        (0, "Gout."),
        (1, "Start allopurinol."),
        (0, "Hypertension."),
        (1, "Recheck."),
    ]
    assert (others.heading, others.level, text_of(others, given)) == ("Other plan items", 2, ["Return in May."])


def test_numbers_and_headings_of_a_written_note_are_not_said_twice() -> None:
    given = note(
        exam=["HEENT: Normal.", "Lungs: Clear.", "General:"], assessment=["1. Gout.", "2. Health maintenance."]
    )
    given = replace(given, sections=problems.linked(given.sections))
    systems, listed = lay_out(given, template("sections: [exam, assessment_and_plan]")).blocks
    assert text_of(systems, given) == ["General:", "Normal.", "Lungs: Clear."]
    assert [(row.depth, text) for row, text in zip(listed.rows, text_of(listed, given), strict=True)] == [
        (0, "Gout."),
        (0, "Health maintenance."),
    ]


def test_a_link_to_a_statement_that_is_not_there_shows_the_plan_on_its_own() -> None:
    given = note(plan=["Rest."])
    (section,) = given.sections
    odd = replace(given, sections=(replace(section, statements=(replace(section.statements[0], problem="gone"),)),))
    assert lay_out(odd, template("sections: [assessment_and_plan]")).shown == {"s1"}


def test_sentences_that_are_no_rows_stand_below_their_table() -> None:
    given = note(vitals=["Blood pressure is 148/86.", "Looks well."])
    table, below = lay_out(given, template("sections: [vitals]")).blocks
    assert (table.form, below.form, below.heading) == (Form.TABLE, Form.BULLETS, "")
    assert text_of(below, given) == ["Looks well."]


SENTENCES = st.sampled_from(
    [
        "Blood pressure is 148/86.",
        "Takes ibuprofen 400 mg daily.",
        "It helps.",
        "Lungs are clear.",
        "Penicillin: rash.",
        "Hypertension is high.",
        "Increase amlodipine to 10 mg.",
        "A1c was 7.8%.",
        "Denies chest pain.",
        "Asked \u201chow?\u201d: \u201cBadly.\u201d",
    ]
)
NOTES = st.dictionaries(st.sampled_from([kind.value for kind in K]), st.lists(SENTENCES, max_size=4), max_size=8)


@settings(deadline=None)  # the first reading loads the lexicon
@given(NOTES, st.sampled_from(sorted(note_templates.shipped())))
def test_every_statement_stands_in_one_place_and_no_heading_over_nothing(said: dict[str, list[str]], name: str) -> None:
    given_note = note(**said)
    view = lay_out(given_note, note_templates.shipped()[name])
    assert view.shown == {item.id for item in given_note.statements}
    places = Counter(
        (part.statement_id, at)
        for block in view.blocks
        for row in block.rows
        for part in row.excerpts
        for at in range(part.span.start, part.span.end)
    )
    assert not places or max(places.values()) == 1
    for block, following in zip_longest(view.blocks, view.blocks[1:]):
        leads = following is not None and following.level > block.level
        assert block.rows or block.empty or leads
    assert all(
        part.span.end <= len(given_note.statement(part.statement_id).text)
        for block in view.blocks
        for row in block.rows
        for part in row.excerpts
    )


@pytest.mark.parametrize("name", ["soap", "h-and-p", "progress", "ed"])
def test_what_was_also_said_stands_below_the_note_under_its_own_heading(name: str) -> None:
    given = note(also_said=["They ran an EKG."], hpi=["Chest pain."], plan=["Stress test."])
    view = lay_out(given, note_templates.shipped()[name])
    assert headings(view)[-1] == (1, "Also said")
    assert text_of(view.blocks[-1], given) == ["They ran an EKG."]
