from __future__ import annotations

from dataclasses import replace

from scribe.export import patient
from scribe.types import Encounter, Note, NoteStatus
from scribe.view import PatientSummary, PlainLine, PlainPart

SUMMARY = PatientSummary(
    "Your visit",
    (
        PlainPart("What we think", (PlainLine("You have <b>gout</b>.", "s1"),)),
        PlainPart("What to do next", parts=(PlainPart("Medicines", (PlainLine("Take 10 mg.", "s2", unsure=True),)),)),
    ),
)
NOTE = Note("n", Encounter("e", date_of_service="2026-03-02"), ())


def test_the_page_is_safe_shows_every_line_and_says_that_it_is_a_draft() -> None:
    html = patient.html(SUMMARY, NOTE).decode()
    assert "You have &lt;b&gt;gout&lt;/b&gt;." in html
    assert '<li data-statement="s2">Take 10 mg. <mark>to be checked: heard poorly</mark></li>' in html
    assert "has not checked this yet" in html
    assert "2026-03-02" in html
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_once_signed_the_marks_are_gone() -> None:
    final = replace(NOTE, status=NoteStatus.FINAL)
    for made in (patient.html(SUMMARY, final).decode(), patient.markdown(SUMMARY, final).decode()):
        assert "Checked by your clinician." in made
        assert "to be checked" not in made


def test_markdown_has_the_same_lines() -> None:
    text = patient.markdown(SUMMARY, NOTE).decode()
    assert text.startswith("# Your visit\n")
    assert "- You have \\<b\\>gout\\</b\\>." in text
    assert "### Medicines\n\n- Take 10 mg. *(to be checked: heard poorly)*" in text


def test_nothing_to_say_is_said() -> None:
    empty = PatientSummary("Your visit", ())
    assert patient.NOTHING in patient.html(empty, NOTE).decode()
    assert patient.NOTHING in patient.markdown(empty, NOTE).decode()
