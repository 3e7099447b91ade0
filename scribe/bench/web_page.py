"""A person's browser at a long visit: how long the page takes to open, and each key to appear.

Chromium is driven by Playwright, which is no part of what `pip install scribe` brings: `pip install playwright`, and
either Chromium of the system or `playwright install chromium`.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from scribe.errors import EngineError

MISSING = "the page was not measured: `pip install playwright`, and Chromium (`playwright install chromium`)"
PATIENCE = 180_000  # milliseconds
KEYS = 150
DELAY = 90  # milliseconds between keys: a quick typist, 130 words a minute
SESSION = "scribe_session"
# The page is open when it says so itself and has been painted. A key has appeared when the frame after it is painted.
WATCH = """
(() => {
  window.bench = { opened: null, keys: [] };
  const painted = (then) => requestAnimationFrame(() => { const c = new MessageChannel();
    c.port1.onmessage = () => then(performance.now()); c.port2.postMessage(0); });
  const look = () => { if (document.body?.dataset.ready === "yes" && window.bench.opened === null) {
    window.bench.opened = 0; painted((now) => { window.bench.opened = now; }); } };
  new MutationObserver(look).observe(document, { subtree: true, attributes: true, childList: true });
  addEventListener("keydown", (event) => { const at = event.timeStamp;
    painted((now) => window.bench.keys.push(now - at)); }, true);
})();
"""


def measure(address: str, cookie: str, encounter_id: str, *, runs: int) -> dict[str, dict[str, float]]:
    """Milliseconds to open the encounter, `runs` times, and for each of `KEYS` keys typed into the middle of it.

    Raises EngineError where Playwright or Chromium is missing.
    """
    with _browser() as new_context:
        opened = []
        for _ in range(runs):
            with _page(new_context, address, cookie) as page:
                opened.append(_open(page, address, encounter_id))
        with _page(new_context, address, cookie) as page:
            _open(page, address, encounter_id)
            keys = _type(page)
    return {"open": _row(opened), "key": _row(keys)}


def _open(page: Any, address: str, encounter_id: str) -> float:
    page.goto(f"{address}encounters/{encounter_id}")
    _wait(page, "window.bench.opened > 0", "the page did not get ready")
    return float(page.evaluate("window.bench.opened"))


def _type(page: Any) -> list[float]:
    """Type into the passage in the middle of the visit."""
    fields = page.locator("#transcript [contenteditable]")
    fields.nth(fields.count() // 2).click()
    page.keyboard.type(("the knee is sore and " * KEYS)[:KEYS], delay=DELAY)
    _wait(page, f"window.bench.keys.length >= {KEYS}", "the keys did not appear")
    return [float(value) for value in page.evaluate("window.bench.keys")]


def _wait(page: Any, condition: str, otherwise: str) -> None:
    """Look again and again: the page's own policy forbids scripts that wait in it. Raises EngineError."""
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise EngineError(f"the page was not measured: {otherwise} in {PATIENCE // 1000} s")
        page.wait_for_timeout(20)


@contextmanager
def _browser() -> Iterator[Callable[[], Any]]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise EngineError(MISSING) from error
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium refuses its sandbox to root
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if root else [])
        except Error as error:
            raise EngineError(MISSING) from error
        try:
            yield lambda: browser.new_context(viewport={"width": 1280, "height": 860})
        finally:
            browser.close()


@contextmanager
def _page(new_context: Callable[[], Any], address: str, cookie: str) -> Iterator[Any]:
    context = new_context()
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    context.add_cookies([{"name": SESSION, "value": cookie, "url": address}])
    try:
        yield context.new_page()
    finally:
        context.close()


def _row(milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {
        "p50_ms": ordered[len(ordered) // 2],
        "p95_ms": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))],
        "slowest_ms": ordered[-1],
    }
