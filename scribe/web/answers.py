"""Large answers: plain dicts, dumped at once. Their models are for the documentation, and a test compares the two."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from scribe.web.schemas.common import ConflictProblem, Problem


class Json(Response):
    """A plain tree as JSON, without a second look at it by a model."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Compact, UTF-8."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def described(model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that answers with `Json` what `model` describes."""
    return {status: {"model": model}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` for the errors of a route."""
    meaning = {
        404: "There is no such thing, or it is not yours to see.",
        408: "The file came too slowly, or stopped coming.",
        409: "Somebody else changed it, or works on it, or its state does not allow it.",
        413: "The file is too large.",
        422: "The request points at something that is not there, or does not have the documented form.",
        429: "Too many of yours are on their way: try again in `Retry-After` seconds.",
        503: "The database cannot be reached, or is busy.",
    }
    return {
        status: {
            "model": ConflictProblem if status == 409 else Problem,
            "description": meaning[status],
        }
        for status in statuses
    }
