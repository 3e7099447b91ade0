"""`scribe export NOTE`: a note as documents, for paper and for other systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.cli import _common as common
from scribe.cli import _documents as documents
from scribe.cli import _told as told
from scribe.errors import ConfigError, InputError
from scribe.export.paper import signatures_fit
from scribe.types import Note, Transcript


def export(
    file: Annotated[Path, typer.Argument(metavar="NOTE", help="A note.json that scribe wrote.")],
    formats: documents.Formats = "pdf",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the documents (default: that of NOTE).")
    ] = None,
    transcript_file: Annotated[
        Path | None,
        typer.Option("--transcript", metavar="FILE", help="The transcript (default: transcript.json beside NOTE)."),
    ] = None,
    about: documents.About = None,
    template: common.Template = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Write a note as documents: docx, pdf, text, json, fhir (an R4 document), html, markdown."""
    chosen = documents.parse(formats)
    if not chosen:
        raise ConfigError("--format names no format: for example --format pdf,docx")
    note, transcript = _note(file), _transcript(file, transcript_file)
    config = common.settings(config_file, sets, {"sections.template": template or note.template or None})
    told.tell(config, "document.export", "note", encounter=note.encounter.id, reason=",".join(chosen))
    view = pipeline.lay_out(note, config, documents.about(about, file.parent))
    made = {
        name: exporter.export(note, transcript, view)
        for name, exporter in documents.exporters(chosen, file.stem).items()
    }
    folder = out or file.parent
    if (folder / file.name).resolve() == file.resolve():
        made.pop(file.name, None)  # the note itself
    common.write_files(folder, made)
    if not signatures_fit(note):
        common.note_to_user("the note was changed after it was signed: the documents are marked as not signed")
    common.say(common.plain(f"Written to {folder}: {', '.join(made)}"))


def _note(file: Path) -> Note:
    text = common.read_text(file)
    if serial.schema_of(text) != "note":
        raise InputError(f"{file} is not a note that scribe wrote: name a note.json")
    return serial.loads(text, Note)


def _transcript(note: Path, given: Path | None) -> Transcript:
    """The transcript the note came from; an empty one where none is given and none lies beside the note."""
    file = given or note.with_name("transcript.json")
    if given is None and not file.exists():
        return Transcript((), timed=False)
    text = common.read_text(file)
    if serial.schema_of(text) != "transcript":
        raise InputError(f"{file} is not a transcript that scribe wrote: name a transcript.json")
    return serial.loads(text, Transcript)
