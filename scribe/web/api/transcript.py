"""`/api/v1/encounters/{id}/transcript`: what was said, corrected word by word."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from scribe.review import transcript as review
from scribe.store.records import RevisionKind
from scribe.store.unit import Unit
from scribe.web import documents
from scribe.web.answers import Json, described, problems
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.present import transcript as present
from scribe.web.schemas.transcript import TranscriptEdited, TranscriptEdits, TranscriptOp, TranscriptOut, Undo

router = APIRouter(prefix="/api/v1/encounters/{encounter_id}/transcript", tags=["transcript"], route_class=OnceRoute)
KIND = RevisionKind.TRANSCRIPT
OPS: dict[str, type[Any]] = {
    "replace_words": review.ReplaceWords,
    "replace_all": review.ReplaceAll,
    "assign_speaker": review.AssignSpeaker,
    "split": review.Split,
    "name_speaker": review.NameSpeaker,
    "merge_speakers": review.MergeSpeakers,
    "resolve_flag": review.ResolveFlag,
    "restore_flag": review.RestoreFlag,
    "mark_inaudible": review.MarkInaudible,
    "mark": review.Mark,
    "undo_repair": review.UndoRepair,
}
Number = Annotated[int | None, Query(ge=1, le=1_000_000_000, description="A revision; the newest by default.")]


@router.get(
    "",
    dependencies=[require("transcript:read")],
    response_class=Json,
    responses={**described(TranscriptOut), **problems(404, 422)},
)
def read_transcript(encounter_id: EncounterId, desk: AtDesk, revision: Number = None) -> Any:
    """The transcript, with speakers, flags and repairs."""
    with desk.read() as unit:
        record = desk.encounter(unit, encounter_id)
        saved = unit.revisions.transcript(encounter_id, revision)
        history = unit.revisions.history(encounter_id, KIND)
        undo, redo = documents.steps(history, desk.actor.user_id)
        may = saved.revision.number == history[-1].number and desk.may_edit(unit, record, "transcript:edit")
    return Json(present.whole(saved, history[-1], undo=bool(undo), redo=bool(redo), edit=may))


@router.post(
    "/edits",
    dependencies=[require("transcript:edit")],
    response_class=Json,
    responses={**described(TranscriptEdited), **problems(404, 409, 422)},
)
def edit_transcript(encounter_id: EncounterId, edits: TranscriptEdits, desk: AtDesk) -> Any:
    """Correct words, speakers and flags: all edits, or none."""
    made = [operation(op) for op in edits.ops]
    with desk.change() as unit:
        changed = documents.edit(
            desk,
            unit,
            encounter_id,
            KIND,
            edits.base_revision,
            lambda transcript: review.apply(transcript, made, desk.actor.name),
        )
        return _answer(desk, unit, changed)


@router.post(
    "/undo",
    dependencies=[require("transcript:edit")],
    response_class=Json,
    responses={**described(TranscriptEdited), **problems(404, 409)},
)
def undo_transcript(encounter_id: EncounterId, undo: Undo, desk: AtDesk) -> Any:
    """Take back your own last edit, also after a reload, also from under edits of others that do not touch it."""
    with desk.change() as unit:
        return _answer(desk, unit, documents.take_back(desk, unit, encounter_id, KIND, undo.base_revision))


@router.post(
    "/redo",
    dependencies=[require("transcript:edit")],
    response_class=Json,
    responses={**described(TranscriptEdited), **problems(404, 409)},
)
def redo_transcript(encounter_id: EncounterId, redo: Undo, desk: AtDesk) -> Any:
    """Make again what you undid last."""
    with desk.change() as unit:
        return _answer(desk, unit, documents.make_again(desk, unit, encounter_id, KIND, redo.base_revision))


def operation(op: TranscriptOp) -> review.Edit:
    """The edit that a request describes."""
    made: review.Edit = OPS[op.op](**op.model_dump(exclude={"op"}))
    return made


def _answer(desk: Desk, unit: Unit, changed: documents.Changed) -> Json:
    history = unit.revisions.history(changed.saved.revision.encounter_id, KIND)
    undo, redo = documents.steps(history, desk.actor.user_id)
    body = present.changed(changed.base, changed.saved, merged=changed.merged, undo=bool(undo), redo=bool(redo))
    return Json(body)
