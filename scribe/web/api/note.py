"""`/api/v1/encounters/{id}/note`: the note, each statement with its evidence, edited, redrafted, laid out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query

from scribe import pipeline
from scribe.clinical import explanation
from scribe.config import Config
from scribe.review import note as review
from scribe.review import redraft
from scribe.sections import note_templates
from scribe.store.records import RevisionKind, Saved
from scribe.store.unit import Unit
from scribe.types import Note
from scribe.web import case, coding, documents
from scribe.web.answers import Json, described, problems
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.facts import facts
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.present import note as present
from scribe.web.present import why as present_why
from scribe.web.problems import ProblemError
from scribe.web.schemas.note import (
    NoteEdited,
    NoteEdits,
    NoteOp,
    NoteOut,
    Redraft,
    StatementId,
    TemplateOut,
    Templates,
)
from scribe.web.schemas.transcript import Undo
from scribe.web.schemas.why import WhyOut

router = APIRouter(prefix="/api/v1", tags=["note"], route_class=OnceRoute)
NOTE = "/encounters/{encounter_id}/note"
KIND = RevisionKind.NOTE
OPS: dict[str, type[Any]] = {
    "edit_statement": review.EditStatement,
    "add_statement": review.AddStatement,
    "move_statement": review.MoveStatement,
    "remove_statement": review.RemoveStatement,
    "restore_statement": review.RestoreStatement,
    "replace_all": review.ReplaceAll,
    "set_assertion": review.SetAssertion,
    "set_template": review.SetTemplate,
}
Number = Annotated[int | None, Query(ge=1, le=1_000_000_000, description="A revision; the newest by default.")]


@router.get(
    NOTE,
    dependencies=[require("note:read")],
    response_class=Json,
    responses={**described(NoteOut), **problems(404, 422)},
)
def read_note(encounter_id: EncounterId, desk: AtDesk, revision: Number = None) -> Any:
    """The note: sections, statements with the words they were heard in, what was removed, the template's layout."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        return Json(shown(desk, unit, unit.revisions.note(encounter_id, revision)))


@router.post(
    f"{NOTE}/edits",
    dependencies=[require("note:edit")],
    response_class=Json,
    responses={**described(NoteEdited), **problems(404, 409, 422)},
)
def edit_note(encounter_id: EncounterId, edits: NoteEdits, desk: AtDesk) -> Any:
    """Edit, add, move, remove and restore statements, or choose a template: all edits, or none."""
    made = [operation(op, desk.config) for op in edits.ops]
    with desk.change() as unit:
        changed = documents.edit(
            desk,
            unit,
            encounter_id,
            KIND,
            edits.base_revision,
            lambda note: review.apply(note, made, desk.actor.name, documents.SECTIONS),
        )
        return _answer(desk, unit, changed)


@router.post(
    f"{NOTE}/undo",
    dependencies=[require("note:edit")],
    response_class=Json,
    responses={**described(NoteEdited), **problems(404, 409)},
)
def undo_note(encounter_id: EncounterId, undo: Undo, desk: AtDesk) -> Any:
    """Take back your own last edit."""
    with desk.change() as unit:
        return _answer(desk, unit, documents.take_back(desk, unit, encounter_id, KIND, undo.base_revision))


@router.post(
    f"{NOTE}/redo",
    dependencies=[require("note:edit")],
    response_class=Json,
    responses={**described(NoteEdited), **problems(404, 409)},
)
def redo_note(encounter_id: EncounterId, redo: Undo, desk: AtDesk) -> Any:
    """Make again what you undid last."""
    with desk.change() as unit:
        return _answer(desk, unit, documents.make_again(desk, unit, encounter_id, KIND, redo.base_revision))


