"""Bench of the search for codes: how often the code of an entry of the Alphabetic Index is among the first five."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from scribe.bench.report import Report
from scribe.coding import icd10cm_files
from scribe.coding.icd10cm import Icd10cm
from scribe.coding.icd10cm_files import Part
from scribe.config import Config
from scribe.errors import InputError
from scribe.plugins import OnProgress, no_progress

MOST_WORDS = 4  # of an entry that is asked for
SHOWN = 5
FIRST_HALF_ENDS = "L"  # main terms up to here were looked at while the search was made, the others were not


def code_search(
    path: Path, config: Config, *, every: int = 1, limit: int | None = None, on_progress: OnProgress = no_progress
) -> Report:
    """Share of the coded entries of an Alphabetic Index (CSV or XML) whose code is among the first five found.

    Entries of up to four words, modifiers in brackets left out, every `every`-th of them. A code is right where it is
    the entry's, or one of those that an incomplete code of the Index ("M25.56-") stands for. Raises InputError where
    the file is no Alphabetic Index.
    """
    try:
        file = icd10cm_files.recognised(path.name, path.read_bytes(), "")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): name the Alphabetic Index") from error
    if file.kind != "index":
        raise InputError(f"{path} is the {file.kind}, not the Alphabetic Index")
    coded = [entry for entry in icd10cm_files.entries(Part(file.kind, file.name, file.content)) if entry.code]
    asked = [(" ".join(entry.path), entry.code) for entry in coded]
    items = [item for item in asked if len(item[0].replace(",", " ").split()) <= MOST_WORDS][::every][:limit]
    system = Icd10cm(config)
    imported = system.index.has_names("index")
    rows: list[dict[str, Any]] = []
    began = time.process_time()
    for at, (text, code) in enumerate(items):
        on_progress("texts", at, len(items))
        found = [item.code for item in system.search(text, SHOWN)]
        rank = next((place for place, other in enumerate(found, 1) if other.startswith(code)), None)
        rows.append({"id": text, "reference": code, "prediction": found, "rank": rank})
    spent = time.process_time() - began
    on_progress("texts", len(items), len(items))
    return Report(
        {
            "release": system.release.name,
            "index_imported": imported,
            "entries": len(rows),
            "top_1": _share(rows, 1),
            "top_5": _share(rows, SHOWN),
            "top_5_main_terms_a_to_l": _share([row for row in rows if _first_half(row)], SHOWN),
            "top_5_main_terms_m_to_z": _share([row for row in rows if not _first_half(row)], SHOWN),
            "milliseconds_each": 1000 * spent / len(rows) if rows else 0.0,
        },
        tuple(rows),
    )


def _first_half(row: dict[str, Any]) -> bool:
    return str(row["id"])[:1].upper() <= FIRST_HALF_ENDS


def _share(rows: list[dict[str, Any]], most: int) -> float:
    return sum(row["rank"] is not None and row["rank"] <= most for row in rows) / len(rows) if rows else 0.0
