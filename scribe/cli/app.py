"""The verbs, in the order of the work."""

from __future__ import annotations

from typing import Annotated

import typer

import scribe
from scribe.cli import (
    audit,
    backup,
    bench,
    code,
    codes,
    config,
    demo,
    devices,
    dictate,
    dictation,
    enroll,
    explain,
    export,
    key,
    live,
    models,
    note,
    purge,
    recordings,
    rekey,
    repairs,
    sections,
    serve,
    templates,
    transcribe,
    users,
    vocab,
    watch,
    worker,
)

app = typer.Typer(
    name="scribe",
    help="Clinical speech to finished, coded documentation, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("note")(note.note)
app.command("live")(live.live)
app.command("dictate")(dictate.dictate)
app.command("watch")(watch.watch)
app.command("devices")(devices.devices)
app.add_typer(recordings.app, name="recordings")
app.command("transcribe")(transcribe.transcribe)
app.command("enroll")(enroll.enroll)
app.command("repairs")(repairs.repairs)
app.command("sections")(sections.sections)
app.command("code")(code.code)
app.command("explain")(explain.explain)
app.command("export")(export.export)
app.add_typer(templates.app, name="templates")
app.add_typer(codes.app, name="codes")
app.add_typer(vocab.app, name="vocab")
app.add_typer(models.app, name="models")
app.add_typer(dictation.app, name="dictation")
app.add_typer(key.app, name="key")
app.add_typer(config.app, name="config")
app.add_typer(bench.app, name="bench")
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("rekey")(rekey.rekey)
app.command("purge")(purge.purge)
app.add_typer(users.app, name="users")
app.add_typer(audit.app, name="audit")
app.command("demo")(demo.demo)


def _version(asked: bool) -> None:
    if asked:
        print(f"scribe {scribe.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Clinical speech to finished, coded documentation, on your own machine."""
