"""The plain view: a note as its sections stand."""

from __future__ import annotations

from scribe.sections import catalog
from scribe.types import Encounter, Note, SectionKind, Span, Statement
from scribe.view import Block, Excerpt, NoteView, Row, plain, whole

K = SectionKind
FEVER, REST = Statement("a", "Fever.", (Span(0, 5),)), Statement("b", "Rest.", (Span(9, 12),))


def test_a_note_without_a_template_comes_in_four_parts_and_a_title_is_not_said_twice() -> None:
    note = Note("n", Encounter("e"), (catalog.section(K.HPI, (FEVER,)), catalog.section(K.PLAN, (REST,))))
    view = plain(note)
    assert [(block.heading, block.level) for block in view.blocks] == [
        ("History", 1),
        ("History of present illness", 2),
        ("Plan", 1),
    ]
    assert view.shown == {"a", "b"}
    assert plain(Note("n", Encounter("e"), ())).is_empty


def test_a_link_leads_to_the_first_words_of_a_statement() -> None:
    parts = Excerpt("a", Span(0, 3)), Excerpt("a", Span(3, 6))
    view = NoteView("t", (Block("h", rows=(Row(((parts[0],), (parts[1],))), Row(((whole(REST),),)))),))
    assert view.firsts == {("a", Span(0, 3)), ("b", Span(0, 5))}
    assert view.blocks[0].rows[0].statement_ids == ("a",)
