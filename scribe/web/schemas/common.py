"""What every part of the API shares."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class In(BaseModel):
    """A request. An unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def example(**fields: Any) -> ConfigDict:
    """`model_config` of a request with an example for the documentation."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Out(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


MAX_TEXT = 20_000  # characters of one statement, comment or correction

LINES = frozenset("\n\t")


def _plain(text: str) -> str:
    """No control characters, and nothing that cannot be written as UTF-8: a database may refuse both."""
    if any((ord(sign) < 32 and sign not in LINES) or ord(sign) == 127 or 0xD800 <= ord(sign) < 0xE000 for sign in text):
        raise ValueError("holds a control character, or half of a character")
    return text


Plain = AfterValidator(_plain)
Text = Annotated[str, Field(max_length=MAX_TEXT), Plain]
Line = Annotated[str, Field(max_length=300), Plain]
Index = Annotated[int, Field(ge=0, le=10_000_000)]
Revision = Annotated[int, Field(ge=1, le=1_000_000_000, description="Number of a revision, 1 for the first.")]


class Problem(Out):
    """An error, as `application/problem+json` (RFC 9457). `detail` says what happened and what to do next."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(description="Fixed name of the error, for programs: conflict, not-found, forbidden, ...")


class ConflictProblem(Problem):
    """409: somebody else changed the same words or statement. Read `revision` and make the edit again."""

    revision: int = Field(description="The newest revision of the document.")
    author: str = Field(description="Who made it.")


class SpanOut(Out):
    """Half-open character offsets."""

    start: int
    end: int


class IntervalOut(Out):
    """A stretch of the recording, in seconds."""

    start: float
    end: float


class Person(Out):
    """Somebody who can sign in."""

    id: str
    name: str
