"""A note as the API shows it: each statement with the words it was heard in, and why a person should look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scribe import pipeline
from scribe.config import Config
from scribe.errors import ConfigError
from scribe.review.checks import Differs, concerns, touched
from scribe.store.records import Revision
from scribe.types import Note, Signature, Span, Statement
from scribe.view import NoteView, Particulars
from scribe.web.case import Case
from scribe.web.present.transcript import interval


def note(
    case: Case, latest: Revision, config: Config, differs: Differs, *, undo: bool, redo: bool, edit: bool
) -> dict[str, Any]:
    """As `NoteOut`."""
    document, revision = case.note.document, case.note.revision
    show = _Statements(case, differs)
    return {
        "encounter_id": revision.encounter_id,
        "revision": revision.number,
        "latest": latest.number,
        "author": revision.author_name,
        "at": revision.at.isoformat(),
        "reason": revision.reason,
        "sha256": revision.sha256,
        "status": document.status,
        "transcript_revision": document.heard_in,
        "transcript_latest": case.transcript.revision.number,
        "template": document.template,
        "sections": [
            {
                "kind": section.kind,
                "title": section.title,
                "group": section.group,
                "loinc": section.loinc,
                "statements": [show(statement) for statement in section.statements],
            }
            for section in document.sections
        ],
        "removed": [
            {"statement": show(item.statement), "kind": item.kind, "author": item.author} for item in document.removed
        ],
        "view": view(laid_out(document, config), document.template),
        "signatures": [signature(item) for item in document.signatures],
        "addenda": [{"text": item.text, "signature": signature(item.signature)} for item in document.addenda],
        "can_undo": undo,
        "can_redo": redo,
        "can_edit": edit,
    }


class _Statements:
    """Shows statements of one case."""

    def __init__(self, case: Case, differs: Differs) -> None:
        self._followed, self._differs = case.followed, differs
        transcript = case.transcript.document
        self._timed = transcript.timed
        self._words = transcript.words
        self._open = [(number, flag) for number, flag in enumerate(transcript.flags) if flag.checked_by is None]

    def __call__(self, statement: Statement) -> dict[str, Any]:
        """As `StatementOut`."""
        return {
            "id": statement.id,
            "text": statement.text,
            "heard": self._heard(statement),
            "seconds": [interval(item) for item in statement.seconds],
            "assertion": statement.assertion,
            "speaker": statement.speaker,
            "role": statement.role,
            "confidence": round(statement.confidence, 3),
            "doubtful": spans(statement.doubtful),
            "flags": [number for number, flag in self._open if touched(flag, statement)] if self._timed else [],
            "author": statement.author,
            "drafted": statement.drafted,
            "problem": statement.problem,
            "contradicts": list(statement.contradicts),
            "concerns": list(concerns(statement, self._followed, self._differs)),
        }

    def _heard(self, statement: Statement) -> list[dict[str, Any]]:
        found = []
        for span in statement.heard:
            places = self._followed.words(span)
            if places:
                words = self._words[places.start : places.stop]
                start, end = min(word.start for word in words), max(word.end for word in words)
                when = {"start": round(start, 3), "end": round(end, 3)} if self._timed else None
                found.append({"first": places.start, "count": len(places), "interval": when})
        return found


def spans(items: Sequence[Span]) -> list[dict[str, int]]:
    """Spans, as `SpanOut`."""
    return [{"start": item.start, "end": item.end} for item in items]


def laid_out(document: Note, config: Config, about: Particulars | None = None) -> NoteView:
    """The note by its own template; by that of the settings, where its own is not there any more."""
    sections = config.sections.model_copy(update={"template": document.template or config.sections.template})
    try:
        return pipeline.lay_out(document, config.model_copy(update={"sections": sections}), about)
    except ConfigError:
        return pipeline.lay_out(document, config, about)


def view(found: NoteView, template: str) -> dict[str, Any]:
    """As `ViewOut`."""
    return {
        "title": found.title,
        "template": template,
        "blocks": [
            {
                "heading": block.heading,
                "level": block.level,
                "form": block.form,
                "rows": [
                    {
                        "cells": [
                            [
                                {
                                    "statement_id": excerpt.statement_id,
                                    "span": {"start": excerpt.span.start, "end": excerpt.span.end},
                                }
                                for excerpt in cell
                            ]
                            for cell in row.cells
                        ],
                        "label": row.label,
                        "depth": row.depth,
                    }
                    for row in block.rows
                ],
                "columns": list(block.columns),
                "kinds": list(block.kinds),
                "empty": block.empty,
            }
            for block in found.blocks
        ],
    }


def signature(item: Signature) -> Mapping[str, str]:
    """As `SignatureOut`."""
    return {"author": item.author, "at": item.at, "attestation": item.attestation, "sha256": item.sha256}
