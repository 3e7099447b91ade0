"""What a text claims about what it names: our own table, and the examples by which ConText was published."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.coding.assertion import Claim, Context
from scribe.types import Assertion, Span

PRESENT, ABSENT, HISTORICAL, FAMILY = Assertion.PRESENT, Assertion.ABSENT, Assertion.HISTORICAL, Assertion.FAMILY
CLAIMS = {
    **{kind.value: Claim(kind) for kind in Assertion},
    "past": Claim(HISTORICAL),
    "open": Claim(HISTORICAL, settled=False),
}


def rows(name: str) -> Iterator[dict[str, str]]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)


OWN, PUBLISHED = list(rows("assertions.tsv")), list(rows("assertions_published.tsv"))


def claim(row: str, prior: Assertion = PRESENT) -> Claim:
    start, end = row.index("["), row.index("]") - 1
    return Context(row.replace("[", "").replace("]", "")).claim(Span(start, end), prior)


def test_the_table_is_as_large_as_promised() -> None:
    assert len({row["text"] for row in OWN}) >= 200


@pytest.mark.parametrize("row", [*OWN, *PUBLISHED], ids=lambda row: row["text"][:70])
def test_claim(row: dict[str, str]) -> None:
    assert claim(row["text"]) == CLAIMS[row["claim"]]


def test_what_is_known_of_the_statement_holds_where_its_text_has_no_cue() -> None:
    assert claim("[Diabetes].", prior=FAMILY).assertion is FAMILY
    assert claim("Fever, [chills].", prior=ABSENT).assertion is ABSENT


def test_the_text_decides_for_each_mention_where_it_has_the_cue() -> None:
    assert claim("Denies fever but has a [cough].", prior=ABSENT).assertion is PRESENT
    assert claim("Denies [fever] but has a cough.", prior=ABSENT).assertion is ABSENT


def test_historical_statement_leaves_open_whether_it_is_past() -> None:
    assert claim("[Hypertension].", prior=HISTORICAL) == Claim(HISTORICAL, settled=False)


@given(st.text(max_size=80), st.data())
def test_any_text_and_span_gives_a_claim(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert isinstance(Context(text).claim(Span(start, end)), Claim)
