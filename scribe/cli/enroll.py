"""`scribe enroll NAME`: keep how a clinician sounds, so that roles come from the voice first."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from scribe import audio, pipeline
from scribe.asr import vad
from scribe.cli import _common as common
from scribe.config import Config
from scribe.diarization.enrolment import Voices
from scribe.diarization.voiceprints import LEAST_SECONDS
from scribe.errors import CaptureError, ConfigError
from scribe.types import Audio

ENOUGH_SECONDS = LEAST_SECONDS + 2.0  # of speech, then the microphone is switched off
LONGEST_SECONDS = 90.0
READ_ALOUD = (
    "Talk as you would to a patient, alone and without pausing for long, for about half a minute. For example: "
    "good morning, please have a seat. What brings you in today? When did it start, and has it become better or worse? "
    "Have you taken anything for it? I will listen to your heart and lungs now. Take a deep breath, and let it out. "
    "We will do some blood tests, and I would like to see you again in two weeks. Do you have any questions for me?"
)


def enroll(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Whose voice it is.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="AUDIO", help="A recording of this person alone, not the microphone."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show whose voices are enrolled.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Forget the voice of NAME.")] = False,
    config_file: common.ConfigFile = None,
    sets: common.Sets = None,
) -> None:
    """Keep a clinician's voice on this machine (20 seconds of speech), or list or delete voices."""
    config = common.settings(config_file, sets)
    voices = Voices.of(config)
    if listed:
        return _show(voices)
    if name is None:
        raise ConfigError("whose voice is it? `scribe enroll NAME`, or `scribe enroll --list`")
    if delete:
        voices.delete(name)
        return common.say("The voice is forgotten.")
    voices.all()  # a wrong key is told before anybody speaks
    sound = audio.load(file, config.audio) if file else _recorded(config)
    made = pipeline.enrol(name, sound, config)
    common.say(f"Enrolled from {made.seconds:.0f} s of speech; the recording was not kept.")
    if not config.diarization.voiceprints:
        common.note_to_user("set diarization.voiceprints to true, and roles come from the voice first")
    return None


def _show(voices: Voices) -> None:
    found = voices.all()
    if not found:
        common.say("No voice is enrolled.")
    for item in found:
        common.say(common.plain(f"{item.name}  ({item.seconds:.0f} s, {item.at:%Y-%m-%d})"))


def _recorded(config: Config) -> Audio:
    """What is said into the microphone until there is enough of it. Raises CaptureError where there is none."""
    from scribe.capture.microphone import microphone

    source = microphone(config.capture)
    for warning in source.warnings:
        common.note_to_user(warning)
    common.say(READ_ALOUD)
    blocks: list[NDArray[np.int16]] = []
    growing, stop = vad.Growing(), threading.Event()

    def hear(samples: NDArray[np.int16]) -> None:
        blocks.append(samples)
        growing.feed(samples.astype(np.float32) / np.float32(32768))
        spoken = sum(run.duration for run in growing.runs.all)
        if spoken >= ENOUGH_SECONDS or growing.heard >= LONGEST_SECONDS:
            stop.set()

    source.run(hear, stop)
    if not blocks:
        raise CaptureError("the microphone gave no sound: see `scribe devices`")
    return Audio(np.concatenate(blocks).astype(np.float32) / np.float32(32768))
