"""A note as Markdown (CommonMark, with one table)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scribe.export.layout import CLAIMS, Document, doubtful_pieces, excerpt, interval_clock, provenance_lines
from scribe.types import Evidence, Note, Statement, Transcript

UNSURE = "[?]"
SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
LIST_OPENER = re.compile(r"^(\d+)([.)])|^([-+=])")


class Markdown:
    """The note, the codes with their evidence, open questions and what to listen to again."""

    suffix = ".md"
    media_type = "text/markdown"

    def export(self, note: Note, transcript: Transcript) -> bytes:
        """The document as UTF-8."""
        document = Document(note, transcript)
        blocks = (
            _head(document),
            _sections(document),
            _codes(document),
            _queries(document),
            _flags(document),
            _foot(document),
        )
        lines = [line for block in blocks for line in block]
        return ("\n".join(lines).rstrip() + "\n").encode()


def escaped(text: str) -> str:
    """`text` with nothing in it that Markdown would take for a mark inside a line; any white space is one space."""
    return SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))


def _head(document: Document) -> Iterator[str]:
    yield from ("# Clinical note", "", f"> **{document.banner}**", "")
    yield from (f"- {name}: {escaped(value)}" for name, value in document.facts)
    if document.doubtful_words:
        yield f"- {UNSURE} follows words that the recogniser was not sure of"
    yield ""


def _sections(document: Document) -> Iterator[str]:
    if not document.groups:
        yield from ("Nothing was heard that belongs in a note.", "")
    for title, sections in document.groups:
        yield from (f"## {title}", "")
        for section in sections:
            if section.title != title:
                yield from (f"### {escaped(section.title)}", "")
            yield from (_statement(document, statement) for statement in section.statements)
            yield ""


def _statement(document: Document, statement: Statement) -> str:
    marked = doubtful_pieces(statement)
    words = "".join(escaped(text) + (UNSURE if unsure else "") for text, unsure in marked).strip()
    # "1. " or "- " at the start of a statement would open a list within the list
    line = LIST_OPENER.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", words)
    return f"- {line}{_source(document, statement)}"


def _source(document: Document, statement: Statement) -> str:
    if not statement.heard:
        return f" (typed by {escaped(statement.author or 'a person')})"
    clocks = [place.clock for place in document.places(statement) if place.clock]
    return f" ({', '.join(clocks)})" if clocks else ""


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
        statement = document.note.statement(query.statement_id)
        options = f" ({' / '.join(escaped(option) for option in query.options)})" if query.options else ""
        yield f"- {escaped(query.question)}{options}: “{escaped(statement.text)}”{_source(document, statement)}"
    yield ""


def _flags(document: Document) -> Iterator[str]:
    if not document.transcript.flags:
        return
    yield from ("## Listen again", "")
    for flag in document.transcript.flags:
        yield f"- {interval_clock(flag.interval)}: {escaped(flag.reason)} ({flag.kind})"
    yield ""


def _foot(document: Document) -> Iterator[str]:
    lines = provenance_lines(document.note.provenance or document.transcript.provenance)
    if lines:
        yield from ("---", "", "; ".join(f"{name}: {escaped(value)}" for name, value in lines))
