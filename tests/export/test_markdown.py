from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.export.html import Html
from scribe.export.markdown import Markdown, escaped
from scribe.sections import layout_rules, note_templates, problems
from scribe.types import (
    Answer,
    Component,
    Element,
    Encounter,
    Level,
    Note,
    NoteStatus,
    Quote,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    StatedTime,
    Statement,
    Transcript,
    Worksheet,
)


def page(note: Note, transcript: Transcript) -> str:
    return Markdown().export(note, transcript).decode()


def with_statement(note: Note, statement: Statement) -> Note:
    section = Section(SectionKind.HPI, "History of present illness", SectionGroup.HISTORY, "10164-2", (statement,))
    return replace(note, sections=(section,), suggestions=(), queries=())


def test_every_statement_has_its_time(note: Note, transcript: Transcript) -> None:
    text = page(note, transcript)
    for statement in note.statements:
        (line,) = [line for line in text.splitlines() if line.startswith(f"- {statement.text[:8]}")]
        assert re.search(r" \(\d\d:\d\d(, \d\d:\d\d)*\)( \*\[.+\]\*)?$", line), line
    assert "- Hypertension, not well controlled. (02:01)" in text
    assert "- Recording: 02:41" in text


def test_the_four_groups_come_in_order_and_a_title_is_not_said_twice(note: Note, transcript: Transcript) -> None:
    headings = [line for line in page(note, transcript).splitlines() if line.startswith("#")]
    assert headings[:9] == [
        "# Clinical note",
        "## Check first",
        "## History",
        "### History of present illness",
        "### Family history",
        "### Medications",
        "### Allergies",
        "### Review of systems",
        "## Exam",
    ]
    assert "## Assessment" in headings
    assert "### Assessment" not in headings


def test_doubtful_words_codes_questions_and_flags_are_there(note: Note, transcript: Transcript) -> None:
    text = page(note, transcript)
    assert "Amlodipine[?], 5 milligrams daily." in text
    assert (
        "| E11.9 (icd10cm 2026-04) | Type 2 diabetes mellitus without complications | proposed | "
        "“**Type 2 diabetes**, not quite at goal.” (01:53): present; score 0.93. lexicon: type 2 diabetes |"
    ) in text
    assert "- Which view of the knee? (standing / lying): “X-ray of the right knee.” (02:06)" in text
    assert "1. **Overlap**: two people spoke at once (00:31 to 00:33)" in text
    assert "Weights whisper-base: sha256 d01c3014881c" in text


@pytest.mark.parametrize(
    ("status", "banner"), [(NoteStatus.PRELIMINARY, "> **Draft, not signed."), (NoteStatus.FINAL, "> **Not signed.")]
)
def test_a_draft_says_that_it_is_one(note: Note, transcript: Transcript, status: NoteStatus, banner: str) -> None:
    assert banner in page(replace(note, status=status), transcript)


def test_flags_and_repairs_stand_with_their_statements(note: Note, checked: Transcript) -> None:
    text = page(note, checked)
    assert "1. **Drug** amlodipine or amiloride?: looks or sounds like another drug (00:59)" in text
    assert "check 1: drug" in next(line for line in text.splitlines() if line.startswith("- Amlodipine"))
    (line,) = [line for line in text.splitlines() if line.startswith("- Penicillin")]
    assert line.startswith("- Penicillin[R]: skin rash.")
    assert "heard “penny silly in”, 31%; replaced by sound and dose" in line
    assert "[R] follows words that were replaced" in text


def test_typed_statements_name_their_author(note: Note, transcript: Transcript) -> None:
    typed = with_statement(note, Statement("s", "Seen with interpreter.", author="Dr. A_B"))
    assert r"- Seen with interpreter. (typed by Dr. A\_B)" in page(typed, transcript)


def test_a_note_of_silence_says_so() -> None:
    text = page(Note("n", Encounter("e"), ()), Transcript((), duration=60.0))
    assert "Nothing was heard that belongs in a note." in text
    assert "Candidate codes" not in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("2. Aspirin", r"- 2\. Aspirin"),
        ("- none", r"- \- none"),
        ("+ swelling", r"- \+ swelling"),
        ("# 3 <b>bold</b> [x](y) *a* |", r"- \# 3 \<b\>bold\</b\> \[x\](y) \*a\* \|"),
        ("two\n\nlines", "- two lines"),
    ],
)
def test_words_never_become_markup(note: Note, transcript: Transcript, said: str, shown: str) -> None:
    heard = with_statement(note, Statement("s", said, (Span(0, 3),)))
    assert shown in page(heard, transcript).splitlines()


