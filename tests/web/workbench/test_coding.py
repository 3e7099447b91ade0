"""A coder's day: candidates with what they rest on, decisions, questions; and the physician who answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.workbench.desk import Bench, Editor

pytestmark = pytest.mark.weights


@pytest.fixture
def coder(editor: Editor) -> Editor:
    editor.tab("codes")
    editor.page.locator(".code").first.wait_for()
    return editor


def _status(coder: Editor, code: str) -> str:
    text: str = coder.page.locator(f".code[data-code='{code}'] .badge").first.inner_text()
    return text


def test_a_candidate_shows_and_plays_its_words(coder: Editor) -> None:
    row = coder.page.locator(".code[data-code='I10']")
    row.focus()
    assert "hypertension" in coder.lit("quote").casefold()
    row.locator(".quote").first.click()
    coder.page.wait_for_function("() => !document.querySelector('audio').paused")
    coder.page.wait_for_function("() => document.querySelector('audio').paused")


def test_codes_are_accepted_rejected_and_ordered_with_keys(coder: Editor, until: Callable[..., Any]) -> None:
    codes = coder.page.locator("#codes > .codes > .code").evaluate_all("(rows) => rows.map((row) => row.dataset.code)")
    coder.page.locator(f".code[data-code='{codes[0]}']").focus()
    coder.press("a")
    until(lambda: _status(coder, codes[0]) == "Accepted", "the first is accepted")
    until(lambda: coder.page.evaluate("document.activeElement.dataset.code") == codes[1], "the next one has the focus")
    coder.press("r")
    coder.page.locator("details.rejected").wait_for()
    third = coder.page.locator(f".code[data-code='{codes[2]}']")
    third.focus()
    coder.press("Alt+Shift+ArrowUp")
    order = coder.page.locator("#codes > .codes > .code").evaluate_all
    until(lambda: order("(rows) => rows[0].dataset.code") == codes[2], "the third stands first")
    coder.open()
    coder.tab("codes")
    coder.page.locator(".code").first.wait_for()
    assert _status(coder, codes[0]) == "Accepted", "decisions are kept"


def test_a_code_is_replaced_by_one_that_was_searched(coder: Editor, until: Callable[..., Any]) -> None:
    coder.page.locator(".code[data-code='I10']").focus()
    coder.press("p")
    coder.page.fill("dialog input[type=search]", "hypertensive heart disease without heart failure")
    option = coder.page.locator("[role=option]", has_text="I11.9").first
    option.wait_for()
    option.click()
    coder.page.locator(".code[data-code='I11.9']").wait_for()
    until(lambda: _status(coder, "I11.9") == "Accepted", "the coder's own choice counts as accepted")


def test_a_question_is_asked_and_answered(coder: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    coder.page.locator(".queries").get_by_role("button", name="Ask…").click()
    coder.answer("Ask", question="Which kind of diabetes mellitus is documented?", options="type 1\ntype 2")
    form = coder.page.locator("form.query", has_text="Which kind of diabetes")
    form.wait_for()
    form.get_by_label("type 2").check()
    with coder.page.expect_response("**/codes"):  # the panel is drawn anew
        coder.tab("note")
        coder.tab("codes")
    coder.page.wait_for_timeout(100)
    assert form.get_by_label("type 2").is_checked(), "an answer that was begun stays"
    form.get_by_role("button", name="Answer").click()
    coder.page.locator(".query.answered", has_text="Which kind of diabetes").wait_for(state="attached")
    answers = coder.page.evaluate(
        "async (url) => (await (await fetch(url)).json()).queries.map((query) => query.answer?.text)",
        f"{bench.url}/api/v1/encounters/{bench.encounter}/codes",
    )
    assert "type 2" in answers
