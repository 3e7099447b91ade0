"""The reading sheet: every statement of our notes as a row of a CSV, for a clinician to grade; and the sum of one.

A graded row has a verdict: accept, edit or delete (a, e and d will do). `meaning changed` holds anything where the
statement says something else than was said. `missing` holds facts that the note lacks, parted by semicolons.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scribe.bench import references
from scribe.bench.report import Report
from scribe.errors import InputError

GIVEN = ("encounter", "section", "statement", "heard", "rule")
ASKED = ("verdict", "meaning changed", "missing")
VERDICTS = ("accept", "edit", "delete")
NO = frozenset({"", "no", "n", "0", "-"})
FORMULA = ("=", "+", "-", "@", "\t")  # a spreadsheet would reckon with a cell that begins so
NAMED = 5  # bad lines that are named


def of(items: Iterable[Mapping[str, Any]]) -> str:
    """The sheet of the predictions of `scribe bench notes`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*GIVEN, *ASKED))
    for item in items:
        for row in item["statements"]:
            cells = (item["id"], row["section"], row["statement"], row["heard"], row["rule"])
            writer.writerow((*map(_plain, cells), *("" for _ in ASKED)))
    return text.getvalue()


def summed(path: Path) -> Report:
    """What a graded sheet comes to, as a whole, by section and by rule. A row without a verdict is not graded.

    Raises InputError that names the lines which cannot be read, or where no row is graded.
    """
    rows = [_graded(row) for row in _rows(path)]
    graded = [row for row in rows if row["verdict"]]
    if not graded:
        raise InputError(f"{path} has no verdict yet: write accept, edit or delete beside each statement")
    encounters = {row["encounter"] for row in graded}
    missing = [fact for row in rows if row["encounter"] in encounters for fact in _facts(row["missing"])]
    changed = sum(row["meaning changed"].lower() not in NO for row in rows)
    metrics: dict[str, Any] = {
        "notes": len(encounters),
        "statements": len(graded),
        "not_graded": len(rows) - len(graded),
        **_shares(graded),
        "meaning_changed": changed,
        "missing_per_note": len(missing) / len(encounters),
        "by_section": _by(graded, "section"),
        "by_rule": _by(graded, "rule"),
    }
    return Report(metrics, tuple(graded))


# --- reading ---------------------------------------------------------------------------------------------------------


def _rows(path: Path) -> list[dict[str, str]]:
    text = references.read_text(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # spreadsheets part cells as their country does
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, bad = [], []
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if lacking := [name for name in (*GIVEN, *ASKED) if name not in head]:
            raise InputError(f"{path} is no reading sheet: it lacks the column {lacking[0]}")
        start = reader.line_num + 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            row = {name: cell.strip() for name, cell in zip(head, cells, strict=False)}
            if len(cells) != len(head):
                bad.append((line, f"{len(cells)} cells instead of {len(head)}"))
            elif row["verdict"] and _verdict(row["verdict"]) is None:
                bad.append((line, "the verdict is not accept, edit or delete"))
            elif not row["encounter"] or not row["section"]:
                bad.append((line, "no encounter or no section"))
            else:
                rows.append(row)
    except csv.Error as error:
        raise InputError(f"{path} cannot be read as a CSV file near line {reader.line_num}") from error
    if bad:
        told = "; ".join(f"line {line}: {what}" for line, what in bad[:NAMED])
        more = f"; and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
        raise InputError(f"{path} has rows that cannot be counted: {told}{more}")
    return rows


def _verdict(text: str) -> str | None:
    """The verdict of a cell: the word, its first letter, or "accepted"."""
    low = text.lower()
    forms = {word: (word, word[0], f"{word.removesuffix('e')}ed") for word in VERDICTS}
    return next((word for word, known in forms.items() if low in known), None)


def _graded(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "verdict": _verdict(row["verdict"]) or "", "rule": row["rule"] or "none"}


def _facts(cell: str) -> list[str]:
    return [] if cell.lower() in NO else [fact for fact in cell.split(";") if fact.strip()]


# --- sums ------------------------------------------------------------------------------------------------------------


def _shares(rows: Sequence[Mapping[str, str]]) -> dict[str, float]:
    """Percent of the rows with each verdict."""
    found = Counter(row["verdict"] for row in rows)
    names = ("accepted", "edited", "deleted")
    return {name: 100 * found[verdict] / len(rows) for name, verdict in zip(names, VERDICTS, strict=True)}


def _by(rows: Sequence[Mapping[str, str]], column: str) -> dict[str, dict[str, Any]]:
    """The same for each value of a column, that with most rows first."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    ordered = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return {
        value: {
            "statements": len(some),
            **_shares(some),
            "meaning_changed": sum(row["meaning changed"].lower() not in NO for row in some),
        }
        for value, some in ordered
    }


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
