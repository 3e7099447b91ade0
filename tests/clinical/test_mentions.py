"""What a text claims about what it names: our own tables, and the examples by which ConText was published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.clinical.mentions import Mentions
from scribe.types import Assertion, Claims, Polarity, Span, Time
from tests.clinical.gold import label, mention, rows

ASSERTIONS = [*rows("assertions.tsv"), *rows("assertions_published.tsv")]
MENTIONS = [*rows("mentions.tsv"), *rows("mentions_told.tsv"), *rows("mentions_held.tsv")]
MISSED = {
    "I'd say no to [chest pain].",  # rows written before the rules that no rule reads yet
    "[Physical therapy] was offered but he said no.",
    "No [statin] for now, she doesn't want it.",
    "[Pulmonary embolism] after her hip operation in 2016.",
}


def assertion(made: Claims) -> str:
    """The label as the table of assertions writes it."""
    if made.assertion is Assertion.HISTORICAL:
        return "open" if made.time is Time.OPEN else "past"
    return made.assertion.value


@pytest.mark.parametrize("row", ASSERTIONS, ids=lambda row: row["text"][:70])
def test_assertion(row: dict[str, str]) -> None:
    assert assertion(mention(row["text"])) == row["claim"]


@pytest.mark.parametrize("row", MENTIONS, ids=lambda row: row["text"][:70])
def test_mention(row: dict[str, str], request: pytest.FixtureRequest) -> None:
    if row["text"] in MISSED:
        request.applymarker(pytest.mark.xfail(reason="read by no rule yet"))
    assert label(mention(row["text"])) == row["claim"]


def test_a_claim_names_the_cues_it_rests_on() -> None:
    (trigger,) = mention("She denies [chest pain].").triggers
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
