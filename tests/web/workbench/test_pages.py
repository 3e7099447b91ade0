"""Every page by axe-core, in both widths and both lights; without a mouse; and a long visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scribe.types import Note, Transcript
from tests.web.conftest import PHONE
from tests.web.workbench.desk import Bench, Editor, add, long_visit

pytestmark = pytest.mark.weights

OPENING = 8.0  # seconds; 1.5 on a machine that does nothing else
KEY = 200.0  # milliseconds from a key to the next frame, median; 50 on a machine that does nothing else


@pytest.mark.parametrize(("room", "light"), [("desktop", "light"), ("phone", "dark")])
def test_no_page_has_a_serious_barrier(
    bench: Bench, new_page: Callable[..., Any], accessible: Callable[[Any], None], room: str, light: str
) -> None:
    options = {"color_scheme": light, **({"viewport": PHONE} if room == "phone" else {})}
    page = new_page(**options)
    for path in ("/", f"/encounters/{bench.encounter}", f"/encounters/{bench.encounter}/sign"):
        page.goto(bench.url + path)
        page.wait_for_selector("body[data-ready=yes]")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs out of the page"
    editor = Editor(page, bench).open()
    for tab in (["transcript"] if room == "phone" else []) + ["codes", "comments"]:
        editor.tab(tab)
        accessible(page)
    editor.press("F8")
    accessible(page)
    page.locator("#case-actions").get_by_role("button", name="Keys").click()
    page.locator("dialog[open]").wait_for()
    accessible(page)


def test_the_editor_works_without_a_mouse(editor: Editor, bench: Bench, until: Callable[..., Any]) -> None:
    editor.press("F6")
    where = "document.activeElement.closest('#deck, .pane, .case')?.id"
    places = set()
    for _ in range(5):
        places.add(editor.page.evaluate(where))
        editor.press("F6")
    assert {"pane-transcript", "pane-note", "deck"} <= places
    while editor.page.evaluate(where) != "pane-transcript":
        editor.press("F6")
    first = editor.page.evaluate("document.activeElement.textContent")
    editor.press("Control+End", "ArrowDown")
    assert editor.page.evaluate("document.activeElement.textContent") != first, (
        "the caret goes on into the next passage"
    )
    editor.press("Shift+Tab", "Enter")
    editor.page.locator("[role=menu]").wait_for()
    editor.press("Escape")
    editor.page.locator("#tab-note").focus()
    editor.press("ArrowRight")
    assert editor.page.locator("#tab-codes[aria-selected=true]").count()


def test_a_long_visit_opens_at_once_and_typing_stays_quick(
    bench: Bench, visit: tuple[Transcript, Note], new_page: Callable[..., Any]
) -> None:
    transcript = long_visit(visit[0], 9_000)
    encounter = add(bench.store, transcript, replace(visit[1]), None)
    page = new_page()
    page.add_init_script("window.opened = performance.now()")
    page.goto(f"{bench.url}/encounters/{encounter}")
    page.wait_for_selector("body[data-ready=yes]")
    opening = page.evaluate("performance.now() - opened") / 1000
    editor = Editor(page, bench).open(encounter)
    editor.put_caret("the garden", end=True)
    page.evaluate(
        """() => {
            window.keys = [];
            let at = 0;
            addEventListener('keydown', () => (at = performance.now()), true);
            addEventListener('input', () => {
                const began = at;
                const drawn = new MessageChannel();
                drawn.port1.onmessage = () => keys.push(performance.now() - began);
                requestAnimationFrame(() => drawn.port2.postMessage(0));
            }, true);
        }"""
    )
    page.keyboard.type(" behind the house, in the rain", delay=15)
    editor.saved()
    keys = sorted(page.evaluate("keys"))
    assert opening < OPENING, f"open after {opening:.2f} s"
    median = keys[len(keys) // 2]
    assert median < KEY, f"a key takes {median:.0f} ms"
