"""All that a reader sees of one note, and the tables over many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scribe.bench.meaning.fact_reader import Reader
from scribe.bench.reading import complaint, important, medications, problems, references
from scribe.bench.reading.important import Important
from scribe.bench.reading.residue import Residue, kind_of
from scribe.types import Note, SectionKind

Row = dict[str, Any]


def of(note: Note, turns: Sequence[str], reference: str, reader: Reader) -> Row:
    """The measures of one note against the words of the talk, turn by turn, and the clinician's note."""
    theirs = references.read(reference)
    statements = [each.text for section in note.sections for each in section.statements]
    named = " ".join(
        each.text
        for section in note.sections
        if section.kind is SectionKind.CHIEF_COMPLAINT
        for each in section.statements
    )
    found = complaint.compare(named, theirs.complaints, reader)
    said = medications.said(turns, reader)
    text = "\n".join(
        line for section in note.sections for line in (f"{section.title}:", *(each.text for each in section.statements))
    )
    kept = important.compare(theirs, "\n".join(turns), text, reader)
    return {
        "residue": _kinds(statements),
        "reference_residue": _kinds(theirs.sentences),
        "complaint": None if found is None else {"there": found.there, "named": found.named, "short": found.short},
        "reference_complaint_short": complaint.is_short(theirs.complaints[0]) if theirs.complaints else None,
        "problems": asdict(problems.compare(note, theirs, reader)),
        "medications": asdict(medications.compare(said, statements, reader)),
        "reference_medications": asdict(medications.compare(said, theirs.sentences, reader)),
        "important_said": dict(Counter(item.kind.value for item in kept.said)),
        "important_missing": [{"kind": item.kind.value, "fact": item.label} for item in kept.missing],
    }


def tables(rows: Sequence[Row]) -> dict[str, Any]:
    """The measures over all notes: two numbers, and the tables `reading`, `residue` and `important`."""
    ours, theirs = (_sum(row[name] for row in rows) for name in ("residue", "reference_residue"))
    missing = sum(len(row["important_missing"]) for row in rows)
    return {
        "residue_share": _residue(ours),
        "important_missing_per_note": missing / len(rows) if rows else None,
        "reading": _reading(rows, ours, theirs),
        "residue": _by_residue(ours, theirs),
        "important": _by_important(rows),
    }


def _kinds(statements: Sequence[str]) -> dict[str, int]:
    found = Counter(kind.value if (kind := kind_of(each)) else "none" for each in statements)
    return dict(found)


def _sum(counts: Any) -> Counter[str]:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return total


def _residue(counts: Mapping[str, int]) -> float | None:
    whole = sum(counts.values())
    return None if not whole else 1 - counts.get("none", 0) / whole


def _reading(rows: Sequence[Row], ours: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, Row]:
    """One row for each measure: of how many, our share, and the same of the clinicians' notes where it can be had."""
    complaints = [row["complaint"] for row in rows if row["complaint"] is not None]
    short = [row["reference_complaint_short"] for row in rows if row["reference_complaint_short"] is not None]
    headed = _sum(row["problems"] for row in rows if row["problems"]["theirs"])
    every = _sum(row["problems"] for row in rows)
    lines, their_lines = (_sum(row[name] for row in rows) for name in ("medications", "reference_medications"))
    asked = len(complaints)
    return {
        "speech residue": _row(sum(ours.values()), _residue(ours), _residue(theirs)),
        "complaint there": _row(asked, _of(sum(each["there"] for each in complaints), asked)),
        "complaint named": _row(asked, _of(sum(each["named"] for each in complaints), asked)),
        "complaint short": _row(
            asked, _of(sum(each["short"] for each in complaints), asked), _of(sum(short), len(short))
        ),
        "complaint right": _row(asked, _of(sum(each["named"] and each["short"] for each in complaints), asked)),
        "problems: precision": _row(headed["ours"], _of(headed["right"], headed["ours"])),
        "problems: recall": _row(headed["theirs"], _of(headed["found"], headed["theirs"])),
        "problems: short name": _row(
            every["ours"], _of(every["short"], every["ours"]), _of(every["theirs_short"], every["theirs"])
        ),
        "plan: linked": _row(every["items"], _of(every["linked"], every["items"])),
        "plan: under the right problem": _row(every["placeable"], _of(every["placed"], every["placeable"])),
        "medications: complete": _line(lines, their_lines, "complete", "said"),
        "medications: dose": _line(lines, their_lines, "dosed", "with_dose"),
        "medications: frequency": _line(lines, their_lines, "timed", "with_time"),
    }


def _row(count: int, ours: float | None, theirs: float | None = None) -> Row:
    return {"of": count, "ours": ours, "clinicians": theirs}


def _line(ours: Mapping[str, int], theirs: Mapping[str, int], part: str, whole: str) -> Row:
    return _row(ours.get(whole, 0), *(_of(each.get(part, 0), each.get(whole, 0)) for each in (ours, theirs)))


def _by_residue(ours: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, Row]:
    whole, their_whole = sum(ours.values()), sum(theirs.values())
    return {
        kind.value: {
            "statements": ours.get(kind.value, 0),
            "ours": _of(ours.get(kind.value, 0), whole),
            "clinicians": _of(theirs.get(kind.value, 0), their_whole),
        }
        for kind in Residue
    }


def _by_important(rows: Sequence[Row]) -> dict[str, Row]:
    said = _sum(row["important_said"] for row in rows)
    missing = Counter(entry["kind"] for row in rows for entry in row["important_missing"])
    return {
        kind.value: {
            "said": said[kind.value],
            "missing": missing[kind.value],
            "in_note": _of(said[kind.value] - missing[kind.value], said[kind.value]),
            "missing_per_note": _of(missing[kind.value], len(rows)),
        }
        for kind in Important
    }


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None
