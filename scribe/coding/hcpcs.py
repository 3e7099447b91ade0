"""HCPCS Level II: CMS's Alpha-Numeric release where imported, and before that a table of everyday codes of our own.

The release is a text of fixed columns of 320 characters, inside a zip: 1-5 code (a modifier: 4-5), 6-10 sequence, 11
kind of record (3 a code, 4 its continuation; 7 a modifier, 8 its), 12-91 descriptor, 285-292 date ended.
D codes belong to the American Dental Association and are left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.coding import index, search, store
from scribe.coding.flat import ENDED, FlatSystem
from scribe.errors import InputError
from scribe.plugins import Release

NAME = "hcpcs"
LICENCE = "public domain (CMS, US government); D codes of the American Dental Association left out"
KIND = "release"
WIDTHS = range(300, 321)  # characters of a line; the published files have lines that lack a few
FIRST_RECORDS, CONTINUED = "37", "48"
RECORD = re.compile(r"(?:[A-Z]\d{4}|   [A-Z0-9]{2})\d{5}[3478]")
NAMED = re.compile(r"HCPC(20\d\d)_?(JAN|APR|JUL|OCT)?", re.IGNORECASE)
QUARTERS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
PREAMBLE = 50  # lines of disclaimers that may stand before the first code
LAST_LETTER = "V"  # the range of codes is A to V
MAX_SIZE = 64_000_000  # bytes of a table; the published ones have four million
QUANTITY = re.compile(r"([\d.]+) (mg|mcg|g|units?|ml|meq)")


@dataclass(frozen=True, slots=True)
class Starter:
    """One code of our own table. `amount` and `unit` are what one billed unit of a drug is."""

    code: str
    name: str
    kind: str  # "drugs", "devices", "services", "supplies"
    said: tuple[str, ...]
    amount: float = 0.0
    unit: str = ""
    only: float | None = None  # the one amount that this code is for
    route: str = "injected"
    until: date | None = None


class Hcpcs(FlatSystem):
    """The codes of one release."""

    name = NAME

    def releases(self) -> list[Release]:
        """Every release that can be used, oldest first; ours where none of the same name is imported."""
        imported = [_release(item.release, item.name) for item in self._store.imported(NAME)]
        own = starter_release()
        return sorted([*imported, *([] if any(r.name == own.name for r in imported) else [own])], key=lambda r: r.first)

    def _source(self) -> bytes:
        found = [item for item in self._store.imported(NAME) if item.release == self.version]
        return self._store.content(found[0]) if found else b""

    def _entries(self, source: bytes) -> Iterator[index.Entry]:
        if source:
            yield from parsed(source.decode("latin-1"), self.release.source)
            return
        for item in starter():
            notes = ((ENDED, item.until.isoformat()),) if item.until else ()
            per = f", per {item.amount:g} {item.unit}" if item.unit else ""
            yield index.Entry(item.code, f"{item.name}{per}", True, "", item.code, notes=notes)

    def _names(self, source: bytes) -> Iterator[index.Name]:
        if not source:
            yield from (search.named(item.code, said, "said") for item in starter() for said in item.said)

    def import_file(self, name: str, content: bytes, release: str, today: date) -> tuple[str, int]:
        """Import CMS's release, a zip or the text in it; the name it gets, and how many codes it has.

        `release` is what the user says it is; empty: what the name of the file says. Raises InputError where it is
        not such a file, or is cut short.
        """
        inner, text = unpacked(name, content)
        entries = parsed(text, inner)
        called = release or _name_of(inner) or _name_of(name)
        if not re.fullmatch(r"20\d\d(?:-(?:0[1-9]|1[0-2]))?", called):
            raise InputError(f"{name} does not say of which release it is: add --release, for example 2026-01")
        file = store.File(called, KIND, inner, text.encode("latin-1"))
        self._store.add(NAME, [file], licence=LICENCE, imported_on=today.isoformat())
        return called, len(entries)


def unpacked(name: str, content: bytes) -> tuple[str, str]:
    """The table's name and text, out of the zip in which CMS publishes it. Raises InputError where there is none."""
    if not content.startswith(b"PK"):
        return name, content.decode("latin-1")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts = [item for item in archive.infolist() if item.filename.lower().endswith(".txt")]
            for item in sorted(texts, key=lambda item: -item.file_size):
                if item.file_size <= MAX_SIZE:
                    text = archive.read(item).decode("latin-1")
                    if any(_is_record(line) for line in text.splitlines()[:PREAMBLE]):
                        return item.filename, text
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(f"{name} is cut short or damaged: fetch it again from CMS") from error
    raise InputError(f"{name} holds no Alpha-Numeric table: name the zip, or the .txt in it, as CMS publishes it")


