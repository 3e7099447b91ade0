"""What goes wrong: no network, another person, another tab, an ended session. Nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.workbench.desk import Bench, Editor

pytestmark = pytest.mark.weights


def test_without_a_network_edits_wait_in_the_page_and_are_sent_later(
    editor: Editor, bench: Bench, until: Callable[..., Any]
) -> None:
    editor.page.context.set_offline(True)
    editor.put_caret("the garden", end=True)
    editor.type(" shed")
    editor.page.locator("#saved[data-state=offline]").wait_for()
    editor.type(" door")
    kept = editor.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    for word in ("garden", "shed"):
        assert word not in kept, "nothing of the patient is in the browser's storage"
    assert "shed" not in bench.transcript.text
    editor.page.context.set_offline(False)
    editor.page.locator("#saved").get_by_role("button", name="Try now").click()
    until(lambda: "garden shed door" in bench.transcript.text, "everything arrived")
    editor.page.locator("#saved[data-state=saved]").wait_for()


def test_two_pages_with_other_words_are_merged(
    editor: Editor, bench: Bench, new_page: Callable[..., Any], until: Callable[..., Any]
) -> None:
    second = Editor(new_page(), bench).open()
    editor.put_caret("the garden", end=True)
    editor.type(" shed")
    second.put_caret("a skin rash", select=True)
    second.type("hives")
    editor.saved()
    second.saved()
    until(lambda: "garden shed" in bench.transcript.text and "hives" in bench.transcript.text, "both edits are there")
    editor.passage("hives").wait_for()
    second.passage("garden shed").wait_for()


@pytest.mark.parametrize(("choice", "stays"), [("Keep mine", "shed"), ("Take", "barn")])
def test_two_pages_with_the_same_words_ask(
    editor: Editor, bench: Bench, new_page: Callable[..., Any], until: Callable[..., Any], choice: str, stays: str
) -> None:
    second = Editor(new_page(), bench).open()
    second.page.context.set_offline(True)
    second.put_caret("garden", select=True)
    second.type("shed")
    second.page.locator("#saved[data-state=offline]").wait_for()
    editor.put_caret("garden", select=True)
    editor.type("barn")
    editor.saved()
    until(lambda: "the barn" in bench.transcript.text, "the first page's word is there")
    second.page.context.set_offline(False)
    second.page.locator("#saved").get_by_role("button", name="Try now").click()
    dialog = second.page.locator("dialog[open]")
    dialog.wait_for()
    for word in ("shed", "barn"):
        assert word in dialog.inner_text()
    dialog.get_by_role("button", name=choice).click()
    second.page.locator("#saved[data-state=saved]").wait_for()
    until(lambda: f"the {stays}" in bench.transcript.text, "the chosen word stands")
    second.passage(f"the {stays}").wait_for()


def test_an_ended_session_keeps_what_was_typed(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    ended = {
        "status": 401,
        "content_type": "application/problem+json",
        "body": '{"status": 401, "detail": "sign in again"}',
    }
    editor.page.route("**/transcript/edits", lambda route: route.fulfill(**ended))
    editor.put_caret("the garden", end=True)
    editor.type(" shed")
    editor.page.locator("#saved[data-state=session]").wait_for()
    editor.type(" door")
    editor.page.unroute("**/transcript/edits")
    editor.page.locator("#saved").get_by_role("button", name="Send").click()
    until(lambda: "garden shed door" in bench.transcript.text, "everything arrived after the sign-in")


def test_words_that_the_server_refuses_are_shown_before_they_go(editor: Editor, bench: Bench) -> None:
    refusal = {
        "status": 403,
        "content_type": "application/problem+json",
        "body": '{"status": 403, "detail": "not yours"}',
    }
    editor.page.route("**/transcript/edits", lambda route: route.fulfill(**refusal))
    editor.put_caret("the garden", end=True)
    editor.type(" shed")
    editor.page.locator("#saved[data-state=refused]").wait_for()
    assert "not yours" in editor.page.inner_text("#saved")
    editor.page.locator("#saved").get_by_role("button", name="Load anew").click()
    assert "garden shed" in editor.page.inner_text("dialog[open]")
    editor.page.get_by_role("button", name="Give them up").click()
    editor.passage("the garden, and").wait_for()
    editor.page.locator("#saved[data-state=saved]").wait_for()


def test_an_encounter_that_is_not_there_says_so(bench: Bench, new_page: Callable[..., Any]) -> None:
    page = new_page()
    page.goto(f"{bench.url}/encounters/0123456789abcdef")
    page.locator("#notices .message.error").wait_for()
    assert "no such encounter" in page.inner_text("#notices")
