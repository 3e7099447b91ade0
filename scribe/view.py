"""How a note is laid out for a reader: blocks of rows, made by a note template, the same for every document.

A view says nothing of its own. Its rows hold excerpts: spans of the statements' own text, so each word that is shown
keeps its statement, its marks and its second of the recording. Only headings, labels and the names of columns are the
template's. The note stays the record; a view can be made anew from it at any time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from scribe.types import Note, SectionGroup, SectionKind, Span, Statement

GROUP_TITLES = {
    SectionGroup.HISTORY: "History",
    SectionGroup.EXAM: "Exam",
    SectionGroup.ASSESSMENT: "Assessment",
    SectionGroup.PLAN: "Plan",
}


class Form(StrEnum):
    """How the rows of a block are set."""

    PROSE = "prose"  # each row is a paragraph
    BULLETS = "bullets"  # each row is a point of a list
    LINES = "lines"  # each row is a line behind its label: "Cardiovascular: ..."
    TABLE = "table"  # each row has a cell for each column
    PROBLEMS = "problems"  # rows of depth 0 are problems, numbered; those of depth 1 belong to the one before


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of a statement as they stand in it: `span` is in the statement's text."""

    statement_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph, a point, a line or a row of a table."""

    cells: tuple[tuple[Excerpt, ...], ...]  # one cell, or one for each column
    label: str = ""
    depth: int = 0

    @property
    def excerpts(self) -> tuple[Excerpt, ...]:
        """All excerpts, from left to right."""
        return tuple(excerpt for cell in self.cells for excerpt in cell)

    @property
    def statement_ids(self) -> tuple[str, ...]:
        """The statements it shows words of, each once."""
        return tuple(dict.fromkeys(excerpt.statement_id for excerpt in self.excerpts))


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with what stands under it. `level` 1 is a part of the note, 2 a section, 3 a piece of a section."""

    heading: str  # empty: the block goes on under the heading before
    level: int = 1
    form: Form = Form.BULLETS
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()  # the names of a table's columns
    kinds: tuple[SectionKind, ...] = ()  # the sections it shows; empty for the heading of a part
    empty: str = ""  # what stands there without rows: "Not discussed."


@dataclass(frozen=True, slots=True)
class Practice:
    """Whose paper it is: what a letterhead shows."""

    name: str
    lines: tuple[str, ...] = ()  # address, telephone
    logo: bytes = field(default=b"", repr=False)  # PNG or JPEG; empty: none

    @property
    def logo_type(self) -> str:
        """The media type of the logo."""
        return "image/png" if self.logo.startswith(b"\x89PNG") else "image/jpeg"


@dataclass(frozen=True, slots=True)
class Particulars:
    """Who a document is about, as given with it: none of this is ever taken from what was said. Empty: not given."""

    patient: str = field(default="", repr=False)  # the name as it is printed
    born: str = field(default="", repr=False)  # ISO 8601 date
    record_number: str = field(default="", repr=False)
    clinician: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands around a note on paper."""

    practice: Practice | None = None
    about: Particulars = Particulars()
    paper: str = "letter"  # or "a4"


@dataclass(frozen=True)
class NoteView:
    """A note as a reader meets it."""

    title: str
    blocks: tuple[Block, ...]
    left_out: tuple[tuple[str, int], ...] = field(default=())  # titles of sections not shown, and their statements
    letter: Letter = Letter()

    @cached_property
    def shown(self) -> frozenset[str]:
        """Ids of the statements that are shown, in whole or in part."""
        return frozenset(found for block in self.blocks for row in block.rows for found in row.statement_ids)

    @cached_property
    def firsts(self) -> frozenset[tuple[str, Span]]:
        """The first excerpt of each statement: where a link to the statement leads."""
        found: dict[str, Span] = {}
        for block in self.blocks:
            for row in block.rows:
                for excerpt in row.excerpts:
                    found.setdefault(excerpt.statement_id, excerpt.span)
        return frozenset(found.items())

    @property
    def is_empty(self) -> bool:
        """Whether it shows no statement."""
        return not self.shown


def whole(statement: Statement) -> Excerpt:
    """All words of a statement."""
    return Excerpt(statement.id, Span(0, len(statement.text)))


def plain(note: Note) -> NoteView:
    """The note as its sections stand, in four parts, each statement a point: what is shown without a template."""
    return NoteView("Clinical note", tuple(_plain_blocks(note)))


def _plain_blocks(note: Note) -> Iterator[Block]:
    for group in SectionGroup:
        sections = [section for section in note.sections if section.group is group and section.statements]
        title = GROUP_TITLES[group]
        if sections and any(section.title != title for section in sections):
            yield Block(title)
        for section in sections:
            rows = tuple(Row(((whole(statement),),)) for statement in section.statements)
            own = section.title != title
            yield Block(section.title, 2 if own else 1, rows=rows, kinds=(section.kind,))


# --- the summary for the patient
@dataclass(frozen=True, slots=True)
class PlainLine:
    """A statement in plain words. Only here a view has words of its own: meanings from a table, "you" for a person."""

    text: str = field(repr=False)
    statement_id: str
    unsure: bool = False  # the recogniser was not sure of words in it


@dataclass(frozen=True, slots=True)
class PlainPart:
    """Lines under a heading, at once or under headings of the next level."""

    heading: str
    lines: tuple[PlainLine, ...] = ()
    parts: tuple[PlainPart, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientSummary:
    """What the patient takes home: some statements of the note in plain words."""

    title: str
    parts: tuple[PlainPart, ...]

    @property
    def lines(self) -> tuple[PlainLine, ...]:
        """All lines, in order."""
        parts = [inner for part in self.parts for inner in (part, *part.parts)]
        return tuple(line for part in parts for line in part.lines)
