"""`scribe worker`: works on the jobs of the store, without serving pages."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType
from typing import Annotated

import typer

from scribe.cli import _common as common
from scribe.errors import StoreError
from scribe.store.actor import SYSTEM
from scribe.store.records import JobState
from scribe.store.store import Store

Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="Recordings worked on at once (store.workers).")
]
JUST_NOW = 5.0  # seconds: who has stopped a recording since is about to keep it
Drain = Annotated[bool, typer.Option("--drain", help="Stop when nothing waits any more.")]


def worker(
    workers: Workers = None, drain: Drain = False, config_file: common.ConfigFile = None, sets: common.Sets = None
) -> None:
    """Turn waiting recordings of the store into drafts, until it is stopped. `scribe serve` does this, too."""
    from scribe.batch import captured
    from scribe.batch.captured import SETTLED, TakingIn
    from scribe.batch.pool import Pool

    config = common.settings(config_file, sets, {"store.workers": workers})
    store, stop = Store.open(config), Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    common.note_to_user("waiting for recordings (stop it with Ctrl-C)")
    captured.take_in(store, config, quiet=JUST_NOW)
    with TakingIn(store, config, at_start=SETTLED), Pool(store, config):
        while not stop.wait(1.0):
            if drain and _is_idle(store):
                break
    with store.begin(SYSTEM, read_only=True) as unit:
        counts = unit.jobs.counts()
    store.attest()
    store.close()
    common.say(", ".join(f"{counts.get(state, 0)} {state}" for state in JobState))


def _is_idle(store: Store) -> bool:
    """Whether nothing waits or runs; a database that is away for a moment is waited for."""
    try:
        with store.begin(SYSTEM, read_only=True) as unit:
            return not unit.jobs.find(JobState.WAITING, JobState.RUNNING, limit=1)
    except StoreError as error:
        common.note_to_user(str(error))
        return False
