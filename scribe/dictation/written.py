"""A written word, and which words of the recording it stands for: what every step of writing passes on.

The recording's transcript stays as it was heard. Each step (spoken commands, figures, blanks) takes a list of
`Written` and gives another; `transcript` makes a transcript of the last one, and `relocate` leads spans of that
back to the words that were heard.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from scribe import word_pieces
from scribe.types import Section, Span, Statement, Transcript, Word


@dataclass(frozen=True, slots=True)
class Written:
    """One word as it is written. Words of one transcript are in the order of what they stand for."""

    word: Word  # text with its leading space or line break; times and speaker of what it stands for
    first: int  # index of the first verbatim word it stands for
    last: int  # index of the last one, included


def verbatim(words: Sequence[Word]) -> list[Written]:
    """Every word as it was heard, pieces joined (an older transcript may hold some): where writing begins."""
    return [
        Written(word_pieces.joined(words[group.start : group.stop]), group[0], group[-1])
        for group in word_pieces.groups(words)
    ]


def transcript(written: Sequence[Written], heard: Transcript) -> Transcript:
    """The transcript of the written words: segments, roles and the rest as in `heard`, without its repairs."""
    segment_of = [at for at, segment in enumerate(heard.segments) for _ in segment.words]
    words: dict[int, list[Word]] = {}
    for item in written:
        words.setdefault(segment_of[item.first], []).append(item.word)
    segments = tuple(replace(heard.segments[at], words=tuple(words[at])) for at in sorted(words))
    return replace(heard, segments=segments, repairs=())


def mover(written: Sequence[Written], heard: Transcript) -> Callable[[Span], Span]:
    """What leads a span of `transcript(written, heard)` to the span of `heard` that it stands for, over whole words."""
    ends = list(accumulate(len(item.word.text) for item in written))

    def moved(span: Span) -> Span:
        first = min(bisect_right(ends, span.start), len(written) - 1)
        last = min(max(bisect_left(ends, span.end), first), len(written) - 1)
        covered = written[first : last + 1]
        return heard.span_of(min(item.first for item in covered), max(item.last for item in covered))

    return moved


def reader(written: Sequence[Written], heard: Transcript) -> Callable[[Span], str]:
    """What gives the written words that stand for a span of the text of `heard`: "80 mg" for "eighty milligrams"."""
    ends = list(accumulate(len(word.text) for word in heard.words))
    firsts = [item.first for item in written]

    def read(span: Span) -> str:
        first, last = bisect_right(ends, span.start), bisect_left(ends, span.end)
        at = max(bisect_right(firsts, first) - 1, 0)
        covered = []
        while at < len(written) and written[at].first <= last:
            if written[at].last >= first:
                covered.append(written[at].word.text)
            at += 1
        return "".join(covered).strip() or heard.text[span.start : span.end].strip()

    return read


def relocate(sections: tuple[Section, ...], written: Sequence[Written], heard: Transcript) -> tuple[Section, ...]:
    """The sections, made from `transcript(written, heard)`, with every statement's spans and seconds in `heard`.

    A span covers whole words.
    """
    moved = mover(written, heard)

    def placed(statement: Statement) -> Statement:
        spans = tuple(map(moved, statement.heard))
        seconds = tuple(interval for interval in map(heard.seconds, spans) if interval is not None)
        return replace(statement, heard=spans, seconds=seconds)

    return tuple(replace(section, statements=tuple(map(placed, section.statements))) for section in sections)
