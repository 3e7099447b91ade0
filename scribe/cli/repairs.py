"""`scribe repairs TRANSCRIPT`: what the vocabulary replaced, and how to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from scribe import serial
from scribe.asr import risk, vocabulary
from scribe.cli import _common as common
from scribe.config import Config
from scribe.errors import ConfigError, InputError
from scribe.export.checks import rule
from scribe.export.layout import clock
from scribe.types import Repair, Transcript


def repairs(
    transcript_file: Annotated[Path, typer.Argument(metavar="TRANSCRIPT", help="A transcript.json.")],
    undo: Annotated[
        list[int] | None,
        typer.Option("--undo", min=1, metavar="N", help="Take back repair N of the list; repeatable."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the result goes (default: TRANSCRIPT itself).")
    ] = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """List the words that were replaced by terms of the vocabulary, or take some of them back."""
    config = common.settings(config_file, sets)
    transcript = _read(transcript_file)
    numbers = sorted(set(undo or ()))
    if not numbers:
        if out is not None:
            raise ConfigError("--out needs --undo: without it nothing changes and nothing is written")
        _print_list(transcript)
        return
    undone = _undone(transcript, [_numbered(transcript, number) for number in numbers], config)
    target = out or transcript_file
    folder, name = target.parent, target.name
    common.write_files(folder, {name: serial.dumps(undone).encode()})
    common.say(common.plain(f"{len(numbers)} taken back, {len(undone.repairs)} left: written to {target}"))
    common.note_to_user("a note made before this still has the replaced words: make it again with `scribe sections`")


def _read(file: Path) -> Transcript:
    """Raises InputError where the file is no transcript of ours, or its repairs do not fit its words."""
    text = common.read_text(file)
    if serial.schema_of(text) != "transcript":
        raise InputError(f"{file} is not a transcript that scribe wrote: name a transcript.json")
    transcript = serial.loads(text, Transcript)
    at = 0
    for repair in transcript.repairs:
        if repair.first < at or repair.count < 1 or not repair.original:
            at = len(transcript.words) + 1
            break
        at = repair.first + repair.count
    if at > len(transcript.words):
        raise InputError(f"{file} lists repairs that do not fit its words: make the transcript again")
    return transcript


def _undone(transcript: Transcript, chosen: Sequence[Repair], config: Config) -> Transcript:
    """Without the chosen repairs, in order of their places; what stands there instead is checked like any words."""
    places = []
    for repair in reversed(chosen):  # the last first: those before it keep their place
        words = transcript.words[repair.first : repair.first + repair.count]
        places.append((words[0].start, words[-1].end))
        transcript = transcript.undo(repair)
    kept = tuple(
        flag
        for flag in transcript.flags
        if flag.reason != risk.REPLACED
        or not any(flag.interval.start < end and start < flag.interval.end for start, end in places)
    )
    return risk.flagged(replace(transcript, flags=kept), vocabulary.load(config))


def _numbered(transcript: Transcript, number: int) -> Repair:
    if number > len(transcript.repairs):
        count = len(transcript.repairs)
        known = f"they are numbered 1 to {count}" if count else "it has none"
        raise ConfigError(f"this transcript has no repair {number}: {known}")
    return transcript.repairs[number - 1]


def _print_list(transcript: Transcript) -> None:
    if not transcript.repairs:
        common.note_to_user("nothing was replaced in this transcript")
    for number, repair in enumerate(transcript.repairs, start=1):
        now = transcript.words[repair.first : repair.first + repair.count]
        said, stands = ("".join(word.text for word in words).strip() for words in (repair.original, now))
        at = clock(now[0].start)
        chance = min(word.probability for word in repair.original)
        common.say(common.plain(f"{number:>3}  {at:>7}  {said} ({chance:.0%}) -> {stands}: {rule(repair)}"))
