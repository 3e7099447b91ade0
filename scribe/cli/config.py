"""`scribe config show`: the settings in force, and where each came from."""

from __future__ import annotations

import json

import typer
from rich.console import Console
from rich.table import Table

from scribe.cli import _common as common
from scribe.config import load_with_origins, render

app = typer.Typer(help="Settings in force.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Settings in force."""


@app.command("show")
def show(as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Print each setting, its value, and where the value came from."""
    found = load_with_origins(file=config_file, overrides=common.parse_sets(sets))[1]
    if as_json:
        rows = {item.name: {"value": item.value, "origin": item.origin} for item in found}
        common.emit(json.dumps(rows, indent=1) + "\n")
        return
    table = Table("setting", "value", "from", box=None)
    for item in found:
        table.add_row(item.name, common.plain(str(item.value)), common.plain(item.origin))
    Console().print(table)


@app.command("default")
def default() -> None:
    """Print a settings file with every default, to start your own from."""
    common.emit(render())
