"""Speech that no word covers: decoded again by itself, and flagged as inaudible where that gives no words either.

Whisper now and then leaves out a sentence between two it writes. Such a hole is found by the voice activity under it;
what it holds is decoded without its neighbours. A blank that says so is better than a note that reads on as if nothing
had been said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scribe import word_pieces
from scribe.asr import guards
from scribe.asr.vad import Speech
from scribe.plugins import AsrEngine
from scribe.types import Audio, Flag, FlagKind, Interval, Segment

LEAST_SPEECH = 1.0  # seconds of voice in a hole: less is a hesitation, a laugh, or a word whose time is not exact
LEAST_AGAIN = 0.3  # of the hole's voice that words must cover the second time
REASON = "somebody spoke here, and no words were made out"


def holes(segments: Sequence[Segment], speech: Speech) -> Iterator[Interval]:
    """The stretches between words in which somebody speaks for `LEAST_SPEECH` or more, from first voice to last."""
    words = sorted((word.start, word.end) for segment in segments for word in segment.words)
    at = 0.0
    for start, end in [*words, (speech.duration, speech.duration)]:
        if start - at >= LEAST_SPEECH:
            hole = Interval(at, start)
            if speech.share(hole) * hole.duration >= LEAST_SPEECH:
                yield from (part for part in _spoken(hole, speech) if part.duration >= LEAST_SPEECH)
        at = max(at, end)


def _spoken(hole: Interval, speech: Speech) -> Iterator[Interval]:
    for stretch in speech.intervals:
        start, end = max(hole.start, stretch.start), min(hole.end, stretch.end)
        if end > start and speech.share(Interval(start, end)) * (end - start) >= LEAST_SPEECH:
            yield Interval(start, end)


def recovered(
    segments: Sequence[Segment], audio: Audio, speech: Speech, engine: AsrEngine
) -> tuple[tuple[Segment, ...], tuple[Flag, ...]]:
    """The segments with what was found in the holes, and flags for the holes that stay."""
    found: list[Segment] = []
    flags = []
    for hole in list(holes(segments, speech)):
        heard = word_pieces.whole(engine.transcribe(audio, speech=[hole]))
        again = guards.without_inventions(heard, speech.share)
        kept, loops = guards.without_loops(
            [segment for segment in again if not guards.is_doubtful(segment, speech.share)]
        )
        covered = sum(segment.end - segment.start for segment in kept)
        if covered >= LEAST_AGAIN * hole.duration and not loops:
            found += [replace(segment, fallback=True) for segment in kept]
        else:
            flags.append(Flag(FlagKind.INAUDIBLE, hole, REASON))
    return _in_order([*segments, *found]) if found else tuple(segments), tuple(flags)


def _in_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Segments in order of time; one that another falls into is cut there."""
    parts: list[Segment] = []
    starts = sorted(segment.start for segment in segments)
    for segment in segments:
        first = 0
        for at in range(1, len(segment.words)):
            if any(segment.words[at - 1].end <= start <= segment.words[at].start for start in starts):
                parts.append(replace(segment, words=segment.words[first:at]))
                first = at
        parts.append(replace(segment, words=segment.words[first:]))
    return tuple(sorted(parts, key=lambda part: part.start))
