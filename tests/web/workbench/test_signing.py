"""A physician's day: settle what is open, sign, add, amend, compare; and documents of what was signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scribe.store.records import State
from tests.web.workbench.desk import Bench, Editor

pytestmark = pytest.mark.weights


@pytest.fixture
def signing(bench: Bench, new_page: Callable[..., Any]) -> Any:
    """The page of signing."""
    page = new_page()
    page.goto(f"{bench.url}/encounters/{bench.encounter}/sign")
    page.wait_for_selector("body[data-ready=yes]")
    return page


def _sign(page: Any, override: str = "") -> None:
    if override:
        page.fill("#override", override)
    page.check("#agree")
    page.click("#sign")
    page.locator("#record .signature-block").first.wait_for()


def test_what_is_open_leads_to_its_place(signing: Any, bench: Bench, until: Callable[..., Any]) -> None:
    signing.locator(".findings .block").first.wait_for()
    assert signing.locator("#sign").is_visible()
    signing.locator(".findings a[href*='#at=']").first.click()
    signing.wait_for_selector(".flag-card")
    until(lambda: Editor(signing, bench).lit("flag-current"), "the editor shows the place")


def test_signing_needs_a_reason_for_what_is_open_and_freezes_the_note(signing: Any, bench: Bench) -> None:
    signing.check("#agree")
    signing.click("#sign")
    assert signing.locator("#override:invalid").count(), "the browser asks for the reason"
    _sign(signing, "Heard again, it is right.")
    assert bench.state is State.SIGNED
    assert bench.note.signatures[0].sha256 in signing.inner_text("#record")
    editor = Editor(signing, bench).open()
    assert editor.page.locator("#note .said[contenteditable=plaintext-only]").count() == 0, "nothing can be edited"


def test_addendum_amendment_and_difference(signing: Any, bench: Bench, until: Callable[..., Any]) -> None:
    _sign(signing, "Heard again, it is right.")
    signing.click("#add-addendum")
    Editor(signing, bench).answer("Sign as Me", text="X-ray shows no fracture.")
    signing.locator(".addendum", has_text="no fracture").wait_for()
    signing.click("#amend")
    Editor(signing, bench).answer("Open for correction", reason="The dose was misheard.")
    signing.wait_for_url(f"**/encounters/{bench.encounter}")
    editor = Editor(signing, bench).open()
    editor.statement("heart attack").locator(".said").click()
    editor.press("End")
    editor.type(" Confirmed by records.")
    editor.saved()
    editor.page.click("#to-sign")
    signing.wait_for_selector("#sign")
    _sign(signing, "Checked again.")
    until(lambda: len(bench.note.signatures) >= 1 and bench.state is State.AMENDED, "the amendment is signed")
    signing.get_by_role("button", name="Show what differs").first.click()
    signing.locator("#difference ins", has_text="Confirmed by records").wait_for()


def test_the_score_of_the_draft(bench: Bench, new_page: Callable[..., Any]) -> None:
    editor = Editor(new_page(), bench).open()
    editor.statement("ibuprofen").locator(".said").click()
    editor.press("End")
    editor.type(" With food.")
    editor.saved()
    editor.page.click("#to-sign")
    editor.page.wait_for_selector("#sign")
    _sign(editor.page, "Heard again, it is right.")
    editor.page.locator("#scores", has_text="Quality score").wait_for()


def test_documents_are_downloaded(editor: Editor) -> None:
    editor.page.get_by_role("button", name="Documents").click()
    with editor.page.expect_download() as found:
        editor.page.get_by_role("menuitem", name="Word (DOCX)").click()
    assert found.value.suggested_filename.endswith(".docx")
    assert Path(found.value.path()).read_bytes()[:2] == b"PK"
