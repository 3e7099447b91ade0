"""What is kept no longer, removed everywhere: the store's rows and files, and the recordings of `capture.folder`.

Rows come first, in one transaction with their audit trail; then the folders, each with its key before its sound. A
purge that is cut short is finished by the next `settle`: of `scribe purge --yes`, or of a server that starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from scribe import erasing, vault
from scribe.batch import drafting
from scribe.capture import folder as folders
from scribe.capture import recovery, removal
from scribe.capture.recording import Recording, State
from scribe.capture.recovery import Summary
from scribe.config import Config
from scribe.errors import CaptureError
from scribe.store import purge, purged
from scribe.store.actor import Actor
from scribe.store.audit import Event
from scribe.store.store import Store

BLOCK = 60 * folders.SAMPLE_RATE  # samples read at once


def due(store: Store, config: Config) -> purge.Plan:
    """What the settings say today. Recordings of no encounter go `store.keep_audio_days` after they began."""
    link(store, config)
    plan = purge.due(store)
    days = config.store.keep_audio_days
    if not days:
        return plan
    before = store.clock() - timedelta(days=days)
    loose = (item.id for item in _loose(store, config) if item.state is State.FINISHED and item.created < before)
    return replace(plan, captures=tuple(loose))


def carry_out(store: Store, config: Config, plan: purge.Plan, actor: Actor) -> None:
    """Do what the plan says, one encounter in one transaction."""
    for name in plan.encounters:
        forget(store, config, name, actor, reason=f"kept for {config.store.keep_days} days after signing")
    for name in plan.sound:
        reason = f"kept for {config.store.keep_audio_days} days after signing"
        _wipe(config, purge.forget_sound(store, name, actor, reason=reason))
    for name in plan.captures:
        with store.begin(actor) as unit:
            reason = f"of no encounter; kept for {config.store.keep_audio_days} days"
            unit.record(Event("recording.purge", f"capture:{name}", reason=reason))
        purged.add(store.place.folder, purged.Purged("", "sound", (name,)), store.clock())
        _wipe(config, (name,))
    for path in plan.files:
        erasing.remove(path)
    settle(store, config)


def forget(store: Store, config: Config, encounter_id: str, actor: Actor, *, reason: str) -> None:
    """Make an encounter unreadable for good, with every copy of its sound. `settle` afterwards.

    Raises what `purge.forget` does, and CaptureError where its recording is being written.
    """
    link(store, config)
    for name in purge.captures_of(store, encounter_id):
        folder = folders.root(config.capture) / name
        if folder.is_dir() and recovery.summary(folder).state is State.RECORDING:
            raise CaptureError("this encounter is being recorded now: stop the recording first")
    _wipe(config, purge.forget(store, encounter_id, actor, reason=reason))


def settle(store: Store, config: Config) -> None:
    """Finish purges that were cut short, and leave nothing of what was purged in free pages of the database."""
    _wipe(config, purge.purged_captures(store))
    purge.settle(store)


def link(store: Store, config: Config) -> None:
    """Name the capture of sounds that were stored before captures were named: it is the one with the same samples."""
    left = {sha256: (name, size) for name, sha256, size in reversed(purge.of_no_capture(store, drafting.WAV))}
    for item in _loose(store, config) if left else ():
        if _size(item) in {size for _, size in left.values()} and (found := left.pop(_sha256(item, config), None)):
            purge.name_capture(store, found[0], item.id)


def _loose(store: Store, config: Config) -> Iterator[Summary]:
    """Recordings of `capture.folder` that the store does not name."""
    named = purge.named_captures(store)
    for item in recovery.summaries(folders.root(config.capture)):
        if item.id not in named:
            yield item


def _size(item: Summary) -> int:
    """Bytes of the recording as a WAV file."""
    samples = round(item.seconds * folders.SAMPLE_RATE)
    return len(drafting.wav_header(folders.SAMPLE_RATE, samples)) + 2 * samples


def _sha256(item: Summary, config: Config) -> str:
    """Of the recording as the WAV file that the store has."""
    opened = Recording.open(item.folder, key=vault.load(config.store))
    digest = hashlib.sha256(drafting.wav_header(opened.sample_rate, opened.samples))
    for first in range(0, opened.samples, BLOCK):
        digest.update(opened.read_pcm(first, BLOCK).astype("<i2").tobytes())
    return digest.hexdigest()


def _wipe(config: Config, captures: tuple[str, ...]) -> None:
    place: Path = folders.root(config.capture)
    for name in captures:
        removal.wipe(place / folders.check_id(name), name)
