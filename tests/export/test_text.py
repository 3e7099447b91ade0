"""Plain text: everything there, no line too wide, a draft known from both ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from scribe.export.text import WIDTH, Text
from scribe.sections import layout_rules, note_templates, problems
from scribe.types import Note, Transcript
from scribe.view import Letter, NoteView, plain
from tests.export.strategies import letters, notes


def text(note: Note, transcript: Transcript, view: NoteView | None = None) -> str:
    return Text().export(note, transcript, view).decode()


def test_a_draft_says_so_first_and_last(note: Note, transcript: Transcript, view: NoteView) -> None:
    found = text(note, transcript, view)
    assert found.startswith("Riverside Family Practice\n12 Mill Lane, Springfield\n")
    assert found.count("*** Draft, not signed.") == 2
    assert "Patient:           Jane Q. Example" in found
    assert "- Amlodipine[?], 5 milligrams daily." in found
    assert "CODES" not in found


def test_a_signed_note_has_its_signature_its_codes_and_its_addendum(signed: Note, transcript: Transcript) -> None:
    found = text(signed, transcript)
    assert "***" not in found
    assert "M17.11 (ICD-10-CM)  Unilateral primary osteoarthritis, right knee" in found
    assert "E11.9" not in found
    signed_at = found.index("Signed by Ada Okonkwo, MD on March 2, 2026, 10:00 UTC.\nI stand for this.\nSHA-256 ")
    assert found.index("ADDENDUM, March 3, 2026, 08:30 UTC") > signed_at
    assert "Called back: the rash was hives.\nNo swelling of the tongue.\n" in found


@pytest.mark.parametrize("name", sorted(note_templates.shipped()))
def test_every_word_of_every_template_is_there_and_no_line_is_too_wide(
    note: Note, transcript: Transcript, name: str
) -> None:
    given_note = replace(note, sections=problems.linked(note.sections))
    found = text(given_note, transcript, layout_rules.lay_out(given_note, note_templates.shipped()[name]))
    assert max(map(len, found.splitlines())) <= WIDTH
    together = " ".join(found.replace("[?]", "").lower().split())
    for word in ("osteoarthritis", "amlodipine", "148", "penicillin", "x-ray of the right knee"):
        assert word in together


def test_a_wide_table_becomes_lines(note: Note, transcript: Transcript) -> None:
    section = next(item for item in note.sections if item.kind == "medications")
    long = replace(section.statements[0], text=f"Metformin, 1000 milligrams {'very ' * 20}often.")
    wide = replace(note, sections=(replace(section, statements=(long,)),))
    found = text(wide, transcript, layout_rules.lay_out(wide, note_templates.shipped()["soap"]))
    assert max(map(len, found.splitlines())) <= WIDTH


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notes(), letters)
def test_odd_characters_never_end_the_work(note: Note, letter: Letter) -> None:
    found = text(note, Transcript(()), replace(plain(note), letter=letter))
    assert "\x00" not in found
    assert "\u202e" not in found
