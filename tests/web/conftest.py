"""What the tests of the pages share: a client that behaves as a page does, a server on this machine, a browser, axe.

The browser is Debian's Chromium, driven by Playwright. Where there is none the tests skip; in CI it must be there.
Playwright keeps an event loop in the thread that started it, so a browser lives no longer than one test module.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scribe.config import Config
from scribe.web.app import create_app

ADDRESS = "http://127.0.0.1:8765"
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
SLOW = 300_000  # milliseconds: how long a page may take on a machine that is busy with other things
ROOM = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}


def _needed(path: str | Path | None, what: str) -> str:
    """`path`, or the test is skipped; in CI it fails."""
    if path is not None and Path(path).exists():
        return str(path)
    message = f"{what} is missing: run tests/services.sh"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def running(app: Any, **options: Any) -> Iterator[str]:
    """`app` served by uvicorn in a thread; its address, such as http://127.0.0.1:40123."""
    import uvicorn

    listening = socket.create_server(("127.0.0.1", 0))
    settings = {"log_level": "warning", "access_log": False, "timeout_graceful_shutdown": 2, **options}
    server = uvicorn.Server(uvicorn.Config(app, **settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive(), "the server starts")
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def until(condition: Callable[[], Any], what: str, seconds: float = SLOW / 1000) -> Any:
    """What `condition` answers once it is true. Fails where it stays false for `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    pytest.fail(f"waited {seconds:g} s until {what}")


@pytest.fixture(scope="session", name="until")
def _until() -> Callable[..., Any]:
    """`until(condition, what)`: poll instead of sleeping."""
    return until


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """`serve(app, **uvicorn_options)` starts a server for the length of the test and gives its address."""
    with ExitStack() as servers:
        yield lambda app, **options: servers.enter_context(running(app, **options))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[..., Any]]:
    """`chromium(*arguments)` starts a browser with further arguments on its command line."""
    path = _needed(shutil.which("chromium"), "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = []

        def start(*arguments: str) -> Any:
            flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", *arguments]
            browser = playwright.chromium.launch(executable_path=path, args=flags, timeout=SLOW)
            started.append(browser)
            return browser

        yield start
        for browser in started:
            browser.close()


@pytest.fixture(scope="module")
def browser(chromium: Callable[..., Any]) -> Any:
    """A browser without sound."""
    return chromium()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """`new_page(**options)` opens a page in a profile of its own, in a desktop window unless `viewport` says otherwise.

    An error in a page's scripts, or something that its content security policy forbids, fails the test.
    """
    with pages(browser) as opened:
        yield opened


@pytest.fixture
def pages_of() -> Iterator[Callable[[Any], Callable[..., Any]]]:
    """`pages_of(browser)` is `new_page` of another browser than the silent one."""
    with ExitStack() as open_pages:
        yield lambda browser: open_pages.enter_context(pages(browser))


@contextmanager
def pages(browser: Any) -> Iterator[Callable[..., Any]]:
    """As `new_page`, of another browser."""
    contexts, errors = [], []

    def opened(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": ROOM, **options})
        context.set_default_timeout(SLOW)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.extend(forbidden(message)))
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not errors


def forbidden(message: Any) -> list[str]:
    """What the content security policy forbade, where a message on the console tells of that."""
    return [message.text] if message.type == "error" and "Content Security Policy" in message.text else []


@pytest.fixture
def accessible() -> Callable[[Any], None]:
    """`accessible(page)` fails where axe-core finds a serious violation of WCAG 2 AA on the page as it is."""
    source = Path(_needed(AXE, "axe-core")).read_text(encoding="utf-8")

    def check(page: Any) -> None:
        page.evaluate(source)
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})")
        bad = [item for item in found["violations"] if item["impact"] in SERIOUS]
        assert not bad, [(item["id"], [node["html"][:200] for node in item["nodes"]]) for item in bad]

    return check


def visitor(app: FastAPI, *, address: str = ADDRESS) -> TestClient:
    """A browser that has opened the workbench: it has the cookie and sends the token of its page."""
    client = TestClient(app, base_url=address, raise_server_exceptions=False)
    client.headers["Origin"] = address
    session = client.get("/api/v1/session")
    if session.status_code == 200:
        client.headers["X-CSRF-Token"] = session.json()["csrf_token"]
    return client


@pytest.fixture
def app() -> FastAPI:
    """Single-user mode with the default settings."""
    return create_app(Config())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Whoever sits at this machine."""
    with visitor(app) as client:
        yield client
