"""The findings of one thing together."""

from __future__ import annotations

import pytest

from scribe.clinical import reading
from scribe.config import Config
from scribe.sections import plain_text
from scribe.sections.realisation import told
from scribe.sections.realisation.told import Told
from scribe.types import AttributeKind, FindingKind

pytestmark = pytest.mark.weights


def things(talk: str) -> list[Told]:
    text = talk.replace(" / ", "\n").replace("D: ", "Doctor: ").replace("P: ", "Patient: ")
    transcript = plain_text.read(text)
    findings = reading.read(transcript, Config().models)
    return told.read(findings, transcript, lambda span: transcript.text[span.start : span.end])


@pytest.mark.parametrize(
    ("talk", "possible"),
    [
        ("D: I think you have bronchitis.", False),
        ("D: I wonder if you have bronchitis.", True),
        ("D: I think this may be bronchitis.", True),
        ("D: This is probably bronchitis.", True),
        ("P: I think I have bronchitis.", True),
    ],
)
def test_a_clinicians_thought_is_a_conclusion(talk: str, possible: bool) -> None:
    (one,) = [thing for thing in things(talk) if thing.kind is FindingKind.PROBLEM]
    assert one.is_possible is possible


def test_what_is_told_twice_is_one_thing() -> None:
    (cough,) = things("P: I have a cough. / D: How long have you had the cough? / P: Three weeks.")
    assert len(cough.findings) == 2
    assert cough.of(AttributeKind.DURATION) == ["Three weeks"]


def test_a_brace_and_crutches_are_two_things() -> None:
    names = {thing.heard_as for thing in things("D: We'll put you in a knee brace, and I want you to use crutches.")}
    assert {"knee brace", "crutches"} <= names


def test_the_words_before_a_dose_stay_with_it() -> None:
    (drug,) = things("D: We'll increase the lasix by 20 milligrams.")
    assert drug.of(AttributeKind.DOSE) == ["by 20 milligrams"]


def test_the_modifiers_of_a_name_belong_to_it() -> None:
    (one,) = [
        thing for thing in things("D: You have an acute medial meniscus sprain.") if thing.kind is FindingKind.PROBLEM
    ]
    assert one.heard_as == "acute medial meniscus sprain"


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        (
            "You may use Tylenol, 500 milligrams, up to three times a day.",
            AttributeKind.FREQUENCY,
            "up to three times a day",
        ),
        ("Take at most two tablets of Tylenol a day.", AttributeKind.DOSE, "at most two tablets"),
        ("We'll increase the Tylenol to 650 milligrams.", AttributeKind.DOSE, "to 650 milligrams"),
    ],
)
def test_the_limit_of_a_dose_stays_with_it(said: str, kind: AttributeKind, told: str) -> None:
    (drug,) = [thing for thing in things(f"D: {said}") if thing.kind is FindingKind.MEDICATION]
    assert told in drug.of(kind)
