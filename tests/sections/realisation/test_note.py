"""Whole notes: what their lines are, and that nothing in them was not heard."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe import pipeline
from scribe.config import Config
from scribe.dictation import written
from scribe.drafts import Draft
from scribe.sections import plain_text
from scribe.sections.realisation import wording
from scribe.sections.realisation.told import Told
from scribe.types import SectionKind

pytestmark = pytest.mark.weights
TALKS = Path(__file__).with_name("talks.tsv")
ROWS = list(csv.DictReader(TALKS.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
NOT_YET = {"D: What's going on? / P: My right ankle hurts. It started on Monday, and it gets worse when I walk."}
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
CONFIG = Config()
SAID = (
    "D: What brings you in today?",
    "P: I've had a cough for three weeks, and my left knee hurts.",
    "P: I take metformin, one thousand milligrams twice a day.",
    "P: My mother had a stroke at sixty two.",
    "D: Any fever or chills?",
    "P: No.",
    "P: I'm allergic to sulfa. It gave me hives.",
    "D: Your blood pressure is 148 over 86.",
    "D: There is tenderness over the left knee, and no redness.",
    "D: I think you have bronchitis.",
    "D: Let's increase the lisinopril from ten to twenty milligrams daily.",
    "D: Come back in two weeks, or sooner if the knee gets worse.",
    "D: We won't need an x-ray.",
)


def drafted(talk: str) -> Draft:
    text = talk.replace(" / ", "\n").replace("D: ", "Doctor: ").replace("P: ", "Patient: ")
    return pipeline.draft(plain_text.read(text), CONFIG)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["talk"][:60])
def test_talk(row: dict[str, str]) -> None:
    if row["talk"] in NOT_YET:
        pytest.xfail("read by no rule yet")
    sections = {section.kind.value: section.statements for section in drafted(row["talk"]).note.sections}
    assert [one.text for one in sections.get(row["section"], ())] == row["sentences"].split(" | ")


@given(st.lists(st.sampled_from(SAID), min_size=2, max_size=10))
@settings(max_examples=20)
def test_no_number_and_no_finding_that_was_not_heard(said: list[str]) -> None:
    draft = drafted("\n".join(said))
    page = written.transcript(draft.page.written, draft.transcript).text
    known = {finding.id for finding in draft.note.findings}
    for statement in draft.note.statements:
        assert set(FIGURE.findall(statement.text)) <= set(FIGURE.findall(page))
        assert set(statement.findings) <= known
        assert statement.heard
    assert len({statement.id for statement in draft.note.statements}) == len(draft.note.statements)


def test_what_could_not_be_made_out_is_listed_below_the_note() -> None:
    draft = drafted("D: What do you take? / P: I take [inaudible 00:12] every day and lisinopril, 10 milligrams.")
    below = [
        one.text
        for section in draft.note.sections
        if section.kind is SectionKind.ALSO_SAID
        for one in section.statements
    ]
    everywhere = [one.text for one in draft.note.statements if "[inaudible 00:12]" in one.text]
    assert everywhere
    assert set(below) == set(everywhere)


def test_a_statement_of_findings_is_where_they_were_heard() -> None:
    draft = drafted("D: Any fever? / P: No. / D: What do you take? / P: Aspirin, 81 milligrams daily.")
    line = next(one for one in draft.note.statements if one.text.startswith("Aspirin"))
    heard = " ".join(draft.transcript.text[span.start : span.end] for span in line.heard)
    assert line.rule == "realisation/lists.medication"
    assert "Aspirin" in heard
    assert "81 milligrams" in heard


def test_no_dose_is_lost() -> None:
    draft = drafted(
        "D: Let's continue the lisinopril. / P: Okay. / "
        "D: I'll order a refill of the lisinopril, 20 milligrams once a day. / "
        "P: I used to be on 40 milligrams of it, I think, you know, whatever it was called back then."
    )
    texts = " ".join(one.text for one in draft.note.statements)
    assert "20 mg" in texts
    assert "40 mg" in texts


@pytest.mark.usefixtures("contained")
def test_a_finding_that_breaks_the_grammar_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    phrase = wording.phrase

    def broken(told: Told, **more: str) -> str:
        if told.concept == "cough":
            raise IndexError("cough")
        return phrase(told, **more)

    monkeypatch.setattr(wording, "phrase", broken)
    draft = drafted("D: What is it? / P: I have a cough. I take aspirin, 81 milligrams daily. / D: Any fever? / P: No.")
    texts = [one.text for one in draft.note.statements]
    assert "Aspirin 81 mg daily." in texts
    assert "Denies fever." in texts
    assert len(draft.note.unread) == 1
