"""Signing a note: checks, the sentence that is agreed to, signatures, addenda, amendments.

A signature covers the content of the note (`serial.content_sha256`) and, in the store, the revision with its chain. The
signed revision is never changed: an addendum or amendment is a new one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scribe import serial
from scribe.review.checks import TITLES, CheckKind, Finding, Severity, findings
from scribe.review.note import insert
from scribe.store.records import SIGNED_STATES, Revision, SignatureKind, State
from scribe.store.unit import Unit
from scribe.types import Addendum, Note, NoteStatus, Section, SectionKind, Signature, Statement
from scribe.web import case, coding, documents
from scribe.web.desk import Desk
from scribe.web.facts import facts
from scribe.web.problems import ProblemError

ATTESTATION = "I have read this note. It is a true and complete record of the encounter."
ADDENDUM = "I have read this addendum. It is true, and belongs to the note above."


def checked(desk: Desk, unit: Unit, found: case.Case, *, stale: bool) -> list[Finding]:
    """Everything to settle before the note is signed, what blocks first."""
    encounter_id = found.note.revision.encounter_id
    made = list(findings(found.note.document, found.followed, facts(desk.config.models).differs))
    for query in unit.queries.of(encounter_id, unanswered=True):
        title = TITLES[CheckKind.QUERY]
        named = query.statement_id or None
        made.append(Finding(CheckKind.QUERY, Severity.BLOCK, title, statement_id=named, query_id=query.id))
    if stale:
        made.append(Finding(CheckKind.CODES, Severity.NOTICE, TITLES[CheckKind.CODES]))
    comments = (item.id for item in unit.comments.of(encounter_id) if item.resolved_at is None)
    title = TITLES[CheckKind.COMMENT]
    made += [Finding(CheckKind.COMMENT, Severity.NOTICE, title, comment_id=name) for name in comments]
    return sorted(made, key=lambda item: item.severity is Severity.NOTICE)


def sign(desk: Desk, unit: Unit, found: case.Case, blocking: int, override: str) -> None:
    """Sign the note as it is. Raises ProblemError 409 where something blocks and no reason is given."""
    note, encounter_id = found.note.document, found.note.revision.encounter_id
    record = unit.encounters.get(encounter_id)
    if note.signatures:
        raise ProblemError(409, "signed", "this note is signed already: add an addendum, or open it for amendment")
    if blocking and not override.strip():
        counted = f"{blocking} {'finding has' if blocking == 1 else 'findings have'} to be settled"
        raise ProblemError(409, "unsettled", f"{counted}: see checks, or say why they do not matter")
    amended = record.state in SIGNED_STATES
    status = NoteStatus.AMENDED if amended else NoteStatus.FINAL
    note = coding.with_decisions(replace(note, status=status), unit.codes.of(encounter_id), desk.config)
    signature = Signature(desk.actor.name, _now(desk), ATTESTATION, serial.content_sha256(note))
    reason = f"sign: {override.strip()}" if override.strip() and blocking else "sign"
    signed = replace(note, signatures=(signature,))
    saved = unit.revisions.append(encounter_id, signed, base=found.note.revision.number, reason=reason)
    kind = SignatureKind.AMENDMENT if amended else SignatureKind.NOTE
    _record(unit, saved.revision, found.transcript.revision.number, ATTESTATION, kind)
    unit.encounters.move(encounter_id, State.AMENDED if amended else State.SIGNED)


def add_addendum(desk: Desk, unit: Unit, found: case.Case, text: str) -> None:
    """Words below the signed note, signed themselves. Raises ProblemError 409 where the note is not signed."""
    note = _signed(found)
    texts = [*(item.text for item in note.addenda), text]
    signature = Signature(desk.actor.name, _now(desk), ADDENDUM, serial.content_sha256(note, texts))
    longer = replace(note, addenda=(*note.addenda, Addendum(text, signature)))
    encounter_id, base = found.note.revision.encounter_id, found.note.revision.number
    saved = unit.revisions.append(encounter_id, longer, base=base, reason="addendum")
    _record(unit, saved.revision, found.transcript.revision.number, ADDENDUM, SignatureKind.ADDENDUM)


def amend(unit: Unit, found: case.Case, reason: str) -> None:
    """Open a signed note for correction: a new revision without signatures, addenda taken into its text.

    The signed revision stays as it was. Raises ProblemError 409 where the note is not signed.
    """
    note = _signed(found)
    opened = replace(note, status=NoteStatus.AMENDED, signatures=(), addenda=())
    for number, item in enumerate(note.addenda, 1):
        text = f"Addendum of {item.signature.at[:10]}: {' '.join(item.text.split())}"
        name = f"addendum-{found.note.revision.number}-{number}"
        typed = Statement(name, text, author=item.signature.author)
        opened = insert(opened, typed, SectionKind.OTHER, _last(opened, SectionKind.OTHER), documents.SECTIONS)
    encounter_id, base = found.note.revision.encounter_id, found.note.revision.number
    unit.revisions.append(encounter_id, opened, base=base, reason=f"amend: {reason.strip()}")


def must_be(found: case.Case, base: int) -> None:
    """Raises ProblemError 409 where the note has another revision than the signer has read."""
    if found.note.revision.number != base:
        raise documents.conflict(found.note.revision, "the note was changed since you read it: read it again")


def must_agree(given: str, expected: str) -> None:
    """Raises ProblemError 422 where the sentence sent back is not the one to be agreed to."""
    if " ".join(given.split()) != expected:
        raise ProblemError(422, "attestation", f"the sentence to be agreed to is: {expected}")


def _signed(found: case.Case) -> Note:
    if not found.note.document.signatures:
        raise ProblemError(409, "not-signed", "this note is not signed: edit it instead")
    return found.note.document


def _last(note: Note, kind: SectionKind) -> str | None:
    section: Section | None = next((item for item in note.sections if item.kind is kind), None)
    return section.statements[-1].id if section and section.statements else None


def _record(unit: Unit, revision: Revision, transcript: int, statement: str, kind: SignatureKind) -> None:
    unit.signatures.add(
        revision.encounter_id,
        note=revision.number,
        note_sha256=revision.sha256,
        statement=statement,
        transcript=transcript,
        kind=kind,
    )


def _now(desk: Desk) -> str:
    now: datetime = desk.store.clock()
    return now.isoformat(timespec="seconds")
