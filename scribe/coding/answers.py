"""Answers to questions: recorded with author and time, and written into the note as a statement of their author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scribe.coding import queries
from scribe.coding.mdm_problems import Find
from scribe.errors import InputError
from scribe.types import Answer, Note, NoteStatus, Query, Section, SectionKind, Statement

FREE = f"{queries.OTHER}:"


def record(note: Note, name: str, text: str, *, author: str, at: datetime, find: Find) -> Note:
    """The next revision of `note`, with question `name` ("Q1") answered by one of its options or "other: words".

    The answer becomes a statement typed by `author`, beside the one asked about; "no" and "unable to determine" are
    recorded and add none. Codes are not chosen again here. Raises InputError for a question that is not open, an answer
    that it does not offer, or an author without a name.
    """
    query = _open(note, name)
    option = _option(query, text)
    if not author.strip():
        raise InputError("an answer needs its author: name the person with --author")
    words = queries.written(query, option, find)
    if option.startswith(FREE):
        words = f"{query.subject[:1].upper()}{query.subject[1:]}: {option.removeprefix(FREE).strip().rstrip('.')}."
    name_of_statement = f"{query.id.lower()}-answer-r{note.revision + 1}" if words else ""
    answer = Answer(option, author.strip(), at.isoformat(timespec="seconds"), name_of_statement)
    sections = note.sections
    if words:
        beside = note.statement(query.statement_id)
        typed = Statement(name_of_statement, words, author=author.strip(), problem=beside.problem)
        sections = _with(note, typed, query.statement_id)
    return replace(
        note,
        sections=sections,
        queries=tuple(replace(item, answer=answer) if item is query else item for item in note.queries),
        revision=note.revision + 1,
        status=NoteStatus.AMENDED if note.status is not NoteStatus.PRELIMINARY else note.status,
    )


def _open(note: Note, name: str) -> Query:
    known = next((query for query in note.queries if query.id.casefold() == name.strip().casefold()), None)
    if known is None:
        ids = ", ".join(query.id for query in note.queries if not query.answer)
        asked = f"open questions: {ids}" if ids else "this note has no open question"
        raise InputError(f"there is no question {name.strip()}: {asked}")
    if known.answer:
        raise InputError(
            f"{known.id} was answered by {known.answer.author} on {known.answer.at[:10]}: it stays as it is"
        )
    return known


def _option(query: Query, text: str) -> str:
    """The option that `text` is, written as the question has it; or "other: ..." as it stands."""
    given = " ".join(text.split())
    if given.casefold().startswith(FREE) and given[len(FREE) :].strip():
        return f"{FREE} {given[len(FREE) :].strip()}"
    for option in query.options:
        if option != queries.OTHER and given.casefold() == option.casefold():
            return option
    offered = ", ".join(f'"{option}"' for option in query.options if option != queries.OTHER)
    raise InputError(f'{query.id} can be answered with {offered}, or "other: your words"')


def _with(note: Note, typed: Statement, beside: str) -> tuple[Section, ...]:
    """The sections with `typed` behind the statement asked about; in the assessment, where that is elsewhere."""
    home = next(section for section in note.sections if any(item.id == beside for item in section.statements))
    if home.kind not in (SectionKind.ASSESSMENT, SectionKind.PLAN):
        home = next((section for section in note.sections if section.kind is SectionKind.ASSESSMENT), home)
    return tuple(_inserted(section, typed, beside) if section is home else section for section in note.sections)


def _inserted(section: Section, typed: Statement, beside: str) -> Section:
    statements: Sequence[Statement] = section.statements
    at = next((at + 1 for at, item in enumerate(statements) if item.id == beside), len(statements))
    return replace(section, statements=(*statements[:at], typed, *statements[at:]))
