"""CPT, where the user has a licensed table.

It belongs to the American Medical Association: neither its codes nor its descriptors may stand in this project.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date

from scribe.coding import index, store
from scribe.coding.flat import FlatSystem, no_release
from scribe.errors import AssetError, InputError
from scribe.plugins import Release
from scribe.types import Coding

NAME = "cpt"
KIND = "descriptors"
LICENCE = "AMA CPT licence of the user, confirmed at the import"
CODE = re.compile(r"[0-9A-Z]{5}")
LEVELS = ("straightforward", "low", "moderate", "high")
OFFICE = re.compile(r"\boffice\b", re.IGNORECASE)
PATIENTS = {
    "new": re.compile(r"\bnew patient", re.IGNORECASE),
    "established": re.compile(r"\bestablished patient", re.IGNORECASE),
}
DECISIONS = {level: re.compile(rf"\b{level}\b", re.IGNORECASE) for level in LEVELS}


class Cpt(FlatSystem):
    """The user's licensed table; without one there is a table that has no codes."""

    name = NAME

    def releases(self) -> list[Release]:
        """Every imported table, oldest first."""
        return releases_of(self._store) or [no_release(NAME)]

    def _source(self) -> bytes:
        for item in self._store.imported(NAME):
            if item.release == self.version:
                return self._store.content(item)
        raise AssetError("no CPT table is loaded: `scribe codes import cpt FILE` reads the one you have a licence for")

    def _entries(self, source: bytes) -> Iterator[index.Entry]:
        for code, descriptor in read(source, self.release.source).items():
            yield index.Entry(code, descriptor, True, "", code)

    def described(self, words: Iterable[str]) -> Coding | None:
        """The one code whose descriptor has all of `words`; None where none has, or several."""
        if not self.loaded:
            return None
        wanted = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words]
        found = [e for e in self.index.entries() if all(pattern.search(e.display) for pattern in wanted)]
        return Coding(NAME, self.version, found[0].code, found[0].display) if len(found) == 1 else None

    def office_visit(self, patient: str, level: str) -> Coding | None:
        """The code of an office visit, by "new" or "established" and the level of decision making ("moderate").

        Read off the descriptors of the user's own table; None where they name no such visit, or more than one.
        """
        found = [
            entry
            for entry in (self.index.entries() if self.loaded else ())
            if OFFICE.search(entry.display) and _patient(entry.display) == patient and _level(entry.display) == level
        ]
        return Coding(NAME, self.version, found[0].code, found[0].display) if len(found) == 1 else None


def releases_of(kept: store.Store) -> list[Release]:
    """Every imported table, oldest first: CPT is of a calendar year."""
    return [
        Release(
            NAME, item.release, date(int(item.release), 1, 1), date(int(item.release), 12, 31), item.licence, item.name
        )
        for item in kept.imported(NAME)
    ]


def _patient(descriptor: str) -> str | None:
    named = [name for name, pattern in PATIENTS.items() if pattern.search(descriptor)]
    return named[0] if len(named) == 1 else None


def _level(descriptor: str) -> str | None:
    named = [name for name, pattern in DECISIONS.items() if pattern.search(descriptor)]
    return named[0] if len(named) == 1 else None


def read(content: bytes, name: str) -> dict[str, str]:
    """Descriptors by code from CSV or tab-separated text: code first, then the descriptor; a heading may come first.

    Raises InputError where it is not such a table, or a code stands there twice.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not text in UTF-8: save the table as CSV in UTF-8 and try again") from error
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    found: dict[str, str] = {}
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), 1):
            code = row[0].strip().upper() if row else ""
            if not any(cell.strip() for cell in row) or (number == 1 and not re.search(r"\d", code)):
                continue
            if not CODE.fullmatch(code) or len(row) < 2 or not row[1].strip():
                raise InputError(f"{name}: line {number} is not a code of five characters and its descriptor")
            if code in found:
                raise InputError(f"{name} lists a code twice, in line {number}: nothing was imported")
            found[code] = row[1].strip()
    except csv.Error as error:
        raise InputError(f"{name} cannot be read as a table ({error}): save it as CSV or tab-separated text") from error
    if not found:
        raise InputError(f"{name} holds no codes: the first column is the code, the second its descriptor")
    return found


def import_file(kept: store.Store, name: str, content: bytes, release: str, licence: str, today: date) -> int:
    """Import the user's table; how many codes it has. `licence` says who confirmed which licence.

    Raises InputError where the file or the year is not what it should be.
    """
    if not re.fullmatch(r"20\d\d", release):
        raise InputError("say which year's CPT it is: add --release, for example 2026")
    found = read(content, name)
    kept.add(NAME, [store.File(release, KIND, name, content)], licence=licence, imported_on=today.isoformat())
    return len(found)
