"""The pass over a finished recognition that puts medical terms right: find doubts, ask again, judge, mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from scribe.asr import bias, repair, sounds, windows
from scribe.asr.doubts import Doubt, Suspect, suspects
from scribe.asr.repair import Mended, Verdict
from scribe.asr.retrieval import Index
from scribe.asr.vocabulary import TermKind, Vocabulary
from scribe.config import Config, ModelsSettings
from scribe.plugins import AsrEngine, OnProgress, Relistener, no_progress
from scribe.types import Audio, Interval, Segment, Word

KNOWN_PROBABILITY = 0.8  # of every word of a term that counts as recognised well
MOST_KNOWN = 10


@lru_cache(maxsize=2)
def index(vocabulary: Vocabulary, settings: ModelsSettings) -> Index:
    """The terms of a vocabulary by sound, kept. Raises AssetError where the shipped tables are missing."""
    return Index(vocabulary.terms, sounds.load(settings))


def corrected(
    segments: Sequence[Segment],
    audio: Audio,
    speech: Sequence[Interval],
    engine: AsrEngine,
    vocabulary: Vocabulary,
    config: Config,
    *,
    known: Sequence[str] | None = None,
    on_progress: OnProgress = no_progress,
) -> Mended:
    """The segments with misheard terms put right as far as that is safe, with repairs and flags.

    `known`: drugs that the recording names clearly, where `segments` are only a part of it.
    """
    words = [word for segment in segments for word in segment.words]
    by_sound = index(vocabulary, config.models)
    known = known_drugs(words, vocabulary) if known is None else known
    doubted = suspects(words, vocabulary, by_sound, known=known)
    verdicts: list[Verdict] = []
    second_decoded: dict[int, str] = {}
    flags = []
    for pieces, window in _windows(audio, speech, words):
        inside = [item for item in doubted if item.first in window and item.last in window]
        if not inside:
            continue
        listening = engine.listen(audio, pieces) if isinstance(engine, Relistener) else None
        judged = repair.judge(inside, words, window, listening) if config.asr.repair else [*map(Verdict, inside)]
        if listening and config.asr.bias and any(_is_open(item) for item in judged):
            hinted = bias.hints([item.suspect for item in judged if _is_open(item)], known, vocabulary)
            second = listening.decode(hinted)
            found = bias.proposals(words, window, second, hinted, vocabulary, by_sound)
            again = repair.judge(_apart(found, judged), words, window, listening)
            confirmed = [item for item in again if item.accepted]
            second_decoded |= {item.accepted.first: "second-decode" for item in confirmed if item.accepted}
            judged = [*_without(judged, confirmed), *confirmed]
            flags += list(bias.disagreements(words, window, second))
        verdicts += judged
        on_progress("terms", pieces[-1].end, audio.duration)
    mended = repair.mend(segments, verdicts, second_decoded)
    return replace(mended, flags=(*mended.flags, *flags))


def _windows(
    audio: Audio, speech: Sequence[Interval], words: Sequence[Word]
) -> Iterator[tuple[tuple[Interval, ...], range]]:
    """The windows the recording was decoded in, each with the indices of the words in it."""
    at = 0
    for block in windows.blocks(audio, speech, windows.BLOCK_SECONDS):
        first = at
        while at < len(words) and (words[at].start + words[at].end) / 2 <= block.pieces[-1].end:
            at += 1
        if at > first:
            yield block.pieces, range(first, at)


def known_drugs(words: Sequence[Word], vocabulary: Vocabulary) -> list[str]:
    """Drugs that the recording names and the recogniser was sure of."""
    found = (vocabulary.get(word.text) for word in words if word.probability >= KNOWN_PROBABILITY)
    return list(dict.fromkeys(term.text for term in found if term and term.kind is TermKind.DRUG))[:MOST_KNOWN]


def _is_open(verdict: Verdict) -> bool:
    """Whether a second decoding may help: a word that is in no list, or an improbable one before a dose."""
    return verdict.accepted is None and verdict.suspect.doubt in (Doubt.UNKNOWN, Doubt.DOSED)


def _apart(found: Sequence[Suspect], judged: Sequence[Verdict]) -> list[Suspect]:
    """What the second decoding proposes where nothing has been accepted yet."""
    taken = [item.accepted for item in judged if item.accepted]
    return [item for item in found if all(item.last < one.first or one.last < item.first for one in taken)]


def _without(judged: Sequence[Verdict], confirmed: Sequence[Verdict]) -> list[Verdict]:
    """Earlier verdicts but for those that a confirmed reading settles."""
    settled = [item.accepted for item in confirmed if item.accepted]
    return [
        item
        for item in judged
        if all(item.suspect.last < one.first or one.last < item.suspect.first for one in settled)
    ]
