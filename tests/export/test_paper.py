"""What stands on paper: when a note is a draft, what it is called, and that no character can do harm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribe.export import paper
from scribe.export.paper import Paper, clean, day, moment, signatures_fit
from scribe.types import Note, NoteStatus, Section, Transcript
from scribe.view import NoteView


def test_a_draft_says_so_and_a_signed_note_does_not(note: Note, signed: Note, transcript: Transcript) -> None:
    draft, record = Paper(note, transcript), Paper(signed, transcript)
    assert (draft.draft, draft.watermark) == (True, "DRAFT")
    assert draft.banner.startswith("Draft, not signed.")
    assert (record.draft, record.watermark, record.banner, record.remarks) == (False, "", "", ())
    assert record.status == "Final, revision 1"
    assert [item.author for item in record.signatures] == ["Ada Okonkwo, MD"]


def test_a_note_that_is_final_without_a_signature_is_no_record(note: Note, transcript: Transcript) -> None:
    found = Paper(replace(note, status=NoteStatus.FINAL), transcript)
    assert found.watermark == "DRAFT"
    assert found.banner == paper.UNSIGNED


def altered(note: Note) -> Note:
    first, *others = note.sections
    changed = replace(first.statements[0], text="The left knee has been bothering him.")
    return replace(note, sections=(replace(first, statements=(changed, *first.statements[1:])), *others))


def test_words_that_were_changed_after_signing_are_never_shown_as_signed(signed: Note, transcript: Transcript) -> None:
    found = Paper(altered(signed), transcript)
    assert (found.watermark, found.banner, found.signatures) == ("NOT AS SIGNED", paper.CHANGED, ())


def test_an_addendum_that_was_changed_or_moved_is_found(signed: Note) -> None:
    assert signatures_fit(signed)
    below = signed.addenda[0]
    assert not signatures_fit(replace(signed, addenda=(replace(below, text=below.text + " None."),)))
    assert not signatures_fit(replace(signed, addenda=(below, below)))


def test_only_accepted_codes_are_printed(note: Note, signed: Note, transcript: Transcript) -> None:
    assert Paper(note, transcript).codes == ()
    assert Paper(signed, transcript).codes == (
        ("ICD-10-CM", "M17.11", "Unilateral primary osteoarthritis, right knee"),
    )


def test_doubts_are_shown_in_a_draft_and_end_with_the_signature(
    note: Note, signed: Note, transcript: Transcript
) -> None:
    def unsure(made: Note) -> list[str]:
        lines = [line for part in Paper(made, transcript).parts for line in part.lines]
        return [words.text for line in lines for words in line.words if words.unsure]

    assert unsure(note) == ["Amlodipine"]
    assert unsure(signed) == []
    assert "1 thing to check first: the review page lists them." in Paper(note, transcript).remarks


def test_a_contradiction_is_told_in_a_draft(note: Note, transcript: Transcript) -> None:
    section = note.sections[0]
    first, second, *_ = section.statements
    against = replace(section, statements=(replace(first, contradicts=(second.id,)), second))
    part = Paper(replace(note, sections=(against,)), transcript).parts[1]
    said = "".join(words.text for words in part.lines[0].words)
    assert "[said otherwise: \u201cWorse going up and down the stairs.\u201d" in said


def test_the_fields_are_those_given_and_every_further_page_names_the_patient(
    note: Note, transcript: Transcript, view: NoteView
) -> None:
    found = Paper(note, transcript, view)
    assert dict(found.fields) == {
        "Patient": "Jane Q. Example",
        "Date of birth": "July 4, 1958",
        "Record number": "0042-17",
        "Clinician": "Ada Okonkwo, MD",
        "Date of service": "March 2, 2026",
        "Status": "Draft, revision 1",
    }
    assert found.running == "Jane Q. Example \u00b7 record number 0042-17 \u00b7 Clinical note \u00b7 March 2, 2026"
    assert [name for name, _ in Paper(note, transcript).fields] == ["Date of service", "Status"]


def test_a_note_of_nothing_is_empty(transcript: Transcript, note: Note) -> None:
    assert Paper(replace(note, sections=tuple[Section, ...]()), transcript).is_empty


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-03-02", "March 2, 2026"),
        ("soon", "soon"),
        ("", ""),
        ("2026-13-02", "2026-13-02"),
    ],
)
def test_days(text: str, shown: str) -> None:
    assert day(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-03-02T10:00:00+00:00", "March 2, 2026, 10:00 UTC"),
        ("2026-03-02T10:00:00", "March 2, 2026, 10:00 UTC"),
        ("2026-03-02T10:00:00-05:00", "March 2, 2026, 10:00 UTC-05:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_moments_name_their_zone(text: str, shown: str) -> None:
    assert moment(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\ufffeb", "a\ufffdb"),
        ("dose \u202e5.0\u202c mg", "dose 5.0 mg"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("na\u00efve \u4e2d \U0001f642", "na\u00efve \u4e2d \U0001f642"),
    ],
)
def test_what_cannot_be_printed_is_made_visible_and_order_is_never_turned(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_clean_text_is_xml_and_loses_no_letter(text: str) -> None:
    found = clean(text)
    assert clean(found) == found
    assert [sign for sign in found if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
    found.encode("utf-8")
