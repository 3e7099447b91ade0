"""What people did while the recording went on, put into the record: words they replaced, moments they marked.

The record is recognised anew, so the words of the live text are found in it by alignment: the same words, near the same
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from scribe.asr.agreement import key
from scribe.types import Flag, FlagKind, Interval, Segment, Transcript, Word

AROUND = 10.0  # seconds on either side in which words are aligned
MARKED_BEFORE, MARKED_AFTER = 10.0, 2.0  # seconds: who marks a moment has just heard it
MARKED_REASON = "marked while it was recorded"


@dataclass(frozen=True, slots=True)
class Edit:
    """A person put `text` in place of committed words `first` to `first + count - 1`."""

    first: int
    count: int
    text: str = field(repr=False)


def with_edits(record: Transcript, live: Sequence[Word], edits: Sequence[Edit]) -> Transcript:
    """The record with the edits that were made in the live words, in the order in which they were made."""
    for edit in edits:
        record = _with_edit(record, live, edit)
    return record


def with_marks(record: Transcript, marks: Sequence[float]) -> Transcript:
    """The record with a flag for each marked moment (seconds)."""
    flags = tuple(
        Flag(
            FlagKind.MARKED,
            Interval(max(at - MARKED_BEFORE, 0.0), min(at + MARKED_AFTER, record.duration)),
            MARKED_REASON,
        )
        for at in marks
    )
    return replace(record, flags=tuple(sorted((*record.flags, *flags), key=lambda flag: flag.interval)))


def place(live: Sequence[Word], first: int, count: int, words: Sequence[Word]) -> range:
    """Where in `words` (of the record) the live words `first` to `first + count - 1` are; maybe between two words."""
    edited = live[first : first + count]
    start, end = edited[0].start - AROUND, edited[-1].end + AROUND
    near_live = [at for at, word in enumerate(live) if start <= word.start <= end]
    near = [at for at, word in enumerate(words) if start <= word.start <= end]
    if not near:
        after = next((at for at, word in enumerate(words) if word.start > edited[0].start), len(words))
        return range(after, after)
    matcher = SequenceMatcher(
        None, [key(live[at]) for at in near_live], [key(words[at]) for at in near], autojunk=False
    )
    offset = first - near_live[0]
    found: list[int] = []
    gap = len(near)  # where the edit belongs if the record has none of its words
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        low, high = max(i1, offset), min(i2, offset + count)
        if low >= high:
            continue
        gap = min(gap, j1)
        if tag == "equal":
            found += range(j1 + low - i1, j1 + high - i1)
        else:  # other words stand there: those whose middle is within the edited time, or all, if the edit is of all
            whole = (low, high) == (i1, i2)
            found += [at for at in range(j1, j2) if whole or _within(words[near[at]], edited)]
    if not found:
        return range(near[0] + gap, near[0] + gap)
    return range(near[0] + min(found), near[0] + max(found) + 1)


def _within(word: Word, edited: Sequence[Word]) -> bool:
    return edited[0].start <= (word.start + word.end) / 2 <= edited[-1].end


def _with_edit(record: Transcript, live: Sequence[Word], edit: Edit) -> Transcript:
    words = record.words
    where = place(live, edit.first, edit.count, words)
    edited = live[edit.first : edit.first + edit.count]
    replaced = words[where.start : where.stop]
    start, end = (replaced[0].start, replaced[-1].end) if replaced else _between(words, where.start, edited)
    beside = replaced[0] if replaced else (words[max(where.start - 1, 0)] if words else None)
    new = _spread(edit.text, start, end, beside.speaker if beside else edited[0].speaker)
    shift = len(new) - len(where)
    repairs = tuple(
        replace(item, first=item.first + shift) if item.first >= where.stop else item
        for item in record.repairs
        if item.first + item.count <= where.start or item.first >= where.stop
    )
    flags = tuple(flag for flag in record.flags if not (start <= flag.interval.start and flag.interval.end <= end))
    return replace(record, segments=_put(record.segments, where, new), repairs=repairs, flags=flags)


def _between(words: Sequence[Word], at: int, edited: Sequence[Word]) -> tuple[float, float]:
    """The time of the edited words, kept between the words of the record that it is put between."""
    low = words[at - 1].end if at else 0.0
    high = words[at].start if at < len(words) else max(edited[-1].end, low)
    start = min(max(edited[0].start, low), max(high, low))
    return start, min(max(edited[-1].end, start), max(high, start))


def _spread(text: str, start: float, end: float, speaker: str | None) -> tuple[Word, ...]:
    parts = text.split()
    step = (end - start) / max(sum(map(len, parts)), 1)
    words, at = [], start
    for part in parts:
        words.append(Word(round(at, 3), round(at + step * len(part), 3), f" {part}", 1.0, speaker))
        at += step * len(part)
    return tuple(words)


def _put(segments: Sequence[Segment], where: range, new: Sequence[Word]) -> tuple[Segment, ...]:
    """Segments with the words at `where` replaced, all new ones in the segment of the first."""
    result: list[Segment] = []
    at, placed = 0, False
    for segment in segments:
        end = at + len(segment.words)
        words = [word for index, word in enumerate(segment.words, at) if index not in where]
        if not placed and where.start <= end and (where.start < end or segment is segments[-1]):
            inside = min(max(where.start - at, 0), len(words))
            words[inside:inside] = new
            placed = True
        if words:
            result.append(replace(segment, words=tuple(words)))
        at = end
    return tuple(result) if placed or not new else (*result, Segment(tuple(new)))
