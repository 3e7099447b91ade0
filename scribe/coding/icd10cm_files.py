"""Which of the official ICD-10-CM files a file is, by what it holds; and the contents of an index made from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase

from scribe.coding import alphabetic, index, index_terms, lexicon, names, tabular, tabular_xml
from scribe.coding.releases import fiscal, fiscal_of
from scribe.coding.store import File
from scribe.errors import InputError

TABULAR, LISTED = "tabular", "list"
CODES = "codes"  # nothing but codes, one a line: how the package says which 7th characters exist
SUPPLEMENTS = ("index", "neoplasm", "drug", "external")
TABULAR_ROOT, INDEX_ROOT = "ICD10CM.tabular", "ICD10CM.index"
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
APRIL = re.compile(r"april", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One official file: its kind (TABULAR, LISTED, CODES or one of SUPPLEMENTS), its name, and what it holds."""

    kind: str
    name: str
    content: bytes = field(repr=False)


def recognised(name: str, content: bytes, release: str) -> File:
    """The file as it is to be imported; `release` is what the user says it is of, empty: what it says itself.

    Raises InputError where it is none of the official files, cut short, or says of no release that it is of it.
    """
    head = content[:4096].lstrip(b"\xef\xbb\xbf \r\n")
    if head.startswith((b"PK", b"%PDF")):
        raise InputError(f"{name} is {'an archive' if head[:2] == b'PK' else 'a PDF'}: name the XML, text or CSV files")
    if head.startswith(b"<"):
        expected = TABULAR_ROOT if TABULAR_ROOT.encode() in head else INDEX_ROOT
        document = tabular_xml.root(content, expected, name)
        kind = TABULAR if expected == TABULAR_ROOT else alphabetic.kind_of(document)
        said = tabular_xml.version(document)
        year = int(said) if YEAR.fullmatch(said) else None
    else:
        first = text_of(content, name).partition("\n")[0]
        kind = _kind_of_csv(first) if "," in first and "Term" in first else LISTED
        year = int(found[1]) if kind == LISTED and (found := YEAR.search(name)) else None
    return File(_release(name, kind, year, release), kind, name, content)


def _kind_of_csv(heading: str) -> str:
    return "neoplasm" if "MalignantPrimary" in heading else "index"


def _release(name: str, kind: str, year: int | None, given: str) -> str:
    """The name of the release a file is of."""
    said = fiscal_of(given)[0] if given else ""
    if year is None:
        if not said and kind in (TABULAR, LISTED):
            raise InputError(f"{name} does not say of which release it is: add --release, for example 2027")
        return said
    own = fiscal(year, 4 if APRIL.search(name) else 10)[0]
    if said and fiscal_of(said)[2] != fiscal_of(own)[2]:
        raise InputError(f"{name} is of fiscal year {year}, and --release says {given}: leave it out, or name {year}")
    return said or own


def text_of(content: bytes, name: str) -> str:
    """The text of a file in UTF-8 or Windows' Latin-1, which both occur. Raises InputError where it is not text."""
    if b"\0" in content:
        raise InputError(f"{name} is not a text file: name the XML, text or CSV files of the release")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def contents(parts: Mapping[str, Part]) -> index.Contents:
    """What the index of a release holds, from its official files and our lexicon.

    Raises InputError where a file is damaged, or the tabular list and the code list are of different releases.
    """
    rows = tabular.tree(_rows(parts))
    own = lexicon.load()
    known = {code for code, row in rows.items() if row.billable}
    terms = [*own.terms(), *tabular.terms(rows)]
    named = list(names.of_rows(rows, own))
    for kind in SUPPLEMENTS:
        if kind in parts:
            found = entries(parts[kind])
            terms += index_terms.terms(found, rows, kind)
            named += names.of_index(found, rows, kind)
    sides = (*own.sides(), *tabular.sides(rows))
    return index.Contents(
        entries=tabular.entries(rows),
        terms=[term for term in terms if term.code in known],
        sides=[side for side in sides if side.code in known and side.target in known],
        names=named,
    )


def entries(part: Part) -> list[alphabetic.Indexed]:
    """The entries of the Alphabetic Index or one of its tables. Raises InputError where the file is cut short."""
    if part.content.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
        return alphabetic.from_xml(tabular_xml.root(part.content, INDEX_ROOT, part.name), part.kind)
    found = alphabetic.from_csv(text_of(part.content, part.name), part.name)
    last = max((entry.path[0][:1].upper() for entry in found if entry.path[0][:1].isascii()), default="")
    if part.kind == "index" and last != ascii_uppercase[-1]:
        raise InputError(f"{part.name} is cut short: its last main term begins with {last or 'nothing'}, not with Z")
    return found


def _rows(parts: Mapping[str, Part]) -> Iterable[tabular.Row]:
    listed = _listed(parts.get(LISTED))
    book = parts.get(TABULAR)
    if book is None:
        return listed
    document = tabular_xml.root(book.content, TABULAR_ROOT, book.name)
    codes = {row.code.replace(".", "") for row in listed}
    bare = set(parts[CODES].content.decode().replace(".", "").split()) if CODES in parts else None
    rows = list(tabular_xml.rows(document, codes or bare, book.name))
    missing = codes - {row.code.replace(".", "") for row in rows}
    if missing:
        example = tabular_xml.dotted(min(missing))
        raise InputError(
            f"{parts[LISTED].name} has {len(missing)} codes that {book.name} has not, {example} among them: "
            "the two are of different releases"
        )
    return rows


def _listed(part: Part | None) -> list[tabular.Row]:
    if part is None:
        return []
    rows = tabular_xml.listed_rows(text_of(part.content, part.name), part.name)
    letters = {row.code[0] for row in rows}
    if absent := [letter for letter in ascii_uppercase if letter not in letters]:
        raise InputError(f"{part.name} is cut short or no whole list: it has no codes that begin with {absent[0]}")
    return rows
