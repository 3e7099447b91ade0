"""`scribe rekey`: another encryption key, or the first one."""

from __future__ import annotations

from typing import Annotated

import typer

from scribe import vault
from scribe.cli import _common as common
from scribe.errors import VaultError

To = Annotated[str, typer.Option("--to", metavar="SOURCE", help="Where the new key is: file:PATH or keyring.")]


def rekey(to: To, config_file: common.ConfigFile = None, sets: common.Sets = None) -> None:
    """Put store and recordings under another key, or under their first. Stop `scribe serve` before."""
    from scribe.capture import folder
    from scribe.store.actor import SYSTEM
    from scribe.store.rekey import rekey as change

    config = common.settings(config_file, sets)
    old, new = vault.load(config.store), vault.load(config.store.model_copy(update={"key": to}))
    if new is None:
        raise VaultError("--to names no key: use file:PATH or keyring")
    try:
        count = change(config, new, SYSTEM)
    except VaultError:
        # after a power cut the store may be under the new key, and the recordings not yet
        count = change(config.model_copy(update={"store": config.store.model_copy(update={"key": to})}), new, SYSTEM)
    for path in folder.folders(folder.root(config.capture)):
        if old and folder.read_card(path).key_id == old.id != new.id:
            folder.rewrap(path, old, new)
    common.say(common.plain(f"{count} encounters are under the key {new.id} now"))
    common.note_to_user(f"set store.key to {to!r}; keep the old key for as long as you keep backups made with it")
