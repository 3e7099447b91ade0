"""Which findings a statement states: not all that share its answer."""

from __future__ import annotations

import pytest

from scribe.clinical import reading, statements
from scribe.config import ModelsSettings
from scribe.types import Assertion, Section, SectionGroup, SectionKind, Span, Statement
from tests.clinical.gold import talk

pytestmark = pytest.mark.weights


def linked(said: str, *lines: tuple[str, str]) -> list[list[str]]:
    """The concepts linked to each statement: its text, and the words where it was heard."""
    transcript = talk(said)
    made = []
    for number, (text, heard) in enumerate(lines):
        start = transcript.text.index(heard)
        made.append(Statement(f"s{number}", text, (Span(start, start + len(heard)),), Assertion.PRESENT))
    section = Section(SectionKind.HPI, "HPI", SectionGroup.HISTORY, "10164-2", tuple(made))
    found = reading.read(transcript, ModelsSettings())
    concepts = {finding.id: finding.concept for finding in found}
    (linked_to,) = statements.stated([section], found, transcript)
    return [[concepts[name] for name in item.findings] for item in linked_to.statements]


def test_of_one_answer_each_statement_has_its_own() -> None:
    said = "D: Any fever or chills? P: No. D: Any cough? P: Yes, for two weeks."
    whole = "Any fever or chills? No."
    assert linked(said, ("Denies fever.", whole), ("Denies chills.", whole)) == [["fever"], ["chills"]]


def test_a_statement_of_all_that_was_asked_has_all() -> None:
    said = "D: Any fever or chills? P: No."
    assert linked(said, ("Denies fever, chills.", "Any fever or chills? No.")) == [["fever", "chills"]]


def test_an_answer_alone_is_linked_by_what_it_tells() -> None:
    said = "D: Any fever or cough? P: No fever, but a cough. For two weeks."
    assert linked(said, ("For two weeks.", "For two weeks.")) == [["cough"]]


def test_a_shared_answer_alone_says_nothing() -> None:
    assert linked("D: Any fever or chills? P: No.", ("No.", "No.")) == [[]]
