"""Requests that change something: answered from within the transaction that changes it, and once for each key.

A route that changes something through its `desk` is mounted with `OnceRoute`. Its answer is made before the change is
committed: an answer that cannot be made undoes the change, and nothing but the network stands between the commit and
whoever asked. Where they give an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), the answer is kept in
the same transaction, and whoever asks again gets it again.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from scribe.web.desk import HEADER, Desk
from scribe.web.guard import SAFE
from scribe.web.problems import ProblemError, answer

NOT_GIVEN = {"desk", "request"}  # parameters of a route that are no part of what was asked
Key = Annotated[
    str | None,
    Header(
        alias=HEADER,
        max_length=255,
        pattern=r"^[\x21-\x7e]*$",
        description="Random, new for each change. The same request with the same key has its effect once.",
    ),
]


def idempotency_key(key: Key = None) -> None:
    """Describes the header of a route, and refuses one that will not do; `desk` reads it."""


class OnceRoute(APIRoute):
    """A route of a router whose changes go through `desk`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        methods = set(options.get("methods") or ()) - SAFE
        if methods and "desk" in inspect.signature(endpoint).parameters:
            options["dependencies"] = [*(options.get("dependencies") or ()), Depends(idempotency_key)]
            if not inspect.iscoroutinefunction(endpoint):
                endpoint = _answering(endpoint, f"{methods.pop()} {path}", options.get("status_code") or 200)
        super().__init__(path, endpoint, **options)


def _answering(endpoint: Callable[..., Any], route: str, status: int) -> Callable[..., Response]:
    @wraps(endpoint)
    def respond(**given: Any) -> Response:
        desk: Desk = given["desk"]
        asked = {name: value for name, value in given.items() if name not in NOT_GIVEN}
        return answered(desk, fingerprint(route, asked), lambda: endpoint(**given), status, given.get("encounter_id"))

    return respond


def answered(
    desk: Desk,
    request: str,
    work: Callable[[], Any],
    status: int,
    encounter_id: str | None = None,
    later: Callable[[Any], ProblemError | None] | None = None,
) -> Response:
    """Do `work`, or give the answer again that it had before under the same key. `request` is its fingerprint.

    `later`: what is answered to whoever asks again, in the place of a result that is shown once and kept nowhere; None
    where it may be shown again. Raises ProblemError 409 where the same key is at work now, 422 where it was used for
    something else.
    """
    result: Any = None

    def done() -> tuple[Response, str | None]:
        nonlocal result
        result = work()
        return rendered(result, status), encounter_id or _about(result)

    def kept(response: Response) -> Response:
        said = later(result) if later else None
        return response if said is None else answer(said.status, said.code, said.detail, more=said.more)

    return desk.once(request, done, kept)


def fingerprint(route: str, asked: dict[str, Any]) -> str:
    """What tells one request from another: the route and everything it was asked, as SHA-256."""
    plain = json.dumps([route, jsonable_encoder(asked)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def rendered(result: Any, status: int) -> Response:
    """The response that FastAPI would make of what a route returns."""
    if isinstance(result, Response):
        return result
    if not isinstance(result, BaseModel):
        raise TypeError(f"a route that changes something returns a model or a response, not {type(result).__name__}")
    return Response(result.model_dump_json(by_alias=True), status, media_type="application/json")


def _about(result: Any) -> str | None:
    """Which encounter an answer is about."""
    for name in ("encounter_id", "id"):
        found = getattr(getattr(result, "encounter", result), name, None)
        if isinstance(found, str):
            return found
    return None
