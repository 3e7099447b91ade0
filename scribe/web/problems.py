"""Errors as `application/problem+json` (RFC 9457): what happened, and what to do next. Never what a patient said.

Messages of `ScribeError` carry no patient text by rule, so they are shown. Those of any other error are not: it is
logged by kind and place only. What a request held is never sent back nor logged.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from scribe.errors import (
    AccessError,
    AudioError,
    CaptureError,
    ConfigError,
    ConflictError,
    DiskFullError,
    InputError,
    NotFoundError,
    OutputError,
    ScribeError,
    StoreError,
    VaultError,
)

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("scribe.web")

STATUS: tuple[tuple[type[ScribeError], int], ...] = (  # the first that fits
    (NotFoundError, 404),
    (AccessError, 403),
    (ConflictError, 409),
    (InputError, 422),
    (AudioError, 422),
    (ConfigError, 422),
    (DiskFullError, 507),
    (CaptureError, 409),
    (OutputError, 503),
    (StoreError, 503),
    (VaultError, 503),
    (ScribeError, 500),
)


class ProblemError(Exception):
    """Raised by a route to answer with an error. `detail` says what happened and what to do next."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = dict(headers or {}), dict(more or {})


def body(status: int, code: str, detail: str, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The five members of a problem, and more."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **(more or {})}


def answer(
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """A problem as a response."""
    return JSONResponse(body(status, code, detail, more), status, dict(headers or {}), MEDIA_TYPE)


def unforeseen(error: BaseException) -> Response:
    """An error nobody raised on purpose: logged by kind and place, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown place"
    log.error("%s at %s", type(error).__name__, place)
    detail = f"the server failed ({type(error).__name__}): look whether your change is there, and try again"
    return answer(500, "unforeseen", detail)


def install(app: FastAPI) -> None:
    """Answer every error of the app as a problem."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(ScribeError, _scribe_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 (starlette dispatches by type)
    if error.status == 401 and _is_page(request):
        return RedirectResponse("/sign-in", 303)
    if error.code == "password-change" and _is_page(request):
        return RedirectResponse("/account", 303)
    return answer(error.status, error.code, error.detail, error.headers, error.more)


def _is_page(request: Request) -> bool:
    """Whether a person opens a page, rather than a program asking for data."""
    asks = request.headers.get("accept", "")
    return request.method == "GET" and "text/html" in asks and not request.url.path.startswith(("/api/", "/sign-in"))


async def _scribe_error(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    code = type(error).__name__.removesuffix("Error").lower()
    return answer(status, code, str(error))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = [{"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]} for item in error.errors()]
    detail = "the request does not have the form that /api/v1/openapi.json describes: see fields"
    return answer(422, "invalid", detail, more={"fields": fields})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    known = {404: "there is nothing here: check the address", 405: "this address does not take that method"}
    detail = known.get(error.status_code) or str(error.detail)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return answer(error.status_code, code, detail, dict(error.headers or {}))
