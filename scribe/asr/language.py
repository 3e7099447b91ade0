"""Is this the language that was asked for? The recogniser would write another one as if it were, in invented words."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.asr import windows
from scribe.config import Config
from scribe.errors import InputError
from scribe.plugins import AsrEngine, Relistener
from scribe.types import Audio, Flag, FlagKind, Interval

OTHER = 0.8  # probability of another language from which a window counts as spoken in it
LEAST_SECONDS = 3.0  # of speech in a window: less tells nothing
REASON = "spoken in another language than the one asked for"
NAMES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def check(audio: Audio, speech: Sequence[Interval], engine: AsrEngine, config: Config) -> tuple[Flag, ...]:
    """Flags for windows (the first, the middle, the last) that are spoken in another language than `asr.language`.

    Raises InputError where all of them are, in one language. An engine that cannot tell is believed.
    """
    if not config.asr.check_language or not isinstance(engine, Relistener):
        return ()
    blocks = [block.pieces for block in windows.blocks(audio, speech, windows.BLOCK_SECONDS)]
    sampled = sorted({0, len(blocks) // 2, len(blocks) - 1}) if blocks else []
    flags: list[Flag] = []
    heard = []
    for at in sampled:
        pieces = blocks[at]
        if sum(piece.duration for piece in pieces) < LEAST_SECONDS:
            continue
        likely = engine.listen(audio, pieces).languages()
        language = max(likely, key=lambda name: likely[name], default=config.asr.language)
        is_other = language != config.asr.language and likely[language] >= OTHER
        heard.append(language if is_other else config.asr.language)
        if is_other:
            flags.append(Flag(FlagKind.LANGUAGE, Interval(pieces[0].start, pieces[-1].end), REASON))
        elif not flags:
            break  # the first window is as it should be
    if heard and len(set(heard)) == 1 and heard[0] != config.asr.language:
        name, wanted = (NAMES.get(code, code) for code in (heard[0], config.asr.language))
        raise InputError(
            f"this recording seems to be spoken in {name}, not in {wanted}: set asr.language to {heard[0]!r} for a "
            f"transcript (notes and codes are made for English only), or asr.check_language to false if it is {wanted}"
        )
    return tuple(flags)
