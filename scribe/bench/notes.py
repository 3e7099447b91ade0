"""How good our notes are: `scribe bench notes`, on dialogues with the note that a clinician wrote of them.

Our writer reads each dialogue. Its note is compared with the reference (ROUGE, length).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

from scribe import pipeline
from scribe.bench import encounters, rouge
from scribe.bench.encounters import Division, Encounter
from scribe.bench.report import Report
from scribe.config import Config
from scribe.plugins import OnProgress, no_progress
from scribe.types import Mode, Note

MEASURES = ("rouge_1", "rouge_2", "rouge_l")


def notes(path: Path, config: Config, *, limit: int | None = None, on_progress: OnProgress = no_progress) -> Report:
    """Compare the notes that we write of the dialogues of `path` with the notes of clinicians.

    ROUGE is the mean over the notes, by division over those of the reference that have it. `length_ratio` is the
    words of all our notes by those of all references. Raises InputError where the data is not what is expected.
    """
    read = encounters.read(path, limit=limit)
    items: list[dict[str, Any]] = []
    for at, encounter in enumerate(read):
        on_progress("texts", at, len(read))
        items.append(_item(encounter, pipeline.write(encounter.transcript, config, mode=Mode.VISIT)))
    on_progress("texts", len(read), len(read))
    metrics = {
        "notes": len(items),
        **_means([item["rouge"] for item in items]),
        "length_ratio": sum(item["words"] for item in items) / max(1, sum(item["reference_words"] for item in items)),
        "by_division": _by_division(items),
    }
    return Report(metrics, tuple(items))


def text_of(note: Note, division: Division | None = None) -> str:
    """The note as plain text, each section under its title; or one division of it."""
    parts = [
        "\n".join((section.title.upper(), *(statement.text for statement in section.statements)))
        for section in note.sections
        if division in (None, encounters.division_of(section.kind))
    ]
    return "\n\n".join(parts)


def _item(encounter: Encounter, note: Note) -> dict[str, Any]:
    text = text_of(note)
    return {
        "id": encounter.id,
        "rouge": _rouge(encounter.note, text),
        "rouge_by_division": {
            division.value: _rouge(reference, text_of(note, division))
            for division, reference in encounter.divisions.items()
        },
        "words": len(text.split()),
        "reference_words": len(encounter.note.split()),
        "note": text,
        "reference": encounter.note,
    }


def _rouge(reference: str, text: str) -> dict[str, float]:
    found = rouge.score(reference, text)
    return dict.fromkeys(MEASURES, 0.0) if found is None else asdict(found)


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float | None]:
    return {name: fmean(row[name] for row in rows) if rows else None for name in MEASURES}


def _by_division(items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, list[dict[str, float]]] = {}
    for item in items:
        for division, scores in item["rouge_by_division"].items():
            found.setdefault(division, []).append(scores)
    return {
        division.value: {"notes": len(found[division.value]), **_means(found[division.value])}
        for division in Division
        if division.value in found
    }
