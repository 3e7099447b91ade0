from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from scribe.export.html import Html
from scribe.sections import layout_rules, note_templates, problems
from scribe.types import (
    Encounter,
    Flag,
    FlagKind,
    Interval,
    Note,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    Transcript,
)
from scribe.view import NoteView

VOID = {"meta", "br", "hr", "img", "link", "input"}
LOADS = {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "base", "form"}


class Page(HTMLParser):
    """What a browser would find: tags, ids, links, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(note: Note, transcript: Transcript) -> Page:
    return Page(Html().export(note, transcript).decode())


def hostile(note: Note, text: str) -> Note:
    statement = Statement("s", text, (Span(0, 5),), doubtful=(Span(0, 4),))
    section = Section(SectionKind.HPI, text, SectionGroup.HISTORY, "10164-2", (statement,))
    return replace(note, sections=(section,), suggestions=(), queries=())


def test_tags_are_balanced_and_the_page_loads_nothing(note: Note, transcript: Transcript) -> None:
    html = Html().export(note, transcript).decode()
    found = page(note, transcript)
    assert found.open == []
    assert not LOADS & {tag for tag, _ in found.tags}
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html
    assert {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"} in (
        found.all("meta")
    )


def test_the_page_is_accessible(note: Note, transcript: Transcript) -> None:
    found = page(note, transcript)
    assert found.all("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in found.all("meta")
    assert len(found.all("main")) == 1


def test_ids_are_unique_and_every_link_leads_somewhere(note: Note, transcript: Transcript) -> None:
    found = page(note, transcript)
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for attributes in found.all("a")]
    assert len(links) >= len(note.statements)
    assert {str(link).removeprefix("#") for link in links} <= set(ids)


def test_statements_codes_questions_flags_and_transcript_are_there(note: Note, transcript: Transcript) -> None:
    text = " ".join(page(note, transcript).text.split())
    for statement in note.statements:
        assert statement.text.split(",")[0].removesuffix(".") in text
    for shown in ("Draft, not signed", "M17.11", "present; score 0.93. lexicon: type 2 diabetes", "02:01"):
        assert shown in text
    assert "Which view of the knee? (standing / lying)" in text
    assert "00:31 Overlap two people spoke at once, in History of present illness" in text
    assert "Clinician 00:00 Good morning, come on in and have a seat." in text
    assert "Version of scribe: 0.1.0" in text


def test_a_signed_note_shows_its_signature_and_addendum_and_whom_it_is_about(
    signed: Note, transcript: Transcript, view: NoteView
) -> None:
    found = Page(Html().export(signed, transcript, view).decode())
    text = " ".join(found.text.split())
    assert found.open == []
    assert "PatientJane Q. Example" in text
    assert "Riverside Family Practice \u00b7 12 Mill Lane" in text
    assert "Signed by Ada Okonkwo, MD on March 2, 2026, 10:00 UTC. I stand for this." in text
    assert "Addendum, March 3, 2026, 08:30 UTC Called back: the rash was hives." in text
    assert "Draft" not in text
    changed = Page(Html().export(replace(signed, template="soap"), transcript, view).decode()).text
    assert "Not as signed." in changed
    assert "I stand for this." not in changed


def test_doubtful_words_are_marked_once_in_the_note(note: Note, transcript: Transcript) -> None:
    html = Html().export(note, transcript).decode()
    assert '<mark title="The recogniser was not sure of this">Amlodipine<sup>?</sup></mark>, 5 milligrams' in html


def test_the_most_dangerous_comes_first_and_leads_to_its_words(note: Note, checked: Transcript) -> None:
    found = page(note, checked)
    text = " ".join(found.text.split())
    start = text.index("Check first")
    panel = text[start : text.index("The right knee has been", start)]
    places = [panel.index(kind) for kind in ("Drug", "Number", "Inaudible", "Overlap", "Short overlap")]
    assert places == sorted(places)
    assert "amlodipine or amiloride? …" in panel
    assert "twice a day. Amlodipine, 5 milligrams daily." in panel  # the words around it
    ids = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    assert {str(link["href"]).removeprefix("#") for link in found.all("a")} <= ids
    assert {"c1", "f1-1", "c5", "f5-1", "f5-2"} <= ids
    assert "check: drug" in text
    assert "check: short overlap" not in text


def test_the_page_with_flags_is_balanced_and_its_ids_are_unique(note: Note, checked: Transcript) -> None:
    found = page(note, checked)
    assert found.open == []
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_replaced_words_show_what_was_heard_in_note_and_transcript(note: Note, checked: Transcript) -> None:
    html = Html().export(note, checked).decode()
    assert "Penicillin<sup>R</sup></span>: skin rash." in html
    shown = "heard “penny silly in”, 31%; replaced by sound and dose"
    assert html.count(shown) == 2
    assert "Words<sup>R</sup>" in html
    assert "sup>R" not in Html().export(note, replace(checked, repairs=())).decode()


def test_what_was_not_made_out_stands_in_the_transcript(note: Note, checked: Transcript) -> None:
    html = Html().export(note, checked).decode()
    assert "____ [inaudible 00:01:08]</a>" in html
    assert "[overlap 00:00:31]</a>" in html


def test_readings_never_become_markup(note: Note, transcript: Transcript) -> None:
    attack = "<script>alert(1)</script>"
    flag = Flag(FlagKind.DRUG, Interval(31.5, 33.0), attack, (attack, attack))
    found = page(note, replace(transcript, flags=(flag,)))
    assert not found.all("script")
    assert found.text.count(attack) >= 3


def test_the_transcript_is_folded_away(note: Note, transcript: Transcript) -> None:
    assert page(note, transcript).all("details") == [{}]


def test_words_never_become_markup(note: Note, transcript: Transcript) -> None:
    attack = "<script>alert(1)</script>\"'&{{ 7 * 7 }}"
    found = page(hostile(note, attack), transcript)
    assert not found.all("script")
    assert "<script>alert(1)</script>\"'&{{ 7 * 7 }}" in found.text.replace("?", "")


def test_a_note_of_silence_says_so() -> None:
    found = page(Note("n", Encounter("e"), ()), Transcript((), duration=60.0))
    assert "Nothing was heard that belongs in a note." in found.text
    assert not found.all("details")


def test_a_note_from_text_shows_no_times(note: Note) -> None:
    transcript = Transcript((), timed=False)
    text = page(replace(hostile(note, "Fever."), sections=()), transcript).text
    assert "Recording" not in text


@pytest.mark.parametrize("name", sorted(note_templates.shipped()))
def test_every_template_makes_a_page_whose_links_lead_somewhere(note: Note, checked: Transcript, name: str) -> None:
    given = replace(note, sections=problems.linked(note.sections))
    view = layout_rules.lay_out(given, note_templates.shipped()[name])
    found = Page(Html().export(given, checked, view).decode())
    assert found.open == []
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(link["href"]).removeprefix("#") for link in found.all("a")} <= set(ids)
    assert {statement.id for statement in given.statements} <= set(ids)
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_check_of_what_is_left_out_says_so_and_leads_nowhere(note: Note, checked: Transcript) -> None:
    template = note_templates.parse("sections: [hpi]\nleave_out: [medications]\nrest: More", "mine", "mine.yaml")
    html = Html().export(note, checked, layout_rules.lay_out(note, template)).decode()
    assert "Left out by the template: Medications (2 statements); note.json has all." in html
    assert "Medications, which is left out" in html
    assert html.count("<h2>More</h2>") == 1
