"""A note as Markdown (CommonMark, with one table)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scribe.export.checks import Check, Checklist, heard
from scribe.export.layout import (
    CLAIMS,
    Document,
    excerpt,
    interval_clock,
    joined_cell,
    marked_pieces,
    opened,
    provenance_lines,
    writer_lines,
)
from scribe.export.paper import Paper, clean, moment, signed_by
from scribe.types import Evidence, Note, Query, Quote, Span, Statement, Transcript
from scribe.view import Block, Excerpt, Form, NoteView, Row

UNSURE = "[?]"
REPLACED = "[R]"
SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
LIST_OPENER = re.compile(r"^(\d+)([.)])|^([-+=])")


class Markdown:
    """What to check first, the note, the codes with their evidence, and open questions."""

    suffix = ".md"
    media_type = "text/markdown"

    def export(self, note: Note, transcript: Transcript, view: NoteView | None = None) -> bytes:
        """The document as UTF-8."""
        document, checklist = Document(note, transcript, view), Checklist(note, transcript)
        paper = Paper(note, transcript, view)
        blocks = (
            _head(document, paper),
            _checks(checklist),
            _sections(document, checklist),
            _taken_back(document),
            _signatures(paper),
            _codes(document),
            _visit(document),
            _queries(document),
            _foot(document),
        )
        lines = [line for block in blocks for line in block]
        return ("\n".join(lines).rstrip() + "\n").encode()


def escaped(text: str) -> str:
    """`text` with nothing in it that Markdown would take for a mark inside a line; any white space is one space."""
    return SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))


def _head(document: Document, paper: Paper) -> Iterator[str]:
    yield from (f"# {escaped(document.view.title)}", "", f"> **{paper.banner or document.banner}**", "")
    yield from (f"- {name}: {escaped(value)}" for name, value in (*paper.about, *document.facts))
    if document.doubtful_words:
        yield f"- {UNSURE} follows words that the recogniser was not sure of"
    if document.transcript.repairs:
        yield f"- {REPLACED} follows words that were replaced by a term of the vocabulary"
    yield ""


def _checks(checklist: Checklist) -> Iterator[str]:
    if not checklist.checks:
        return
    yield from ("## Check first", "", "The most dangerous first. What is not listed can be wrong, too.", "")
    yield from (f"{check.number}. {_check(check)}" for check in checklist.checks)
    yield ""


def _check(check: Check) -> str:
    times = ", ".join(interval_clock(place.flag.interval) for place in check.places)
    read = f" {escaped(' or '.join(check.readings))}{'?' if len(check.readings) > 1 else ''}" if check.readings else ""
    return f"**{check.title}**{read}: {escaped(check.reason)} ({times})"


def _sections(document: Document, checklist: Checklist) -> Iterator[str]:
    if document.view.is_empty:
        yield from ("Nothing was heard that belongs in a note.", "")
    for block in document.view.blocks:
        if block.heading:
            yield from (f"{'#' * (block.level + 1)} {escaped(block.heading)}", "")
        if block.empty:
            yield from (f"*{escaped(block.empty)}*", "")
        if block.rows:
            yield from _rows(block, document, checklist)
            yield ""
    if document.left_out:
        yield from (f"*{escaped(document.left_out)}*", "")


def _taken_back(document: Document) -> Iterator[str]:
    if document.note.taken_back:
        yield from ("## Taken back by the speaker", "")
        for item in document.note.taken_back:
            yield f"- {escaped(item.text)}" + (f" ({interval_clock(item.seconds)})" if item.seconds else "")
        yield ""


def _rows(block: Block, document: Document, checklist: Checklist) -> Iterator[str]:
    """A block's rows in its form. In a list, "1. " or "- " at the start of words would open another list within."""
    said = [_said(row, document, checklist) for row in block.rows]
    if block.form is Form.PROSE:
        yield from (_closed(text) for text in said)
    elif block.form is Form.BULLETS:
        yield from (f"- {_closed(text)}" for text in said)
    elif block.form is Form.LINES:
        yield from (f"- **{escaped(row.label)}:** {text}" for row, text in zip(block.rows, said, strict=True))
    elif block.form is Form.TABLE:
        yield from _table(block, document, checklist)
    else:
        number = 0
        for row, text in zip(block.rows, said, strict=True):
            number += row.depth == 0
            if row.depth == 0:
                yield from ([""] if row is not block.rows[0] else []) + [f"{number}. {_closed(text)}"]
            else:
                yield f"{'   ' if number else ''}- {_closed(text)}"


def _closed(text: str) -> str:
    return LIST_OPENER.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", text)


def _said(row: Row, document: Document, checklist: Checklist) -> str:
    """The statements of a row, each with its source."""
    made = []
    for shown in row.excerpts:
        statement = document.statement(shown.statement_id)
        words = _words(shown, document, checklist)
        made.append(f"{words}{_source(document, statement)}{_aside(document, checklist, statement)}")
    return " ".join(made)


def _table(block: Block, document: Document, checklist: Checklist) -> Iterator[str]:
    sources = [_sources(row, document, checklist) for row in block.rows]
    columns = [*block.columns, *(["Heard"] if any(sources) else [])]
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for row, source in zip(block.rows, sources, strict=True):
        first, *others = (joined_cell([_words(shown, document, checklist) for shown in cell]) for cell in row.cells)
        yield f"| {' | '.join([opened(first), *others, *([source] if any(sources) else [])])} |"


