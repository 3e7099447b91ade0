"""The small pieces of FHIR R4 resources: clean strings, narrative, codings, references.

Source: HL7 FHIR R4 (4.0.1), "Data types" and "Narrative". A string has at least one character that is no white space,
and none below U+0020 but tab and the ends of lines; a narrative is XHTML in which everything of ours is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from scribe.export.paper import Line, Part, clean, line

Tree = dict[str, Any]

LOINC = "http://loinc.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
XHTML = "http://www.w3.org/1999/xhtml"


def filled(**elements: Any) -> Tree:
    """A resource or element without what is empty: FHIR knows no empty string, list or object."""
    return {name.rstrip("_"): value for name, value in elements.items() if value not in ("", None, [], {}, ())}


def string(text: str) -> str:
    """`text` as a FHIR string on one line."""
    return line(text)


def concept(system: str, code: str, display: str = "", *, version: str = "") -> Tree:
    """A CodeableConcept of one code."""
    return {"coding": [coding(system, code, display, version=version)]}


def coding(system: str, code: str, display: str = "", *, version: str = "") -> Tree:
    """A Coding."""
    return filled(system=system, version=string(version), code=string(code), display=string(display))


def uuid(*parts: object) -> str:
    """A UUID (RFC 9562, version 5) that is always the same for the same parts."""
    return str(uuid5(NAMESPACE_URL, "urn:scribe:" + "|".join(map(str, parts)).encode("utf-8", "replace").decode()))


def reference(identity: str, display: str = "") -> Tree:
    """A reference to an entry of the same Bundle."""
    return filled(reference=f"urn:uuid:{identity}", display=string(display))


def iso_day(text: str | None) -> str:
    """`text` where it is a calendar date, else nothing: a date that cannot be read is left out."""
    try:
        return date.fromisoformat(text or "").isoformat()
    except ValueError:
        return ""


def instant(text: str, otherwise: datetime) -> str:
    """`text` as a FHIR instant, `otherwise` where it is no time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = otherwise
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.isoformat(timespec="seconds")


# --- narrative
def narrative(body: str, status: str = "generated") -> Tree:
    """A Narrative of XHTML that is already escaped; it has to hold some text."""
    return {"status": status, "div": f'<div xmlns="{XHTML}">{body}</div>'}


def paragraphs(texts: Iterable[str]) -> str:
    """A paragraph for each text."""
    return "".join(f"<p>{escaped(text)}</p>" for text in texts if line(text))


def fields(pairs: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    """A paragraph of names and values."""
    found = pairs.items() if isinstance(pairs, Mapping) else pairs
    return paragraphs(["; ".join(f"{name}: {line(value)}" for name, value in found if line(value))])


def escaped(text: str) -> str:
    """`text` as XHTML shows it."""
    return escape(clean(text), {'"': "&quot;"})


def rows(part: Part) -> str:
    """The lines of a part of the note: a table, numbered problems, or points; nothing where no word is to be seen."""
    if not any(line(words.text) for item in part.lines for words in item.words):
        return f"<p><i>{escaped(part.empty)}</i></p>" if line(part.empty) else ""
    said = [_said(item) for item in part.lines]
    if part.form == "table":
        return _table(part)
    if part.form == "prose":
        return "".join(f"<p>{text}</p>" for text in said)
    if part.form == "lines":
        labelled = zip(part.lines, said, strict=True)
        return "".join(f"<p><b>{escaped(item.label)}:</b> {text}</p>" for item, text in labelled)
    if part.form == "problems":
        return _problems(part.lines, said)
    return f"<ul>{''.join(f'<li>{text}</li>' for text in said)}</ul>"


def _said(item: Line) -> str:
    return "".join(escaped(words.text) + ("<sup>?</sup>" if words.unsure else "") for words in item.words)


def _table(part: Part) -> str:
    head = "".join(f"<th>{escaped(column)}</th>" for column in part.columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{_said(Line((cell,)))}</td>' for cell in item.cells)}</tr>" for item in part.lines
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _problems(lines: Sequence[Line], said: Sequence[str]) -> str:
    made, number = "", 0
    for item, text in zip(lines, said, strict=True):
        number += item.depth == 0
        made += f"<p>- {text}</p>" if item.depth else f"<p><b>{number}. {text}</b></p>"
    return made
