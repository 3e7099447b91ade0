"""PDFs, read back with poppler: words in order, page numbers, watermark, tags, fonts; and nothing is ever fetched."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from scribe.errors import EngineError
from scribe.export.paper import Paper
from scribe.export.pdf import LOGO, Pdf, _check_machine, _fetcher, page
from scribe.types import Note, Transcript
from scribe.view import Letter, NoteView, Practice, plain
from tests.export.strategies import letters, notes

try:
    _check_machine()
except EngineError as missing:
    pytest.skip(str(missing), allow_module_level=True)
poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed: run tests/services.sh")


def read(pdf: bytes, tmp_path: Path, tool: str = "pdftotext", *options: str) -> str:
    file = tmp_path / "note.pdf"
    file.write_bytes(pdf)
    output = ["-"] if tool == "pdftotext" else []
    return subprocess.check_output([tool, *options, str(file), *output], text=True)


@poppler
def test_a_draft_says_so_on_every_page(note: Note, transcript: Transcript, view: NoteView, tmp_path: Path) -> None:
    longer = replace(note, sections=note.sections * 4)
    long_view = replace(plain(longer), letter=view.letter)
    pages = read(Pdf().export(longer, transcript, long_view), tmp_path, "pdftotext", "-layout").split("\f")[:-1]
    assert len(pages) > 1
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert sum(text.count(sign) for sign in "DRAFT") >= 5
        assert "Draft, revision 1 \u00b7 note note-1" in text
    assert "Riverside Family Practice" in pages[0]
    assert "Draft, not signed." in pages[0]
    assert pages[1].lstrip().startswith("Jane Q. Example \u00b7 record number 0042-17")
    assert "Riverside" not in pages[1]


@poppler
def test_a_signed_note_reads_in_order(signed: Note, transcript: Transcript, view: NoteView, tmp_path: Path) -> None:
    text = " ".join(read(Pdf().export(signed, transcript, view), tmp_path, "pdftotext", "-layout").split())
    order = [
        "Clinical note",
        "Patient: Jane Q. Example",
        "The right knee has been bothering him.",
        "M17.11",
        "Signed by Ada Okonkwo, MD on March 2, 2026, 10:00 UTC",
        "I stand for this.",
        "Addendum, March 3, 2026, 08:30 UTC",
        "No swelling of the tongue.",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "DRAFT" not in text
    assert "E11.9" not in text


@poppler
def test_it_is_tagged_carries_its_fonts_and_names_nobody(
    note: Note, transcript: Transcript, view: NoteView, tmp_path: Path
) -> None:
    pdf = Pdf().export(note, transcript, view)
    facts = read(pdf, tmp_path, "pdfinfo")
    assert "Tagged:          yes" in facts
    assert "JavaScript:      no" in facts
    assert "Example" not in facts
    fonts = read(pdf, tmp_path, "pdffonts").splitlines()[2:]
    assert fonts
    assert all("yes yes yes" in line or "yes yes no" in line for line in fonts)


@poppler
@pytest.mark.parametrize(("paper", "size"), [("letter", "612 x 792"), ("a4", "595.276 x 841.89")])
def test_the_paper_is_that_of_the_settings(
    note: Note, transcript: Transcript, tmp_path: Path, paper: str, size: str
) -> None:
    view = replace(plain(note), letter=Letter(paper=paper))
    assert size in read(Pdf().export(note, transcript, view), tmp_path, "pdfinfo")


@poppler
def test_the_logo_is_in_it(note: Note, transcript: Transcript, tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "navy").save(picture, "JPEG")
    view = replace(plain(note), letter=Letter(Practice("Riverside", logo=picture.getvalue())))
    listed = read(Pdf().export(note, transcript, view), tmp_path, "pdfimages", "-list")
    assert "20    10" in listed


@pytest.mark.parametrize("url", ["https://example.org/x.png", "file:///etc/passwd", "data:text/css,a", f"{LOGO}2"])
def test_every_address_but_the_logo_is_refused(url: str) -> None:
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _fetcher(Practice("Riverside", logo=b"\x89PNG"))
    assert fetcher.fetch(LOGO).read() == b"\x89PNG"
    for asked in (fetcher, _fetcher(None)):
        with pytest.raises(FatalURLFetchingError):
            asked.fetch(url)
    with pytest.raises(FatalURLFetchingError):
        _fetcher(None).fetch(LOGO)


def test_words_never_become_markup(note: Note, transcript: Transcript) -> None:
    section = note.sections[0]
    attack = '<img src="https://example.org/x"><style>@import url(file:///etc/passwd)</style>{{ 7 * 7 }}'
    hostile = replace(section, title=attack, statements=(replace(section.statements[0], text=attack),))
    attacked = replace(note, sections=(hostile,), suggestions=(), queries=())
    html = page(Paper(attacked, transcript))
    assert "<img" not in html
    assert html.count("<style>") == 1
    assert "{{ 7 * 7 }}" in html
    Pdf().export(attacked, transcript)


def test_a_machine_without_fonts_is_told_so_and_does_not_crash(tmp_path: Path) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
    code = (
        "from scribe.export.pdf import Pdf; from scribe.types import *\n"
        "try: Pdf().export(Note('n', Encounter('e'), ()), Transcript(()))\n"
        "except Exception as error: print(error)"
    )
    environ = {**os.environ, "FONTCONFIG_FILE": str(empty)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert "a PDF needs a font and this machine has none" in done.stdout


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notes(), letters)
def test_odd_characters_never_end_the_work(note: Note, letter: Letter) -> None:
    assert Pdf().export(note, Transcript(()), replace(plain(note), letter=letter)).startswith(b"%PDF")
