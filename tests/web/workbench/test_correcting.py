"""A transcriptionist's day: words, speakers, places to check, gaps, vocabulary, and handing it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scribe.store.records import State
from scribe.types import FlagKind
from tests.web.workbench.desk import Bench, Editor

pytestmark = pytest.mark.weights


def test_a_word_is_corrected_in_place_and_keeps_its_time(
    editor: Editor, bench: Bench, until: Callable[..., Any]
) -> None:
    before = bench.transcript
    old = next(word for word in before.words if word.text.strip() == "ibuprofen,")
    editor.put_caret("ibuprofen", select=True)
    editor.type("Ibuprofen")
    editor.saved()
    until(lambda: "Ibuprofen" in bench.transcript.text, "the word is in the store")
    after = bench.transcript
    new = next(word for word in after.words if word.text.strip() == "Ibuprofen,")
    assert (new.start, new.end) == (old.start, old.end)
    assert len(after.words) == len(before.words)
    assert all(left.start <= right.start for left, right in zip(after.words, after.words[1:], strict=False))


def test_undo_takes_back_an_edit_after_a_reload(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    text = bench.transcript.text
    editor.put_caret("the garden", end=True)
    editor.type(" behind the house")
    editor.saved()
    assert "garden behind the house" in bench.transcript.text
    editor.open()
    assert editor.passage("garden behind the house").count()
    editor.page.click("#undo")
    until(lambda: bench.transcript.text == text, "the store has the words from before")
    editor.passage("the garden, and").wait_for()
    editor.page.click("#redo")
    until(lambda: "garden behind the house" in bench.transcript.text, "the edit is there again")


def test_a_click_on_a_word_plays_its_sentence_and_lights_the_word(editor: Editor, bench: Bench) -> None:
    word = next(word for word in bench.transcript.words if word.text.strip() == "ibuprofen,")
    editor.put_caret("ibuprofen")
    box = editor.page.evaluate(
        "(() => { const r = getSelection().getRangeAt(0).getBoundingClientRect(); return [r.left, r.top + 8] })()"
    )
    editor.page.mouse.click(box[0] + 6, box[1])
    editor.page.wait_for_function(
        "(start) => document.querySelector('audio').currentTime > start", arg=word.start - 0.1
    )
    editor.page.wait_for_function("() => [...(CSS.highlights.get('spoken') ?? [])].length === 1")
    editor.page.wait_for_function("() => document.querySelector('audio').paused")
    stopped = editor.page.evaluate("document.querySelector('audio').currentTime")
    assert word.start < stopped < word.start + 8, "it stops at the end of the sentence"


def test_keys_of_the_player(editor: Editor) -> None:
    time = "document.querySelector('audio').currentTime"
    editor.page.wait_for_function("() => document.querySelector('audio').readyState > 0")
    editor.put_caret("ibuprofen")
    editor.press("Control+k")
    editor.answer("Go", time="0:30")
    editor.page.wait_for_function(f"() => Math.abs({time} - 30) < 0.01")
    editor.press("F2")
    assert editor.page.evaluate(time) == pytest.approx(31.5)
    editor.press("F1", "F1")
    assert editor.page.evaluate(time) == pytest.approx(28.5)
    editor.press("F3", "F3")
    assert editor.page.evaluate("document.querySelector('audio').playbackRate") == 0.75
    assert editor.page.evaluate("document.querySelector('audio').preservesPitch")
    editor.press("Escape")
    editor.page.wait_for_function(f"() => {time} > 29")
    before = editor.page.evaluate(time)
    editor.press("Escape")
    editor.page.wait_for_function("() => document.querySelector('audio').paused")
    assert editor.page.evaluate(time) < before + 0.5, "a pause steps back"


def test_speakers_are_split_given_named_and_merged(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    editor.put_caret("but my")
    editor.press("Enter")
    editor.saved()

    def speaker_of(text: str) -> str | None:
        return next(word.speaker for word in bench.transcript.words if word.text.strip() == text)

    until(lambda: speaker_of("bothering") == "doctor", "the second half is the other speaker's")
    assert speaker_of("pretty") == "patient"
    editor.put_caret("bothering")
    editor.press("Alt+2")
    editor.saved()
    until(lambda: speaker_of("bothering") == "patient", "Alt 2 gave it to the second speaker")
    assert speaker_of("sorry") == "doctor", "what stood behind it is not touched"
    assert editor.passage("but my right knee").inner_text() == "but my right knee has been bothering me."
    editor.page.locator(".passage", has_text="Um, pretty good").locator(".voice").click()
    editor.page.get_by_role("menuitem", name="Name this speaker…").click()
    editor.answer("Name", name="Mrs. Marchetti", role="patient")
    editor.page.locator(".voice", has_text="Mrs. Marchetti").first.wait_for()
    editor.page.locator(".passage", has_text="Um, pretty good").locator(".voice").click()
    editor.page.get_by_role("menuitemradio", name="Somebody new").click()
    editor.page.locator(".passage", has_text="Um, pretty good").locator(".voice").click()
    editor.page.get_by_role("menuitem", name="Same person as…").click()
    editor.answer("Merge", into="patient")
    editor.saved()
    until(lambda: {word.speaker for word in bench.transcript.words} == {"doctor", "patient"}, "two speakers are left")


def test_places_to_check_come_by_risk_and_are_resolved_with_one_key(
    editor: Editor, bench: Bench, until: Callable[..., Any]
) -> None:
    assert editor.page.locator("#round .count").inner_text() == "3 to check"
    editor.press("F8")
    assert editor.lit("flag-current").startswith("metformin"), "the drug first"
    editor.page.wait_for_function("() => !document.querySelector('audio').paused")
    editor.press("F8")
    assert editor.lit("flag-current") == "148", "then the number"
    editor.press("Shift+F8", "Alt+Enter")
    assert editor.lit("flag-current") == "148", "the next one comes by itself"
    editor.press("Alt+Enter", "Alt+Enter")
    editor.saved()
    assert editor.page.locator("#round .count").inner_text() == "All checked"
    until(lambda: all(flag.checked_by for flag in bench.transcript.flags), "the store knows who checked them")


def test_a_gap_is_marked_and_filled(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    editor.put_caret("ibuprofen", select=True)
    editor.press("Control+j")
    editor.page.locator("#transcript .gap").wait_for()
    assert editor.page.locator("#transcript .gap").inner_text().startswith("____ [inaudible 00:")
    assert "I take 400" in bench.transcript.text or "I take , 400" in bench.transcript.text
    assert any(flag.kind is FlagKind.INAUDIBLE for flag in bench.transcript.flags)
    editor.put_caret("I take", end=True)
    editor.type(" ibuprofen")
    editor.press("Delete", "Delete")
    editor.saved()
    until(lambda: "I take ibuprofen" in bench.transcript.text, "the words are there")
    assert not editor.page.locator("#transcript .gap").count()


def test_words_go_into_the_vocabulary(editor: Editor, until: Callable[..., Any]) -> None:
    editor.put_caret("ibuprofen", select=True)
    editor.press("Alt+v")
    editor.answer("Add", kind="drug")

    def kept() -> list[tuple[str, str]]:
        answer = editor.page.evaluate("fetch('/api/v1/vocabulary').then((answer) => answer.json())")
        return [(word["text"], word["kind"]) for word in answer["words"]]

    until(lambda: kept() == [("ibuprofen", "drug")], "the word is in the vocabulary")


def test_find_and_replace_in_transcript_and_note(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    editor.press("Control+f")
    editor.type("knee")
    editor.page.locator("#find .number", has_text="of").or_(editor.page.locator("#find .number")).first.wait_for()
    assert "knee" in editor.lit("found")
    editor.page.fill("#find input[aria-label='Replace with']", "ankle")
    editor.press("Enter")
    until(
        lambda: "ankle" in bench.transcript.text and "knee " not in bench.transcript.text, "the transcript says ankle"
    )
    until(lambda: any("ankle" in statement.text for statement in bench.note.statements), "and the note")
    editor.press("Escape")


def test_markup_that_is_pasted_is_plain_text(editor: Editor, bench: Bench) -> None:
    editor.put_caret("ibuprofen", select=True)
    editor.page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData('text/html', '<b>Ibu</b><img src=x onerror="document.title=1">profen');
            data.setData('text/plain', 'Ibuprofen');
            document.execCommand('insertText', false, data.getData('text/plain'));
        }"""
    )
    editor.saved()
    assert editor.passage("Ibuprofen").locator("b, img").count() == 0
    assert "Ibuprofen" in bench.transcript.text


