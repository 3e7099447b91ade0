"""The codes of a note with what coders decided: candidates accepted, rejected, replaced, added, put in order.

Decisions are kept beside the note, so a coder goes on while the note is edited, redrafted or signed. No evidence, no
code: one that was decided on and whose words are gone from the note is not shown, and a warning says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scribe import pipeline
from scribe.config import Config
from scribe.errors import AssetError
from scribe.plugins import CodeSystem
from scribe.store.records import CodeDecision, Decision
from scribe.types import (
    Assertion,
    CodeSuggestion,
    Coding,
    Evidence,
    Note,
    Quote,
    Span,
    Statement,
    SuggestionStatus,
)

ADDED_RULE = "added by a person"
Name = tuple[str, str]
"""A code system and a code of it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A code with what was decided about it."""

    suggestion: CodeSuggestion
    by: str | None = None
    at: datetime | None = None
    reason: str = ""
    added_by: str | None = None
    replaces: str | None = None


def coded(note: Note, config: Config) -> Note:
    """The note with codes proposed for its words as they are now."""
    return replace(pipeline.code(note, config), coded_from=words(note))


def words(note: Note) -> str:
    """A hash of the statements: it tells whether the note was changed after it was coded."""
    said = "\0".join(f"{item.id}\0{item.text}\0{item.assertion}" for item in note.statements)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def systems(note: Note, config: Config) -> Mapping[str, CodeSystem]:
    """The code tables in force on the note's date of service; none where there is no table to use."""
    try:
        return {system.name: system for system in pipeline.code_systems(note, config)}
    except AssetError:
        return {}


def decided(
    note: Note, decisions: Sequence[CodeDecision], tables: Mapping[str, CodeSystem]
) -> tuple[tuple[Decided, ...], tuple[str, ...]]:
    """The codes of the note in the coder's order, and warnings about decided codes that rest on nothing any more."""
    held = {_name(item.coding): Decided(item) for item in note.suggestions}
    order: tuple[str, ...] = ()
    lost: dict[str, str] = {}
    for decision in decisions:
        name = (decision.system, decision.code)
        if decision.decision is Decision.ORDERED:
            order = decision.order
        elif decision.decision is Decision.ADDED:
            _add(held, lost, decision, note, tables)
        elif name not in held:
            if decision.decision is Decision.ACCEPTED:
                lost[decision.code] = decision.author_name
        else:
            _decide(held, decision, tables)
    places = {code: place for place, code in enumerate(order)}
    ranked = sorted(held.items(), key=lambda pair: places.get(":".join(pair[0]), len(places)))
    warnings = tuple(
        f"{code}, which {author} chose, is not shown: the words it rested on are not in the note any more"
        for code, author in lost.items()
        if all(name[1] != code for name in held)
    )
    return tuple(item for _, item in ranked), warnings


def with_decisions(note: Note, decisions: Sequence[CodeDecision], config: Config) -> Note:
    """The note with its codes as they were decided: what is signed and exported."""
    if not decisions:
        return note
    found, _ = decided(note, decisions, systems(note, config))
    return replace(note, suggestions=tuple(item.suggestion for item in found))


def _decide(held: dict[Name, Decided], decision: CodeDecision, tables: Mapping[str, CodeSystem]) -> None:
    name = (decision.system, decision.code)
    item = held[name]
    match decision.decision:
        case Decision.ACCEPTED:
            held[name] = _settled(item, SuggestionStatus.ACCEPTED, decision)
        case Decision.REJECTED:
            held[name] = _settled(item, SuggestionStatus.REJECTED, decision)
        case Decision.REOPENED if item.added_by is not None or item.replaces is not None:
            del held[name]
        case Decision.REOPENED:
            held[name] = Decided(replace(item.suggestion, status=SuggestionStatus.PROPOSED))
        case Decision.REPLACED:
            held[name] = _settled(item, SuggestionStatus.REJECTED, decision)
            other = (decision.system, decision.replacement)
            chosen = held.get(other) or Decided(
                replace(item.suggestion, coding=_coding(other, tables), probability=1.0, flags=(), modifiers=()),
                replaces=decision.code,
            )
            held[other] = _settled(chosen, SuggestionStatus.ACCEPTED, decision)


def _settled(item: Decided, status: SuggestionStatus, decision: CodeDecision) -> Decided:
    return replace(
        item,
        suggestion=replace(item.suggestion, status=status),
        by=decision.author_name,
        at=decision.at,
        reason=decision.reason,
    )


def _add(
    held: dict[Name, Decided],
    lost: dict[str, str],
    decision: CodeDecision,
    note: Note,
    tables: Mapping[str, CodeSystem],
) -> None:
    name = (decision.system, decision.code)
    statements = {item.id: item for item in note.statements}
    evidence = tuple(
        Evidence(place.statement_id, place.span, Assertion.PRESENT, ADDED_RULE, 1.0, decision.reason)
        for quote, said in zip(decision.quotes, decision.said, strict=True)
        if (place := _stands(quote, said, statements.get(quote.statement_id)))
    )
    if not evidence:
        lost[decision.code] = decision.author_name
        return
    if name in held:
        evidence = tuple(dict.fromkeys((*held[name].suggestion.evidence, *evidence)))
        suggestion = replace(held[name].suggestion, evidence=evidence)
    else:
        suggestion = CodeSuggestion(_coding(name, tables), evidence, probability=1.0)
    held[name] = Decided(
        replace(suggestion, status=SuggestionStatus.ACCEPTED),
        decision.author_name,
        decision.at,
        decision.reason,
        added_by=decision.author_name,
    )


def _stands(quote: Quote, said: str, statement: Statement | None) -> Quote | None:
    """Where the words of a quote stand now; None where they are gone."""
    if statement is None:
        return None
    if statement.text[quote.span.start : quote.span.end] == said:
        return quote
    at = statement.text.find(said)
    return Quote(statement.id, Span(at, at + len(said))) if at >= 0 else None


def _coding(name: Name, tables: Mapping[str, CodeSystem]) -> Coding:
    table = tables.get(name[0])
    found = table.lookup(name[1]) if table else None
    return found or Coding(name[0], table.version if table else "", name[1], "")


def _name(coding: Coding) -> Name:
    return coding.system, coding.code
