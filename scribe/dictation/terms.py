"""The word lists of writing, read once: units, measures, abbreviations and fixed phrases.

The data: `units.tsv` of `scribe/clinical`, and here `unit_words.yaml`, `measures.yaml`, `do_not_use.yaml`,
`idioms.yaml`, `cues.yaml`; their rows or blocks name the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.number_words import DECADES, SCALES, TENS
from scribe.clinical.numbers import is_number
from scribe.clinical.units import UnitKind, table
from scribe.dictation.atoms import Line
from scribe.dictation.measure import Measure

LONGEST_PREFIX = 2  # letters before a hyphen that may be part of a name: "T-10", "GP-120"
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. `written` is empty where it stays as spoken."""

    kind: UnitKind
    written: str = ""
    dose: bool = False  # amounts of drugs are given in it
    per: bool = False  # may stand on either side of a slash
    si: str = ""  # its name in pint


@dataclass(frozen=True, slots=True)
class Spoken:
    """A unit as spoken, and whether that was its singular written out: "five milligram tablet"."""

    unit: Unit
    singular: bool


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """An abbreviation that is written in full."""

    said: str
    written: str
    source: str
    kind: str = ""
    needs: str = ""
    word: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """An abbreviation of more than one meaning, which is flagged."""

    readings: tuple[str, ...]
    source: str
    said: str = ""
    word: bool = False
    letters: bool = False  # only when said as letters
    before: str = ""
    needs: str = ""


Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], Any]]]  # first word -> longest phrase first


