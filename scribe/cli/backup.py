"""`scribe backup` and `scribe restore`: the whole store in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scribe import vault
from scribe.cli import _common as common
from scribe.config import Config
from scribe.vault import Key

Target = Annotated[Path, typer.Argument(metavar="FILE", help="A new file; best on another disk.")]
Source = Annotated[Path, typer.Argument(metavar="FILE", help="What `scribe backup` wrote.")]
BackupKey = Annotated[
    str | None,
    typer.Option(
        "--backup-key", metavar="SOURCE", help="Key of the backup where it is another: file:PATH, keyring, none."
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Put it in the place of the store that is there.")]


def backup(target: Target, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Write the whole store into one file: rows, sound, audit trail. People may go on working meanwhile."""
    from scribe.store.actor import SYSTEM
    from scribe.store.backup import backup as write
    from scribe.store.store import Store

    store = Store.open(common.settings(config_file, sets))
    try:
        saved = write(store, target, SYSTEM)
    finally:
        store.close()
    megabytes = saved.size / 1_000_000
    common.say(
        common.plain(
            f"{target}: {saved.encounters} encounters, {saved.recordings} sound files, {megabytes:.1f} MB, "
            + (f"sealed with the key {store.key.id}" if store.key else "not encrypted")
        )
    )
    if saved.missing:
        common.note_to_user(f"{saved.missing} sound files were not in the store's folder: look for them")
    if not store.key:
        common.note_to_user("whoever has this file can read it: keep it where nobody else gets at it")


def restore(
    source: Source,
    backup_key: BackupKey = None,
    replace: Replace = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Put a backup back. It is checked as a whole before anything changes; what was there before is kept."""
    from scribe.store.actor import SYSTEM
    from scribe.store.restore import restore as read

    config = common.settings(config_file, sets)
    found = read(config, source, SYSTEM, backup_key=_key(config, backup_key), replace=replace)
    common.say(common.plain(f"{found.encounters} encounters are back as they were on {found.made_at}"))
    if found.forgotten:
        common.note_to_user(f"{found.forgotten} of them were purged since, and are forgotten again")
    if found.kept:
        common.note_to_user(f"what was there before is kept beside it, under names with {found.kept!r}")


def _key(config: Config, source: str | None) -> Key | None:
    if source == "none":
        return None
    settings = config.store if source is None else config.store.model_copy(update={"key": source})
    return vault.load(settings)