@router.post(
    f"{NOTE}/redraft",
    dependencies=[require("note:edit")],
    response_class=Json,
    responses={**described(NoteEdited), **problems(404, 409)},
)
def redraft_note(encounter_id: EncounterId, given: Redraft, desk: AtDesk) -> Any:
    """Make the note again from the corrected transcript. What persons typed, edited, removed or decided stays."""
    with desk.read() as unit:  # the long work is done outside the unit that saves
        desk.editable(unit, encounter_id)
        found = case.case(unit, encounter_id, given.base_revision)
        drafted = _last_draft(unit, found.note)
        mode = unit.encounters.get(encounter_id).mode
    fresh = pipeline.draft(found.transcript.document, desk.config, mode=mode or found.note.document.encounter.mode)
    redrafted = redraft.redrafted(found.note.document, drafted, fresh.note, found.followed, documents.SECTIONS)
    made = replace(redrafted, heard_in=found.transcript.revision.number)
    made = coding.coded(made, desk.config)
    with desk.change() as unit:
        changed = documents.edit(desk, unit, encounter_id, KIND, given.base_revision, lambda _: made, reason="redraft")
        return _answer(desk, unit, changed)


@router.get(
    f"{NOTE}/statements/{{statement_id}}/why",
    dependencies=[require("transcript:read")],
    response_class=Json,
    responses={**described(WhyOut), **problems(404)},
)
def explain_statement(
    encounter_id: EncounterId, statement_id: StatementId, desk: AtDesk, revision: Number = None
) -> Any:
    """Why a statement stands in the note: the rule of its sentence, its findings, their words, and its codes."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        note = unit.revisions.note(encounter_id, revision).document
        heard = unit.revisions.transcript(encounter_id, note.heard_in).document
    try:
        statement = note.statement(statement_id)
    except KeyError:
        raise ProblemError(404, "not-found", "there is no such statement in this note: was it removed?") from None
    return Json(present_why.why(explanation.statement_explained(statement, note, heard), note.suggestions))


@router.get("/templates", dependencies=[require("note:read")])
def list_templates(desk: AtDesk) -> Templates:
    """The note templates in force."""
    known = note_templates.load(desk.config)
    found = [TemplateOut(name=item.name, title=item.title, origin=_origin(item.origin)) for item in known.values()]
    return Templates(templates=found, default=note_templates.chosen(desk.config).name)


def _origin(origin: str) -> str:
    """Where a template is from, without the folders of this machine."""
    return origin.replace("\\", "/").rpartition("/")[2]


def operation(op: NoteOp, config: Config) -> review.Edit:
    """The edit that a request describes. Raises ProblemError for a template that is not there."""
    if op.op == "set_template" and op.template not in note_templates.load(config):
        known = ", ".join(note_templates.load(config))
        raise ProblemError(422, "template", f"there is no such note template: use one of {known}")
    made: review.Edit = OPS[op.op](**op.model_dump(exclude={"op"}))
    return made


def shown(desk: Desk, unit: Unit, note: Saved[Note]) -> dict[str, Any]:
    """A note as `NoteOut`."""
    encounter_id = note.revision.encounter_id
    history = unit.revisions.history(encounter_id, KIND)
    undo, redo = documents.steps(history, desk.actor.user_id)
    newest = note.revision.number == history[-1].number
    may = newest and desk.may_edit(unit, unit.encounters.get(encounter_id), "note:edit")
    differs = facts(desk.config.models).differs
    return present.note(
        case.of(unit, note), history[-1], desk.config, differs, undo=bool(undo), redo=bool(redo), edit=may
    )


def _answer(desk: Desk, unit: Unit, changed: documents.Changed) -> Json:
    body = {
        "base_revision": changed.base.revision.number,
        "revision": changed.saved.revision.number,
        "merged": changed.merged,
        "note": shown(desk, unit, changed.saved),
    }
    return Json(body)


def _last_draft(unit: Unit, note: Saved[Note]) -> Note:
    """The draft of the machine that a note goes back to."""
    history = unit.revisions.history(note.revision.encounter_id, KIND)
    machine = [
        item.number for item in history if item.reason in ("draft", "redraft") and item.number <= note.revision.number
    ]
    return unit.revisions.note(note.revision.encounter_id, machine[-1] if machine else 1).document
