"""Which findings the statements of a note state: those that were heard where the statement was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scribe.types import Finding, Note, Section, Statement


def stated(note: Note, findings: Sequence[Finding]) -> Note:
    """The note with the findings of its transcript, and with the ids of these beside each statement that says them."""
    sections = tuple(_section(section, findings) for section in note.sections)
    return replace(note, sections=sections, findings=tuple(findings))


def _section(section: Section, findings: Sequence[Finding]) -> Section:
    return replace(section, statements=tuple(_statement(item, findings) for item in section.statements))


def _statement(statement: Statement, findings: Sequence[Finding]) -> Statement:
    ids = tuple(finding.id for finding in findings if _says(statement, finding))
    return replace(statement, findings=ids) if ids != statement.findings else statement


def _says(statement: Statement, finding: Finding) -> bool:
    return any(span.start < heard.end and heard.start < span.end for span in statement.heard for heard in finding.heard)
