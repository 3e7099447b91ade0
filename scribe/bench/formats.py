"""Written forms: how often a line of speech becomes exactly what a table says it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from scribe.bench import references
from scribe.config import Config
from scribe.errors import InputError


@dataclass(frozen=True, slots=True)
class Row:
    """What is said, how it is to be written, and by which rule."""

    spoken: str = field(repr=False)
    written: str = field(repr=False)
    rule: str = ""


def read(path: Path) -> tuple[Row, ...]:
    """The rows `spoken<TAB>written<TAB>rule` of a table; lines that open with `#`, and one of titles, are passed over.

    Raises InputError where a line has no written form, or there is no row.
    """
    rows = []
    for number, line in enumerate(references.read_text(path).splitlines(), start=1):
        if not line.strip() or line.startswith("#") or line.startswith("spoken\t"):
            continue
        spoken, *rest = line.split("\t")
        if not rest:
            raise InputError(f"{path}, line {number}: expected spoken<TAB>written<TAB>rule")
        rows.append(Row(spoken, rest[0], rest[1] if len(rest) > 1 else ""))
    if not rows:
        raise InputError(f"{path} has no rows: expected spoken<TAB>written<TAB>rule")
    return tuple(rows)


def exact(rows: Sequence[Row], config: Config) -> dict[str, Any]:
    """By rule, and for all rows: how many there are, and the share that is written exactly as the table says."""
    from scribe.dictation import formatting

    right = [(row.rule, formatting.format_text(row.spoken, config.dictation) == row.written) for row in rows]
    table = {"all": _share([hit for _, hit in right])}
    for rule, found in groupby(sorted(right), key=lambda item: item[0]):
        table[rule or "-"] = _share([hit for _, hit in found])
    return table


def _share(hits: Sequence[bool]) -> dict[str, Any]:
    return {"rows": len(hits), "exact": sum(hits), "exact_match": sum(hits) / len(hits)}
