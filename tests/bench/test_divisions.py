"""Dialogues aligned to the divisions of their notes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scribe.bench import divisions
from scribe.bench.encounters import Division, Encounter
from scribe.bench.references import Turn
from scribe.types import Role

C, P = Role.CLINICIAN, Role.PATIENT
TURNS = (
    Turn(C, "good morning, how was the drive?"),
    Turn(P, "fine, thanks."),
    Turn(C, "what brings you in?"),
    Turn(P, "my left ankle swelled up after i slipped on the stairs on sunday."),
    Turn(P, "ibuprofen helped a bit."),
    Turn(C, "okay. tenderness over the lateral malleolus. the x-ray shows no fracture. let's splint the ankle."),
    Turn(P, "sounds good."),
    Turn(C, "come back in two weeks if the ankle still swells."),
)
NOTE = {
    Division.HISTORY: "HPI\nThe left ankle swelled on Sunday after she slipped on stairs. Ibuprofen helped.",
    Division.EXAM: "EXAM\nTenderness over the lateral malleolus.",
    Division.RESULTS: "RESULTS\nX-ray shows no fracture.",
    Division.ASSESSMENT_AND_PLAN: (
        "PLAN\nLeft ankle sprain after a slip. Splint the ankle. Return in two weeks if it swells."
    ),
}


def encounter(turns: tuple[Turn, ...]) -> Encounter:
    return Encounter("1", turns, "", NOTE)


def test_each_sentence_goes_where_the_note_repeats_it() -> None:
    spoken = divisions.sentences(encounter(TURNS))
    aligned = divisions.align(spoken, NOTE)
    history, plan = Division.HISTORY, Division.ASSESSMENT_AND_PLAN
    assert aligned == (
        (None,),
        (None,),
        (None,),
        (history,),  # though the plan tells of the ankle too
        (history,),
        (None, Division.EXAM, Division.RESULTS, plan),
        (None,),
        (plan,),
    )


def test_a_heading_is_no_sentence() -> None:
    said = (*TURNS, Turn(C, "physical examination now."))
    note = {Division.EXAM: "PHYSICAL EXAMINATION\nNormal gait."}
    aligned = divisions.align(divisions.sentences(encounter(said)), note)
    assert aligned[-1] == (None,)


def test_no_note_and_no_turns() -> None:
    assert divisions.align([["anything."]], {}) == ((None,),)
    assert divisions.align([], NOTE) == ()


@given(st.lists(st.lists(st.text("abcdefg .?", max_size=40), max_size=4), max_size=6))
def test_every_sentence_gets_one_answer(spoken: list[list[str]]) -> None:
    aligned = divisions.align(spoken, NOTE)
    assert [len(turn) for turn in aligned] == [len(turn) for turn in spoken]
