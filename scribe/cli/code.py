"""`scribe code NOTE`: the coder's report of a note, reasons, answers to questions, two revisions compared."""

from __future__ import annotations

import getpass
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.cli import _coders_report as report
from scribe.cli import _common as common
from scribe.coding import comparison, explanation, groupers
from scribe.config import Config
from scribe.errors import ConfigError, InputError
from scribe.sections import plain_text
from scribe.types import Note, SectionKind

NO_ASSESSMENT = "this note has no assessment or plan: codes rest on history and findings, and no level is shown"
REVISION = re.compile(r"-r\d+$")


def code(
    file: Annotated[
        Path | None, typer.Argument(metavar="NOTE", help="note.json, or the text of a note.", show_default=False)
    ] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Date of service: chooses the code tables.")
    ] = None,
    why: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="Why this code is proposed, or why not.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="Q1=TEXT", help="Answer a question and code again; repeatable."),
    ] = None,
    author: Annotated[
        str | None, typer.Option("--author", metavar="NAME", help="Who answers (default: the user logged in).")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", metavar="OLD NEW", help="Codes of two revisions: what changed, and why."),
    ] = None,
    show_groups: Annotated[
        bool, typer.Option("--groupers", help="Show payment groups (CMS-HCC) beside the codes; they rank nothing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the coded note as JSON to FILE.")
    ] = None,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Propose codes, each with the words that support it; support, visit level and questions beside them."""
    config = common.settings(config_file, sets)
    if compare:
        if file or answer or why or out or as_json:
            raise ConfigError("--compare stands alone: it reads two coded notes and prints what changed")
        report.show(report.changes(comparison.compare(_coded(compare[0]), _coded(compare[1]))))
        return
    if file is None:
        raise ConfigError("name a note: `scribe code note.json`, or two with --compare OLD NEW")
    note = _dated(read_note(file, config), day)
    coded = _answered(note, answer or [], author, config) if answer else pipeline.code(note, config)
    for warning in pipeline.release_warnings(coded, config):
        common.note_to_user(warning)
    if answer or out:
        _write(coded, out or _revised(file, coded))
    if as_json:
        common.emit(serial.dumps(coded))
    elif why:
        found = explanation.explain(coded, why, pipeline.code_systems(coded, config))
        report.show(*report.explanation(found, coded))
    else:
        _print(coded, _groups(coded) if show_groups else None)


def read_note(file: Path, config: Config) -> Note:
    """A note from our JSON, or from its text. Raises InputError where the file is neither, or empty."""
    text = common.read_text(file)
    kind = serial.schema_of(text)
    if kind is None:
        return pipeline.draft(plain_text.read(text), config).note
    if kind != "note":
        raise InputError(f"{file} holds a {kind}: `scribe sections` makes a note of it")
    return serial.loads(text, Note)


def _coded(file: Path) -> Note:
    """A note with its codes, to compare. Raises InputError where the file is no note of ours."""
    text = common.read_text(file)
    if serial.schema_of(text) != "note":
        raise InputError(f"{file} is no note.json: write one with `scribe code NOTE --out FILE`")
    return serial.loads(text, Note)


def _dated(note: Note, day: str | None) -> Note:
    """The note with this date of service. Raises ConfigError where it is no date."""
    if day is None:
        return note
    try:
        iso = date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise ConfigError(f"--date {day!r} is no date: write it as 2026-04-30") from error
    return replace(note, encounter=replace(note.encounter, date_of_service=iso))


def _answered(note: Note, given: list[str], author: str | None, config: Config) -> Note:
    """The next revision, with the answers. A note that has no questions yet is coded first."""
    pairs = [item.partition("=") for item in given]
    for name, equals, text in pairs:
        if not equals or not text.strip():
            raise ConfigError(f'--answer {name!r} is not Q1=TEXT: for example --answer Q1="left"')
    asked = note if any(not query.answer for query in note.queries) else pipeline.code(note, config)
    answers = {name.strip(): text.strip().strip('"') for name, _, text in pairs}
    return pipeline.answer(asked, answers, config, author=author or getpass.getuser(), at=datetime.now(UTC))


def _revised(file: Path, note: Note) -> Path:
    """Where a new revision goes: beside the file it came from, which stays as it is."""
    target = file.with_name(f"{REVISION.sub('', file.stem)}-r{note.revision}.json")
    if target.exists():
        raise ConfigError(f"{target} is there already: name another file with --out")
    return target


def _write(note: Note, target: Path) -> None:
    common.write_files(target.parent, {target.name: serial.dumps(note).encode()})
    common.note_to_user(f"revision {note.revision} of the note was written to {target}")


def _groups(note: Note) -> Mapping[str, str]:
    year = int((note.encounter.date_of_service or date.today().isoformat())[:4])
    used, found = groupers.groups(year + 1)  # CMS pays a year by the diagnoses of the year before
    common.note_to_user(
        f"groups of {groupers.MODEL}, payment year {used}, hierarchies not applied; they ranked nothing"
    )
    return found


def _print(note: Note, groups: Mapping[str, str] | None) -> None:
    if not note.suggestions:
        common.note_to_user("no codes are proposed: the note names no current condition that was recognised")
    kinds = {section.kind for section in note.sections if section.statements}
    if not kinds & {SectionKind.ASSESSMENT, SectionKind.PLAN}:
        common.note_to_user(NO_ASSESSMENT)
    report.show(*report.report(note, groups))
