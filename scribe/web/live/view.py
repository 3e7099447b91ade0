"""What the Live page is told: events of a live session as small JSON objects, the note laid out as its template says.

Every event becomes `{"seq": ..., "kind": ..., ...}`; `kind` is the name of its type in lower case. Words are
`{text, start, end, speaker}`. A note becomes `{"blocks": [...], "checks": [...], "codes": [...]}`:

- a block: heading, level (1 to 3), form (`scribe.view.Form`), columns, empty, rows; a row: label, depth, cells; a cell
  is a list of excerpts: text, at (seconds or null), unsure (rests on words of low probability), key (the same text of
  the same statement has the same key in the next version of the note);
- a check: title, reason, readings, places (seconds);
- a code: code, display.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from scribe import pipeline, serial
from scribe.config import Config
from scribe.events import Finished, LiveEvent, LiveSnapshot, NoteUpdated
from scribe.export.checks import Checklist
from scribe.types import Note, Statement, Transcript, Word
from scribe.view import Block, Excerpt

SHOWN_CHECKS = 12
SHOWN_PLACES = 3  # of one check


def of_event(event: LiveEvent, snapshot: Callable[[], LiveSnapshot], config: Config) -> dict[str, Any]:
    """What the page is told of an event. `snapshot` gives everything so far, where it is needed."""
    if isinstance(event, NoteUpdated):
        heard = replace(snapshot().transcript, flags=event.flags)
        return {"seq": event.seq, "kind": "note", "view": of_note(event.note, heard, config)}
    if isinstance(event, Finished):
        record = of_note(event.note, event.transcript, config)
        return {"seq": event.seq, "kind": "finished", **_said(event.transcript.words, event.transcript), "view": record}
    wire = serial.to_wire(event)
    kind = wire.pop("schema").split("/")[1].removeprefix("live-")
    if "words" in wire:
        wire["words"] = of_words(event.words)  # type: ignore[union-attr]
    return {"kind": kind, **wire}


def of_snapshot(snapshot: LiveSnapshot, config: Config) -> dict[str, Any]:
    """Everything so far, for a page that comes late."""
    note = snapshot.note
    return {
        "seq": snapshot.seq,
        "state": snapshot.state.value,
        **_said(snapshot.words, snapshot),
        "tentative": of_words(snapshot.tentative),
        "behind": snapshot.behind,
        "listening": snapshot.policy is not None,
        "warnings": list(snapshot.warnings),
        "finished": snapshot.finished,
        "view": of_note(note, snapshot.transcript, config) if note else None,
    }


def of_words(words: Iterable[Word]) -> list[dict[str, Any]]:
    """Words as the page shows them."""
    return [{"text": w.text, "start": round(w.start, 2), "end": round(w.end, 2), "speaker": w.speaker} for w in words]


def of_note(note: Note, transcript: Transcript, config: Config) -> dict[str, Any]:
    """A note as its template lays it out, what to check first, and candidate codes."""
    statements = {statement.id: statement for statement in note.statements}
    checks = Checklist(note, transcript).checks
    return {
        "blocks": [_block(block, statements) for block in pipeline.lay_out(note, config).blocks],
        "checks": [
            {
                "title": check.title,
                "reason": check.reason,
                "readings": list(check.readings),
                "places": [round(place.flag.interval.start, 1) for place in check.places[:SHOWN_PLACES]],
            }
            for check in checks[:SHOWN_CHECKS]
        ],
        "more_checks": max(0, len(checks) - SHOWN_CHECKS),
        "codes": [{"code": item.coding.code, "display": item.coding.display} for item in note.suggestions],
    }


def _said(words: Iterable[Word], source: Transcript | LiveSnapshot) -> dict[str, Any]:
    roles = [{"speaker": item.speaker, "role": item.role.value} for item in source.roles]
    return {"words": of_words(words), "roles": roles}


def _block(block: Block, statements: dict[str, Statement]) -> dict[str, Any]:
    rows = [
        {
            "label": row.label,
            "depth": row.depth,
            "cells": [[_excerpt(excerpt, statements[excerpt.statement_id]) for excerpt in cell] for cell in row.cells],
        }
        for row in block.rows
    ]
    return {
        "heading": block.heading,
        "level": block.level,
        "form": block.form.value,
        "columns": list(block.columns),
        "empty": block.empty,
        "rows": rows,
    }


def _excerpt(excerpt: Excerpt, statement: Statement) -> dict[str, Any]:
    span = excerpt.span
    text = statement.text[span.start : span.end]
    unsure = any(place.start < span.end and span.start < place.end for place in statement.doubtful)
    at = round(statement.seconds[0].start, 1) if statement.seconds else None
    return {"text": text, "at": at, "unsure": unsure, "key": f"{at} {text}"}
