"""Changing a transcript or note: merged with what others did since, undone and redone after a reload.

The history of revisions is the undo list: an edit is a revision with the reason `edit` (or another of `UNDOABLE`), an
undo one with the reason `undo 12`, a redo one with `redo 12`. Everybody takes back their own edits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scribe.config import Config
from scribe.errors import ConflictError
from scribe.review import merge, note_merge
from scribe.sections import catalog, contradictions
from scribe.store.records import Revision, RevisionKind, Saved, State
from scribe.store.unit import Unit
from scribe.types import Note, Section, SectionKind, Statement, Transcript
from scribe.web.desk import Desk
from scribe.web.problems import ProblemError

EDIT, UNDO, REDO = "edit", "undo", "redo"
UNDOABLE = frozenset({EDIT, "redraft"})
BARRIERS = frozenset({"draft", "sign", "amend", "addendum"})  # what came before them is not taken back
SECTIONS: dict[SectionKind, Section] = {entry.kind: catalog.section(entry.kind, ()) for entry in catalog.CATALOG}


@dataclass(frozen=True)
class Changed:
    """What became of an edit: the document it was made on, and the one that was saved."""

    base: Saved[Any]
    saved: Saved[Any]
    merged: bool  # with somebody else's revision


def read(unit: Unit, encounter_id: str, kind: RevisionKind, number: int | None = None) -> Saved[Any]:
    """A revision, the newest by default."""
    if kind is RevisionKind.NOTE:
        return unit.revisions.note(encounter_id, number)
    return unit.revisions.transcript(encounter_id, number)


def edit(
    desk: Desk,
    unit: Unit,
    encounter_id: str,
    kind: RevisionKind,
    base: int,
    change: Callable[[Any], Any],
    *,
    reason: str = EDIT,
) -> Changed:
    """Save `change` of revision `base`, put together with what others made of it since.

    Raises ProblemError 409 with the newest revision where both touch the same, or there is no revision `base` yet.
    """
    record = desk.editable(unit, encounter_id)
    now = read(unit, encounter_id, kind)
    if base > now.revision.number:
        raise conflict(now.revision, f"the {kind} has no revision {base} yet: read it again")
    before = now if base == now.revision.number else read(unit, encounter_id, kind, base)
    result = _finished(_merged(before, change(before.document), now), desk.config)
    saved = unit.revisions.append(encounter_id, result, base=now.revision.number, reason=reason)
    if record.state is State.DRAFT:
        unit.encounters.move(encounter_id, State.IN_CORRECTION)
    return Changed(before, saved, base != now.revision.number)


def take_back(desk: Desk, unit: Unit, encounter_id: str, kind: RevisionKind, base: int) -> Changed:
    """Undo this person's last edit. Raises ProblemError 409 where there is none, or others built on it."""
    desk.encounter(unit, encounter_id)
    done, _ = steps(unit.revisions.history(encounter_id, kind), desk.actor.user_id)
    if not done:
        raise ProblemError(409, "nothing-to-undo", "there is no edit of yours to undo")
    return _again(desk, unit, encounter_id, kind, base, done[-1], back=True)


def make_again(desk: Desk, unit: Unit, encounter_id: str, kind: RevisionKind, base: int) -> Changed:
    """Redo what this person undid last. Raises ProblemError 409 where there is nothing, or others built on it."""
    desk.encounter(unit, encounter_id)
    _, undone = steps(unit.revisions.history(encounter_id, kind), desk.actor.user_id)
    if not undone:
        raise ProblemError(409, "nothing-to-redo", "there is nothing to redo")
    return _again(desk, unit, encounter_id, kind, base, undone[-1], back=False)


def _again(
    desk: Desk, unit: Unit, encounter_id: str, kind: RevisionKind, base: int, number: int, *, back: bool
) -> Changed:
    record = desk.editable(unit, encounter_id)
    now = read(unit, encounter_id, kind)
    if base > now.revision.number:
        raise conflict(now.revision, f"the {kind} has no revision {base} yet: read it again")
    before, after = read(unit, encounter_id, kind, number - 1), read(unit, encounter_id, kind, number)
    source, target = (after, before) if back else (before, after)
    result = _finished(_merged(source, target.document, now), desk.config)
    reason = f"{UNDO if back else REDO} {number}"
    saved = unit.revisions.append(encounter_id, result, base=now.revision.number, reason=reason)
    if record.state is State.DRAFT:
        unit.encounters.move(encounter_id, State.IN_CORRECTION)
    known = now if base == now.revision.number else read(unit, encounter_id, kind, base)
    return Changed(known, saved, base != now.revision.number)


def steps(history: Sequence[Revision], user_id: str) -> tuple[list[int], list[int]]:
    """Numbers of the revisions that a person can undo, and of those that they can redo; the next one last."""
    done: list[int] = []
    undone: list[int] = []
    for revision in history:
        word, _, number = revision.reason.partition(" ")
        if word.rstrip(":") in BARRIERS:
            done, undone = [], []
        elif revision.author_id != user_id:
            continue
        elif word in UNDOABLE:
            done, undone = [*done, revision.number], []
        elif word == UNDO and done and done[-1] == int(number):
            undone.append(done.pop())
        elif word == REDO and undone and undone[-1] == int(number):
            done.append(undone.pop())
    return done, undone


def conflict(newest: Revision, detail: str) -> ProblemError:
    """The answer to an edit that cannot be put together with somebody else's."""
    return ProblemError(409, "conflict", detail, more={"revision": newest.number, "author": newest.author_name})


def _finished(document: Any, config: Config) -> Any:
    """A note with the contradictions of its statements as they read now; a transcript as it is."""
    if not isinstance(document, Note):
        return document
    cleared = tuple(
        replace(section, statements=tuple(_without_contradictions(item) for item in section.statements))
        for section in document.sections
    )
    return replace(document, sections=contradictions.marked(cleared, config.models))


def _without_contradictions(statement: Statement) -> Statement:
    return replace(statement, contradicts=()) if statement.contradicts else statement


def _merged(base: Saved[Any], mine: Transcript | Note, now: Saved[Any]) -> Any:
    if base.revision.number == now.revision.number:
        return mine
    try:
        if isinstance(mine, Note):
            return note_merge.merged(base.document, mine, now.document, SECTIONS)
        return merge.merged(base.document, mine, now.document)
    except ConflictError as error:
        raise conflict(now.revision, str(error)) from error
