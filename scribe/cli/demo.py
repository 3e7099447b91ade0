"""`scribe demo`: fetch the weights, then make a note of the shipped sample visit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import assets
from scribe.cli import _common as common
from scribe.cli import models
from scribe.cli import note as note_verb


def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path("demo-note"),
) -> None:
    """Fetch and verify the weights, make a note of the sample visit, and print it."""
    models.fetch()
    note_verb.note(assets.shipped("samples", "visit.flac"), out=out)
    common.emit("\n" + (out / "note.md").read_text(encoding="utf-8"))
    common.say(f"\nThe files are in {common.plain(str(out.resolve()))}; open note.html in a browser.")
