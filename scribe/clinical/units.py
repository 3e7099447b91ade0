"""Units as they are spoken and written, read from `units.tsv`: the only such table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from scribe.clinical import notation
from scribe.clinical.number_words import ORDINALS
from scribe.errors import InputError

FILE = Path(__file__).with_name("units.tsv")
COLUMNS = ("kind", "name", "written", "one", "many", "short", "also", "use", "si")
USES = frozenset({"dose", "given", "per"})
IN_MICROGRAMS: Mapping[str, float] = {"mcg": 1.0, "mg": 1000.0, "g": 1_000_000.0}


class UnitKind(StrEnum):
    """What kind of thing a number is followed by."""

    METRIC = "metric"  # abbreviated
    PLAIN = "plain"  # stays in words: pounds, feet
    TIME = "time"
    FORM = "form"  # a form of a drug: tablets
    COUNT = "count"  # a counted thing of a report: episodes
    PERCENT = "percent"


KINDS = frozenset(UnitKind)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One row of the table; `name` and `written` are empty where it is not compared, or written as it was said."""

    kind: UnitKind
    name: str
    written: str
    one: tuple[str, ...]
    many: tuple[str, ...]
    short: tuple[str, ...]
    also: tuple[str, ...]
    use: frozenset[str]
    si: str

    @property
    def words(self) -> tuple[str, ...]:
        """All the ways in which it is said or written."""
        return (*self.one, *self.many, *self.short, *self.also)

    @property
    def is_dose(self) -> bool:
        """Whether amounts of a drug are told in it."""
        return bool(self.use & {"dose", "given"})


def read(file: Path) -> tuple[UnitRow, ...]:
    """The rows of a table of units, in order. Raises InputError, which names the line, where one cannot be read."""
    found = []
    for line, cells in notation.rows(file, COLUMNS):
        kind, name, written, *lists, si = ("" if cell == "-" else cell for cell in cells)
        one, many, short, also, use = (tuple(cell.split("|")) if cell else () for cell in lists)
        if kind not in KINDS or not USES.issuperset(use) or not (one or many or short):
            raise InputError(f"{file.name}, line {line}: the kind and the uses must be known, and the unit have a word")
        found.append(UnitRow(UnitKind(kind), name, written, one, many, short, also, frozenset(use), si))
    return tuple(found)


@cache
def table() -> tuple[UnitRow, ...]:
    """All units, in the order of the file."""
    return read(FILE)


@cache
def by_word() -> Mapping[str, UnitRow]:
    """The units that are compared, by each single word for them; "second" is an ordinal."""
    found: dict[str, UnitRow] = {}
    for row in table():
        for word in row.words if row.name else ():
            if " " not in word and word not in ORDINALS:
                found.setdefault(word, row)
    return found


def words_of(names: Collection[str]) -> dict[str, str]:
    """The single words for the units with these names -> the name."""
    return {word: row.name for word, row in by_word().items() if row.name in names}


@cache
def label(name: str) -> str:
    """How a unit is written behind a number: mL, units, tablets."""
    row = next(row for row in table() if row.name == name)
    return row.written if row.kind is UnitKind.METRIC else row.many[0]
