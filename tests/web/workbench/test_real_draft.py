"""A real draft is corrected on the page, word by word, until it equals the reference: no word lost, times in order."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from scribe import pipeline
from scribe.config import AsrSettings, Config
from scribe.types import Mode
from tests.web import osce
from tests.web.workbench.desk import Bench, Editor, add, shares

pytestmark = pytest.mark.weights
SECONDS = 40.0


def test_a_real_draft_is_corrected_word_by_word(workbench: Bench, profile: Any, shared_data: Path) -> None:
    config = Config(asr=AsrSettings(threads=1))
    sound, draft = osce.draft(shared_data, config, SECONDS)
    wanted = [word for _, word in osce.reference(shared_data, draft)]
    assert len(wanted) > SECONDS, "the reference was found in the draft"
    bench = replace(
        workbench, encounter=add(workbench.store, draft, pipeline.draft(draft, config, mode=Mode.VISIT).note, sound)
    )
    editor = Editor(profile.new_page(), bench).open()
    _close_gaps(editor)
    passages = [text.split() for text in editor.page.locator("#transcript .said").all_inner_texts()]
    assert [word for passage in passages for word in passage] == draft.text.split()
    for index, (words, right) in reversed(list(enumerate(zip(passages, shares(passages, wanted), strict=True)))):
        changes = SequenceMatcher(None, words, right, autojunk=False).get_opcodes()
        for kind, first, last, start, end in reversed(changes):
            if kind != "equal":
                _write(editor, index, words, (first, last), right[start:end])
    editor.saved()

    after = bench.transcript
    assert after.text.split() == wanted, "no word is lost, and none is left over"
    starts = [word.start for word in after.words]
    assert starts == sorted(starts)
    assert all(word.start <= word.end <= after.duration for word in after.words)
    heard = {(word.text.strip(), word.start, word.end) for word in draft.words}
    kept = sum((word.text.strip(), word.start, word.end) in heard for word in after.words)
    assert kept > len(after.words) / 2, "what was right stays as it was recognised"
    editor.open()
    shown = editor.page.locator("#transcript .said").all_inner_texts()
    assert " ".join(shown).split() == wanted


def _close_gaps(editor: Editor) -> None:
    """What the engine could not make out stands as a gap: it goes, and its words are typed with the others."""
    gaps = editor.page.locator("#transcript .gap")
    for left in reversed(range(gaps.count())):
        gaps.first.evaluate(
            """(gap) => {
                gap.closest('.said').focus();
                const range = document.createRange();
                range.selectNode(gap);
                getSelection().removeAllRanges();
                getSelection().addRange(range);
            }"""
        )
        editor.press("Delete")
        assert gaps.count() == left


def _write(editor: Editor, passage: int, words: list[str], place: tuple[int, int], new: list[str]) -> None:
    """Select some words of a passage and type others in their place; the words behind them are right already."""
    first, last = place
    start = sum(len(word) + 1 for word in words[:first])
    end = start + len(" ".join(words[first:last]))
    text = " ".join(new)
    if first == last:  # nothing is selected: what is typed goes before the next word, or behind the last
        start = end = start if first < len(words) else max(start - 1, 0)
        text = f"{text} " if first < len(words) else f" {text}"
    elif not new:  # a space goes with them
        start, end = (start, end + 1) if last < len(words) else (max(start - 1, 0), end)
    editor.page.evaluate(
        """([passage, start, end]) => {
            const said = document.querySelectorAll('#transcript .said')[passage];
            said.focus();
            const range = document.createRange();
            let at = 0;
            for (const node of said.childNodes) {
                const { length } = node.textContent;
                if (start >= at && start <= at + length) range.setStart(node, start - at);
                if (end >= at && end <= at + length) range.setEnd(node, end - at);
                at += length;
            }
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [passage, start, end],
    )
    if text:
        editor.page.keyboard.insert_text(text)
    else:
        editor.press("Delete")
