"""A note as it is printed and filed: what stands on the paper, the same for Word, PDF and plain text.

The review page (`html.py`) shows where each word comes from; this is the document that goes into the chart. Nothing
here knows a format. A note counts as signed only while its signatures fit its words: else it is printed as a draft.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from scribe import serial
from scribe.export.checks import Checklist
from scribe.export.layout import SENTENCE_ENDS, STATUS_BANNERS, Document, marked_pieces, opened
from scribe.types import Note, NoteStatus, Signature, Statement, SuggestionStatus, Transcript
from scribe.view import Block, Excerpt, Form, Letter, NoteView, Row

SYSTEMS: Mapping[str, str] = {"icd10cm": "ICD-10-CM", "hcpcs": "HCPCS", "cpt": "CPT"}
NOTHING = "Nothing was heard that belongs in a note."
CHANGED = "Not as signed. The text was changed after it was signed: go back to the signed revision."
UNSIGNED = "Not signed. Do not use before a clinician has signed it."
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would show "0.5" as "5.0"
UNKNOWN = "\ufffd"  # stands where a character cannot be printed


def clean(text: str) -> str:
    """`text` with nothing in it that XML 1.0 or a printer cannot take, and nothing that turns the order of signs.

    Control characters and halves of surrogate pairs become U+FFFD; bidirectional overrides go.
    """
    return "".join(map(_printable, text.replace("\r\n", "\n")))


def _printable(sign: str) -> str:
    if sign in "\n\t":
        return sign
    if sign in REORDERING:
        return ""
    if sign in "\r\u0085\u2028\u2029\v\f":
        return "\n"
    broken = (
        unicodedata.category(sign) in ("Cc", "Cs") or (ord(sign) & 0xFFFE) == 0xFFFE or "\ufdd0" <= sign <= "\ufdef"
    )
    return UNKNOWN if broken else sign


def line(text: str) -> str:
    """`text`, cleaned, on one line."""
    return " ".join(clean(text).split())


def day(iso: str) -> str:
    """`March 2, 2026`, which is read alike everywhere; the text as it is where it is no ISO 8601 date."""
    try:
        found = date.fromisoformat(iso)
    except ValueError:
        return line(iso)
    return f"{found:%B} {found.day}, {found.year}"


def moment(iso: str) -> str:
    """`March 2, 2026, 10:00 UTC`; the text as it is where it is no ISO 8601 time."""
    try:
        found = datetime.fromisoformat(iso)
    except ValueError:
        return line(iso)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return f"{day(found.date().isoformat())}, {found:%H:%M} {found.tzname()}"


@dataclass(frozen=True, slots=True)
class Words:
    """Words that are set alike."""

    text: str = field(repr=False)
    unsure: bool = False  # the recogniser was not sure; only in drafts
    aside: bool = False  # not of the note: "said otherwise ..."; only in drafts


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, a point, a line behind its label, or a row of a table: one cell for each column."""

    cells: tuple[tuple[Words, ...], ...]
    label: str = ""
    depth: int = 0

    @property
    def words(self) -> tuple[Words, ...]:
        """All of it, from left to right."""
        return tuple(words for cell in self.cells for words in cell)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with what stands under it, as `view.Block`, in words."""

    heading: str
    level: int
    form: Form
    lines: tuple[Line, ...]
    columns: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True)
class Paper:
    """A note with its letterhead, fields, signatures and addenda."""

    note: Note
    transcript: Transcript
    layout: NoteView | None = None

    @cached_property
    def _document(self) -> Document:
        return Document(self.note, self.transcript, self.layout)

    @property
    def view(self) -> NoteView:
        """What is shown and in which order."""
        return self._document.view

    @property
    def letter(self) -> Letter:
        """What stands around the note."""
        return self.view.letter

    @property
    def title(self) -> str:
        """What kind of note it is: "SOAP note"."""
        return line(self.view.title)

    @cached_property
    def changed(self) -> bool:
        """Whether a signature does not fit the words above it."""
        return not signatures_fit(self.note)

    @property
    def draft(self) -> bool:
        """Whether it must not be taken for a record: it is not signed, or not what was signed."""
        return self.note.status is NoteStatus.PRELIMINARY or not self.note.signatures or self.changed

    @property
    def banner(self) -> str:
        """Why it is no record, in one line; empty where it is one."""
        if self.changed:
            return CHANGED
        if not self.draft:
            return ""
        return STATUS_BANNERS[NoteStatus.PRELIMINARY] if self.note.status is NoteStatus.PRELIMINARY else UNSIGNED

    @property
    def watermark(self) -> str:
        """What stands across each page; empty on a signed note."""
        return "NOT AS SIGNED" if self.changed else "DRAFT" if self.draft else ""

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """Whom it is about, as far as given."""
        about = self.letter.about
        found = (
            ("Patient", line(about.patient)),
            ("Date of birth", day(about.born)),
            ("Record number", line(about.record_number)),
            ("Clinician", line(about.clinician)),
        )
        return tuple((name, value) for name, value in found if value)

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Whom and which day it is about, as far as given, and how far it is."""
        date_of_service = day(self.note.encounter.date_of_service or "")
        found = (*self.about, ("Date of service", date_of_service), ("Status", self.status))
        return tuple((name, value) for name, value in found if value)

    @property
    def status(self) -> str:
        """`Draft, revision 1`."""
        return f"{'Draft' if self.draft else self.note.status.capitalize()}, revision {self.note.revision}"

    @property
    def running(self) -> str:
        """What each further page repeats, so that no sheet goes astray: patient, record number, title, day."""
        about, encounter = self.letter.about, self.note.encounter
        record = f"record number {about.record_number}" if about.record_number else ""
        parts = (about.patient, record, self.title, day(encounter.date_of_service or ""))
        return " \u00b7 ".join(line(part) for part in parts if part)

    @property
    def foot(self) -> str:
        """What each page ends with, beside its number."""
        return f"{self.status} \u00b7 note {line(self.note.id)}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader of a draft has to know; none on a signed note."""
        if not self.draft:
            return ()
        count = len(Checklist(self.note, self.transcript).checks)
        found = []
        if any(statement.doubtful for statement in self.note.statements):
            found.append("A question mark set small or in brackets follows words that the recogniser was not sure of.")
        if count:
            found.append(f"{count} {'thing' if count == 1 else 'things'} to check first: the review page lists them.")
        return tuple(found)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The note, as its template lays it out."""
        return tuple(self._part(block) for block in self.view.blocks)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the note is shown."""
        return self.view.is_empty

    @property
    def left_out(self) -> str:
        """What the template does not show, in one line; empty where it shows everything."""
        return line(self._document.left_out)

    def _part(self, block: Block) -> Part:
        rows = tuple(self._line(row, table=block.form is Form.TABLE) for row in block.rows)
        columns = tuple(map(line, block.columns))
        return Part(line(block.heading), block.level, block.form, rows, columns, line(block.empty))

    def _line(self, row: Row, *, table: bool) -> Line:
        cells = [self._cell(cell, table=table) for cell in row.cells]
        if table and cells and cells[0]:
            first, *rest = cells[0]
            cells[0] = (Words(opened(first.text), first.unsure), *rest)
        return Line(tuple(cells), line(row.label), row.depth)

    def _cell(self, cell: Sequence[Excerpt], *, table: bool) -> tuple[Words, ...]:
        """The excerpts behind each other; in a table, pieces that end no sentence are kept apart."""
        found: list[Words] = []
        for shown in cell:
            statement = self._document.statement(shown.statement_id)
            if found:
                found.append(Words("; " if table and not found[-1].text.endswith(SENTENCE_ENDS) else " "))
            found += self._said(shown, statement)
            found += [Words(f" [{line(words)}]", aside=True) for words in self._otherwise(statement)]
        return tuple(found)

    def _said(self, shown: Excerpt, statement: Statement) -> list[Words]:
        pieces = [(clean(text), unsure) for text, unsure, _ in marked_pieces(statement, within=shown.span)]
        pieces = [(text.replace("\n", " "), unsure) for text, unsure in pieces]
        if pieces:
            pieces[0] = (pieces[0][0].lstrip(), pieces[0][1])
            pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
        if not self.draft:
            return [Words("".join(text for text, _ in pieces))]
        return [Words(text, unsure) for text, unsure in pieces if text]

    def _otherwise(self, statement: Statement) -> tuple[str, ...]:
        return self._document.otherwise(statement) if self.draft else ()

    @property
    def codes(self) -> tuple[tuple[str, str, str], ...]:
        """Codes that a person accepted: system, code, meaning. What is only proposed is never printed."""
        accepted = [item.coding for item in self.note.suggestions if item.status is SuggestionStatus.ACCEPTED]
        return tuple(
            (SYSTEMS.get(coding.system, coding.system), line(coding.code), line(coding.display)) for coding in accepted
        )

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """Who stands for the words above; none where they were changed since."""
        return () if self.changed else self.note.signatures


def signatures_fit(note: Note) -> bool:
    """Whether every signature, also of the addenda, was given for the words it stands under."""
    content = serial.content_sha256(note)
    texts = [addendum.text for addendum in note.addenda]
    return all(signature.sha256 == content for signature in note.signatures) and all(
        addendum.signature.sha256 == serial.content_sha256(note, texts[: at + 1])
        for at, addendum in enumerate(note.addenda)
    )


def signed_by(signature: Signature) -> str:
    """`Signed by Ada Okonkwo, MD, on March 2, 2026, 10:00 UTC`."""
    return f"Signed by {line(signature.author)} on {moment(signature.at)}"
