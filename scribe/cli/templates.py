"""`scribe templates list|show|check`: note templates, which sections a note shows and how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scribe.cli import _common as common
from scribe.sections import note_templates
from scribe.sections.note_templates import NoteTemplate

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Note templates: which sections a note shows. For texts to insert, see `scribe dictation templates`."""


@app.command("list")
def list_templates(
    as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None
) -> None:
    """Print every note template in force; a star marks the one of the settings."""
    config = common.settings(config_file, sets)
    chosen = note_templates.chosen(config)
    found = {**note_templates.load(config), chosen.name: chosen}
    if as_json:
        common.emit(json.dumps([_as_json(template) for template in found.values()], indent=1) + "\n")
        return
    table = Table("", "name", "title", "sections", "from", box=None)
    for template in found.values():
        sections = ", ".join(rule.heading for rule in template.rules)
        mark = "*" if template.name == chosen.name else ""
        table.add_row(
            mark, *(common.plain(text) for text in (template.name, template.title, sections, template.origin))
        )
    Console().print(table)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A name of `scribe templates list`, or a file.")],
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Print a note template as YAML, to be saved and edited."""
    config = common.settings(config_file, sets, {"sections.template": name})
    common.emit(note_templates.source(note_templates.chosen(config)))


@app.command("check")
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Template files; none: those of the settings.")
    ] = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Say whether note templates can be used, and if not, in which line the mistake is."""
    for file in files or ():
        template = note_templates.read(file)
        common.emit(f"{file}: {len(template.rules)} sections, no mistakes\n")
    if files:
        return
    config = common.settings(config_file, sets)
    found = note_templates.load(config)
    common.emit(f"{len(found)} note templates, {note_templates.chosen(config).name!r} in use, no mistakes\n")


def _as_json(template: NoteTemplate) -> dict[str, object]:
    parts = [
        {
            "heading": part.heading,
            "sections": [
                {"kinds": list(rule.kinds), "heading": rule.heading, "style": rule.style, "empty": rule.empty}
                for rule in part.sections
            ],
        }
        for part in template.parts
    ]
    return {
        "name": template.name,
        "title": template.title,
        "parts": parts,
        "leave_out": sorted(template.leave_out),
        "rest": template.rest,
        "from": template.origin,
    }
