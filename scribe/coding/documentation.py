"""What goes with the codes of a note: its problems and their support, the worksheet of the visit, and the questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from scribe.coding import problems, queries, reading, support, worksheet
from scribe.coding.mdm_problems import Find
from scribe.plugins import CodeSystem, TermMatch
from scribe.types import CodeSuggestion, Note, Query, SuggestionStatus


def documented(note: Note, systems: Sequence[CodeSystem]) -> Note:
    """A coded note with problems, worksheet and questions. The codes stay, but for those that an answer took back."""
    find = finder(systems)
    note = replace(note, suggestions=_answered(note, find))
    lines = reading.lines(note)
    found = support.supported(problems.find(note), lines)
    return replace(
        note,
        problems=found,
        worksheet=worksheet.fill_in(note, found, lines, find),
        queries=queries.ask(note, found, lines, find),
    )


def finder(systems: Sequence[CodeSystem]) -> Find:
    """What names conditions in a text: the diagnosis table; nothing where none is in use."""
    for system in systems:
        if system.name == problems.DIAGNOSES:
            return system.find
    return _nothing


def _nothing(text: str) -> Sequence[TermMatch]:
    del text
    return ()


def _answered(note: Note, find: Find) -> tuple[CodeSuggestion, ...]:
    """The suggestions without those that a question was about and its answer replaced by another code."""
    proposed = {item.coding.code for item in note.suggestions}
    gone: set[str] = set()
    for query in note.queries:
        if query.answer and query.answer.statement_id:
            named = {match.code for match in find(note.statement(query.answer.statement_id).text)}
            if named & proposed - set(query.codes):
                gone |= set(query.codes) - named
            if query.topic == queries.CONFLICT and named & proposed:
                gone |= {item.coding.code for item in note.suggestions if _of_statement(item, query, named)} - named
    return tuple(
        item
        for item in note.suggestions
        if item.coding.code not in gone or item.status is not SuggestionStatus.PROPOSED
    )


def _of_statement(item: CodeSuggestion, query: Query, named: Collection[str]) -> bool:
    """Whether a code is what the statement asked about says, in the category of what was answered."""
    there = any(evidence.statement_id == query.statement_id for evidence in item.evidence)
    return there and item.coding.code[:3] in {code[:3] for code in named}
