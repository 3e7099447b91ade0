"""The browser that the tests of the pages share: that it is there, and that its checks would fail where they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

GOOD = "<!doctype html><html lang=en><title>Visit</title><main><h1>Visit</h1></main></html>"
UNNAMED_BUTTON = "<!doctype html><html lang=en><title>Visit</title><main><h1>Visit</h1><button></button></main></html>"


@pytest.mark.parametrize(("html", "accepted"), [(GOOD, True), (UNNAMED_BUTTON, False)])
def test_axe_finds_what_a_screen_reader_would_miss(
    html: str,
    accepted: bool,
    serve: Callable[..., str],
    new_page: Callable[..., Any],
    accessible: Callable[[Any], None],
) -> None:
    app = FastAPI()
    app.get("/", response_class=HTMLResponse)(lambda: html)
    page = new_page()
    page.goto(serve(app))
    if accepted:
        accessible(page)
    else:
        with pytest.raises(AssertionError, match="button-name"):
            accessible(page)
