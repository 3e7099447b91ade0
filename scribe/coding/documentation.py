"""What goes with the codes of a note: its problems and their support, the worksheet of the visit, and the questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from scribe.coding import problems, queries, reading, support, worksheet
from scribe.coding.mdm_problems import Find
from scribe.plugins import CodeSystem, TermMatch
from scribe.types import CodeFlag, CodeSuggestion, Coding, Note, PatientStatus, Query, SuggestionStatus, Worksheet


class OfficeVisits(Protocol):
    """A table that has office visits by the names of their levels: the user's own of CPT."""

    def office_visit(self, patient: str, level: str) -> Coding | None:
        """The code for a "new" or "established" patient and a level such as "moderate"; None where there is none."""


def documented(
    note: Note, systems: Sequence[CodeSystem], *, outpatient: bool = True, visits: OfficeVisits | None = None
) -> Note:
    """A coded note with problems, worksheet and questions. The codes stay, but for those that an answer took back.

    A note of a hospital stay has no worksheet: the level of an office visit is not set for it. `visits` gives the level
    its code, where the user has such a table.
    """
    find = finder(systems)
    note = replace(note, suggestions=_answered(note, systems, find))
    lines = reading.in_order(reading.lines(note))
    found = support.supported(problems.find(note), lines)
    return replace(
        note,
        problems=found,
        worksheet=_with_code(worksheet.fill_in(note, found, lines, find), visits) if outpatient else None,
        queries=queries.ask(note, found, lines, find),
    )


def _with_code(sheet: Worksheet | None, visits: OfficeVisits | None) -> Worksheet | None:
    """The worksheet with the code that the user's own table has for its level; as it is where there is none."""
    if sheet is None or visits is None or sheet.patient is PatientStatus.NOT_STATED:
        return sheet
    coding = visits.office_visit(sheet.patient, sheet.level)
    return replace(sheet, code=coding.code) if coding else sheet


def finder(systems: Sequence[CodeSystem]) -> Find:
    """What names conditions in a text: the diagnosis table; nothing where none is in use."""
    for system in systems:
        if system.name == problems.DIAGNOSES:
            return system.find
    return _nothing


def _nothing(text: str) -> Sequence[TermMatch]:
    del text
    return ()


def _answered(note: Note, systems: Sequence[CodeSystem], find: Find) -> tuple[CodeSuggestion, ...]:
    """The suggestions as answers have them: what a question was about gives way to the code of its answer."""
    found = list(note.suggestions)
    texts = {statement.id: statement.text for statement in note.statements}
    for query in note.queries:
        text = texts.get(query.answer.statement_id) if query.answer else None
        if text:
            named = {match.code for match in find(text)}
            if query.topic == queries.CONFLICT:
                found = [_settled(item, query, named, systems) for item in found]
            there = named & {item.coding.code for item in found}
            found = [item for item in found if not (there and _gives_way(item, query, named))]
    return _merged(found)


def _merged(found: Sequence[CodeSuggestion]) -> tuple[CodeSuggestion, ...]:
    """Each code once, with the evidence of all its entries."""
    kept: dict[tuple[str, str], CodeSuggestion] = {}
    for item in found:
        key = (item.coding.system, item.coding.code)
        known = kept.get(key)
        evidence = tuple(dict.fromkeys((*known.evidence, *item.evidence))) if known else item.evidence
        kept[key] = replace(known or item, evidence=evidence)
    return tuple(kept.values())


def _gives_way(item: CodeSuggestion, query: Query, named: Collection[str]) -> bool:
    if item.coding.code in named or item.status is not SuggestionStatus.PROPOSED:
        return False
    other_side = query.topic == queries.CONFLICT and _of_statement(item, query, named)
    return item.coding.code in query.codes or other_side


def _settled(
    item: CodeSuggestion, query: Query, named: Collection[str], systems: Sequence[CodeSystem]
) -> CodeSuggestion:
    """A code of no side as the code of the side that was answered; the rest of the note still names the other."""
    codes = [code for code in sorted(named) if code[:3] == item.coding.code[:3]]
    system = next((system for system in systems if system.name == item.coding.system), None)
    coding = system.lookup(codes[0]) if system and codes else None
    if coding is None or item.coding.code not in query.codes or CodeFlag.SIDE_CONFLICT not in item.flags:
        return item
    flags = tuple(flag for flag in item.flags if flag not in (CodeFlag.SIDE_CONFLICT, CodeFlag.SIDE_MISSING))
    return replace(item, coding=coding, flags=flags)


def _of_statement(item: CodeSuggestion, query: Query, named: Collection[str]) -> bool:
    """Whether a code is what the statement asked about says, in the category of what was answered."""
    there = any(evidence.statement_id == query.statement_id for evidence in item.evidence)
    return there and item.coding.code[:3] in {code[:3] for code in named}
