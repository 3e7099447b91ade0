"""`/api/v1/encounters/{id}/revisions`, `diff`, `statistics`: what was changed, by whom, and how good the draft was."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Query

from scribe.review import diff as review
from scribe.review.scores import Score, score
from scribe.store.actor import SYSTEM, StaffRole
from scribe.store.records import SIGNED_STATES, Filter, Revision, RevisionKind, SignatureKind, SignatureRecord
from scribe.store.unit import Unit
from scribe.types import Note
from scribe.web.answers import Json, described, problems
from scribe.web.desk import AtDesk, Desk, EncounterId
from scribe.web.facts import facts
from scribe.web.identity import require
from scribe.web.once import OnceRoute
from scribe.web.present.transcript import interval
from scribe.web.problems import ProblemError
from scribe.web.schemas.signing import (
    DiffOut,
    EncounterStatistics,
    ErrorOut,
    RevisionList,
    RevisionOut,
    ScoreOut,
    Statistics,
)

router = APIRouter(prefix="/api/v1", tags=["history"], route_class=OnceRoute)
ONE = "/encounters/{encounter_id}"
Number = Annotated[int, Query(ge=1, le=1_000_000_000)]
MOST = 500  # signed notes that the statistics are made of, the newest
Scored = tuple[Score, str, str]
"""A score, the engine that drafted, and who signed."""
_KNOWN: OrderedDict[str, Scored] = OrderedDict()
_LOCK = Lock()
EVERYBODYS = frozenset({StaffRole.QA, StaffRole.ADMIN})


@router.get(f"{ONE}/revisions", dependencies=[require("note:read")], responses=problems(404))
def list_revisions(encounter_id: EncounterId, desk: AtDesk) -> RevisionList:
    """All revisions of transcript and note, the newest first."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        signed = {item.note for item in unit.signatures.of(encounter_id)}
        history = [item for kind in RevisionKind for item in unit.revisions.history(encounter_id, kind)]
    history.sort(key=lambda item: item.at, reverse=True)
    return RevisionList(revisions=[_revision(item, signed) for item in history])


def _revision(item: Revision, signed: set[int]) -> RevisionOut:
    return RevisionOut(
        kind=item.kind.value,
        number=item.number,
        sha256=item.sha256,
        author=item.author_name,
        at=item.at,
        reason=item.reason,
        signed=item.kind is RevisionKind.NOTE and item.number in signed,
    )


