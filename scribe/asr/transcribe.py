"""From sound to words: find speech, recognise it, take out what nobody said, put medical terms right, flag doubts."""

from __future__ import annotations

from dataclasses import replace

from scribe.asr import correction, guards, language, unheard, vad, vocabulary, windows
from scribe.asr.repair import Mended
from scribe.config import Config
from scribe.plugins import AsrEngine, OnProgress, no_progress
from scribe.types import Audio, Segment, Transcript


def transcribe(audio: Audio, engine: AsrEngine, config: Config, *, on_progress: OnProgress = no_progress) -> Transcript:
    """What was said in `audio`, with times, repairs and flags, without speakers.

    Silence, noise and music give a transcript without words. Progress is in seconds of the recording, stages "asr" and
    "terms". Raises InputError where another language is spoken than the one asked for.
    """
    on_progress("asr", 0.0, audio.duration)
    speech = vad.detect(audio)
    other = language.check(audio, speech.intervals, engine, config)
    heard = engine.transcribe(audio, speech=speech.intervals, on_progress=on_progress) if speech.intervals else ()
    said = guards.without_inventions(windows.cut_at_pauses(heard), speech.share)
    segments, loops = guards.without_loops(tuple(said))
    segments, inaudible = unheard.recovered(segments, audio, speech, engine)
    on_progress("asr", audio.duration, audio.duration)
    mended = _mended(segments, audio, speech, engine, config, on_progress)
    flags = (*other, *loops, *inaudible, *mended.flags, *guards.low_trust(mended.segments, speech.share))
    return Transcript(
        mended.segments,
        language=config.asr.language,
        flags=guards.merged(flags),
        repairs=mended.repairs,
        duration=audio.duration,
        provenance=replace(engine.provenance, config_hash=config.hash),
    )


def _mended(
    segments: tuple[Segment, ...],
    audio: Audio,
    speech: vad.Speech,
    engine: AsrEngine,
    config: Config,
    on_progress: OnProgress,
) -> Mended:
    """The segments with medical terms put right; as they are where that is switched off. The terms are English."""
    if not segments or config.asr.language != "en" or not (config.asr.bias or config.asr.repair):
        return Mended(segments, (), ())
    words = vocabulary.load(config)
    return correction.corrected(segments, audio, speech.intervals, engine, words, config, on_progress=on_progress)
