"""The summary for the patient, as a page to print or send and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.export.html import template
from scribe.export.markdown import escaped
from scribe.types import Note, NoteStatus
from scribe.view import PatientSummary, PlainPart

DRAFT = "Draft. Your clinician has not checked this yet: do not rely on it."
UNSURE = "to be checked: heard poorly"  # behind a line of a draft
CHECKED = "Checked by your clinician."
ASK = (
    "This says in plain words what stands in the note of your visit; the note has more. "
    "If anything here is not what you remember, or you have a question, ask your clinician."
)
NOTHING = "Nothing was heard that belongs in a summary."


def html(summary: PatientSummary, note: Note) -> bytes:
    """The page as UTF-8: large letters, no script, nothing loaded from anywhere."""
    words = {"banner": banner(note), "ask": ASK, "nothing": NOTHING, "unsure": UNSURE}
    return template("patient.html.j2").render(summary=summary, note=note, **words).encode()


def markdown(summary: PatientSummary, note: Note) -> bytes:
    """The same as Markdown, UTF-8."""
    lines = [f"# {escaped(summary.title)}", "", f"> **{banner(note)}**", ""]
    if note.encounter.date_of_service:
        lines += [f"Date: {escaped(note.encounter.date_of_service)}", ""]
    for part in summary.parts:
        lines += _part(part, 2, draft=note.status is NoteStatus.PRELIMINARY)
    lines += ([] if summary.parts else [NOTHING, ""]) + ["---", "", ASK]
    return ("\n".join(lines) + "\n").encode()


def banner(note: Note) -> str:
    """Whether a clinician has checked it."""
    return DRAFT if note.status is NoteStatus.PRELIMINARY else CHECKED


def _part(part: PlainPart, level: int, *, draft: bool) -> Iterator[str]:
    yield from (f"{'#' * level} {part.heading}", "")
    if part.lines:
        yield from (f"- {escaped(line.text)}{f' *({UNSURE})*' if line.unsure and draft else ''}" for line in part.lines)
        yield ""
    for inner in part.parts:
        yield from _part(inner, level + 1, draft=draft)