@router.get(
    f"{ONE}/diff",
    dependencies=[require("note:read")],
    response_class=Json,
    responses={**described(DiffOut), **problems(404, 422)},
)
def read_diff(encounter_id: EncounterId, desk: AtDesk, kind: RevisionKind, old: Number, new: Number) -> Any:
    """What differs between two revisions: turns of the transcript that changed, or all statements of the note."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        if kind is RevisionKind.NOTE:
            pair = [unit.revisions.note(encounter_id, number).document for number in (old, new)]
            lines = review.notes(*pair)
        else:
            both = [unit.revisions.transcript(encounter_id, number).document for number in (old, new)]
            lines = review.transcripts(*both)
    added, removed = review.count(lines)
    body = {
        "kind": kind,
        "old": old,
        "new": new,
        "lines": [
            {
                "change": line.change,
                "heading": line.heading,
                "statement_id": line.statement_id,
                "interval": interval(line.interval) if line.interval else None,
                "pieces": [{"change": piece.change, "text": piece.text} for piece in line.pieces],
            }
            for line in lines
        ],
        "added": added,
        "removed": removed,
    }
    return Json(body)


# --- how good the drafts were
@router.get(f"{ONE}/statistics", dependencies=[require("note:read")], responses=problems(404, 409))
def read_encounter_statistics(encounter_id: EncounterId, desk: AtDesk) -> EncounterStatistics:
    """The draft against what was signed: errors, score, word edit rates."""
    with desk.read() as unit:
        desk.encounter(unit, encounter_id)
        scored = _score(desk, unit, encounter_id)
    if scored is None:
        raise ProblemError(409, "not-signed", "the note is not signed yet: there is nothing to compare the draft with")
    found, engine, author = scored
    errors = [
        ErrorOut(
            critical=item.critical,
            kind=item.kind,
            statement_id=item.statement_id,
            drafted=item.drafted,
            signed=item.signed,
        )
        for item in found.errors
    ]
    together = _together([found], engine, author)
    return EncounterStatistics(
        **together.model_dump(exclude={"encounter_id"}), encounter_id=encounter_id, errors=errors
    )


@router.get("/statistics", dependencies=[require("statistics:read")])
def read_statistics(desk: AtDesk) -> Statistics:
    """Scores of the newest signed notes, together and by who signed and which engine drafted. No patient text.

    QA and administrators see everybody's, others their own.
    """
    everybody = desk.sees_everything or bool(desk.actor.roles & EVERYBODYS)
    wanted = Filter(states=SIGNED_STATES, visible_to=None if everybody else desk.actor.user_id, limit=MOST)
    groups: dict[tuple[str, str], list[Score]] = defaultdict(list)
    with desk.store.begin(SYSTEM, read_only=True) as unit:  # figures only: nobody reads a note here
        for record in unit.encounters.find(wanted).encounters:
            signed = _signed(unit, record.id)
            if signed and (scored := _remembered(desk, unit, record.id, signed[-1].note_sha256)):
                found, engine, author = scored
                groups[engine, author].append(found)
    everything = [item for items in groups.values() for item in items]
    return Statistics(
        total=_together(everything, "", "") if everything else None,
        groups=[_together(items, engine, author) for (engine, author), items in sorted(groups.items())],
    )


def _score(desk: Desk, unit: Unit, encounter_id: str) -> Scored | None:
    """The last draft of the machine against the last signed revision, its engine, who signed; None where unsigned."""
    signed = _signed(unit, encounter_id)
    drafts = [item for item in unit.revisions.history(encounter_id, RevisionKind.NOTE) if item.reason == "draft"]
    if not signed or not drafts:
        return None
    final = unit.revisions.note(encounter_id, signed[-1].note).document
    draft = unit.revisions.note(encounter_id, drafts[-1].number).document
    heard = unit.revisions.transcript(encounter_id, draft.heard_in).document
    corrected = unit.revisions.transcript(encounter_id, signed[-1].transcript).document
    reader = facts(desk.config.models)
    found = score((draft, heard), (final, corrected), reader.differs, reader.of)
    return found, _engine(draft), signed[-1].author_name


def _signed(unit: Unit, encounter_id: str) -> list[SignatureRecord]:
    """The signatures under the note itself, the newest last."""
    return [item for item in unit.signatures.of(encounter_id) if item.kind is not SignatureKind.ADDENDUM]


def _remembered(desk: Desk, unit: Unit, encounter_id: str, signed: str) -> Scored | None:
    """As `_score`, worked out once for each signed revision; what is remembered holds no words."""
    with _LOCK:
        if signed in _KNOWN:
            _KNOWN.move_to_end(signed)
            return _KNOWN[signed]
    scored = _score(desk, unit, encounter_id)
    if scored is not None:
        found, engine, author = scored
        errors = tuple(replace(error, drafted="", signed="") for error in found.errors)
        with _LOCK:
            _KNOWN[signed] = replace(found, errors=errors), engine, author
            while len(_KNOWN) > 4 * MOST:
                _KNOWN.popitem(last=False)
    return scored


def _engine(note: Note) -> str:
    return note.provenance.engine.split(" + ")[0] if note.provenance else ""


def _together(items: Iterable[Score], engine: str, author: str) -> ScoreOut:
    scores = list(items)
    words, edits = sum(item.words for item in scores), sum(item.edits for item in scores)
    spoken = sum(item.transcript_words for item in scores)
    corrected = sum(item.transcript_edits for item in scores)
    return ScoreOut(
        notes=len(scores),
        engine=engine,
        author=author,
        critical=sum(item.critical for item in scores),
        noncritical=sum(item.noncritical for item in scores),
        score=round(sum(item.points for item in scores) / len(scores), 1),
        passed=sum(item.passed for item in scores),
        words=words,
        edits=edits,
        word_edit_rate=round(edits / max(words, 1), 4),
        transcript_words=spoken,
        transcript_edits=corrected,
        transcript_edit_rate=round(corrected / max(spoken, 1), 4),
    )