@cache
def _load(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return data


def _phrases(pairs: Iterable[tuple[str, Any]]) -> Phrases:
    table: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for phrase, value in pairs:
        words = tuple(phrase.replace("-", " ").split())  # hyphens part atoms, too
        table.setdefault(words[0], []).append((words, value))
    for rows in table.values():
        rows.sort(key=lambda row: -len(row[0]))
    return table


def find(table: Phrases, line: Line, at: int) -> tuple[Any, int] | None:
    """The value of the longest phrase at an atom, and the atom behind it."""
    for words, value in table.get(line.low(at), ()):
        if line.says(at, words):
            return value, at + len(words)
    return None


@cache
def units() -> Phrases:
    """All units, by how they are spoken."""
    pairs: list[tuple[str, Spoken]] = []
    for row in table():
        if row.kind is UnitKind.PERCENT:
            continue
        full = Unit(row.kind, row.written, "dose" in row.use, "per" in row.use, row.si)
        said = full if row.kind is UnitKind.METRIC else replace(full, written="")
        pairs += [(name, Spoken(said, singular=True)) for name in row.one]
        pairs += [(name, Spoken(said, singular=False)) for name in row.many]
        pairs += [(name, Spoken(full, singular=False)) for name in row.short]
    seen: dict[str, Spoken] = {}
    for name, spoken in pairs:
        seen.setdefault(name, spoken)
    return _phrases(seen.items())


@cache
def _unit_words(key: str) -> frozenset[str]:
    data = _load("unit_words.yaml")[key]
    return frozenset(data.split() if isinstance(data, str) else data)


def heads() -> frozenset[str]:
    """Nouns that a measure may modify: "five milligram tablet"."""
    return _unit_words("heads")


def functions() -> frozenset[str]:
    """Words that begin something new behind a unit."""
    return _unit_words("functions")


@cache
def measures() -> Phrases:
    """All measures, by their names."""
    pairs = []
    for row in _load("measures.yaml")["measures"]:
        low, high = row.get("range", (None, None))
        measure = Measure(row["name"], row["kind"], low, high)
        pairs += [(name, measure) for name in row["called"]]
    return _phrases(pairs)


@cache
def links() -> frozenset[str]:
    """Words that may stand between the name of a measure and its value."""
    return frozenset(_load("measures.yaml")["links"])


@cache
def idioms() -> Phrases:
    """Phrases whose numbers stay words."""
    return _phrases((phrase.replace("-", " "), None) for phrase in _load("idioms.yaml")["idioms"])


@cache
def abbreviations() -> Mapping[str, Abbreviation]:
    """Abbreviations written in full, by their letters."""
    return {row["said"]: Abbreviation(**row) for row in _load("do_not_use.yaml")["write"]}


@cache
def ambiguous() -> Mapping[str, Ambiguous]:
    """Abbreviations that are only flagged, by how they are written."""
    rows = _load("do_not_use.yaml")["flag"]
    return {row["said"]: Ambiguous(**{**row, "readings": tuple(row["readings"])}) for row in rows}


@cache
def near(kind: str) -> frozenset[str]:
    """Words that speak for a dose, an eye, an ear."""
    return frozenset(_load("do_not_use.yaml")["near"][kind])


@cache
def oral() -> frozenset[str]:
    """Nouns before which "p o" is "oral"."""
    return frozenset(_load("do_not_use.yaml")["oral"])


@cache
def spelled() -> Mapping[str, str]:
    """Letters said one by one -> how they are written."""
    data = _load("do_not_use.yaml")
    names = {name: name.upper() for name in data["spelled"] if name not in data["spelled_not"]}
    return {**names, **data["cased"]}


@cache
def cues(name: str) -> frozenset[str]:
    """One list of `cues.yaml`."""
    return frozenset(_load("cues.yaml")[name].split())


@cache
def pairs() -> frozenset[tuple[str, str]]:
    """Letters with "and" between them that are an abbreviation: h, h."""
    return frozenset(tuple(row.split()) for row in _load("do_not_use.yaml")["pairs"])


def combined(name: str) -> frozenset[str]:
    """The strengths a product of two drugs comes in, such as 5/325."""
    return _combined().get(name, frozenset())


@cache
def _combined() -> Mapping[str, frozenset[str]]:
    rows = _load("doses.yaml")["combined"]
    return {name: frozenset(row["strengths"]) for row in rows for name in row["called"]}


@cache
def acronyms() -> frozenset[str]:
    """Acronyms that are no words, so that they are capitals wherever they stand."""
    data = _load("do_not_use.yaml")
    return frozenset(name for name in data["spelled"] if len(name) > 2 or name == "bp") - set(data["words"])


def settle(line: Line) -> None:
    """Fix the idioms of a line, so that no rule touches them; a hyphen that is none gives way to a space."""
    _unhyphen(line)
    for at in range(len(line)):
        found = find(idioms(), line, at)
        if found is None:
            continue
        end = found[1]
        if at and line.joined(at - 1) and is_number(line.low(at)) and line.low(at - 1) in TENS.keys() | SCALES.keys():
            continue  # "one of them", but "died at seventy one of a stroke"
        if (
            at
            and line.joined(at - 1)
            and line.low(at) == "one"
            and line.low(at - 1) in tuple("bcdefghjklmnpqrstuvwxyz")
        ):
            continue  # "an f e v one of two liters"
        last = line.low(end - 1)
        if (last == "point" or is_number(last)) and line.joined(end - 1) and _counts_on(line.low(end)):
            continue  # "at one point", but "at one point two"; "number one", but "number one two three"
        if at and is_number(line.low(at)) and line.low(at - 1) in ("to", "or"):
            continue  # "two to three times daily"
        if is_number(last) and line.open(end - 1, end + 2) and _goes_on(line, end):
            continue  # "every one", but "every one to two hours"
        for n in range(at, end):
            line.atoms[n] = replace(line.atoms[n], fixed=True)
    line.lows = ["" if atom.fixed else atom.low for atom in line.atoms]


def _unhyphen(line: Line) -> None:
    """The recogniser joins a value to its name: "potassium-3.0". What may be negative, or part of a name, stays."""
    for at in range(1, len(line)):
        atom, name = line.atoms[at], line.low(at - 1)
        if atom.glue != "-" or not atom.core[:1].isdecimal() or not name.isalpha() or len(name) < 2:
            continue
        unit = find(units(), line, at + 1) if line.joined(at) else None
        dose = unit is not None and unit[0].unit.dose and len(name) > LONGEST_PREFIX
        known = at - 1 in measure_ends(line) or ("." in atom.core and name in _load("do_not_use.yaml")["spelled"])
        if dose or (known and name not in cues("negative_values")):
            line.atoms[at] = replace(atom, glue=" ")
    line.measures = None


def _goes_on(line: Line, at: int) -> bool:
    if line.low(at) in ("to", "or"):
        return is_number(line.low(at + 1))
    unit = find(units(), line, at)
    return unit is not None and unit[0].unit.kind is UnitKind.METRIC


def _counts_on(low: str) -> bool:
    return is_number(low) or low in DECADES


def measure_before(line: Line, at: int, reach: int = 7) -> Measure | None:
    """The measure whose value begins at `at`: its name, and only linking words between the two."""
    ends = measure_ends(line)
    for n in range(at - 1, max(at - 2 - reach, -1), -1):
        if line.atoms[n].ends_sentence or line.atoms[n].tail == ";":
            return None
        if n in ends:
            return ends[n]
        low = line.low(n)
        passed = low in links() or is_number(low) or low in ("or", "%", "percent") or low[:1].isdecimal()
        if not passed and not (low in ("and", "minute", "minutes") and _scored(line, n)):
            return None
    return None


def _scored(line: Line, at: int) -> bool:
    """Whether a score is named shortly before: "Apgars eight at one minute and nine at five minutes"."""
    ends = measure_ends(line)
    return any(n in ends and ends[n].kind == "score" and ends[n].name == "score" for n in range(max(at - 7, 0), at))


def measure_ends(line: Line) -> dict[int, Measure]:
    """Atoms that end the name of a measure."""
    if line.measures is None:
        line.measures = {}
        for at in range(len(line)):
            if found := find(measures(), line, at):
                line.measures.setdefault(found[1] - 1, found[0])
    return line.measures
