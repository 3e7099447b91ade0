"""A note as plain text, UTF-8, at most 78 characters wide: what every health record system takes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from scribe.export.paper import NOTHING, Line, Paper, Part, Words, clean, line, moment, signed_by
from scribe.types import Note, Transcript
from scribe.view import Form, NoteView

WIDTH = 78
FIELD = 18  # characters that the names of the fields take
UNSURE = "[?]"
GAP = "  "  # between the columns of a table


class Text:
    """Letterhead, fields, the note, codes that were accepted, signatures and addenda; drafts say so first and last."""

    suffix = ".txt"
    media_type = "text/plain; charset=utf-8"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The document as UTF-8."""
        paper = Paper(note, transcript, view)
        blocks = (_head(paper), _body(paper), _codes(paper), _signatures(paper), _addenda(paper), _foot(paper))
        text = "\n".join(line for block in blocks for line in block)
        return (text.strip("\n") + "\n").encode()


def words(pieces: Sequence[Words]) -> str:
    """What a line says, with a mark behind words that the recogniser was not sure of."""
    return "".join(piece.text + (UNSURE if piece.unsure else "") for piece in pieces)


def _head(paper: Paper) -> Iterator[str]:
    if practice := paper.letter.practice:
        yield from (line(practice.name), *map(line, practice.lines), "")
    yield from (paper.title.upper(), "=" * min(len(paper.title), WIDTH), "")
    yield from (_banner(paper), "") if paper.banner else ()
    yield from (_wrapped(value, f"{name + ':':<{FIELD}} ", FIELD + 1) for name, value in paper.fields)
    yield ""
    if paper.remarks:
        yield from (*(_wrapped(remark) for remark in paper.remarks), "")


def _banner(paper: Paper) -> str:
    return _wrapped(f"*** {paper.banner} ***")


def _body(paper: Paper) -> Iterator[str]:
    shown = [part for part in paper.parts if part.heading or part.lines or part.empty]
    if paper.is_empty:
        yield from (NOTHING, "")
    for part in shown:
        yield from _part(part)
    if paper.left_out:
        yield from (_wrapped(paper.left_out), "")


def _part(part: Part) -> Iterator[str]:
    if part.heading:
        heading = part.heading.upper() if part.level == 1 else part.heading
        yield from (heading, "-" * len(heading)) if part.level == 1 else (heading,)
    if part.empty:
        yield part.empty
    yield from _table(part) if part.form is Form.TABLE and part.lines else _lines(part)
    if part.lines or part.empty or part.level == 1:
        yield ""


def _lines(part: Part) -> Iterator[str]:
    number = 0
    for item in part.lines:
        said = words(item.words)
        if part.form is Form.PROSE:
            yield _wrapped(said)
        elif part.form is Form.LINES:
            yield _wrapped(said, f"{item.label}: ", 4)
        elif part.form is Form.PROBLEMS and item.depth == 0:
            number += 1
            yield _wrapped(said, f"{number}. ", 3)
        else:
            yield _wrapped(said, "   - " if item.depth else "- ")


def _table(part: Part) -> Iterator[str]:
    """Columns beside each other where they fit on the line, else each row as lines behind the names of the columns."""
    rows = [[words(cell) for cell in item.cells] for item in part.lines]
    widths = [max(map(len, column)) for column in zip(part.columns, *rows, strict=True)]
    if sum(widths) + len(GAP) * (len(widths) - 1) <= WIDTH:
        for row in [list(part.columns), *rows]:
            yield GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        return
    for item in part.lines:
        yield from _record(item, part.columns)


def _record(item: Line, columns: Sequence[str]) -> Iterator[str]:
    first, *rest = (words(cell) for cell in item.cells)
    yield _wrapped(first, "- ")
    yield from (_wrapped(said, f"  {name}: ", 6) for name, said in zip(columns[1:], rest, strict=True) if said)


def _codes(paper: Paper) -> Iterator[str]:
    if paper.codes:
        yield from ("CODES", "-----")
        yield from (_wrapped(meaning, f"{code} ({system})  ", 4) for system, code, meaning in paper.codes)
        yield ""


def _signatures(paper: Paper) -> Iterator[str]:
    for signature in paper.signatures:
        yield from (_wrapped(f"{signed_by(signature)}."), _wrapped(line(signature.attestation)))
        yield from (f"SHA-256 {line(signature.sha256)}", "")


def _addenda(paper: Paper) -> Iterator[str]:
    for addendum in paper.note.addenda:
        heading = f"ADDENDUM, {moment(addendum.signature.at)}"
        yield from (heading, "-" * len(heading))
        yield from (_wrapped(text) for text in clean(addendum.text).splitlines())
        yield from ("", _wrapped(f"{signed_by(addendum.signature)}."), "")


def _foot(paper: Paper) -> Iterator[str]:
    if paper.banner:
        yield from (_banner(paper), "")
    yield _wrapped(paper.foot)


def _wrapped(text: str, opening: str = "", indent: int | None = None) -> str:
    """`text` behind `opening`, in lines of at most `WIDTH`; further ones are indented like the first, or so far."""
    further = " " * (len(opening) if indent is None else indent)
    found = textwrap.wrap(
        text, WIDTH, initial_indent=opening, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(found) or opening.rstrip()
