"""A note as one HTML page: no script, nothing loaded from anywhere, for the screen, a phone and paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scribe.export import checks, layout, paper
from scribe.export.checks import Checklist
from scribe.export.layout import Document
from scribe.types import Note, Transcript
from scribe.view import NoteView

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


class Html:
    """What to check first, the note with times and marks, codes and their evidence, and the transcript behind it."""

    suffix = ".html"
    media_type = "text/html"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The page as UTF-8."""
        document, checklist = Document(note, transcript, view), Checklist(note, transcript)
        given = {"document": document, "checklist": checklist, "paper": paper.Paper(note, transcript, view)}
        return template("note.html.j2").render(checks=checks, layout=layout, printing=paper, **given).encode()


@cache
def template(name: str) -> Template:
    """A file of `templates/`: what is put into it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