def _sources(row: Row, document: Document, checklist: Checklist) -> str:
    """Where the statements of a table's row were heard, and what to check of them."""
    statements = [document.statement(name) for name in row.statement_ids]
    clocks = ", ".join(filter(None, (_source(document, item).strip(" ()") for item in statements)))
    return f"{clocks}{''.join(_aside(document, checklist, item) for item in statements)}".strip()


def _words(shown: Excerpt, document: Document, checklist: Checklist) -> str:
    statement = document.statement(shown.statement_id)
    marked = marked_pieces(statement, checklist.repaired_spans(statement), shown.span)
    marks = [REPLACED if replaced else UNSURE if unsure else "" for _, unsure, replaced in marked]
    return "".join(escaped(text) + mark for (text, _, _), mark in zip(marked, marks, strict=True)).strip()


def _aside(document: Document, checklist: Checklist, statement: Statement) -> str:
    notes = [escaped(heard(repair)) for repair in checklist.repairs_of(statement)]
    notes += [f"check {check.number}: {check.title.lower()}" for check in checklist.checks_of(statement)]
    notes += [escaped(otherwise) for otherwise in document.otherwise(statement)]
    return f" *[{'; '.join(notes)}]*" if notes else ""


def _source(document: Document, statement: Statement) -> str:
    if not statement.heard:
        return f" (typed by {escaped(statement.author or 'a person')})"
    clocks = [place.clock for place in document.places(statement) if place.clock]
    return f" ({', '.join(clocks)})" if clocks else ""


def _signatures(paper: Paper) -> Iterator[str]:
    for signature in paper.signatures:
        yield from (f"**{escaped(signed_by(signature))}.** {escaped(signature.attestation)}", "")
        yield from (f"SHA-256 {escaped(signature.sha256)}", "")
    for addendum in paper.note.addenda:
        yield from (f"## Addendum, {escaped(moment(addendum.signature.at))}", "")
        yield from (f"{_closed(escaped(text))}\n" for text in clean(addendum.text).splitlines())
        yield from (f"{escaped(signed_by(addendum.signature))}.", "")


def _codes(document: Document) -> Iterator[str]:
    if not document.note.suggestions:
        return
    yield from ("## Candidate codes", "", "Proposed by machine, each with the words it rests on; a person decides.")
    yield from ("", "| Code | Meaning | Decision | Evidence |", "|---|---|---|---|")
    for suggestion in document.note.suggestions:
        coding = suggestion.coding
        reasons = "<br>".join(_evidence(document, evidence) for evidence in suggestion.evidence)
        name = f"{escaped(coding.code)} ({escaped(coding.system)} {escaped(coding.version)})"
        yield f"| {name} | {escaped(coding.display)} | {suggestion.status} | {reasons} |"
    yield ""


def _evidence(document: Document, evidence: Evidence) -> str:
    statement = document.statement_of(evidence)
    before, words, after = excerpt(statement.text, evidence.span)
    quote = f"{escaped(before)}**{escaped(words)}**{escaped(after)}".strip()
    claim = f"{CLAIMS[evidence.assertion]}; score {evidence.score:.2f}. {escaped(evidence.reason or evidence.rule)}"
    return f"“{quote}”{_source(document, statement)}: {claim}"


def _queries(document: Document) -> Iterator[str]:
    if not document.note.queries:
        return
    yield from ("## Questions to the clinician", "")
    for query in document.note.queries:
        options = f" ({' / '.join(escaped(option) for option in query.options)})" if query.options else ""
        yield f"- {escaped(query.question)}{options}: {_quotes(document, query)}{_answer(query)}"
    yield ""


def _quotes(document: Document, query: Query) -> str:
    """The words that give cause to ask, each with its time; the whole statement asked about where none are named."""
    whole = document.note.statement(query.statement_id)
    quotes = query.indicators or (Quote(whole.id, Span(0, len(whole.text))),)
    return "; ".join(f"“{''.join(map(escaped, document.quoted(quote)))}”{_of(document, quote)}" for quote in quotes)


def _answer(query: Query) -> str:
    answer = query.answer
    return f". **Answered:** {escaped(answer.text)} ({escaped(answer.author)}, {answer.at[:10]})" if answer else ""


def _visit(document: Document) -> Iterator[str]:
    sheet = document.note.worksheet
    if sheet is None:
        return
    yield from (f"## {escaped(sheet.service.capitalize())}", "", "| Column | Element | Words |", "|---|---|---|")
    for column, level, elements in document.visit:
        if not elements:
            yield f"| {column}: {level} | nothing in this note | |"
        for item in elements:
            before, words, after = document.quoted(item.quotes[0])
            note = f" ({escaped(item.note)})" if item.note else ""
            said = f"“{escaped(before)}**{escaped(words)}**{escaped(after)}”{_of(document, item.quotes[0])}"
            yield f"| {column}: {level} | {escaped(item.title)}: {escaped(item.what)}{note} | {said} |"
    yield from ("", *(f"- {escaped(remark)}" for remark in document.visit_remarks), "")


def _of(document: Document, quote: Quote) -> str:
    return _source(document, document.note.statement(quote.statement_id))


def _foot(document: Document) -> Iterator[str]:
    made_by = provenance_lines(document.note.provenance or document.transcript.provenance)
    if lines := made_by + writer_lines(document.note):
        yield from ("---", "", "; ".join(f"{name}: {escaped(value)}" for name, value in lines))
