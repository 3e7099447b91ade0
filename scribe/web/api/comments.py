"""`/api/v1/encounters/{id}/comments`: remarks of people who work on one encounter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from scribe.errors import NotFoundError
from scribe.store.records import Comment
from scribe.web.answers import problems
from scribe.web.desk import AtDesk, EncounterId
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.schemas.common import Person
from scribe.web.schemas.signing import CommentIn, CommentList, CommentOut, CommentPatch

router = APIRouter(prefix="/api/v1/encounters/{encounter_id}/comments", tags=["comments"], route_class=OnceRoute)
CommentId = Annotated[str, Path(pattern=r"^[\w-]{1,40}$", description="Id of the comment.")]
STATEMENT, SECOND = "statement:", "second:"


@router.get("", dependencies=[require("comment:read")], responses=problems(404))
def list_comments(encounter_id: EncounterId, desk: AtDesk) -> CommentList:
    """All comments, the oldest first."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        return CommentList(comments=[_shown(item) for item in unit.comments.of(encounter_id)])


@router.post("", status_code=201, dependencies=[require("comment:write")], responses=problems(404, 422))
def add_comment(encounter_id: EncounterId, given: CommentIn, desk: AtDesk) -> CommentOut:
    """Remark on a statement, a second of the recording, or the whole encounter."""
    place = ""
    if given.statement_id is not None:
        place = f"{STATEMENT}{given.statement_id}"
    elif given.at_second is not None:
        place = f"{SECOND}{given.at_second:.2f}"
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        return _shown(unit.comments.add(encounter_id, given.text, place=place))


@router.patch("/{comment_id}", dependencies=[require("comment:write")], responses=problems(404, 422))
def settle_comment(encounter_id: EncounterId, comment_id: CommentId, given: CommentPatch, desk: AtDesk) -> CommentOut:
    """Resolve a comment, or open it again."""
    with desk.change() as unit:
        desk.encounter(unit, encounter_id)
        if unit.comments.get(comment_id).encounter_id != encounter_id:
            raise NotFoundError("there is no such comment: read the comments again")
        return _shown(unit.comments.resolve(comment_id, resolved=given.resolved))


def _shown(item: Comment) -> CommentOut:
    place = item.place
    return CommentOut(
        id=item.id,
        author=Person(id=item.author_id, name=item.author_name),
        at=item.at,
        text=item.text,
        statement_id=place.removeprefix(STATEMENT) if place.startswith(STATEMENT) else None,
        at_second=float(place.removeprefix(SECOND)) if place.startswith(SECOND) else None,
        resolved_by=item.resolved_by,
        resolved_at=item.resolved_at,
    )