def parsed(text: str, name: str) -> list[index.Entry]:
    """The codes and modifiers of a release, D codes left out.

    Raises InputError where lines are of another layout or cut, a code stands there twice, or the last are missing.
    """
    names: dict[str, list[str]] = {}
    ended: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or (not names and number <= PREAMBLE and not _is_record(line)):
            continue
        if not _is_record(line):
            raise InputError(f"{name} is cut short or no Alpha-Numeric table: line {number} has another layout")
        code, kind = line[:5].strip(), line[10]
        if code.startswith("D") and len(code) == 5:
            continue
        if kind in FIRST_RECORDS:
            if code in names:
                raise InputError(f"{name} lists the code {code} twice, in line {number}: fetch it again from CMS")
            names[code] = []
            if stamp := line[284:292].strip():
                ended[code] = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:]}"
        elif code not in names:
            raise InputError(f"{name} is damaged: line {number} goes on with {code}, which has not begun")
        names[code].append(line[11:91].strip())
    if not any(code.startswith(LAST_LETTER) and len(code) == 5 for code in names):
        raise InputError(f"{name} is cut short: it has no codes that begin with {LAST_LETTER}")
    return [
        index.Entry(code, " ".join(parts), True, "", code, notes=((ENDED, ended[code]),) if code in ended else ())
        for code, parts in names.items()
    ]


def _is_record(line: str) -> bool:
    return len(line) in WIDTHS and RECORD.match(line) is not None


def _name_of(file: str) -> str:
    found = NAMED.search(file) or re.search(r"(20\d\d)()", file)
    if not found:
        return ""
    return f"{found[1]}-{QUARTERS[found[2].upper()]:02d}" if found[2] else found[1]


def _release(name: str, file: str) -> Release:
    """CMS changes the table every quarter; the newest that has begun is in force, to the end of its year at most."""
    year, month = int(name[:4]), int(name[5:] or 1)
    return Release(NAME, name, date(year, month, 1), date(year, 12, 31), LICENCE, file)


@cache
def _table() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("hcpcs.yaml").read_text(encoding="utf-8"))
    return tree


def starter_release() -> Release:
    """What our own table is verified against."""
    row = _table()["release"]
    return Release(NAME, row["name"], row["first"], row["last"], LICENCE, "everyday codes that come with scribe")


@cache
def starter() -> tuple[Starter, ...]:
    """The codes of our own table."""
    found = []
    for kind in ("drugs", "devices", "services", "supplies"):
        for code, row in _table()[kind].items():
            quantity = QUANTITY.fullmatch(row["per"]) if "per" in row else None
            amount, unit = (
                (float(quantity[1]), quantity[2].removesuffix("s") if quantity[2] == "units" else quantity[2])
                if quantity
                else (0.0, "")
            )
            found.append(
                Starter(
                    code,
                    row["name"],
                    kind,
                    tuple(row["said"]),
                    amount,
                    unit,
                    row.get("only"),
                    row.get("route", "injected"),
                    row.get("until"),
                )
            )
    return tuple(found)
