"""A note as one HTML page: no script, nothing loaded from anywhere, for the screen, a phone and paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scribe.export import layout
from scribe.export.layout import Document
from scribe.types import Note, Transcript

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


class Html:
    """The note with times, doubtful words, codes and their evidence, and the transcript that its lines point to."""

    suffix = ".html"
    media_type = "text/html"

    def export(self, note: Note, transcript: Transcript) -> bytes:
        """The page as UTF-8."""
        return _template().render(document=Document(note, transcript), layout=layout).encode()


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("note.html.j2")
