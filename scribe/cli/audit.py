"""`scribe audit verify | show | checkpoint | key | accept-restore`: who read or changed what, and that all is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from scribe.cli import _common as common
from scribe.errors import InputError
from scribe.store.actor import SYSTEM

if TYPE_CHECKING:
    from scribe.store.audit import Entry
    from scribe.store.store import Store
    from scribe.store.unit import Unit

app = typer.Typer(help="The audit trail: check it, read it.", no_args_is_help=True)
MOST_SHOWN = 50  # findings


@app.callback()
def group() -> None:
    """The audit trail: check it, read it."""


@app.command()
def verify(
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="The trail's first key, where it is kept elsewhere.")
    ] = None,
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Check every row, every link, the end and the checkpoints. The exit code is 1 where anything is wrong."""
    first = _key(key) if key else None
    with _store(config_file, sets) as store:
        verdict = store.verify_audit(first)
        with store.begin(SYSTEM) as unit:
            _tell(unit, "audit.verify", outcome="done" if verdict.intact else "failed")
    if as_json:
        common.emit(json.dumps({"intact": verdict.intact, **asdict(verdict)}, indent=1) + "\n")
    else:
        for note in verdict.notes:
            common.say(common.plain(f"note: {note}"))
        for finding in verdict.findings[:MOST_SHOWN]:
            where = f"row {finding.seq} " if finding.seq else ""
            common.say(common.plain(f"{where}{finding.problem}"))
        if len(verdict.findings) > MOST_SHOWN:
            common.say(f"and {len(verdict.findings) - MOST_SHOWN} more")
        state = "the audit trail is intact" if verdict.intact else "THE AUDIT TRAIL IS NOT INTACT"
        common.say(f"{state}: {verdict.rows} rows, {verdict.checkpoints} checkpoints")
    if not verdict.intact:
        raise typer.Exit(1)


@app.command()
def show(
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="How many rows, counted from the end.")
    ] = 50,
    person: Annotated[str, typer.Option("--person", metavar="LOGIN|ID", help="Only what this person did.")] = "",
    action: Annotated[str, typer.Option("--action", metavar="NAME", help="Only this, e.g. note.sign.")] = "",
    encounter: Annotated[str, typer.Option("--encounter", metavar="ID", help="Only about this encounter.")] = "",
    patient: Annotated[str, typer.Option("--patient", metavar="REF", help="Only about this reference.")] = "",
    as_json: common.AsJson = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Show rows of the trail, the newest first, ordered by number and not by time."""
    with _store(config_file, sets) as store, store.begin(SYSTEM) as unit:
        known = unit.people.by_login(person) if person else None
        who = known.id if known else person
        wanted = {"actor": who, "action": action, "encounter": encounter, "patient": patient}
        rows = unit.audit.latest(limit, actor=who, action=action, encounter=encounter, patient=patient)
        _tell(unit, "audit.read", reason=" ".join(f"{name}={value}" for name, value in wanted.items() if value))
    if as_json:
        common.emit(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
        return
    table = Table("row", "time (UTC)", "who", "action", "about", "outcome", "reason", box=None)
    for row in rows:
        table.add_row(*(common.plain(cell) for cell in _cells(row)))
    Console().print(table)


@app.command()
def checkpoint(config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Write a signed checkpoint now, and print it to be kept elsewhere."""
    with _store(config_file, sets) as store:
        common.emit(store.attest().text() + "\n")


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, best on another medium.")],
    remove: Annotated[bool, typer.Option("--remove", help="Keep it only there, not on this machine.")] = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Write the trail's first key to a file. Whoever has it can check the trail, with `scribe audit verify --key`."""
    with _store(config_file, sets) as store:
        store.auditor.witness.take_first_key(file, remove=remove)
        with store.begin(SYSTEM) as unit:
            _tell(unit, "audit.key", reason="taken off this machine" if remove else "copied")
    common.say(common.plain(f"the first key of the audit trail is in {file}: keep it where this machine cannot write"))


@app.command("accept-restore")
def accept_restore(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why a backup was put back.")],
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Tell that an older database was put back on purpose. The loss stays visible as a note of every check."""
    with _store(config_file, sets) as store:
        with store.transaction(read_only=True) as connection:
            head = store.auditor.trail.head(connection)
        line = store.auditor.witness.restored(head, reason)
        if line is None:
            raise InputError("no checkpoint attests rows beyond the end of the trail: there is nothing to accept")
        with store.begin(SYSTEM) as unit:
            _tell(unit, "audit.restored", reason=reason)
    common.say(f"rows {line.seq + 1} to {line.lost_to} are told to be gone")


def _tell(unit: Unit, action: str, *, outcome: str = "done", reason: str = "") -> None:
    from scribe.store.audit import Event

    unit.record(Event(action, outcome=outcome, reason=reason))


@contextmanager
def _store(file: Any, sets: Any) -> Iterator[Store]:
    from scribe.store.store import Store

    store = Store.open(common.settings(file, sets))
    try:
        yield store
    finally:
        store.close()


def _key(file: Path) -> bytes:
    try:
        found = bytes.fromhex(common.read_text(file).strip())
    except ValueError:
        found = b""
    if len(found) != 32:
        raise InputError(f"{file} holds no key of an audit trail: name the file that `scribe audit key` wrote")
    return found


def _cells(row: Entry) -> tuple[str, ...]:
    who = f"{row.name} ({row.role})" if row.name else row.actor
    about = " ".join(part for part in (row.object, f"encounter:{row.encounter}" if row.encounter else "") if part)
    return str(row.seq), row.at[:19].replace("T", " "), who, row.action, about, row.outcome, row.reason
