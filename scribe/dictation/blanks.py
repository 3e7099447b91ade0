"""What could not be made out, as it stands in the text: `____ [inaudible 00:12:31]` and `[overlap 00:03:10]`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from scribe.dictation.written import Written
from scribe.types import Flag, FlagKind, Transcript

SHORTEST_OVERLAP = 1.0  # seconds; less is an "mhm" beside the speech


def with_blanks(written: Sequence[Written], heard: Transcript) -> list[Written]:
    """The written words with a word for each stretch that nobody could make out, at its time.

    Such a word stands for the word heard before it (after it, where it is the first), so that it leads to its place.
    Only overlaps of a second or more in which words were heard are shown. Without words or times there is no place.
    """
    if not written or not heard.timed:
        return list(written)
    placed = sorted(
        ((flag, text) for flag in heard.flags if (text := _text(flag, heard))),
        key=lambda item: (item[0].interval.start, item[0].interval.end, item[1]),
    )
    starts = [word.start for word in heard.words]
    result: list[Written] = []
    remaining = iter(written)
    item = next(remaining, None)
    for flag, text in placed:
        at = bisect_left(starts, flag.interval.start)
        while item is not None and item.first < at:
            result.append(item)
            item = next(remaining, None)
        before = result[-1] if result else None
        result.append(_after(flag, text, before, item) if before else _before(text, written[0]))
    if item is not None:
        result.extend((item, *remaining))
    return result


def clock(seconds: float) -> str:
    """Seconds from the start of the recording as hh:mm:ss."""
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def _text(flag: Flag, heard: Transcript) -> str:
    time = clock(flag.interval.start)
    if flag.kind is FlagKind.INAUDIBLE:
        return f" ____ [inaudible {time}]"
    if flag.kind is FlagKind.OVERLAP and flag.interval.duration >= SHORTEST_OVERLAP:
        start, end = flag.interval.start, flag.interval.end
        if any(word.start < end and word.end > start for word in heard.words):
            return f" [overlap {time}]"
    return ""


def _after(flag: Flag, text: str, before: Written, after: Written | None) -> Written:
    """The blank beside the word before it: with its speaker, and no silence between them."""
    start = before.word.end
    end = flag.interval.end if after is None else min(flag.interval.end, after.word.start)
    word = replace(before.word, text=text, start=start, end=max(start, end), probability=1.0)
    return Written(word, before.last, before.last)


def _before(text: str, after: Written) -> Written:
    """The blank beside the word after it."""
    word = replace(after.word, text=text, end=after.word.start, probability=1.0)
    return Written(word, after.first, after.first)
