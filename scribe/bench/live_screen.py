"""What somebody at the screen saw, and when: latencies and changes, from events with the times they were shown at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from scribe.asr.agreement import key
from scribe.events import Committed, LiveEvent, Tentative, WordsReplaced
from scribe.types import Transcript, Word

Timed = tuple[float, LiveEvent]


def commit_latencies(events: Sequence[Timed], offline: Transcript | None = None) -> list[float]:
    """For each committed word the seconds from its end in the sound to the moment at which it was committed.

    Ends are those of the same word in `offline`, where it is given: words that it has not are left out.
    """
    words = [(at, word) for at, event in events if isinstance(event, Committed) for word in event.words]
    if offline is None:
        return [at - word.end for at, word in words]
    matcher = SequenceMatcher(
        None, [key(word) for _, word in words], [key(word) for word in offline.words], autojunk=False
    )
    return [
        words[block.a + n][0] - offline.words[block.b + n].end
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    ]


def first_latencies(events: Sequence[Timed]) -> list[float]:
    """For each stretch that was committed at once: seconds from the start of its first word to its first text shown."""
    found: list[float] = []
    shown: float | None = None  # when the tail first showed something since the last commit
    for at, event in events:
        if isinstance(event, Tentative) and event.words and shown is None:
            shown = at
        elif isinstance(event, Committed):
            found.append((at if shown is None else shown) - event.words[0].start)
            shown = None
    return found


def churn(events: Sequence[Timed]) -> tuple[int, int]:
    """Of the tentative words: how many were gone or another word in what was shown next, and how many were shown."""
    gone = shown = 0
    for before, after in _tails(events):
        shown += len(before)
        start = [key(word) for word in after[: len(before) + 2]]
        blocks = SequenceMatcher(None, [key(word) for word in before], start, autojunk=False).get_matching_blocks()
        gone += len(before) - sum(block.size for block in blocks)
    return gone, shown


def changed(events: Sequence[Timed]) -> int:
    """How many committed words were changed afterwards, or came in another place than at the end."""
    count = words = 0
    for _, event in events:
        if isinstance(event, WordsReplaced):
            count += event.count
        elif isinstance(event, Committed):
            count += len(event.words) if event.first != words else 0
            words += len(event.words)
    return count


def _tails(events: Sequence[Timed]) -> Iterator[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """Each tail that was shown, and what was shown in its place."""
    tail: tuple[Word, ...] = ()
    for _, event in events:
        if isinstance(event, (Tentative, Committed)):
            if tail:
                yield tail, event.words
            tail = event.words if isinstance(event, Tentative) else ()
