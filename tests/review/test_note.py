"""Edits of a note: who typed what, what it was heard from, and what rests on the words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.errors import ConflictError, InputError
from scribe.review import note as review
from scribe.review.note import (
    AddStatement,
    EditStatement,
    MoveStatement,
    RemoveStatement,
    ReplaceAll,
    RestoreStatement,
    SetAssertion,
    SetTemplate,
)
from scribe.review.note_merge import changed, merged
from scribe.types import (
    Assertion,
    CodeFlag,
    CodeRemark,
    CodeSuggestion,
    Coding,
    Component,
    Element,
    Encounter,
    Evidence,
    Interval,
    Level,
    Note,
    Problem,
    Query,
    Quote,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    Worksheet,
)

KINDS = (SectionKind.HPI, SectionKind.MEDICATIONS, SectionKind.ASSESSMENT, SectionKind.PLAN)
CATALOG = {kind: Section(kind, kind.value, SectionGroup.HISTORY, "0", ()) for kind in KINDS}


def heard(name: str, text: str, at: int, **more: object) -> Statement:
    made = Statement(name, text, (Span(at, at + 5),), (Interval(at, at + 1.0),), doubtful=(Span(0, 3),))
    return replace(made, **more)  # type: ignore[arg-type]


def drafted() -> Note:
    statements = {
        SectionKind.HPI: (heard("s1", "Chest pain for two days.", 0), heard("s2", "Denies fever.", 10)),
        SectionKind.ASSESSMENT: (heard("s3", "Chest pain, likely muscular.", 20, contradicts=("s2",)),),
        SectionKind.PLAN: (heard("s4", "Ibuprofen 400 mg.", 30, problem="s3"), heard("s5", "Come back in a week.", 40)),
    }
    sections = tuple(replace(CATALOG[kind], statements=items) for kind, items in statements.items())
    quote = Quote("s3", Span(0, 10))
    pain = CodeSuggestion(
        Coding("icd10cm", "2026-04", "R07.9", "Chest pain, unspecified"),
        (
            Evidence("s1", Span(0, 10), Assertion.PRESENT, "lexicon", 0.8),
            Evidence("s3", Span(0, 10), Assertion.PRESENT, "lexicon", 0.9),
        ),
    )
    return Note(
        "note-1",
        Encounter("e1"),
        sections,
        (pain,),
        (Query("s3", "Where?", ("left", "right"), "Q1", indicators=(quote,)),),
        (CodeRemark(CodeFlag.IMPRESSION, "s3", Span(12, 27), "own thought"),),
        problems=(Problem("Chest pain", ("R07.9",), (quote,)),),
        worksheet=Worksheet(
            (Element(Component.RISK, "otc", "over the counter", "Ibuprofen", (Quote("s4", Span(0, 9)),)),),
            *(Level.LOW,) * 4,
            "office visit",
        ),
        template="soap",
    )


def made(*edits: review.Edit, note: Note | None = None, author: str = "Ada") -> Note:
    return review.apply(note or drafted(), edits, author, CATALOG)


def ids(note: Note) -> list[str]:
    return [statement.id for statement in note.statements]


def test_an_edited_statement_says_who_typed_it_and_keeps_what_it_was_heard_from() -> None:
    before = drafted().statement("s4")
    after = made(EditStatement("s4", " Ibuprofen  600 mg. ")).statement("s4")
    assert (after.text, after.author, after.drafted) == ("Ibuprofen 600 mg.", "Ada", "Ibuprofen 400 mg.")
    assert (after.heard, after.seconds, after.problem) == (before.heard, before.seconds, "s3")
    again = made(EditStatement("s4", "Ibuprofen 600 mg."), EditStatement("s4", "Naproxen."), author="Ben")
    assert again.statement("s4").drafted == "Ibuprofen 400 mg."
    assert again.statement("s4").doubtful == ()


def test_restoring_or_retyping_the_draft_makes_it_the_draft_again() -> None:
    edited = made(EditStatement("s2", "Has fever."))
    assert made(RestoreStatement("s2"), note=edited) == drafted()
    assert made(EditStatement("s2", "Denies fever."), note=edited).statement("s2").author is None


def test_quotes_follow_the_words_that_stay_and_go_with_those_that_do_not() -> None:
    after = made(EditStatement("s3", "Atypical chest pain, likely cardiac."))
    (pain,) = after.suggestions
    assert [(item.statement_id, item.span) for item in pain.evidence] == [("s1", Span(0, 10)), ("s3", Span(9, 19))]
    assert after.statement("s3").text[9:19] == "chest pain"
    assert after.remarks == ()
    assert after.problems[0].mentions[0].span == Span(9, 19)
    assert after.queries[0].indicators[0].span == Span(9, 19)
    gone = made(EditStatement("s3", "Rib fracture."), EditStatement("s1", "Fell two days ago."))
    assert (gone.suggestions, gone.problems) == ((), ())
    assert made(EditStatement("s4", "Naproxen.")).worksheet == replace(drafted().worksheet, elements=())  # type: ignore[type-var]


def test_a_removed_statement_is_kept_and_put_back_where_it_stood() -> None:
    removed = made(RemoveStatement("s3"), RemoveStatement("s4"))
    assert ids(removed) == ["s1", "s2", "s5"]
    assert [(item.statement.id, item.kind, item.after, item.author) for item in removed.removed] == [
        ("s3", SectionKind.ASSESSMENT, None, "Ada"),
        ("s4", SectionKind.PLAN, None, "Ada"),
    ]
    assert [item.statement_id for item in removed.suggestions[0].evidence] == ["s1"]
    assert removed.queries == ()
    assert SectionKind.ASSESSMENT not in {section.kind for section in removed.sections}
    back = made(RestoreStatement("s4"), RestoreStatement("s3"), note=removed)
    assert back.sections == made(SetTemplate("soap")).sections or ids(back) == ids(drafted())
    assert back.removed == ()
    assert back.statement("s3").contradicts == ("s2",)
    assert back.statement("s4").problem is None  # what it belonged to was gone when it came back


def test_statements_are_added_and_moved() -> None:
    after = made(
        AddStatement(SectionKind.MEDICATIONS, "Aspirin 81 mg daily.", id="own"),
        AddStatement(SectionKind.PLAN, "Call if worse.", "s5"),
        MoveStatement("s2", SectionKind.MEDICATIONS, "own"),
        MoveStatement("s5", SectionKind.PLAN),
    )
    assert [section.kind for section in after.sections] == list(KINDS)
    assert ids(after) == ["s1", "own", "s2", "s3", "s5", "s4", "typed-1"]
    assert after.statement("own").author == "Ada"
    assert after.statement("own").heard == ()
    assert after.statement("s2").author is None


def test_find_and_replace_takes_whole_words_in_all_statements() -> None:
    after = made(ReplaceAll("chest pain", "thoracic pain"))
    assert [item.text for item in after.statements][:3:2] == [
        "thoracic pain for two days.",
        "thoracic pain, likely muscular.",
    ]
    with pytest.raises(InputError, match="nowhere"):
        made(ReplaceAll("hest", "x"))
    assert made(ReplaceAll("400 mg.", r"\g<0>")).statement("s4").text == r"Ibuprofen \g<0>"


def test_what_is_claimed_and_the_template_are_set() -> None:
    after = made(SetAssertion("s3", Assertion.POSSIBLE), SetTemplate("progress"))
    assert after.statement("s3").assertion is Assertion.POSSIBLE
    assert after.statement("s3").author == "Ada"
    assert after.template == "progress"


@pytest.mark.parametrize(
    "edit",
    [
        EditStatement("s9", "x"),
        EditStatement("s1", "  "),
        AddStatement(SectionKind.PLAN, " "),
        AddStatement(SectionKind.PLAN, "x", "s1"),
        AddStatement(SectionKind.PLAN, "x", id="s1"),
        MoveStatement("s9", SectionKind.PLAN),
        MoveStatement("s1", SectionKind.PLAN, "s2"),
        MoveStatement("s4", SectionKind.PLAN, "s4"),
        RemoveStatement("s9"),
        RestoreStatement("s9"),
        RestoreStatement("s1"),
        ReplaceAll(" ", "x"),
        SetAssertion("s9", Assertion.ABSENT),
    ],
)
def test_what_is_not_there_is_refused_by_its_number(edit: review.Edit) -> None:
    with pytest.raises(InputError, match="edit 1 of 1"):
        made(edit)


# --- two people
def both(mine: list[review.Edit], theirs: list[review.Edit]) -> Note:
    return merged(drafted(), made(*mine), made(*theirs, author="Ben"), CATALOG)


def test_edits_of_other_statements_are_put_together() -> None:
    result = both(
        [EditStatement("s1", "Chest pain for three days."), RemoveStatement("s5"), SetTemplate("progress")],
        [EditStatement("s2", "No fever."), AddStatement(SectionKind.PLAN, "Rest.", "s5", id="rest")],
    )
    assert [item.text for item in result.statements][:2] == ["Chest pain for three days.", "No fever."]
    assert ids(result) == ["s1", "s2", "s3", "s4", "rest"]
    assert [item.statement.id for item in result.removed] == ["s5"]
    assert result.template == "progress"
    assert result.suggestions[0].evidence[0].span == Span(0, 10)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (EditStatement("s1", "x"), EditStatement("s1", "y")),
        (EditStatement("s1", "x"), RemoveStatement("s1")),
        (MoveStatement("s1", SectionKind.PLAN), EditStatement("s1", "y")),
        (SetTemplate("a"), SetTemplate("b")),
    ],
)
def test_edits_of_the_same_statement_are_a_conflict(mine: review.Edit, theirs: review.Edit) -> None:
    with pytest.raises(ConflictError):
        both([mine], [theirs])


def test_a_move_within_a_section_is_one_change() -> None:
    assert len(changed(drafted(), made(MoveStatement("s1", SectionKind.HPI, "s2")))) == 1
    assert len(changed(drafted(), made(MoveStatement("s5", SectionKind.PLAN)))) == 1


def test_an_edit_is_taken_back_from_under_a_later_one() -> None:
    first = made(RemoveStatement("s2"), EditStatement("s1", "Pain."))
    second = made(EditStatement("s5", "Come back tomorrow."), note=first, author="Ben")
    back = merged(first, drafted(), second, CATALOG)
    assert [item.text for item in back.statements] == [
        *[item.text for item in drafted().statements[:4]],
        "Come back tomorrow.",
    ]
    assert back.removed == ()


names = st.sampled_from(["s1", "s2", "s3", "s4", "s5"])
edits = st.one_of(
    st.builds(EditStatement, names, st.sampled_from(["Chest pain.", "No fever.", "x"])),
    st.builds(RemoveStatement, names),
    st.builds(MoveStatement, names, st.sampled_from(KINDS)),
    st.builds(AddStatement, st.sampled_from(KINDS), st.just("typed")),
    st.builds(RestoreStatement, names),
)


@given(st.lists(edits, max_size=4))
def test_any_edits_leave_a_note_in_which_everything_rests_on_words_that_are_there(given_: list[review.Edit]) -> None:
    note = drafted()
    for edit in given_:
        try:
            after = made(edit, note=note)
        except InputError:
            continue
        assert merged(after, note, after, CATALOG) == note
        note = after
    assert len(set(ids(note))) == len(ids(note))
    for item in note.suggestions:
        for found in item.evidence:
            quoted = note.statement(found.statement_id).text[found.span.start : found.span.end]
            assert quoted.casefold() == "chest pain"
    everything = set(ids(note)) | {item.statement.id for item in note.removed}
    assert {"s1", "s2", "s3", "s4", "s5"} <= everything
