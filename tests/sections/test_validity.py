"""What can stand in a note, by sentences written before the rules (`validity.tsv`).

Rows marked `held` were not looked at while the rules were made.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.sections import validity
from scribe.sections.fault import Fault
from scribe.sections.grammar import Grammar

pytestmark = pytest.mark.weights

TABLE = Path(__file__).with_name("validity.tsv")


def rows(verdict: str, *, held: bool) -> list[str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row["sentence"] for row in table if row["verdict"] == verdict and bool(row["held"]) is held]


def only(tagger: Grammar, text: str) -> Fault | None:
    (found,) = validity.faults([text], tagger)
    return found


@pytest.mark.parametrize(("held", "share"), [(False, 0.98), (True, 0.95)])
def test_sentences_of_notes_pass(tagger: Grammar, held: bool, share: float) -> None:
    found = validity.faults(rows("good", held=held), tagger)
    assert sum(fault is None for fault in found) >= share * len(found)


@pytest.mark.parametrize(("held", "share"), [(False, 0.95), (True, 0.85)])
def test_sentences_of_talk_are_caught(tagger: Grammar, held: bool, share: float) -> None:
    found = validity.faults(rows("bad", held=held), tagger)
    assert sum(fault is not None for fault in found) >= share * len(found)


def test_the_table_has_every_kind_of_fault_and_no_other() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        kinds = {row["kind"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    assert kinds - {""} == set(Fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("With food.", Fault.FRAGMENT),
        ("The cough is dry she also has a fever.", Fault.RUN_ON),
        ("We will order a scan.", Fault.FIRST_PERSON),
        ("Your foot is swollen.", Fault.SECOND_PERSON),
        ("How long has the cough been there.", Fault.QUESTION),
        ("Asked \u201cany allergies?\u201d: \u201csulfa.\u201d", Fault.QUOTATION),
        ("Takes it, you know, at night.", Fault.FILLER),
        ("Numbness down to.", Fault.DANGLING),
        ("It comes and goes.", Fault.NO_ANTECEDENT),
        ("Continue anyway.", Fault.NAMES_NOTHING),
        ("Hop up here.", Fault.ORDER_TO_PATIENT_IN_ROOM),
        ("Was in, was in the hospital.", Fault.REPEATED),
        ("Finalize the report.", Fault.META),
        ("She have a rash.", Fault.UNGRAMMATICAL),
    ],
)
def test_each_kind_of_fault_is_named(tagger: Grammar, text: str, fault: Fault) -> None:
    assert only(tagger, text) is fault


@pytest.mark.parametrize(
    ("talk", "note"),
    [
        ("Numbness down to.", "Numbness down to the knee."),
        ("It locks.", "The knee locks, and it gives way."),
        ("This began in May.", "Had a fall. This began in May."),
        ("Open the mouth.", "Opens the mouth fully."),
        ("Hold the breath.", "Hold metformin."),
        ("Push against the hand.", "Push fluids."),
        ("Raise the arms.", "Raise the legs when sitting at night."),
        ("Has I taken.", "Has type I diabetes."),
        ("Any fever?", "?UTI."),
        ('Says "it comes and goes like that".', 'Felt a "pop" in the knee.'),
        ("No, no rash.", "No rash, no fever."),
        ("He don't drink.", "He doesn't drink."),
        ("A slight cramps.", "A few cramps."),
        ("Is a so he is 31.", "Is 31 years old."),
        ("It was explained.", "It was explained that rest helps."),
        ("This is better.", "This is a 40-year-old man with gout."),
        ("The drug he takes, he takes.", "The drug he takes for gout is new."),
    ],
)
def test_what_differs_little_is_told_apart(tagger: Grammar, talk: str, note: str) -> None:
    assert (only(tagger, talk) is not None, only(tagger, note)) == (True, None)


@pytest.mark.parametrize(
    "text",
    [
        "1 tablet, 3 times a day.",
        "If the cough isn't getting any better, or the breathing is getting worse, come back sooner.",
        "If the pain returns, call the office.",
        "Call with any questions.",
        "Brace the arm.",
        "2. Coronary artery disease.",
        "Hemoglobin- 8.2, which is low for his height.",
        "Reports microgynon.",
        "He is status post hernia repair.",
    ],
)
def test_plans_doses_and_numbered_lines_pass(tagger: Grammar, text: str) -> None:
    assert only(tagger, text) is None


def test_each_text_has_its_verdict_in_its_place(tagger: Grammar) -> None:
    assert validity.faults([], tagger) == []
    found = validity.faults(["Denies fever.", "", "Lungs clear. It comes from the.", "Denies cough."], tagger)
    assert found == [None, Fault.NAMES_NOTHING, Fault.DANGLING, None]


@pytest.mark.parametrize(
    "text", ["", " ", "\U0001f637", "...", "?!", ":", "a: b: c:", "\u0130", "x " * 2000, "no. " * 2000]
)
def test_no_text_is_too_odd(tagger: Grammar, text: str) -> None:
    assert only(tagger, text) is None or only(tagger, text) in Fault


WORDS = [
    *"it the of is has and he pain denies takes that which no to : , . ; ? - \u2019s n't 5 mg because post".split(),
    "\U0001f637",
    "I\u0307",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=40))
def test_any_text_has_a_verdict(tagger: Grammar, text: str) -> None:
    (found,) = validity.faults([text], tagger)
    assert found is None or found in Fault
