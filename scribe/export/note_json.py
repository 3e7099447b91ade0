"""A note as its own JSON document, `scribe/note/1`: everything, for another program."""

from __future__ import annotations

from scribe import serial
from scribe.types import Note, Transcript
from scribe.view import NoteView


class Json:
    """The note as `note.json` holds it; what a template shows or leaves out makes no difference."""

    suffix = ".json"
    media_type = "application/json"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The document as UTF-8."""
        return serial.dumps(note).encode()
