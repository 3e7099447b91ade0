"""Why a statement stands in a note: its rule, its findings, and the rows of the tables that read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scribe import pipeline
from scribe.clinical import explanation
from scribe.clinical.explanation import StatementExplained
from scribe.config import Config
from scribe.sections import plain_text

pytestmark = pytest.mark.weights
ROOT = Path(__file__).parents[2]
TALK = """Doctor: What brings you in today?
Patient: I have had a sore throat for four days.
Doctor: Any fever?
Patient: No.
Doctor: Do you smoke?
Patient: I quit ten years ago.
Doctor: I think this is strep throat. If you get a rash, call me.
"""


@pytest.fixture(scope="module")
def explained() -> dict[str, StatementExplained]:
    draft = pipeline.draft(plain_text.read(TALK), Config())
    return {item.statement.text: item for item in explanation.explained(draft.note, draft.transcript)}


def test_an_answer_names_the_question_and_what_settled_it(explained: dict[str, StatementExplained]) -> None:
    item = explained["Denies fever."]
    (finding,) = item.findings
    assert (finding.finding.concept, finding.claims) == ("fever", ("absent",))
    assert [quoted.text for quoted in finding.said] == ["fever", "No."]


def test_a_claim_names_its_row(explained: dict[str, StatementExplained]) -> None:
    item = next(item for text, item in explained.items() if "strep" in text.lower())
    (reason,) = item.findings[0].reasons
    assert (reason.what, reason.words.text) == ("possible", "I think")
    file, _, line = reason.source.partition(", line ")
    assert (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("possible\t")


def test_what_is_told_of_a_finding_is_a_reason(explained: dict[str, StatementExplained]) -> None:
    item = next(item for text, item in explained.items() if "sore throat" in text.lower())
    assert [(one.what, one.words.text) for one in item.findings[0].reasons] == [("duration", "four days")]


def test_every_statement_names_a_rule_in_a_file_that_exists(explained: dict[str, StatementExplained]) -> None:
    assert explained
    for item in explained.values():
        assert item.rule != "typed"
        assert (ROOT / item.file).is_file(), item.rule


def test_the_finding_of_an_answer_without_its_words_is_named(explained: dict[str, StatementExplained]) -> None:
    item = explained["Former smoker, quit 10 years ago."]
    assert [finding.finding.concept for finding in item.findings] == ["smoking"]
    assert "past" in item.findings[0].claims
