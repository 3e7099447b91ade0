"""The metrics of a bench as tables on the terminal, or in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from scribe.cli import _common as common

WIDTH_OF_FILES = 160  # columns for tables that go to a file, where no terminal says how wide it is


def print_tables(metrics: Mapping[str, Any]) -> None:
    """The numbers as one table, then one for each nested mapping (by file, by label, by stage)."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_OF_FILES
    table = Table("metric", "value")
    for name, value in metrics.items():
        if not isinstance(value, Mapping):
            table.add_row(name, _cell(value))
    console.print(table)
    for name, rows in metrics.items():
        if isinstance(rows, Mapping) and rows:
            console.print(_nested(name, rows))


def _nested(name: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    columns = list(next(iter(rows.values())))
    table = Table(name, *columns)
    for row, values in rows.items():
        table.add_row(common.plain(row), *(_cell(values[column]) for column in columns))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
