"""`scribe recordings`: what was recorded, also what was broken off: list, show, recover, export, delete."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scribe import vault
from scribe.capture import folder as folders
from scribe.capture import recovery, removal
from scribe.capture.recording import Recording, State
from scribe.capture.recovery import Summary
from scribe.cli import _common as common
from scribe.cli import _told as told
from scribe.config import Config
from scribe.errors import CaptureError, ConfigError, OutputError, ScribeError
from scribe.types import Interval

app = typer.Typer(no_args_is_help=True, help="Recordings on this machine: list, show, recover, export, delete.")

Which = Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]


@app.command("list")
def list_recordings(
    as_json: common.AsJson = False, config_file: common.ConfigFile = None, sets: common.Sets = None
) -> None:
    """List the recordings, the newest last."""
    config = common.settings(config_file, sets)
    place = folders.root(config.capture)
    found = recovery.summaries(place)
    if as_json:
        common.emit(json.dumps([_tree(item) for item in found], indent=1) + "\n")
    elif found:
        table = Table("id", "begun", "length", "kind", "from", "state", box=None, header_style="bold")
        for item in found:
            state = item.state.value + (", encrypted" if item.encrypted else "")
            begun = f"{item.created.astimezone():%Y-%m-%d %H:%M}"
            table.add_row(item.id, begun, clock(item.seconds), item.mode.value, escape(item.source), state)
        Console(highlight=False).print(table)
    else:
        common.say(common.plain(f"There are no recordings in {place}"))
    for folder in recovery.unreadable(place):
        common.note_to_user(f"{folder} cannot be read: its {folders.CARD} is damaged or of another version")
    if not as_json:
        report_unfinished(config)


@app.command()
def show(
    recording: Which,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Show a recording: parts, pauses, marks, what was dropped, what is missing."""
    config = common.settings(config_file, sets)
    item = chosen(recording, config)
    opened = Recording.open(item.folder, key=vault.load(config.store))
    if as_json:
        details = {
            "parts": _pairs(opened.parts),
            "pauses": [{"at": pause.at, "seconds": pause.lasted} for pause in opened.pauses],
            "marks": [{"at": mark.at, "kind": mark.kind.value, "note": mark.note} for mark in opened.marks],
            "dropped": _pairs(opened.dropped),
            "missing": _pairs(opened.missing),
            "damaged": opened.damaged,
        }
        common.emit(json.dumps({**_tree(item), **details}, indent=1) + "\n")
        return
    common.say(common.plain(f"{item.id}: {item.mode}, {clock(opened.duration)} min, {item.state}, from {item.source}"))
    common.say(common.plain(f"  begun {item.created.astimezone():%Y-%m-%d %H:%M}, in {item.folder}"))
    for number, part in enumerate(opened.parts, start=1):
        if len(opened.parts) > 1:
            common.say(f"  part {number:<4} {_times([part])}")
    for pause in opened.pauses:
        lasted = "" if pause.lasted is None else f", {pause.lasted:.0f} seconds"
        common.say(f"  pause     {clock(pause.at)}{lasted}")
    for mark in opened.marks:
        common.say(common.plain(f"  {mark.kind:<9} {clock(mark.at)} {mark.note}".rstrip()))
    for name, stretches in (("dropped", opened.dropped), ("missing", opened.missing)):
        if stretches:
            common.say(f"  {name:<9} {_times(stretches)}")
    if opened.damaged:
        common.note_to_user(f"its journal was changed: `scribe recordings recover {item.id}` makes what is left whole")


