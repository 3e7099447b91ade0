"""What can stand in a note; what cannot is said from its findings, or goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scribe.sections import catalog, fit
from scribe.types import (
    Assertion,
    Claims,
    Finding,
    FindingKind,
    Polarity,
    Section,
    SectionKind,
    Segment,
    Span,
    Statement,
    Transcript,
    Word,
)

K = SectionKind
FEVER = Finding("f1", FindingKind.SYMPTOM, "fever", Claims(polarity=Polarity.ABSENT), (Span(0, 5),))
COUGH = Finding("f2", FindingKind.SYMPTOM, "cough", Claims(), (Span(10, 15),))
DRUG = Finding("f3", FindingKind.MEDICATION, "lisinopril", Claims(), (Span(20, 30),))


TALK = Transcript((Segment((Word(0.0, 1.0, " fever and cough lisinopril"),)),))


def note(*statements: tuple[SectionKind, str, tuple[str, ...]]) -> list[Section]:
    made: dict[SectionKind, list[Statement]] = {}
    for number, (kind, text, findings) in enumerate(statements):
        made.setdefault(kind, []).append(Statement(f"s{number}", text, (Span(0, 40),), findings=findings))
    return [catalog.section(kind, tuple(items)) for kind, items in made.items()]


def texts(sections: tuple[Section, ...]) -> dict[SectionKind, list[str]]:
    return {section.kind: [item.text for item in section.statements] for section in sections}


@pytest.mark.parametrize(
    "text",
    [
        "Asked \u201cwhere?\u201d: \u201chere.\u201d",
        "I think so.",
        "Call me.",
        "Takes it, you know, daily.",
        "Has pain in the.",
        "Is it worse?",
        "Gonna start it.",
    ],
)
def test_talk_is_not_fit(text: str) -> None:
    assert not fit.is_fit(text)


@pytest.mark.parametrize(
    "text",
    [
        "Denies fever.",
        "Metformin, 500 mg daily.",
        "MRI if no better in 2 weeks.",
        "Has type I diabetes.",
        "US of the abdomen.",
        "Image: clear.",
    ],
)
def test_a_sentence_of_a_note_is_fit(text: str) -> None:
    assert fit.is_fit(text)


def test_talk_is_said_from_its_findings_in_their_sections() -> None:
    made = fit.fitted(
        note((K.HPI, "Asked \u201cfever?\u201d: \u201cno, I just cough.\u201d", ("f1", "f2"))), [FEVER, COUGH], TALK
    )
    assert texts(made) == {K.HPI: ["Cough."], K.ROS: ["Denies fever."]}
    assert [section.kind for section in made] == [K.HPI, K.ROS], "in the order of the catalog"
    second, first = (statement for section in made for statement in section.statements)
    assert {first.assertion, second.assertion} == {Assertion.ABSENT, Assertion.PRESENT}
    assert first.id != second.id
    assert first.heard == second.heard == (Span(0, 40),)


def test_a_finding_that_was_named_before_is_traced_to_its_name() -> None:
    (section,) = note((K.HPI, "I just cough, you know.", ("f2",)))
    told = replace(section.statements[0], heard=(Span(20, 30),))
    (made,) = fit.fitted([replace(section, statements=(told,))], [COUGH], TALK)
    assert made.statements[0].heard == (Span(10, 15), Span(20, 30))


def test_what_a_fit_sentence_says_is_not_said_again() -> None:
    made = fit.fitted(
        note((K.ROS, "Denies fever.", ("f1",)), (K.HPI, "Patient: \u201cI have no fever.\u201d", ("f1",))),
        [FEVER],
        TALK,
    )
    assert texts(made) == {K.ROS: ["Denies fever."]}


def test_a_finding_that_a_fit_sentence_does_not_name_is_said() -> None:
    made = fit.fitted(
        note((K.HPI, "Worse at night.", ("f2",)), (K.HPI, "Patient: \u201cI just cough.\u201d", ("f2",))), [COUGH], TALK
    )
    assert texts(made) == {K.HPI: ["Worse at night.", "Cough."]}


def test_what_its_sentence_denies_is_not_told_as_being_so() -> None:
    text = "Patient: \u201cyou don't think I had a cough.\u201d"
    (section,) = note((K.HPI, text, ("f2",)))
    denied = replace(section, statements=(replace(section.statements[0], assertion=Assertion.ABSENT),))
    assert texts(fit.fitted([denied], [COUGH], TALK)) == {K.HPI: [text]}


def test_talk_without_a_finding_goes_and_an_empty_section_with_it() -> None:
    made = fit.fitted(note((K.HPI, "I was telling you about it.", ()), (K.PLAN, "Rest.", ())), [], TALK)
    assert texts(made) == {K.PLAN: ["Rest."]}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (K.ALLERGIES, "Asked \u201cto what?\u201d: \u201cnuts.\u201d"),
        (K.CHIEF_COMPLAINT, "My knee hurts."),
        (K.HPI, "I heard [inaudible 00:12] from you."),
        (K.PLAN, "I told you to stop the warfarin."),
        (K.HPI, "I take 20 mg of it."),
        (K.RESULTS, "I saw a potassium of 3.1."),
    ],
)
def test_what_must_not_be_lost_stays_as_it_is(kind: SectionKind, text: str) -> None:
    assert texts(fit.fitted(note((kind, text, ())), [], TALK)) == {kind: [text]}


@pytest.mark.parametrize("kind", [K.PLAN, K.ASSESSMENT, K.EXAM, K.RESULTS])
def test_what_was_seen_judged_or_planned_is_more_than_its_finding(kind: SectionKind) -> None:
    text = "I want you off the lisinopril."
    assert texts(fit.fitted(note((kind, text, ("f3",))), [DRUG], TALK)) == {kind: [text]}
