"""Guards against text that nobody said: Whisper fills silence with phrases, and sometimes repeats itself without end.

Text is taken out only where the evidence against it is strong (no voice under it and a poor decoding); where it is
weak the text stays and a person is asked to listen. Thresholds follow Whisper's own and Koenecke et al. 2024
(arXiv 2402.08021), Baranski et al. 2025 (arXiv 2501.11378).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import exp, log

from scribe.types import Flag, FlagKind, Interval, Segment, Word

SpeechShare = Callable[[Interval], float]
"""The share of a stretch of time in which somebody speaks, 0 to 1 (`vad.Speech.share`)."""

MAX_NGRAM = 6  # words of a repeated phrase
MIN_REPEATS = 4  # times it is said in a row...
MIN_REPEATED_WORDS = 12  # ...and words of all repeats: "no, no, no" and "5 mg, 5 mg" are speech

NO_SPEECH = 0.6  # Whisper's own threshold
POOR_LOGPROB = -0.7
BAD_LOGPROB = -1.0  # Whisper's own threshold
HOPELESS_LOGPROB = -1.2
COMPRESSION = 2.4  # Whisper's own threshold
LITTLE_SPEECH = 0.3  # share of the time under a segment
HARDLY_ANY_SPEECH = 0.1
FASTEST_SPEECH = 6.0  # words per second, over at least
FASTEST_WORDS = 8  # this many words
IMPOSSIBLE_SPEECH = 10.0  # words per second

LOOP_REASON = "the recogniser repeated itself here; the repeats were removed"
FALLBACK_REASON = "hard to recognise: a first attempt failed its checks"
LOGPROB_REASON = "hard to recognise: low probability"
SPEECH_REASON = "text over little speech"
SPEED_REASON = "more words than can be spoken in the time"

# What Whisper writes for silence, music and noise, after Baranski et al.; compared without case and punctuation.
INVENTIONS = frozenset(
    {
        "applause",
        "bye",
        "bye bye",
        "dont forget to like and subscribe",
        "hmm",
        "ill see you in the next video",
        "ill see you next time",
        "im sorry",
        "like and subscribe",
        "mm",
        "music",
        "oh",
        "please subscribe",
        "please subscribe to my channel",
        "see you in the next video",
        "see you next time",
        "so",
        "subtitles by the amaraorg community",
        "thank you",
        "thank you for listening",
        "thank you for watching",
        "thank you so much",
        "thank you so much for watching",
        "thank you very much",
        "thanks for watching",
        "the end",
        "transcribed by otterai",
        "transcription by castingwords",
        "you",
    }
)
_MARKS = re.compile(r"[^\w\s]")
_PARTS = re.compile(r"\s*\W*\w+(?:\W+$)?|.+", re.DOTALL)  # of a word: " 58", "-year", "-old."


def without_inventions(segments: Iterable[Segment], share: SpeechShare) -> Iterator[Segment]:
    """Leave out segments that hold no word, or that nobody said: see `is_invented`."""
    return (segment for segment in segments if _key(segment.text) and not is_invented(segment, share))


def is_invented(segment: Segment, share: SpeechShare) -> bool:
    """Whether there is strong evidence that nobody said this: never the sound alone, never the text alone.

    Hardly any voice under it, or more words than anybody can speak, and any doubt about the decoding; or little voice
    and a decoding that Whisper itself rejects; or either of these and a phrase that Whisper is known to invent; or such
    a phrase alone, where the decoding failed its checks and every other one did, too.
    """
    spoken = speech_under(segment.words, share)
    unlikely, silent = segment.avg_logprob < POOR_LOGPROB, segment.no_speech_prob > NO_SPEECH
    impossible = spoken < HARDLY_ANY_SPEECH or _is_faster(segment, IMPOSSIBLE_SPEECH)
    if impossible and (unlikely or silent):
        return True
    if spoken < LITTLE_SPEECH and ((unlikely and silent) or segment.avg_logprob < HOPELESS_LOGPROB):
        return True
    failed = segment.fallback and segment.avg_logprob < BAD_LOGPROB
    return (spoken < LITTLE_SPEECH or (unlikely and silent) or failed) and reads_invented(segment.text)


def speech_under(words: Sequence[Word], share: SpeechShare) -> float:
    """Share of the time of `words` in which somebody speaks, 0 to 1."""
    weights = [max(word.end - word.start, 0.02) for word in words]
    shares = [share(Interval(word.start, max(word.end, word.start + 0.02))) for word in words]
    return sum(w * s for w, s in zip(weights, shares, strict=True)) / sum(weights)


def without_loops(segments: Sequence[Segment]) -> tuple[tuple[Segment, ...], tuple[Flag, ...]]:
    """Take out repeats of a phrase, keeping it once, and flag where. Loops may run over several segments.

    A loop is a phrase of up to `MAX_NGRAM` words said at least `MIN_REPEATS` times in a row, `MIN_REPEATED_WORDS`
    words or more in all. Segments left without words are left out. Doing it twice changes nothing more.
    """
    said = [word for segment in segments for word in segment.words]
    words = [_without_inner_loop(word) for word in said]
    owners = [at for at, segment in enumerate(segments) for _ in segment.words]
    kept = list(range(len(words)))
    flags = [
        Flag(FlagKind.LOOP, Interval(word.start, word.end), LOOP_REASON)
        for word, now in zip(said, words, strict=True)
        if now is not word
    ]
    while loop := _first_loop([_key(words[at].text) for at in kept]):
        first, length, end = loop
        flags.append(Flag(FlagKind.LOOP, Interval(words[kept[first]].start, words[kept[end - 1]].end), LOOP_REASON))
        del kept[first + length : end]
    if not flags:
        return tuple(segments), ()
    left: dict[int, list[Word]] = {}
    for at in kept:
        left.setdefault(owners[at], []).append(words[at])
    return tuple(replace(segments[owner], words=tuple(some)) for owner, some in left.items()), merged(flags)


def _without_inner_loop(word: Word) -> Word:
    """A word of many parts, "ha-ha-ha-...", without those that are repeats."""
    if len(word.text) < MIN_REPEATED_WORDS:
        return word
    parts = _PARTS.findall(word.text)
    count = len(parts)
    while len(parts) >= MIN_REPEATED_WORDS and (loop := _first_loop([_key(part) for part in parts])):
        first, length, end = loop
        del parts[first + length : end]
    return word if len(parts) == count else replace(word, text="".join(parts))


def _first_loop(keys: Sequence[str]) -> tuple[int, int, int] | None:
    """(first word, words of the phrase, end) of the earliest loop; the shortest phrase that explains it."""
    found: list[tuple[int, int, int]] = []
    for length in range(1, MAX_NGRAM + 1):
        matches = 0  # words in a row that equal the word `length` before them
        for at in range(length, len(keys) + 1):
            if at < len(keys) and keys[at] and keys[at] == keys[at - length]:
                matches += 1
                continue
            repeats = matches // length + 1
            if repeats >= MIN_REPEATS and repeats * length >= MIN_REPEATED_WORDS:
                first = at - matches - length
                found.append((first, length, first + repeats * length))
                break
            matches = 0
    return min(found, default=None)


def is_doubtful(segment: Segment, share: SpeechShare) -> bool:
    """Whether a segment would be flagged: see `low_trust`."""
    return _doubt(segment, share) is not None


def low_trust(segments: Iterable[Segment], share: SpeechShare) -> tuple[Flag, ...]:
    """Flags for segments that a person should listen to again: see the reasons at the top of this file."""
    return merged(
        Flag(FlagKind.LOW_TRUST, Interval(segment.start, segment.end), reason)
        for segment in segments
        if (reason := _doubt(segment, share))
    )


def _doubt(segment: Segment, share: SpeechShare) -> str | None:
    if segment.fallback:
        return FALLBACK_REASON
    if segment.avg_logprob < BAD_LOGPROB or _word_logprob(segment.words) < BAD_LOGPROB:
        return LOGPROB_REASON
    if speech_under(segment.words, share) < LITTLE_SPEECH:
        return SPEECH_REASON
    return SPEED_REASON if _is_faster(segment, FASTEST_SPEECH) else None


def _is_faster(segment: Segment, words_per_second: float) -> bool:
    words = len(segment.words)
    return words >= FASTEST_WORDS and words > words_per_second * (segment.end - segment.start)


def merged(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Flags in order of time; those that differ in time only and touch (within a second) become one."""
    result: list[Flag] = []
    for flag in sorted(flags, key=lambda flag: (flag.kind, flag.reason, flag.readings, flag.interval)):
        last = result[-1] if result else None
        if (
            last
            and (last.kind, last.reason, last.readings) == (flag.kind, flag.reason, flag.readings)
            and flag.interval.start <= last.interval.end + 1
        ):
            end = max(last.interval.end, flag.interval.end)
            result[-1] = replace(last, interval=Interval(last.interval.start, end))
        else:
            result.append(flag)
    return tuple(sorted(result, key=lambda flag: (flag.interval, flag.kind)))


def reads_invented(text: str) -> bool:
    """Whether a text is one that Whisper is known to invent, or mostly repeats itself; people may say it, too."""
    return _key(text) in INVENTIONS or compression_ratio(text) > COMPRESSION


def compression_ratio(text: str) -> float:
    """Bytes of `text` per byte compressed, as Whisper reckons it; repeated text has a high ratio."""
    data = text.strip().encode()
    return len(data) / len(zlib.compress(data))


def _word_logprob(words: Sequence[Word]) -> float:
    """Mean log probability of the words."""
    return sum(log(max(word.probability, exp(-5))) for word in words) / len(words)


def _key(text: str) -> str:
    """`text` without case and punctuation."""
    return " ".join(_MARKS.sub("", text).casefold().split())
