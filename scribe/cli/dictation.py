"""`scribe dictation commands|templates|show|check`: what can be said while dictating."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scribe.cli import _common as common
from scribe.dictation import commands as command_list
from scribe.dictation import templates as template_list
from scribe.dictation.commands import Action, Command
from scribe.dictation.templates import Template
from scribe.errors import InputError

TEMPLATES = re.compile(r"^\W*templates\W*:", re.MULTILINE)

app = typer.Typer(help="Spoken commands and templates of dictations.", no_args_is_help=True)

DOES = {
    Action.HEADING: "a section's heading, by its name",
    Action.ITEM: "a numbered line, with a number",
    Action.NEXT_ITEM: "the next numbered line",
    Action.CAPS: "a capital for the next word",
    Action.ALL_CAPS: "the next word in capitals",
    Action.NO_CAPS: "the next word without a capital",
    Action.CAPS_ON: "capitals for all words, until caps off",
    Action.ALL_CAPS_ON: "all words in capitals, until caps off",
    Action.CAPS_OFF: "capitals as usual again",
    Action.NO_SPACE: "joins the words beside it",
    Action.LITERAL: "writes the next command as words",
    Action.NUMERAL: "the next number in figures",
    Action.ROMAN_NUMERAL: "the next number in Roman figures",
    Action.SPELL: "a word from its letters",
    Action.SCRATCH: "takes the last utterance back",
    Action.UNDO: "takes the last edit or utterance back",
    Action.CORRECT: "correct X to Y, in what was just said",
    Action.INSERT: "a template, by its name",
    Action.NEXT_FIELD: "to the next field of a template",
    Action.PREVIOUS_FIELD: "to the field before",
    Action.CLEAR_FIELD: "empties the field",
    Action.ACCEPT_DEFAULTS: "fills the other fields with their defaults",
    Action.LEAVE_FIELD: "goes on after the template",
    Action.FLAG: "marks the sentence for checking",
    Action.BLANK: "____, to be filled in later",
}


@app.callback()
def group() -> None:
    """Spoken commands and templates of dictations."""


@app.command("commands")
def commands(as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Print every spoken command in force, and what it does."""
    found = command_list.load(common.settings(config_file, sets).dictation.commands).commands
    if as_json:
        rows = [{"name": item.name, "say": item.say, "does": _does(item)} for item in found]
        common.emit(json.dumps(rows, indent=1) + "\n")
        return
    table = Table("say", "does", "name", box=None)
    for item in found:
        table.add_row(common.plain(", ".join(item.say)), common.plain(_does(item)), common.plain(item.name))
    Console().print(table)


@app.command("templates")
def templates(as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Print the names of every template in force, their fields, and the files they come from."""
    found = template_list.load(common.settings(config_file, sets).dictation.templates).templates
    if as_json:
        common.emit(json.dumps([_as_json(item) for item in found], indent=1) + "\n")
        return
    table = Table("say insert ...", "fields", "from", box=None)
    for item in found:
        fields = ", ".join(field.name for field in item.fields)
        table.add_row(common.plain(", ".join(item.names)), common.plain(fields), common.plain(item.origin))
    Console().print(table)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A template, as it is called when it is inserted.")],
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Print the text and the fields of one template."""
    found = template_list.load(common.settings(config_file, sets).dictation.templates)
    template = found.by_name.get(" ".join(name.lower().replace("-", " ").split()))
    if template is None:
        raise InputError(f"there is no template {name!r}: `scribe dictation templates` lists all names")
    if as_json:
        common.emit(json.dumps(_as_json(template), indent=1) + "\n")
        return
    common.emit(f"{template.text}\n")
    for field in template.fields:
        default = f", default: {field.default}" if field.default else ""
        common.emit(f"  {{{field.name}}}{default}{', several sentences' if field.long else ''}\n")


@app.command("check")
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Templates or commands; none: those of the settings.")
    ] = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Say whether the commands and templates of the settings, or of files, can be used."""
    for file in files or ():
        if TEMPLATES.search(common.read_text(file)):
            found = _counted(len(template_list.load(str(file)).own), "template")
        else:
            found = _counted(len(command_list.load(str(file)).commands), "command") + " with the shipped ones"
        common.emit(f"{file}: {found}, no mistakes\n")
    if files:
        return
    config = common.settings(config_file, sets)
    commands = _counted(len(command_list.load(config.dictation.commands).commands), "command")
    templates = _counted(len(template_list.load(config.dictation.templates).templates), "template")
    common.emit(f"{commands} and {templates}, no mistakes\n")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _does(command: Command) -> str:
    if command.action is not Action.WRITE:
        return DOES[command.action]
    if not command.write.strip():
        return "a new paragraph" if command.write == "\n\n" else "a new line"
    return command.write.strip() if "\n" not in command.write else command.write.replace("\n", "\u21b5")


def _as_json(template: Template) -> dict[str, object]:
    fields = [{"name": item.name, "default": item.default, "long": item.long} for item in template.fields]
    return {"names": template.names, "text": template.text, "fields": fields, "from": template.origin}