def test_a_template_makes_tables_lines_and_problems(note: Note, checked: Transcript) -> None:
    given = replace(note, sections=problems.linked(note.sections))
    view = layout_rules.lay_out(given, note_templates.shipped()["soap"])
    text = Markdown().export(given, checked, view).decode()
    assert text.startswith("# SOAP note\n")
    assert "| Medicine | Dose | How often | Heard |" in text
    assert re.search(
        r"^\| Amlodipine\[\?\] \| 5 milligrams \| daily \| 00:59 \*\[check 1: drug\]\* \|$", text, re.MULTILINE
    )
    assert "| Penicillin[R] | skin rash | 01:1" in text
    assert re.search(r"^\| Pulse \| 72 \| 01:3\d .*\|$", text, re.MULTILINE)
    assert "- **Cardiovascular, respiratory:** Denies chest pain or shortness of breath. (00:" in text
    assert re.search(
        r"^1\. Osteoarthritis .+\n   - X-ray of the right knee\. \(02:06\)\n\n2\. Type 2", text, re.MULTILINE
    )


@given(st.text())
def test_escaped_text_is_one_line_and_gives_the_text_back(text: str) -> None:
    shown = escaped(text)
    assert "\n" not in shown
    plain = [char for at, char in enumerate(shown) if not _is_escape(shown, at)]
    assert "".join(plain).split() == text.split()


def _is_escape(text: str, at: int) -> bool:
    run = len(text[: at + 1]) - len(text[: at + 1].rstrip("\\"))
    return text[at] == "\\" and run % 2 == 1


def visited(note: Note) -> Note:
    """The note with a worksheet of one element, and its question answered."""
    words = Quote("s-plan-0", Span(0, 5))
    element = Element(Component.DATA, "test-ordered", "test ordered", "x-ray of right knee", (words,), "a caution")
    levels = (Level.MODERATE, Level.STRAIGHTFORWARD, Level.MODERATE, Level.MODERATE)
    sheet = Worksheet((element,), *levels, "office visit, moderate", time=StatedTime(35, words), cautions=("mind it",))
    (query,) = note.queries
    answer = Answer("standing", "Dr. Adeyemi", "2026-03-02T10:00:00+00:00")
    return replace(note, worksheet=sheet, queries=(replace(query, indicators=(words,), answer=answer),))


def test_the_worksheet_has_words_and_times_and_an_answer_its_author(note: Note, transcript: Transcript) -> None:
    text = page(visited(note), transcript)
    assert "## Office visit, moderate" in text
    assert "| Problems: moderate | nothing in this note | |" in text
    element = "test ordered: x-ray of right knee (a caution)"
    assert f"| Data: straightforward | {element} | “**X-ray** of the right knee.” (02:06) |" in text
    assert "- Time stated by the clinician: 35 minutes." in text
    assert "- Mind it." in text
    assert "“X-ray of the right knee.” (02:06). **Answered:** standing (Dr. Adeyemi, 2026-03-02)" in text


def test_the_page_has_them_too(note: Note, transcript: Transcript) -> None:
    text = Html().export(visited(note), transcript).decode()
    assert '<h2 id="visit">Office visit, moderate</h2>' in text
    assert "<h3>Data: straightforward</h3>" in text
    assert "Answered “standing” by Dr. Adeyemi, 2026-03-02" in text


def test_a_signed_note_shows_its_signature_and_addendum(signed: Note, transcript: Transcript) -> None:
    text = Markdown().export(signed, transcript).decode()
    assert "> **Final.**" in text
    assert "**Signed by Ada Okonkwo, MD on March 2, 2026, 10:00 UTC.** I stand for this." in text
    assert "## Addendum, March 3, 2026, 08:30 UTC\n\nCalled back: the rash was hives.\n" in text
    assert "> **Not as signed." in Markdown().export(replace(signed, template="soap"), transcript).decode()
