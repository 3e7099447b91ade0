"""Codes rest on what was heard: the finding behind the words of a statement can stop a code, never give one back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from scribe import serial
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.suggest import suggest
from scribe.config import Config
from scribe.types import (
    PATIENT,
    Assertion,
    Basis,
    Certainty,
    Claims,
    Finding,
    FindingKind,
    Note,
    Polarity,
    Span,
    Time,
    Trigger,
)

Read = Callable[[str], Note]
K = FindingKind


def finding(concept: str, claims: Claims = Claims(), kind: FindingKind = K.PROBLEM) -> Finding:  # noqa: B008
    return Finding("f1", kind, concept, claims, (Span(0, 9),))


def stating(note: Note, *findings: Finding, author: str | None = None) -> Note:
    """The note, each of its statements with all of these findings."""
    ids = tuple(item.id for item in findings)
    sections = tuple(
        replace(section, statements=tuple(replace(item, findings=ids, author=author) for item in section.statements))
        for section in note.sections
    )
    return replace(note, sections=sections, findings=findings)


@pytest.fixture
def codes(icd10cm: Icd10cm) -> Callable[[Note], list[str]]:
    return lambda note: [item.coding.code for item in suggest(note, [icd10cm], Config()).suggestions]


@pytest.mark.parametrize(
    "claims",
    [
        Claims(polarity=Polarity.ABSENT),
        Claims(certainty=Certainty.POSSIBLE),
        Claims(time=Time.PAST),
        Claims(time=Time.CONDITIONAL),
        Claims(experiencer="mother"),
        Claims(basis=Basis.COUNSELLED),
        Claims(basis=Basis.SOUGHT),
        Claims(basis=Basis.DECLINED),
    ],
)
def test_what_was_heard_stops_a_code_that_the_sentence_alone_would_give(
    read_note: Read, codes: Callable[[Note], list[str]], claims: Claims
) -> None:
    note = read_note("Type 2 diabetes.")
    assert codes(note) == ["E11.9"]
    assert codes(stating(note, finding("type 2 diabetes"))) == ["E11.9"]
    assert "E11.9" not in codes(stating(note, finding("type 2 diabetes", claims)))


def test_what_the_sentence_denies_is_not_given_back_by_what_was_heard(
    read_note: Read, codes: Callable[[Note], list[str]]
) -> None:
    assert codes(stating(read_note("No asthma."), finding("asthma"))) == []


def test_evidence_names_the_finding_and_keeps_it_on_the_wire(read_note: Read, icd10cm: Icd10cm) -> None:
    note = suggest(stating(read_note("High blood pressure."), finding("high blood pressure")), [icd10cm], Config())
    assert [one.finding for item in note.suggestions for one in item.evidence] == ["f1"]
    assert serial.loads(serial.dumps(note), Note) == note
    alone = suggest(read_note("High blood pressure."), [icd10cm], Config())
    assert "finding" not in serial.to_wire(alone)["suggestions"][0]["evidence"][0]


@pytest.mark.parametrize(
    ("text", "concept"),
    [("Hypertension.", "high blood pressure"), ("Acute otitis media.", "otitis media"), ("Stroke.", "stroke")],
)
def test_a_finding_is_found_by_its_name_or_its_words(
    read_note: Read, codes: Callable[[Note], list[str]], text: str, concept: str
) -> None:
    note = read_note(text)
    assert codes(note)
    assert codes(stating(note, finding(concept, Claims(polarity=Polarity.ABSENT)))) == []


def test_a_finding_of_another_thing_says_nothing_about_this_one(
    read_note: Read, codes: Callable[[Note], list[str]]
) -> None:
    claims = Claims(polarity=Polarity.ABSENT)
    assert codes(stating(read_note("Gout."), finding("asthma", claims))) == ["M10.9"]
    assert codes(stating(read_note("Left knee pain."), finding("chest pain", claims, K.SYMPTOM))) == ["M25.562"]


def test_of_two_findings_with_one_name_the_one_that_says_what_the_words_do(
    read_note: Read, codes: Callable[[Note], list[str]]
) -> None:
    here = finding("asthma")
    theirs = replace(finding("asthma", Claims(experiencer="brother")), id="f2")
    note = read_note("Asthma.")
    assert codes(stating(note, theirs, here)) == codes(stating(note, here, theirs)) == ["J45.909"]


def test_what_a_person_typed_or_changed_is_read_as_it_stands(
    read_note: Read, codes: Callable[[Note], list[str]]
) -> None:
    denied = finding("asthma", Claims(polarity=Polarity.ABSENT))
    note = stating(read_note("Asthma."), denied, author="Dr. Adeyemi")
    assert codes(note) == ["J45.909"]
    labelled = replace(
        note,
        sections=tuple(
            replace(section, statements=tuple(replace(item, assertion=Assertion.ABSENT) for item in section.statements))
            for section in note.sections
        ),
    )
    assert codes(labelled) == []


def test_a_procedure_counts_as_over_only_where_that_is_said(
    read_note: Read, codes: Callable[[Note], list[str]]
) -> None:
    note = read_note("On hemodialysis. End stage renal disease.")
    named = finding("hemodialysis", Claims(time=Time.PAST), K.PROCEDURE)
    assert "Z99.2" in codes(stating(note, named))
    told = Claims(time=Time.PAST, experiencer=PATIENT, triggers=(Trigger("past", "previously", 1, Span(0, 1)),))
    assert "Z99.2" not in codes(stating(note, finding("hemodialysis", told, K.PROCEDURE)))
