"""The note in the editor: evidence at hand, edits that say who made them, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scribe.types import SectionKind
from tests.web.workbench.desk import Bench, Editor

pytestmark = pytest.mark.weights


def _kind(bench: Bench, words: str) -> SectionKind:
    return next(section.kind for section in bench.note.sections for item in section.statements if words in item.text)


def test_a_statement_shows_and_plays_what_it_rests_on(editor: Editor, bench: Bench) -> None:
    row = editor.statement("heart attack")
    statement = next(item for item in bench.note.statements if "heart attack" in item.text)
    row.hover()
    assert "heart attack" in editor.lit("evidence")
    row.locator("[data-do=play]").click()
    start = statement.seconds[0].start
    editor.page.wait_for_function("(at) => document.querySelector('audio').currentTime > at", arg=start)
    editor.page.wait_for_function("() => document.querySelector('audio').paused")


def test_an_edited_statement_keeps_its_evidence_and_says_who(
    editor: Editor, bench: Bench, until: Callable[..., Any]
) -> None:
    old = next(item for item in bench.note.statements if "heart attack" in item.text)
    editor.statement("heart attack").locator(".said").click()
    editor.press("End")
    editor.type(" Confirmed.")
    editor.saved()
    until(lambda: "Confirmed." in bench.note.statement(old.id).text, "the store has it")
    new = bench.note.statement(old.id)
    assert new.heard == old.heard
    assert new.author
    editor.page.locator(".statement", has_text="Confirmed").locator(".mark.author").wait_for()
    editor.page.click("#undo")
    until(lambda: bench.note.statement(old.id).text == old.text, "undo takes it back")


def test_a_changed_dose_is_marked_in_words(editor: Editor) -> None:
    row = editor.statement("ibuprofen")
    row.locator(".said").click()
    text = row.locator(".said").inner_text()
    row.locator(".said").fill(text.replace("400", "600"))
    editor.saved()
    changed = editor.page.locator("#note .statement", has_text="600").first
    changed.locator(".mark.strong", has_text="differs from what was heard").first.wait_for()


def test_statements_are_added_moved_removed_and_put_back(
    editor: Editor, bench: Bench, until: Callable[..., Any]
) -> None:
    editor.statement("heart attack").locator(".said").click()
    editor.press("Control+Shift+Enter")
    editor.answer("Add", text="Mother is well.")
    editor.statement("Mother is well").locator(".mark", has_text="typed, not heard").wait_for()
    typed = next(item for item in bench.note.statements if item.text == "Mother is well.")
    assert typed.author
    assert not typed.heard

    editor.statement("Mother is well").locator(".said").click()
    editor.press("Alt+Shift+ArrowUp")
    texts = editor.page.locator("[data-kind=family] .said").all_inner_texts
    until(lambda: texts()[0] == "Mother is well.", "it has moved up")

    editor.statement("Mother is well").locator("[data-do=menu]").click()
    editor.page.get_by_role("menuitem", name="Move to section…").click()
    editor.answer("Move", kind="social")
    until(lambda: _kind(bench, "Mother is well") is SectionKind.SOCIAL, "it is in the social history")

    editor.statement("Mother is well").locator(".said").click()
    editor.press("Control+Shift+Backspace")
    until(lambda: all(item.text != "Mother is well." for item in bench.note.statements), "it is out of the note")
    editor.page.locator("details.removed summary").click()
    editor.page.locator("details.removed").get_by_role("button", name="Put back").click()
    until(lambda: any(item.text == "Mother is well." for item in bench.note.statements), "it is back")


def test_why_a_statement_stands_there(editor: Editor) -> None:
    editor.statement("heart attack").locator("[data-do=menu]").click()
    editor.page.get_by_role("menuitem", name="Why it stands here…").click()
    dialog = editor.page.locator("dialog[open]")
    dialog.get_by_role("heading", name="heart attack").wait_for()
    assert "scribe/clinical/cues.tsv, line" in dialog.inner_text()
    assert "scribe/sections/" in dialog.inner_text()
    editor.press("Escape")
    dialog.wait_for(state="detached")


def test_the_template_and_the_page_as_it_reads(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    select = editor.page.locator("#note-head select")
    select.wait_for()
    other = next(
        value
        for value in select.locator("option").evaluate_all("(all) => all.map((o) => o.value)")
        if value != select.input_value()
    )
    select.select_option(other)
    until(lambda: bench.note.template == other, "the note has the other template")
    editor.page.locator("#note-laid-out article").wait_for()
    editor.page.get_by_role("button", name="Edit", exact=True).click()
    assert editor.page.locator("#note .statement").first.is_visible()


def test_the_note_is_made_again_from_the_corrected_transcript(
    editor: Editor, bench: Bench, until: Callable[..., Any]
) -> None:
    editor.statement("heart attack").locator(".said").click()
    editor.press("End")
    editor.type(" Confirmed.")
    editor.saved()
    editor.put_caret("a skin rash", select=True)
    editor.type("hives")
    editor.saved()
    editor.page.locator("#outdated").get_by_role("button", name="Make the note again").click()
    until(lambda: any("hives" in item.text for item in bench.note.statements), "the note follows the transcript", 300)
    assert any("Confirmed." in item.text for item in bench.note.statements), "what was typed in the note stays"
