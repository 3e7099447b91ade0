"""What rests on the words of a statement follows them when they change, and goes where they are gone.

Codes, modifiers, remarks, problems, questions and the worksheet quote the note by statement and span. After an edit a
quote stays only where its very words still stand; no evidence, no suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from scribe.review.retime import aligned
from scribe.types import CodeSuggestion, Evidence, Note, Problem, Query, Quote, Span, Statement, Worksheet

TOKEN = re.compile(r"\w+|[^\w\s]")
Keep = Callable[[str, Span], Span | None]
"""Where a span of a statement stands now; None where its words are gone."""


class Moved:
    """Where the spans of a text stand in another: only those whose words are all there, side by side as before."""

    def __init__(self, old: str, new: str) -> None:
        before, now = list(TOKEN.finditer(old)), list(TOKEN.finditer(new))
        keys = [found[0].casefold() for found in before], [found[0].casefold() for found in now]
        self._runs = [(before[here], now[there]) for same, here, there in aligned(*keys) if same]

    def __call__(self, span: Span) -> Span | None:
        """The span in the new text, None where it is not there."""
        for old, new in self._runs:
            inside = [at for at, found in enumerate(old) if found.start() < span.end and span.start < found.end()]
            if inside and old[0].start() <= span.start and span.end <= old[-1].end():
                return Span(new[inside[0]].start(), new[inside[-1]].end())
        return None


def reworded(note: Note, statement_id: str, old: str, new: str) -> Note:
    """The note with its quotes of one statement moved from the text `old` to the text `new`."""
    moved = Moved(old, new)
    return _kept(note, lambda name, span: moved(span) if name == statement_id else span)


def without(note: Note, statement_ids: Iterable[str]) -> Note:
    """The note with nothing that rests on these statements; they may be gone from it already."""
    gone = frozenset(statement_ids)
    note = _kept(note, lambda name, span: None if name in gone else span)
    queries = tuple(item for item in note.queries if item.answer or item.statement_id not in gone)
    sections = tuple(
        replace(section, statements=tuple(untied(statement, gone) for statement in section.statements))
        for section in note.sections
    )
    return replace(note, queries=queries, sections=sections)


def untied(statement: Statement, gone: frozenset[str]) -> Statement:
    """The statement without ties to those that are gone."""
    problem = None if statement.problem in gone else statement.problem
    contradicts = tuple(name for name in statement.contradicts if name not in gone)
    if (problem, contradicts) == (statement.problem, statement.contradicts):
        return statement
    return replace(statement, problem=problem, contradicts=contradicts)


def _kept(note: Note, keep: Keep) -> Note:
    suggestions = (_suggestion(item, keep) for item in note.suggestions)
    remarks = ((item, keep(item.statement_id, item.span)) for item in note.remarks)
    problems = (_problem(item, keep) for item in note.problems)
    return replace(
        note,
        suggestions=tuple(item for item in suggestions if item),
        remarks=tuple(replace(item, span=span) for item, span in remarks if span),
        problems=tuple(item for item in problems if item),
        queries=tuple(_query(item, keep) for item in note.queries),
        worksheet=_worksheet(note.worksheet, keep) if note.worksheet else None,
    )


def _suggestion(item: CodeSuggestion, keep: Keep) -> CodeSuggestion | None:
    evidence = _evidence(item.evidence, keep)
    modifiers = tuple(
        replace(modifier, evidence=found[0])
        for modifier in item.modifiers
        if (found := _evidence([modifier.evidence], keep))
    )
    return replace(item, evidence=evidence, modifiers=modifiers) if evidence else None


def _evidence(items: Sequence[Evidence], keep: Keep) -> tuple[Evidence, ...]:
    placed = ((item, keep(item.statement_id, item.span)) for item in items)
    return tuple(replace(item, span=span) for item, span in placed if span)


def _quotes(items: Sequence[Quote], keep: Keep) -> tuple[Quote, ...]:
    placed = ((item, keep(item.statement_id, item.span)) for item in items)
    return tuple(replace(item, span=span) for item, span in placed if span)


def _problem(item: Problem, keep: Keep) -> Problem | None:
    mentions = _quotes(item.mentions, keep)
    supported = ((support, _quotes([support.quote], keep)) for support in item.support)
    support = tuple(replace(support, quote=quotes[0]) for support, quotes in supported if quotes)
    return replace(item, mentions=mentions, support=support) if mentions else None


def _query(item: Query, keep: Keep) -> Query:
    return replace(item, indicators=_quotes(item.indicators, keep))


def _worksheet(sheet: Worksheet, keep: Keep) -> Worksheet:
    """The grid without what no longer stands in the note. Its level is that of the last coding: code it again."""
    quoted = ((element, _quotes(element.quotes, keep)) for element in sheet.elements)
    elements = tuple(replace(element, quotes=quotes) for element, quotes in quoted if quotes)
    patient = _quotes([sheet.patient_quote], keep) if sheet.patient_quote else ()
    time = sheet.time if sheet.time and _quotes([sheet.time.quote], keep) else None
    if time:
        time = replace(time, quote=_quotes([time.quote], keep)[0])
    return replace(sheet, elements=elements, patient_quote=patient[0] if patient else None, time=time)
