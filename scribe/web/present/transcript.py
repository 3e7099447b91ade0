"""A transcript as the API shows it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from scribe.export.checks import GAPS, long_clock
from scribe.review.merge import Change, patches
from scribe.store.records import Revision, Saved
from scribe.types import Flag, FlagKind, Interval, Transcript, Word

TOUCH = 0.01  # seconds that a word must share with a flag to be one of its words
GONE = frozenset({FlagKind.MISSING, FlagKind.INAUDIBLE})  # nobody could make out words there


def words(items: Sequence[Word]) -> list[dict[str, Any]]:
    """Words, as `WordOut`."""
    return [
        {
            "text": word.text,
            "start": round(word.start, 3),
            "end": round(word.end, 3),
            "probability": round(word.probability, 3),
            "speaker": word.speaker,
            **({"author": word.author} if word.author is not None else {}),
        }
        for word in items
    ]


def rest(transcript: Transcript) -> dict[str, Any]:
    """What is there beside the words: speakers, flags and repairs."""
    return {
        "speakers": [
            {"speaker": item.speaker, "role": item.role, "score": round(item.score, 3), "name": item.name}
            for item in transcript.roles
        ],
        "flags": flags(transcript),
        "repairs": [
            {
                "id": number,
                "first": item.first,
                "count": item.count,
                "original": "".join(word.text for word in item.original).strip(),
                "rule": item.rule,
                "score": round(item.score, 3),
            }
            for number, item in enumerate(transcript.repairs)
        ],
    }


def flags(transcript: Transcript) -> list[dict[str, Any]]:
    """Flags with the words they are about, as `FlagOut`."""
    starts = [word.start for word in transcript.words]
    longest = max((word.end - word.start for word in transcript.words), default=0.0)
    found = []
    for number, flag in enumerate(transcript.flags):
        first, count = _words_of(flag, transcript, starts, longest)
        gap = GAPS.get(flag.kind, "").format(long_clock(flag.interval.start))
        found.append(
            {
                "id": number,
                "kind": flag.kind,
                "rank": flag.kind.rank,
                "interval": interval(flag.interval),
                "reason": flag.reason,
                "readings": list(flag.readings),
                "first": first,
                "count": count,
                "gap": gap,
                "checked_by": flag.checked_by,
            }
        )
    return found


def _words_of(flag: Flag, transcript: Transcript, starts: Sequence[float], longest: float) -> tuple[int, int]:
    """Index and number of the words in the time of a flag; the place where it stands, where there are none."""
    begin, end = flag.interval.start, flag.interval.end
    place = bisect_left(starts, begin)
    if flag.kind in GONE or not transcript.timed:
        return (place if transcript.timed else 0), 0
    at = bisect_left(starts, begin - longest)
    inside = []
    while at < len(starts) and starts[at] < end + TOUCH:
        word = transcript.words[at]
        shared = min(end, word.end) - max(begin, word.start)
        if shared > TOUCH or (shared >= 0 and min(end - begin, word.end - word.start) <= TOUCH):
            inside.append(at)
        at += 1
    return (inside[0], inside[-1] + 1 - inside[0]) if inside else (place, 0)


def interval(found: Interval) -> dict[str, float]:
    """A stretch of time, as `IntervalOut`."""
    return {"start": round(found.start, 3), "end": round(found.end, 3)}


def whole(saved: Saved[Transcript], latest: Revision, *, undo: bool, redo: bool, edit: bool) -> dict[str, Any]:
    """As `TranscriptOut`."""
    transcript, revision = saved.document, saved.revision
    return {
        "encounter_id": revision.encounter_id,
        "revision": revision.number,
        "latest": latest.number,
        "author": revision.author_name,
        "at": revision.at.isoformat(),
        "language": transcript.language,
        "timed": transcript.timed,
        "duration": round(transcript.duration, 3),
        "words": words(transcript.words),
        **rest(transcript),
        "can_undo": undo,
        "can_redo": redo,
        "can_edit": edit,
    }


def changed(
    base: Saved[Transcript], saved: Saved[Transcript], *, merged: bool, undo: bool, redo: bool
) -> dict[str, Any]:
    """As `TranscriptEdited`."""
    return {
        "base_revision": base.revision.number,
        "revision": saved.revision.number,
        "merged": merged,
        "at": saved.revision.at.isoformat(),
        "patches": [_patch(item) for item in patches(base.document.words, saved.document.words)],
        **rest(saved.document),
        "can_undo": undo,
        "can_redo": redo,
    }


def _patch(change: Change) -> dict[str, Any]:
    return {"first": change.first, "count": change.count, "words": words(change.words)}
