"""`scribe key new`: the key that encrypts recordings and the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import vault
from scribe.cli import _common as common
from scribe.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="The key that encrypts what scribe keeps.")


@app.callback()
def key() -> None:
    """The key that encrypts what scribe keeps."""


@app.command("new")
def new(
    file: Annotated[
        Path | None, typer.Option("--file", metavar="PATH", help="Write it to a file that only you can read.")
    ] = None,
    keyring: Annotated[bool, typer.Option("--keyring", help="Put it into this machine's keyring.")] = False,
) -> None:
    """Make a key: printed, or written to a file, or put into the keyring. One that is there is never replaced."""
    if file is not None and keyring:
        raise ConfigError("choose one of --file and --keyring")
    made = vault.new_key()
    if file is not None:
        vault.write_file(made, file)
        common.say(common.plain(f"Key {made.id} written to {file}: set store.key to file:{file.absolute()}"))
    elif keyring:
        vault.put_in_keyring(made)
        common.say(f"Key {made.id} is in the keyring: set store.key to keyring")
    else:
        common.emit(vault.as_text(made) + "\n")
        common.note_to_user(f"set store.key to environment and {vault.VARIABLE} to this key")
    common.note_to_user("keep a copy in a safe place: without the key nothing that it encrypts can ever be read")
