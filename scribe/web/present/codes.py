"""Codes, questions and the worksheet as the API shows them, each with its words and the seconds they were said in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scribe.plugins import CodeSystem
from scribe.review.retime import key
from scribe.store.records import StoredQuery
from scribe.types import Evidence, Note, Problem, Query, Quote, Span, Statement, Worksheet
from scribe.web.case import Case
from scribe.web.coding import Decided
from scribe.web.present.transcript import interval


class Shown:
    """Shows what quotes a note."""

    def __init__(self, case: Case) -> None:
        self._followed = case.followed
        self._statements = {item.id: item for item in case.note.document.statements}

    def quote(self, statement_id: str, span: Span) -> dict[str, Any]:
        """As `QuoteOut`."""
        statement = self._statements.get(statement_id)
        return {
            "statement_id": statement_id,
            "span": {"start": span.start, "end": span.end},
            "text": statement.text[span.start : span.end] if statement else "",
            "seconds": self._seconds(statement, span) if statement else [],
        }

    def _seconds(self, statement: Statement, span: Span) -> list[dict[str, float]]:
        """When the very words were said; where they were said otherwise, when the statement was."""
        transcript = self._followed.new
        wanted = [key(word) for word in statement.text[span.start : span.end].split()]
        if transcript.timed and wanted:
            for heard in statement.heard:
                places = self._followed.words(heard)
                words = transcript.words[places.start : places.stop]
                keys = [key(word.text) for word in words]
                for at in range(len(keys) - len(wanted) + 1):
                    if keys[at : at + len(wanted)] == wanted:
                        start, end = words[at].start, words[at + len(wanted) - 1].end
                        return [{"start": round(start, 3), "end": round(end, 3)}]
        return [interval(item) for item in statement.seconds]

    def quotes(self, items: Iterable[Quote]) -> list[dict[str, Any]]:
        """As a list of `QuoteOut`."""
        return [self.quote(item.statement_id, item.span) for item in items]

    def evidence(self, item: Evidence) -> dict[str, Any]:
        """As `EvidenceOut`."""
        return {
            **self.quote(item.statement_id, item.span),
            "assertion": item.assertion,
            "rule": item.rule,
            "reason": item.reason,
            "score": round(item.score, 3),
        }

    def suggestion(self, item: Decided, tables: Mapping[str, CodeSystem]) -> dict[str, Any]:
        """As `SuggestionOut`."""
        found, table = item.suggestion, tables.get(item.suggestion.coding.system)
        return {
            "system": found.coding.system,
            "version": found.coding.version,
            "code": found.coding.code,
            "display": found.coding.display,
            "billable": table.is_billable(found.coding.code) if table else False,
            "status": found.status,
            "probability": round(found.probability, 3),
            "flags": list(found.flags),
            "units": found.units,
            "modifiers": [{"code": one.code, "evidence": self.evidence(one.evidence)} for one in found.modifiers],
            "evidence": [self.evidence(one) for one in found.evidence],
            "added_by": item.added_by,
            "replaces": item.replaces,
            "decided_by": item.by,
            "decided_at": item.at.isoformat() if item.at else None,
            "reason": item.reason,
        }

    def problem(self, item: Problem) -> dict[str, Any]:
        """As `ProblemOut`."""
        return {
            "name": item.name,
            "codes": list(item.codes),
            "mentions": self.quotes(item.mentions),
            "support": [
                {"kind": one.kind, "quote": self.quote(one.quote.statement_id, one.quote.span), "link": one.link}
                for one in item.support
            ],
        }

    def query(self, item: Query) -> dict[str, Any]:
        """As `QueryOut`, of the machine."""
        answer = item.answer
        return {
            "id": item.id,
            "statement_id": item.statement_id,
            "topic": item.topic,
            "question": item.question,
            "options": list(item.options),
            "indicators": self.quotes(item.indicators),
            "codes": list(item.codes),
            "answer": {
                "text": answer.text,
                "author": answer.author,
                "at": answer.at,
                "statement_id": answer.statement_id,
            }
            if answer
            else None,
            "asked_by": None,
        }

    def worksheet(self, sheet: Worksheet) -> dict[str, Any]:
        """As `WorksheetOut`."""
        return {
            "elements": [
                {
                    "component": item.component,
                    "kind": item.kind,
                    "title": item.title,
                    "what": item.what,
                    "note": item.note,
                    "quotes": self.quotes(item.quotes),
                }
                for item in sheet.elements
            ],
            "problems": sheet.problems,
            "data": sheet.data,
            "risk": sheet.risk,
            "level": sheet.level,
            "service": sheet.service,
            "code": sheet.code,
            "patient": sheet.patient,
            "minutes": sheet.time.minutes if sheet.time else None,
            "time_level": sheet.time_level,
            "next_level": list(sheet.next_level),
            "cautions": list(sheet.cautions),
        }


def asked(item: StoredQuery) -> dict[str, Any]:
    """As `QueryOut`, of a coder."""
    answer = None
    if item.answered_at is not None:
        at = item.answered_at.isoformat()
        answer = {"text": item.answer, "author": item.answered_by or "", "at": at, "statement_id": ""}
    return {
        "id": item.id,
        "statement_id": item.statement_id,
        "topic": "",
        "question": item.question,
        "options": list(item.options),
        "indicators": [],
        "codes": [],
        "answer": answer,
        "asked_by": item.author_name,
    }


def codes(
    case: Case,
    found: Sequence[Decided],
    queries: Sequence[StoredQuery],
    tables: Mapping[str, CodeSystem],
    *,
    stale: bool,
    warnings: Sequence[str],
) -> dict[str, Any]:
    """As `CodesOut`."""
    note: Note = case.note.document
    show = Shown(case)
    return {
        "encounter_id": case.note.revision.encounter_id,
        "note_revision": case.note.revision.number,
        "stale": stale,
        "suggestions": [show.suggestion(item, tables) for item in found],
        "remarks": [
            {"kind": item.kind, "quote": show.quote(item.statement_id, item.span), "reason": item.reason}
            for item in note.remarks
        ],
        "problems": [show.problem(item) for item in note.problems],
        "queries": [*(show.query(item) for item in note.queries), *(asked(item) for item in queries)],
        "worksheet": show.worksheet(note.worksheet) if note.worksheet else None,
        "warnings": list(warnings),
    }
