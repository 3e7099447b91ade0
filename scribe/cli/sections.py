"""`scribe sections FILE`: arrange a transcript, or plain text, into a note."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.cli import _common as common
from scribe.errors import InputError
from scribe.export.markdown import Markdown
from scribe.sections import plain_text
from scribe.types import Transcript


def sections(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="transcript.json, or text with or without speakers.")],
    as_json: common.AsJson = False,
    mode: common.ModeChoice = common.ModeOption.AUTO,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Arrange what was said into history, exam, assessment and plan."""
    config = common.settings(config_file, sets)
    transcript = read_transcript(file)
    note = pipeline.write(transcript, config, mode=mode.mode)
    common.emit(serial.dumps(note) if as_json else Markdown().export(note, transcript).decode())


def read_transcript(file: Path) -> Transcript:
    """A transcript from our JSON or from plain text. Raises InputError where the file is neither, or empty."""
    text = common.read_text(file)
    kind = serial.schema_of(text)
    if kind is None:
        return plain_text.read(text)
    if kind != "transcript":
        raise InputError(f"{file} holds a {kind}: this command reads a transcript or plain text")
    return serial.loads(text, Transcript)
