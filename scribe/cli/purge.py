"""`scribe purge`: what is kept no longer, made unreadable for good."""

from __future__ import annotations

from typing import Annotated

import typer

from scribe.cli import _common as common
from scribe.errors import InputError

EncounterId = Annotated[
    str | None, typer.Option("--encounter", metavar="ID", help="Only this encounter, whatever its state.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the audit trail (with --encounter).")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it. Without, it is only told what would go.")]


def purge(
    encounter: EncounterId = None,
    reason: Reason = "",
    yes: Yes = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Make unreadable what store.keep_audio_days and store.keep_days no longer keep; its audit trail stays."""
    from scribe.batch import retention
    from scribe.store.actor import SYSTEM
    from scribe.store.store import Store

    config = common.settings(config_file, sets)
    store = Store.open(config)
    try:
        if encounter:
            if not yes:
                raise InputError("an encounter that is purged never comes back: add --yes")
            retention.forget(store, config, encounter, SYSTEM, reason=reason)
            retention.settle(store, config)
            common.say(common.plain(f"encounter {encounter} is purged"))
            return
        plan = retention.due(store, config)
        would = "" if yes else "would be "
        common.say(
            f"{len(plan.encounters)} encounters, the sound of {len(plan.sound)} more, {len(plan.captures)} recordings "
            f"of no encounter, {len(plan.files)} stray files"
        )
        if yes:
            retention.carry_out(store, config, plan, SYSTEM)
        common.say(f"{would}purged" if not plan.is_empty else "nothing to purge")
        if not yes and not plan.is_empty:
            common.note_to_user("nothing was purged: add --yes")
    finally:
        store.close()
