"""`/api/v1/encounters/{id}/documents`: the note as a document, in every format that `scribe export` knows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from scribe.plugins import Exporter, names, resolve
from scribe.store.audit import Event
from scribe.store.records import EncounterRecord
from scribe.store.unit import Unit
from scribe.view import Particulars
from scribe.web import case, coding
from scribe.web.answers import problems
from scribe.web.desk import AtDesk, EncounterId
from scribe.web.identity import require
from scribe.web.present.encounters import people
from scribe.web.present.note import laid_out
from scribe.web.problems import ProblemError
from scribe.web.schemas.signing import DocumentOut

router = APIRouter(prefix="/api/v1/encounters/{encounter_id}/documents", tags=["documents"])
Format = Annotated[str, Path(alias="format", pattern=r"^[a-z0-9_-]{1,40}$", description="As the list names it.")]
Number = Annotated[int | None, Query(ge=1, le=1_000_000_000, description="A revision; the newest by default.")]


@router.get("", dependencies=[require("document:export")], responses=problems(404))
def list_documents(encounter_id: EncounterId, desk: AtDesk) -> list[DocumentOut]:
    """The formats in which the note can be had."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
    found = []
    for name in names("export"):
        exporter: Exporter = resolve("export", name)()
        found.append(DocumentOut(format=name, media_type=exporter.media_type, suffix=exporter.suffix))
    return found


@router.get(
    "/{format}",
    dependencies=[require("document:export")],
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **problems(404, 422)},
)
def export_document(encounter_id: EncounterId, chosen: Format, desk: AtDesk, revision: Number = None) -> Response:
    """The note as a document; a draft says on every page that it is one."""
    if chosen not in names("export"):
        raise ProblemError(404, "not-found", f"there is no such format: choose from {', '.join(names('export'))}")
    exporter: Exporter = resolve("export", chosen)()
    with desk.read() as unit:
        record = desk.encounter(unit, encounter_id)
        found = case.case(unit, encounter_id, revision)
        note = coding.with_decisions(found.note.document, unit.codes.of(encounter_id), desk.config)
        about = _about(unit, record)
        what = f"note:{found.note.revision.number}"
        unit.record(Event("document.export", what, encounter=encounter_id, reason=chosen))
    view = laid_out(note, desk.config, about)
    content = exporter.export(note, found.followed.old, view)
    name = f"note-{found.note.revision.number}{exporter.suffix}"  # never the patient's: it lands in a download folder
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=exporter.media_type, headers=headers)


def _about(unit: Unit, record: EncounterRecord) -> Particulars:
    clinician = people(unit).get(record.clinician_id or "", "")
    return Particulars(record.patient, record.birth_date, record.identifier, clinician)
