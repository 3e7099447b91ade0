"""`scribe models list | fetch | verify`: the weights on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scribe import assets
from scribe.assets import Asset, State, Status
from scribe.cli import _common as common

app = typer.Typer(help="Weights: list, fetch, verify.", no_args_is_help=True)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Which weights; none given: those a default run needs.")
]


@app.callback()
def group() -> None:
    """Weights: list, fetch, verify."""


@app.command("list")
def list_models(
    as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None
) -> None:
    """Show all weights scribe knows, their licence, and whether they are on this machine."""
    settings = common.settings(config_file, sets).models
    found = [assets.status(asset, settings) for asset in assets.manifest()]
    _show_json(found) if as_json else _show_table(found)


@app.command()
def fetch(
    names: Names = None,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Fetch weights that are missing or damaged. This is the only command that uses the network."""
    settings = common.settings(config_file, sets).models
    chosen = _chosen(names)
    fetched: list[assets.Fetched] = []
    with common.progress() as on_progress:
        for new in assets.fetch(chosen, settings, on_progress=on_progress):
            if not as_json and (new.asset, new.source) not in {(old.asset, old.source) for old in fetched}:
                common.say(common.plain(f"{new.asset} from {new.source}"))
            fetched.append(new)
    found = [assets.status(asset, settings) for asset in chosen]
    if as_json:
        rows = [_row(item) for item in found]
        common.emit(json.dumps({"fetched": [asdict(item) for item in fetched], "weights": rows}, indent=1) + "\n")
        return
    for item in found:
        common.say(common.plain(f"{item.asset.name} is ready in {item.folder}"))


@app.command()
def verify(
    names: Names = None,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Check the sha256 of every file. The exit code is 1 where a file is missing or damaged."""
    settings = common.settings(config_file, sets).models
    found = [assets.status(asset, settings) for asset in _chosen(names)]
    if as_json:
        _show_json(found)
    else:
        for item in found:
            common.say(common.plain(f"{item.asset.name}: {item.problem or 'all files are right'}"))
    wrong = [item.asset.name for item in found if item.state is not State.PRESENT]
    if wrong:
        common.note_to_user(f"run `scribe models fetch {' '.join(wrong)}`")
        raise typer.Exit(1)


def _chosen(names: list[str] | None) -> list[Asset]:
    if names:
        return [assets.find(name) for name in dict.fromkeys(names)]
    return [asset for asset in assets.manifest() if asset.default]


def _row(found: Status) -> dict[str, str | int | bool]:
    asset = found.asset
    return {
        "name": asset.name,
        "title": asset.title,
        "licence": asset.licence,
        "release": asset.release,
        "origin": asset.origin,
        "size": asset.size,
        "default": asset.default,
        "state": found.state.value,
        "folder": str(found.folder),
        "problem": found.problem,
    }


def _show_json(found: list[Status]) -> None:
    common.emit(json.dumps([_row(item) for item in found], indent=1) + "\n")


def _show_table(found: list[Status]) -> None:
    table = Table("name", "MB", "licence", "state", box=None)
    table.columns[0].no_wrap = True
    table.columns[1].justify = "right"
    for item in found:
        name = item.asset.name + (" *" if item.asset.default else "")
        table.add_row(name, f"{item.asset.size / 1e6:.1f}", common.plain(item.asset.licence), item.state.value)
    Console().print(table)
    common.say("* needed by a run with the default settings")
    for folder in sorted({item.folder.parent for item in found if item.state is State.PRESENT}):
        common.say(common.plain(f"in {folder}"))
    for item in found:
        if item.state is State.CORRUPTED:
            common.say(common.plain(item.problem))
