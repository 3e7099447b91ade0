"""`scribe sections FILE`: arrange a transcript, or plain text, into a note."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.cli import _common as common
from scribe.errors import ConfigError, InputError
from scribe.export import patient
from scribe.export.markdown import Markdown
from scribe.sections import note_templates, plain_text
from scribe.types import Transcript


def sections(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="transcript.json, or text with or without speakers.")],
    as_json: common.AsJson = False,
    mode: common.ModeChoice = common.ModeOption.AUTO,
    template: common.Template = None,
    patient_summary: Annotated[
        bool, typer.Option("--patient-summary", help="Print the summary for the patient instead, in plain words.")
    ] = False,
    writer: common.Writer = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Arrange what was said into the sections of a note, as a note template shows them."""
    if as_json and patient_summary:
        raise ConfigError("--json prints the note and --patient-summary the summary: choose one of them")
    config = common.settings(config_file, sets, {"sections.template": template, "sections.writer": writer})
    note_templates.chosen(config)
    pipeline.writer(config)
    transcript = read_transcript(file)
    draft = pipeline.draft(transcript, config, mode=mode.mode, on_warning=common.note_to_user)
    note = draft.note
    common.report_writer(note)
    if as_json:
        common.emit(serial.dumps(note))
        return
    if patient_summary:
        common.emit(patient.markdown(pipeline.for_patient(note), note).decode())
        return
    common.emit(Markdown().export(note, draft.transcript, pipeline.lay_out(note, config)).decode())


def read_transcript(file: Path) -> Transcript:
    """A transcript from our JSON or from plain text. Raises InputError where the file is neither, or empty."""
    text = common.read_text(file)
    kind = serial.schema_of(text)
    if kind is None:
        return plain_text.read(text)
    if kind != "transcript":
        raise InputError(f"{file} holds a {kind}: this command reads a transcript or plain text")
    return serial.loads(text, Transcript)