@app.command()
def recover(
    recordings: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Which; none: all that were broken off.")
    ] = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Finish recordings that were broken off, by a crash or a power cut. What can be read is kept."""
    config = common.settings(config_file, sets)
    place = folders.root(config.capture)
    found = [chosen(name, config) for name in recordings] if recordings else list(recovery.unfinished(place))
    if not found:
        common.say("No recording was broken off")
        return
    key = vault.load(config.store)
    failed: list[ScribeError] = []
    for item in found:
        try:
            _recover(item, key, config)
        except ScribeError as error:
            failed.append(error)
            common.note_to_user(str(error))
    if failed:
        raise CaptureError(f"{len(failed)} of {len(found)} recordings could not be recovered: they are as they were")


def _recover(item: Summary, key: vault.Key | None, config: Config) -> None:
    from scribe.batch import captured

    recovered = recovery.recover(item.folder, key)
    report = recovered.report
    common.say(common.plain(f"{item.id}: {clock(recovered.recording.duration)} min are safe"))
    if report.damaged:
        common.say(f"  damaged: {len(report.damaged)} segments; what checks of them is kept, the rest is silence")
    if report.missing:
        common.say(f"  missing, now silence: {_times(report.missing)}")
    if captured.is_of_a_page(item.source):
        _take_in(config)


def _take_in(config: Config) -> None:
    """A page recorded it: it belongs into the worklist, and a worker drafts it."""
    from scribe.batch import captured
    from scribe.store.store import Store

    try:
        store = Store.open(config)
        try:
            captured.take_in(store, config)
        finally:
            store.close()
    except ScribeError as error:
        common.note_to_user(f"it comes into the worklist when `scribe serve` runs ({error})")
    else:
        common.say("  it is in the worklist; `scribe serve` or `scribe worker` makes its draft")


@app.command()
def export(
    recording: Which,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="WAV file (default: ID.wav).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Write a recording as a WAV file, not encrypted: for `scribe note`, or to take it elsewhere."""
    config = common.settings(config_file, sets)
    item = chosen(recording, config)
    path = out or Path(f"{item.id}.wav")
    if path.exists() and not force:
        raise OutputError(f"there is a file {path} already: choose another with --out, or replace it with --force")
    opened = Recording.open(item.folder, key=vault.load(config.store))
    told.tell(config, "recording.export", f"recording:{item.id}")
    opened.export_wav(path)
    common.say(common.plain(f"{clock(opened.duration)} min written to {path}"))
    if item.state is not State.FINISHED:
        common.note_to_user("it is not finished: this is what there is so far")


@app.command()
def delete(
    recording: Which,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Delete a recording for good."""
    config = common.settings(config_file, sets)
    item = chosen(recording, config)
    if not yes and not typer.confirm(f"Delete {item.id}, {clock(item.seconds)} min, for good?"):
        raise ConfigError("nothing was deleted")
    told.tell(config, "recording.delete", f"recording:{item.id}")
    removal.delete(item.folder)
    common.say(f"Deleted {item.id}")


def report_unfinished(config: Config) -> None:
    """A line on stderr for what was broken off, and how to finish it."""
    broken = recovery.unfinished(folders.root(config.capture))
    if broken:
        times = ", ".join(f"{clock(item.seconds)} min of {item.created.astimezone():%Y-%m-%d %H:%M}" for item in broken)
        common.note_to_user(f"recordings that were broken off: {times}; `scribe recordings recover` finishes them")


def chosen(name: str, config: Config) -> Summary:
    """The recording whose id is `name` or begins so. Raises CaptureError where there is none, or several."""
    place = folders.root(config.capture)
    found = [item for item in recovery.summaries(place) if item.id.startswith(name)]
    exact = [item for item in found if item.id == name] or found
    if not exact:
        raise CaptureError(f"there is no recording {name} in {place}: see `scribe recordings list`")
    if len(exact) > 1:
        raise CaptureError(f"{len(exact)} recordings begin with {name}: give more of the id")
    return exact[0]


def clock(seconds: float) -> str:
    """Seconds as 1:02:03, or 2:03."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def _times(stretches: Sequence[Interval]) -> str:
    return ", ".join(f"{clock(stretch.start)}-{clock(stretch.end)}" for stretch in stretches)


def _pairs(stretches: Sequence[Interval]) -> list[list[float]]:
    return [[stretch.start, stretch.end] for stretch in stretches]


def _tree(item: Summary) -> dict[str, object]:
    return {
        "id": item.id,
        "created": item.created.isoformat(),
        "seconds": item.seconds,
        "mode": item.mode.value,
        "source": item.source,
        "state": item.state.value,
        "encrypted": item.encrypted,
        "folder": str(item.folder),
    }
