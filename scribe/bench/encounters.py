"""Dialogues with the note that a clinician wrote of them: ACI-Bench, MTS-Dialog and PriMock57.

ACI-Bench: a CSV (dataset, encounter_id, dialogue, note). MTS-Dialog: a CSV (ID, section_header, section_text,
dialogue). PriMock57: a folder with `NAME_doctor.TextGrid`, `NAME_patient.TextGrid`, and `NAME.json` with the note.

ACI-Bench writes its dialogues as tokens in lower case ("i do n't know ."); they are put together again, since no
recogniser writes so; likewise the spaces before commas in PriMock57. The words stay.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from scribe.bench import references
from scribe.bench.references import Turn
from scribe.errors import InputError
from scribe.sections import headings
from scribe.types import Provenance, Role, SectionKind, Segment, SpeakerRole, Transcript, Word


class Division(StrEnum):
    """The four parts into which ACI-Bench divides a note (Yim et al. 2023)."""

    HISTORY = "history"
    EXAM = "exam"
    RESULTS = "results"
    ASSESSMENT_AND_PLAN = "assessment and plan"


@dataclass(frozen=True, slots=True)
class Encounter:
    """A dialogue and its reference note, whole and by division (of those that it has)."""

    id: str
    turns: tuple[Turn, ...] = field(repr=False)
    note: str = field(repr=False)
    divisions: Mapping[Division, str] = field(repr=False)

    @property
    def transcript(self) -> Transcript:
        """The dialogue as a transcript without times; whoever speaks is named by the role."""
        segments = tuple(
            Segment(tuple(Word(0.0, 0.0, f" {word}", speaker=turn.role) for word in turn.text.split()))
            for turn in self.turns
        )
        roles = tuple(SpeakerRole(role, role, 1.0) for role in Role if any(turn.role is role for turn in self.turns))
        return Transcript(segments, roles=roles, timed=False, provenance=Provenance("reference"))


DIVISIONS: Mapping[SectionKind, Division] = {
    SectionKind.VITALS: Division.EXAM,
    SectionKind.EXAM: Division.EXAM,
    SectionKind.RESULTS: Division.RESULTS,
    SectionKind.ASSESSMENT: Division.ASSESSMENT_AND_PLAN,
    SectionKind.PLAN: Division.ASSESSMENT_AND_PLAN,
}
"""Every other kind of section is history."""
OTHER_HEADINGS = {  # of ACI-Bench, that the catalog does not know
    "procedure": Division.ASSESSMENT_AND_PLAN,
    "birth history": Division.HISTORY,
}
SHORTHAND = re.compile(  # how the clinicians of PriMock57 head what they conclude
    r"^\W*(?:imp(?:ression)?|plan|dx|ddx|diagnos[ie]s|differentials?|[ap])\s*[:\-=]", re.IGNORECASE
)
NO_SPACE_BEFORE = re.compile(r"\s+(?=[.,?!;:%)]|n't\b|'(?:s|re|ve|ll|d|m)\b)")
SPLIT_WORDS = re.compile(r"\b(gon|wan|got|lem|gim|can) (na|ta|me|not)\b")
COLUMNS = ("dialogue", "note")


def division_of(kind: SectionKind) -> Division:
    """The division a section of our note is compared in."""
    return DIVISIONS.get(kind, Division.HISTORY)


def read(*data: Path, limit: int | None = None) -> tuple[Encounter, ...]:
    """The encounters of files and folders, in order; of a folder those of its CSV files and of PriMock57's.

    Raises InputError where one of `data` is neither ACI-Bench, MTS-Dialog nor PriMock57, or has no encounter.
    """
    found: list[Encounter] = []
    for path in data:
        if not path.exists():
            raise InputError(f"no such file or folder: {path}")
        held = list(_folder(path) if path.is_dir() else _rows(path))
        if not held:
            raise InputError(f"{path} holds no dialogue with a note: see docs/benchmarks.md for what can be read")
        found += held
    return tuple(found[:limit])


def holds_visits(path: Path) -> bool:
    """Whether a file is a CSV of whole visits with their notes, as ACI-Bench is, by its first line."""
    if not path.is_file():
        return False
    columns = set(csv.DictReader(references.read_text(path).splitlines(keepends=True)).fieldnames or ())
    return columns.issuperset(COLUMNS)


def put_together(text: str) -> str:
    """Text without the spaces that a tokenizer has put in: "i do n't know ." -> "i don't know."."""
    return SPLIT_WORDS.sub(r"\1\2", NO_SPACE_BEFORE.sub("", text))


def divided(note: str) -> dict[Division, str]:
    """A note of ACI-Bench by division. A heading belongs to its division; what stands before any is history."""
    parts: dict[Division, list[str]] = {}
    division = Division.HISTORY
    for line in note.splitlines():
        division = _opened(line) or division
        if line.strip():
            parts.setdefault(division, []).append(line.strip())
    return {division: "\n".join(parts[division]) for division in Division if division in parts}


def _opened(line: str) -> Division | None:
    name = line.strip().rstrip(":")
    if not name or name != name.upper():
        return None
    if name.lower() in OTHER_HEADINGS:
        return OTHER_HEADINGS[name.lower()]
    found = headings.match(f"{name}:", written=True)
    return None if found is None else division_of(found.kinds[0])


def _rows(path: Path) -> Iterator[Encounter]:
    reader = csv.DictReader(references.read_text(path).splitlines(keepends=True), restval="")
    columns = set(reader.fieldnames or ())
    try:
        if columns.issuperset(COLUMNS):
            yield from map(_aci_bench, reader)
        elif columns.issuperset(("section_text", "dialogue")):
            yield from (_mts_dialog(row, number) for number, row in enumerate(reader, 1))
        else:
            raise InputError(f"{path} lacks the columns {' and '.join(COLUMNS)}: expected ACI-Bench or MTS-Dialog")
    except csv.Error as error:
        raise InputError(f"{path} is not a CSV file that can be read (near line {reader.line_num})") from error


def _aci_bench(row: Mapping[str, str]) -> Encounter:
    turns = tuple(Turn(turn.role, put_together(turn.text)) for turn in references.from_text(row["dialogue"]))
    return Encounter(row.get("encounter_id", ""), turns, row["note"].strip(), divided(row["note"]))


def _mts_dialog(row: Mapping[str, str], number: int) -> Encounter:
    return Encounter(row.get("ID") or str(number), references.from_text(row["dialogue"]), row["section_text"], {})


def _folder(folder: Path) -> Iterator[Encounter]:
    for path in sorted(folder.glob("*.csv")):
        yield from _rows(path)
    yield from _primock(folder)


def _primock(folder: Path) -> Iterator[Encounter]:
    for path in sorted(folder.rglob("*.json")):
        grids = [path.with_name(f"{path.stem}_{who}.TextGrid") for who in ("doctor", "patient")]
        if not all(grid.is_file() for grid in grids):
            continue
        try:
            note = json.loads(references.read_text(path))["note"]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} holds no note: expected the layout of PriMock57") from error
        turns = tuple(Turn(turn.role, put_together(turn.text)) for turn in references.read(grids))
        yield Encounter(path.stem, turns, str(note).strip(), _concluded(str(note)))


def _concluded(note: str) -> dict[Division, str]:
    """What a note of PriMock57 concludes: from its first line that is headed as impression or plan."""
    lines = [line.strip() for line in note.splitlines() if line.strip()]
    first = next((at for at, line in enumerate(lines) if SHORTHAND.match(line)), len(lines))
    parts = {Division.HISTORY: lines[:first], Division.ASSESSMENT_AND_PLAN: lines[first:]}
    return {division: "\n".join(part) for division, part in parts.items() if part}
