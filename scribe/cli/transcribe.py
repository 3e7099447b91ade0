"""`scribe transcribe AUDIO`: what was said, and who said it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from scribe import pipeline, serial
from scribe.cli import _common as common
from scribe.dictation.write import check_files
from scribe.errors import ConfigError
from scribe.export import subtitles
from scribe.export.checks import TITLES, joined
from scribe.types import Flag, FlagKind


def transcribe(
    recording: Annotated[
        Path, typer.Argument(metavar="AUDIO", help="Any common audio or video file; -: standard input.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Words with times, speakers and probabilities.")] = False,
    srt: Annotated[bool, typer.Option("--srt", help="Subtitles (SubRip).")] = False,
    vtt: Annotated[bool, typer.Option("--vtt", help="Subtitles (WebVTT).")] = False,
    text: Annotated[bool, typer.Option("--text", help="Text by speaker (the default).")] = False,
    mode: common.ModeChoice = common.ModeOption.AUTO,
    engine: common.Engine = None,
    speakers: common.Speakers = None,
    roles: common.Roles = None,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Write down what was said and who said it."""
    if sum((as_json, srt, vtt, text)) > 1:
        raise ConfigError("choose one of --json, --srt, --vtt and --text")
    config = common.settings(config_file, sets, {"asr.engine": engine, "diarization.speakers": speakers})
    check_files(config)
    with common.progress() as on_progress:
        sound = common.loaded(recording, config)
        transcript = pipeline.transcribe(
            sound, config, mode=mode.mode, roles=common.parse_roles(roles), on_progress=on_progress
        )
        transcript = pipeline.checked(transcript, config, mode=mode.mode)
    if not transcript.words:
        common.note_to_user("no speech was found in this recording: the transcript is empty")
    if transcript.flags:
        common.note_to_user(f"to check: {counts(transcript.flags)}")
    form = serial.dumps if as_json else subtitles.to_srt if srt else subtitles.to_vtt if vtt else subtitles.to_text
    common.emit(form(transcript))


def counts(flags: Iterable[Flag]) -> str:
    """How many places of each kind there are, the most dangerous first: "2 drug, 1 number"."""
    found = Counter(flag.kind for flag in joined(flags))
    return ", ".join(f"{found[kind]} {TITLES[kind].lower()}" for kind in FlagKind if found[kind])
