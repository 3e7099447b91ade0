"""Word documents, read back with python-docx: structure, letterhead, page numbers, watermark, odd characters."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.document import Document
from hypothesis import HealthCheck, given, settings
from PIL import Image

from scribe.export.docx import Docx
from scribe.sections import layout_rules, note_templates, problems
from scribe.types import Note, Transcript
from scribe.view import Letter, NoteView, plain
from tests.export.strategies import letters, notes


def document(note: Note, transcript: Transcript, view: NoteView | None = None) -> Document:
    return docx.Document(io.BytesIO(Docx().export(note, transcript, view)))


def words(found: Document) -> str:
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def headers(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if "header" in name or "footer" in name]
        return "\n".join(archive.read(name).decode() for name in names)


def test_headings_lists_and_tables_are_real_ones(note: Note, transcript: Transcript, view: NoteView) -> None:
    found = document(note, transcript, view)
    headings = [(item.style.name, item.text) for item in found.paragraphs if item.style.name.startswith("Heading")]
    assert headings[:3] == [
        ("Heading 1", "Clinical note"),
        ("Heading 2", "History"),
        ("Heading 3", "History of present illness"),
    ]
    points = [item.text for item in found.paragraphs if item.style.name == "List Bullet"]
    assert "The right knee has been bothering him." in points
    assert "Patient: Jane Q. Example" in words(found)


def test_a_draft_has_a_watermark_on_every_page_and_a_banner(note: Note, transcript: Transcript) -> None:
    content = Docx().export(note, transcript)
    assert headers(content).count('string="DRAFT"') == 2
    assert "Draft, not signed." in words(document(note, transcript))


def test_a_signed_note_has_none_of_it_but_signature_codes_and_addendum(signed: Note, transcript: Transcript) -> None:
    content, found = Docx().export(signed, transcript), words(document(signed, transcript))
    assert "v:textpath" not in headers(content)
    assert "Draft" not in found
    for shown in (
        "Signed by Ada Okonkwo, MD on March 2, 2026, 10:00 UTC",
        "I stand for this.",
        f"SHA-256 {signed.signatures[0].sha256}",
        "M17.11",
        "Addendum, March 3, 2026, 08:30 UTC",
        "No swelling of the tongue.",
    ):
        assert shown in found
    assert "E11.9" not in found


def test_letterhead_first_then_the_patient_on_every_page_and_page_numbers(
    note: Note, transcript: Transcript, view: NoteView
) -> None:
    section = document(note, transcript, view).sections[0]
    assert section.different_first_page_header_footer
    first = section.first_page_header.tables[0].rows[0].cells[0].text
    assert first == "Riverside Family Practice\n12 Mill Lane, Springfield\nTelephone 555 0100"
    assert section.header.paragraphs[0].text.startswith("Jane Q. Example \u00b7 record number 0042-17")
    for footer in (section.first_page_footer, section.footer):
        assert 'w:instr=" PAGE "' in footer._element.xml
        assert 'w:instr=" NUMPAGES "' in footer._element.xml


@pytest.mark.parametrize(("paper", "width"), [("letter", 215.9), ("a4", 210.0)])
def test_the_paper_is_that_of_the_settings(note: Note, transcript: Transcript, paper: str, width: float) -> None:
    view = replace(plain(note), letter=Letter(paper=paper))
    page = document(note, transcript, view).sections[0].page_width
    assert page is not None
    assert page.mm == pytest.approx(width, abs=0.1)


def test_the_logo_is_in_it(note: Note, transcript: Transcript, view: NoteView) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "navy").save(picture, "PNG")
    practice = view.letter.practice
    assert practice is not None
    with_logo = replace(view.letter, practice=replace(practice, logo=picture.getvalue()))
    content = Docx().export(note, transcript, replace(view, letter=with_logo))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert any(archive.read(name) == picture.getvalue() for name in archive.namelist() if "media" in name)


def test_file_lists_and_search_show_no_patient(note: Note, transcript: Transcript, view: NoteView) -> None:
    content = Docx().export(note, transcript, view)
    properties = part(content, "docProps/core.xml")
    assert "Example" not in properties
    assert "python-docx" not in properties
    assert docx.Document(io.BytesIO(content)).core_properties.title == "Clinical note"


@pytest.mark.parametrize("name", sorted(note_templates.shipped()))
def test_every_template_keeps_every_statement(note: Note, transcript: Transcript, name: str) -> None:
    linked = replace(note, sections=problems.linked(note.sections))
    view = layout_rules.lay_out(linked, note_templates.shipped()[name])
    found = words(document(linked, transcript, view)).lower()
    for word in ("osteoarthritis", "amlodipine", "148", "penicillin", "x-ray of the right knee"):
        assert word in found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notes(), letters)
def test_odd_characters_never_end_the_work(note: Note, letter: Letter) -> None:
    document(note, Transcript(()), replace(plain(note), letter=letter))
