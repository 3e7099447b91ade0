"""`scribe code FILE`: candidate codes for a note."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.cli import _common as common
from scribe.config import Config
from scribe.errors import InputError
from scribe.sections import plain_text
from scribe.types import Note


def code(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="note.json, or the text of a note.")],
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Propose ICD-10-CM codes, each with the words that support it."""
    config = common.settings(config_file, sets)
    coded = pipeline.code(read_note(file, config), config)
    if as_json:
        common.emit(serial.dumps(coded))
        return
    _print_table(coded)


def read_note(file: Path, config: Config) -> Note:
    """A note from our JSON, or from its text. Raises InputError where the file is neither, or empty."""
    text = common.read_text(file)
    kind = serial.schema_of(text)
    if kind is None:
        return pipeline.write(plain_text.read(text), config)
    if kind != "note":
        raise InputError(f"{file} holds a {kind}: `scribe sections` makes a note of it")
    return serial.loads(text, Note)


def _print_table(note: Note) -> None:
    if not note.suggestions:
        common.note_to_user("no codes are proposed: the note names no current condition that was recognised")
    for suggestion in note.suggestions:
        common.say(f"[bold]{suggestion.coding.code:<9}[/bold] {common.plain(suggestion.coding.display)}")
        for evidence in suggestion.evidence:
            statement = note.statement(evidence.statement_id)
            words = statement.text[evidence.span.start : evidence.span.end]
            at = f"{statement.seconds[0].start:7.1f} s" if statement.seconds else "         "
            common.say(common.plain(f"  {at}  “{words}” ({evidence.score:.2f}) {evidence.reason or evidence.rule}"))
