"""The official ICD-10-CM files as rows: the tabular list (XML), the order file and the code list (text).

CDC/NCHS publish the tabular list as `icd10cm-tabular-YYYY.xml`; CMS publish `icd10cm-order-YYYY.txt` (fixed columns:
1-5 order number, 7-13 code, 15 "1" for a billable code, 17-76 short and 78 on long name) and `icd10cm-codes-YYYY.txt`
(billable code, blanks, name). The lists say which 7th characters a code has, and end in codes without a dot.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator, Mapping

from scribe.coding.tabular import Row
from scribe.errors import InputError

ORDER_LINE = re.compile(r"^\d{5} ([A-Z]\d[0-9A-Z]{1,5}) *([01]) (.{60}) (.*\S)\s*$")
CODE_LINE = re.compile(r"^([A-Z]\d[0-9A-Z]{1,5}) +(\S.*)$")
FULL_LENGTH = 7  # characters of a code that has a 7th
PLACEHOLDER = "X"
UNUSED = re.compile(r"S06..[78][DS]")  # nobody returns after death: a note at S06 says so in words only
NOTES = {
    "includes": "includes",
    "inclusionTerm": "inclusion term",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code first",
    "useAdditionalCode": "use additional code",
    "codeAlso": "code also",
    "notes": "note",
    "sevenChrNote": "7th character",
}


def root(content: bytes, expected: str, file: str) -> ET.Element:
    """The document of an official XML file. Raises InputError where it is cut short, unsafe or another document."""
    if b"<!ENTITY" in content:
        raise InputError(f"{file} defines entities, which no official file does: fetch it again from CDC or CMS")
    try:
        found = ET.fromstring(content)  # noqa: S314 - without entities there is nothing to expand
    except ET.ParseError as error:
        raise InputError(f"{file} is cut short or damaged (line {error.position[0]}): fetch it again") from error
    if found.tag != expected:
        raise InputError(f"{file} is not the file it looks like: it holds <{found.tag}>, expected <{expected}>")
    return found


def version(document: ET.Element) -> str:
    """The year an official XML file says it is of, "2026"; empty where it says none."""
    return (document.findtext("version") or "").strip()


def rows(document: ET.Element, listed: Collection[str] | None, file: str) -> Iterator[Row]:
    """The rows of a tabular list, chapters and blocks included, in the order of the book.

    `listed` holds the codes that exist, without dots; None takes every 7th character that the notes offer.
    Raises InputError where the list names a code twice.
    """
    seen: set[str] = set()
    for chapter in document.iter("chapter"):
        for row in _rows(chapter, "", {}, listed):
            if row.code in seen:
                if row.parent and "-" not in row.code and row.code == row.parent:
                    continue  # a block of one category shares its name
                raise InputError(f"{file} lists the code {row.code} twice: fetch it again from CDC or CMS")
            seen.add(row.code)
            yield row
    if not seen:
        raise InputError(f"{file} has no chapters: it is not a tabular list")


def _rows(
    element: ET.Element, parent: str, sevenths: Mapping[str, str], listed: Collection[str] | None
) -> Iterator[Row]:
    code = element.get("id") or (element.findtext("name") or "").strip()
    own = {item.get("char", ""): (item.text or "").strip() for item in element.iterfind("sevenChrDef/extension")}
    sevenths = own or sevenths
    row = Row(code=code, name=(element.findtext("desc") or "").strip(), parent=parent, notes=tuple(_notes(element)))
    below = [child for child in element if child.tag in ("section", "diag")]
    alone = element.tag == "section" and any(child.findtext("name") == code for child in below)
    if not alone:
        yield row
    for child in below:
        yield from _rows(child, parent if alone else code, sevenths, listed)
    if element.tag == "diag" and not below:
        yield from _extended(row, sevenths, listed)


def _extended(row: Row, sevenths: Mapping[str, str], listed: Collection[str] | None) -> Iterator[Row]:
    """The codes that a 7th character makes of a code, with X in the places between."""
    stem = row.code.replace(".", "").ljust(FULL_LENGTH - 1, PLACEHOLDER)
    for character, meaning in sevenths.items():
        exists = stem + character in listed if listed is not None else not UNUSED.fullmatch(stem + character)
        if exists:
            yield Row(code=dotted(stem + character), name=f"{row.name}, {meaning}", parent=row.code)


def _notes(element: ET.Element) -> Iterator[tuple[str, str]]:
    for tag, kind in NOTES.items():
        for note in element.iterfind(f"{tag}/note"):
            if note.text and note.text.strip():
                yield kind, note.text.strip()


def dotted(code: str) -> str:
    """A code with its dot after the third character."""
    code = code.replace(".", "")
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def listed_rows(text: str, file: str) -> list[Row]:
    """The rows of an order file or code list; what stands under what follows from the codes themselves.

    Raises InputError where a line is of neither file, or a code stands there twice.
    """
    names: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = ORDER_LINE.match(line)
        code, name = (found[1], found[4]) if found else _code_and_name(line, number, file)
        if code in names:
            raise InputError(f"{file} lists the code {code} twice, in line {number}: fetch it again from CDC or CMS")
        names[code] = name
    return [Row(code=dotted(code), name=name, parent=_parent(code, names)) for code, name in names.items()]


def _code_and_name(line: str, number: int, file: str) -> tuple[str, str]:
    found = CODE_LINE.match(line)
    if not found:
        raise InputError(f"{file} is no ICD-10-CM order file or code list: line {number} has no code and name")
    return found[1], found[2].strip()


def _parent(code: str, names: Mapping[str, str]) -> str:
    """The nearest listed code above, over placeholders; empty for a category."""
    for length in range(len(code) - 1, 2, -1):
        if code[:length] in names:
            return dotted(code[:length])
    return ""
