"""The Alphabetic Index and its tables of neoplasms, drugs and external causes: from the official files to terms.

CDC/NCHS publish them as XML (`icd10cm-index-YYYY.xml`, `-neoplasm-`, `-drug-`, `-eindex-`); the Index also goes about
as CSV. A term is a path of titles, "Pain" > "joint" > "knee"; modifiers in (brackets) do not change its code.
"""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scribe.errors import InputError

TERM = re.compile(r"(?:main)?term", re.IGNORECASE)
BRACKETS = re.compile(r"\(([^()]*)\)")
CODE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{0,4})?-?")
CSV_COLUMNS = {"Level", "Term", "See", "SeeAlso", "NonEssModif", "Code"}
NEOPLASM_COLUMNS = {
    "MalignantPrimary": "malignant primary",
    "MalignantSecondary": "malignant secondary",
    "CaInSitu": "in situ",
    "Benign": "benign",
    "UncertainBehavior": "uncertain behavior",
    "UnspecifiedBehavior": "unspecified behavior",
}
COLUMNS = {  # what the columns of the official tables of neoplasms and drugs are about, by their number
    "neoplasm": dict(zip("234567", NEOPLASM_COLUMNS.values(), strict=True)),
    "drug": {
        "2": "accidental poisoning",
        "3": "intentional poisoning",
        "4": "poisoning by assault",
        "5": "undetermined poisoning",
        "6": "adverse effect",
        "7": "underdosing",
    },
}


@dataclass(frozen=True, slots=True)
class Indexed:
    """One coded entry, or one that sends the reader to another."""

    path: tuple[str, ...]  # titles from the main term down, without modifiers
    modifiers: tuple[str, ...] = ()  # nonessential ones of its last title: "accelerated", "benign"
    code: str = ""  # as printed, without the dash of a code that needs more characters
    see: str = ""  # where the reader is sent: "Pain, joint, knee"
    column: str = ""  # of a table: "benign", "adverse effect"


def from_csv(text: str, file: str) -> list[Indexed]:
    """The entries of the Alphabetic Index, or of the table of neoplasms, as CSV.

    Raises InputError where columns are missing, or a row has fewer than the first.
    """
    reader = csv.DictReader(io.StringIO(text), strict=True)
    columns = set(reader.fieldnames or ())
    index = columns >= CSV_COLUMNS
    if not index and not columns >= NEOPLASM_COLUMNS.keys() | {"Level", "Term"}:
        raise InputError(f"{file} has not the columns of the Alphabetic Index: {', '.join(sorted(CSV_COLUMNS))}")
    path: list[str] = []
    found: list[Indexed] = []
    try:
        for number, row in enumerate(reader, 2):
            if None in row.values() or not row["Level"].isdigit() or int(row["Level"]) > len(path):
                raise InputError(f"{file} is cut short or damaged in row {number}: fetch it again")
            path = [*path[: int(row["Level"])], row["Term"].strip()]
            modifiers = tuple(BRACKETS.findall(row["NonEssModif"]))
            if index:
                found.append(Indexed(tuple(path), modifiers, _code(row["Code"]), row["See"].strip()))
            else:
                found += _cells(path, modifiers, {name: row[key] for key, name in NEOPLASM_COLUMNS.items()})
    except csv.Error as error:
        raise InputError(f"{file} is cut short or damaged ({error}): fetch it again") from error
    return found


def from_xml(document: ET.Element, kind: str) -> list[Indexed]:
    """The entries of an official XML file; `kind` is index, neoplasm, drug or external."""
    return [entry for main in document.iter("mainTerm") for entry in _terms(main, (), kind)]


def kind_of(document: ET.Element) -> str:
    """Which of the four files this is, by its headings."""
    heads = " ".join(head.text or "" for head in document.iterfind("indexHeading/head")).lower()
    if heads:
        return "drug" if "poisoning" in heads else "neoplasm"
    return "external" if "EXTERNAL CAUSE" in (document.findtext("title") or "").upper() else "index"


def _terms(term: ET.Element, above: tuple[str, ...], kind: str) -> Iterator[Indexed]:
    title = term.find("title")
    if title is None:
        return
    inside = [(part.text or "") for part in title.iter("nemod")]
    plain = (title.text or "") + "".join(part.tail or "" for part in title)
    path = (*above, " ".join(plain.split()))
    modifiers = tuple(found for text in inside for found in BRACKETS.findall(text))
    codes = [_code(found.text or "") for found in term.findall("code")]
    see = (term.findtext("see") or "").strip()
    if kind in COLUMNS:
        cells = {COLUMNS[kind].get(cell.get("col", ""), ""): cell.text or "" for cell in term.findall("cell")}
        yield from _cells(path, modifiers, cells)
    elif codes or see:
        yield Indexed(path, modifiers, codes[0] if codes else "", see)
    for child in term:
        if TERM.fullmatch(child.tag):
            yield from _terms(child, path, kind)


def _cells(path: Iterable[str], modifiers: tuple[str, ...], cells: Mapping[str, str]) -> Iterator[Indexed]:
    for column, text in cells.items():
        if column and (code := _code(text)):
            yield Indexed(tuple(path), modifiers, code, column=column)


def _code(text: str) -> str:
    """A code as printed, without its dash; empty where none is printed ("-", "--")."""
    found = CODE.match(text.strip())
    return found[0].rstrip("-").rstrip(".") if found else ""
