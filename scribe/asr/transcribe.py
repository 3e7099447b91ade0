"""From sound to words: find speech, recognise it, take out what nobody said, put medical terms right, flag doubts."""

from __future__ import annotations

from dataclasses import replace

from scribe.asr import correction, guards, language, unheard, vad, vocabulary, windows
from scribe.asr.repair import Mended
from scribe.asr.vocabulary import Vocabulary
from scribe.config import Config
from scribe.plugins import AsrEngine, OnProgress, no_progress
from scribe.types import Audio, Flag, FlagKind, Transcript


def transcribe(
    audio: Audio,
    engine: AsrEngine,
    config: Config,
    *,
    speech: vad.Speech | None = None,
    on_progress: OnProgress = no_progress,
) -> Transcript:
    """What was said in `audio`, with times, repairs and flags, without speakers. `speech`: found in it before.

    Silence, noise and music give a transcript without words. Progress is in seconds of the recording, stages "asr" and
    "terms". Raises InputError where another language is spoken than the one asked for, ConfigError where the specialty
    is unknown or the list of the user's words cannot be used.
    """
    on_progress("asr", 0.0, audio.duration)
    terms = terms_of(config)
    speech = vad.detect(audio) if speech is None else speech
    other = language.check(audio, speech.intervals, engine, config)
    heard = engine.transcribe(audio, speech=speech.intervals, on_progress=on_progress) if speech.intervals else ()
    said = guards.without_inventions(windows.whole_words(heard), speech.share)
    segments, loops = guards.without_loops(tuple(said))
    segments, inaudible = unheard.recovered(segments, audio, speech, engine)
    on_progress("asr", audio.duration, audio.duration)
    mended = Mended(segments, (), ())
    if terms and segments:
        mended = correction.corrected(segments, audio, speech.intervals, engine, terms, config, on_progress=on_progress)
    flags = (*gone(audio), *other, *loops, *inaudible, *mended.flags, *guards.low_trust(mended.segments, speech.share))
    return Transcript(
        mended.segments,
        language=config.asr.language,
        flags=guards.merged(flags),
        repairs=mended.repairs,
        duration=audio.duration,
        provenance=replace(engine.provenance, config_hash=config.hash),
    )


def gone(audio: Audio) -> tuple[Flag, ...]:
    """A flag for each stretch of sound that the recording lacks."""
    return tuple(Flag(FlagKind.MISSING, item.interval, item.reason) for item in audio.missing)


def terms_of(config: Config) -> Vocabulary | None:
    """The vocabulary, read before the work begins, so that a mistake in the user's words is told at once.

    None where terms are not to be put right, or the language is not theirs.
    """
    wanted = config.asr.language == "en" and (config.asr.bias or config.asr.repair)
    return vocabulary.load(config) if wanted else None