def test_what_was_dictated_and_named_is_never_markup(
    bench: Bench, new_page: Callable[..., Any], until: Callable[..., Any]
) -> None:
    evil = "<img src=x onerror=document.body.dataset.hacked=1>"
    editor = Editor(new_page(), bench).open()
    editor.put_caret("ibuprofen", select=True)
    editor.type(evil)
    editor.saved()
    editor.page.click("#hand-on")
    editor.page.get_by_role("menuitem", name="Patient, date, priority…").click()
    editor.answer("Save", name=evil)
    until(lambda: evil in editor.page.inner_text("#case-title"), "the name is shown as it is")
    editor.open()
    assert evil in editor.passage("onerror").inner_text()
    editor.page.goto(f"{bench.url}/")
    editor.page.locator(".case-row", has_text="onerror").wait_for()
    assert editor.page.evaluate("document.body.dataset.hacked") is None


def test_it_is_sent_to_quality_assurance(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    editor.put_caret("the garden", end=True)
    editor.type(" shed")
    editor.page.click("#hand-on")
    editor.page.get_by_role("menuitem", name="Send to QA").click()
    until(lambda: bench.state is State.QA, "it is with QA")
    assert "garden shed" in bench.transcript.text, "what was typed is saved first"
    editor.page.locator("#case-state", has_text="QA").wait_for()
