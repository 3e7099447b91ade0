"""What a text claims about what it names: our own tables, and the examples by which ConText was published."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical import people
from scribe.clinical.mentions import Mentions
from scribe.types import PATIENT, Assertion, Basis, Certainty, Claims, Polarity, Span, Time


def rows(name: str) -> Iterator[dict[str, str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)


ASSERTIONS = [*rows("assertions.tsv"), *rows("assertions_published.tsv")]
MENTIONS = list(rows("mentions.tsv"))
MISSED = {  # rows written before the rules that no rule reads yet
    "[Physical therapy] was offered but he said no.",
    "No [statin] for now, she doesn't want it.",
    "[Pulmonary embolism] after her hip operation in 2016.",
}


def claims(row: str) -> Claims:
    start, end = row.index("["), row.index("]") - 1
    return Mentions(row.replace("[", "").replace("]", "")).claims(Span(start, end))


def assertion(made: Claims) -> str:
    """The label as the table of assertions writes it."""
    if made.assertion is Assertion.HISTORICAL:
        return "open" if made.time is Time.OPEN else "past"
    return made.assertion.value


def label(made: Claims) -> str:
    """The claim that stands out, as the table of mentions writes it."""
    if made.basis is not Basis.EXPERIENCED:
        return made.basis.value
    if made.experiencer != PATIENT:
        return made.experiencer if made.experiencer == people.OTHER else f"relative:{made.experiencer}"
    if made.time in (Time.CONDITIONAL, Time.PLANNED):
        return made.time.value
    if made.polarity is Polarity.ABSENT:
        return "absent"
    if made.certainty is Certainty.POSSIBLE:
        return "possible"
    return "present" if made.time is Time.CURRENT else made.time.value


@pytest.mark.parametrize("row", ASSERTIONS, ids=lambda row: row["text"][:70])
def test_assertion(row: dict[str, str]) -> None:
    assert assertion(claims(row["text"])) == row["claim"]


@pytest.mark.parametrize("row", MENTIONS, ids=lambda row: row["text"][:70])
def test_mention(row: dict[str, str], request: pytest.FixtureRequest) -> None:
    if row["text"] in MISSED:
        request.applymarker(pytest.mark.xfail(reason="read by no rule yet"))
    assert label(claims(row["text"])) == row["claim"]


def test_a_claim_names_the_cues_it_rests_on() -> None:
    (trigger,) = claims("She denies [chest pain].").triggers
    assert (trigger.claim, trigger.span) == ("absent", Span(4, 10))
    assert trigger.cue == "(denies|denied|deny|denying)"


def test_each_word_with_content_has_its_claim() -> None:
    made = Mentions("No nausea, but feels hot.").each()
    assert [claim.polarity for claim in made] == [Polarity.ABSENT, Polarity.PRESENT]


@given(st.text(max_size=80), st.data())
def test_any_text_and_span_gives_claims(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert isinstance(Mentions(text).claims(Span(start, end)), Claims)
