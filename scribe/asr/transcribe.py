"""From sound to words: find speech, recognise it, take out what nobody said, flag what to listen to again."""

from __future__ import annotations

from dataclasses import replace

from scribe.asr import guards, vad, windows
from scribe.config import Config
from scribe.plugins import AsrEngine, OnProgress, no_progress
from scribe.types import Audio, Transcript


def transcribe(audio: Audio, engine: AsrEngine, config: Config, *, on_progress: OnProgress = no_progress) -> Transcript:
    """What was said in `audio`, with times and flags, without speakers.

    Silence, noise and music give a transcript without words. Progress is in seconds of the recording, stage "asr".
    """
    on_progress("asr", 0.0, audio.duration)
    speech = vad.detect(audio)
    heard = engine.transcribe(audio, speech=speech.intervals, on_progress=on_progress) if speech.intervals else ()
    said = guards.without_inventions(windows.cut_at_pauses(heard), speech.share)
    segments, loops = guards.without_loops(tuple(said))
    on_progress("asr", audio.duration, audio.duration)
    return Transcript(
        segments,
        language=config.asr.language,
        flags=guards.merged((*loops, *guards.low_trust(segments, speech.share))),
        duration=audio.duration,
        provenance=replace(engine.provenance, config_hash=config.hash),
    )
