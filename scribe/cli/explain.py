"""`scribe explain FILE`: why each statement of a note stands there, down to the words and the rows of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline
from scribe.cli import _common as common
from scribe.cli.sections import read_transcript
from scribe.clinical import explanation
from scribe.clinical.explanation import FindingExplained, Quoted, StatementExplained
from scribe.errors import InputError
from scribe.export.layout import clock
from scribe.types import CodeSuggestion, Note, SectionKind


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="transcript.json, or text with or without speakers.")],
    statement: Annotated[
        str | None, typer.Option("--statement", metavar="ID", help="Only this statement, e.g. s3.")
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="Only the statements that this code rests on.")
    ] = None,
    mode: common.ModeChoice = common.ModeOption.AUTO,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Why each statement and code stands in the note: rule, findings, the words behind them, rows of the tables."""
    config = common.settings(config_file, sets)
    draft = pipeline.draft(read_transcript(file), config, mode=mode.mode, on_warning=common.note_to_user)
    note = pipeline.code(draft.note, config)
    wanted = _wanted(note, statement, code)
    kinds = {item.id: section.kind for section in note.sections for item in section.statements}
    blocks = [
        _block(item, kinds[item.statement.id], _codes(note, item.statement.id))
        for item in explanation.explained(note, draft.transcript)
        if item.statement.id in wanted
    ]
    common.emit("\n\n".join(blocks) + "\n")


def _wanted(note: Note, statement: str | None, code: str | None) -> frozenset[str]:
    """The ids of the statements to explain. Raises InputError where there is none such."""
    ids = frozenset(item.id for item in note.statements)
    if statement is not None and statement not in ids:
        raise InputError(f"there is no statement {statement}: this note has s1 to s{len(ids)}")
    if code is not None:
        behind = {e.statement_id for item in note.suggestions if item.coding.code == code for e in item.evidence}
        if not behind:
            raise InputError(f"{code} is not proposed for this note: `scribe code NOTE --explain {code}` says why not")
        ids &= behind
    return ids & {statement} if statement is not None else ids


def _codes(note: Note, statement: str) -> list[CodeSuggestion]:
    return [item for item in note.suggestions if any(e.statement_id == statement for e in item.evidence)]


def _block(item: StatementExplained, kind: SectionKind, codes: list[CodeSuggestion]) -> str:
    lines = [f"{item.statement.id}  {kind.value}  {item.statement.text}"]
    lines.append(f"  rule {item.rule}{_from(item.file)}")
    lines += [line for finding in item.findings for line in _finding(finding)]
    if not item.findings and item.statement.author is None:
        lines.append("  no finding: its words are kept as they were said")
    for suggestion in codes:
        for evidence in suggestion.evidence:
            if evidence.statement_id == item.statement.id:
                words = item.statement.text[evidence.span.start : evidence.span.end]
                heard = f", heard as {evidence.finding}" if evidence.finding else ""
                lines.append(f"  code {suggestion.coding.code}, {evidence.rule}: \u201c{words}\u201d{heard}")
    return "\n".join(lines)


def _finding(item: FindingExplained) -> list[str]:
    finding = item.finding
    lines = [f"  {finding.id} {finding.kind.value} {finding.concept}: {', '.join(item.claims)}"]
    said, *answers = item.said
    lines.append(f"    said {_words(said)}" + "".join(f", answered {_words(answer)}" for answer in answers))
    return [*lines, *(f"    {one.what} {_words(one.words)}{_from(one.source)}" for one in item.reasons)]


def _from(source: str) -> str:
    return f", {source}" if source else ""


def _words(quoted: Quoted) -> str:
    when = f" {clock(quoted.seconds.start)}" if quoted.seconds is not None else ""
    return f"\u201c{' '.join(quoted.text.split())}\u201d{when}"
