"""Words to voices by time: each word gets the turn it shares most time with."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from scribe.types import Annotation, Turn, Word

LEADING = frozenset({"a", "an", "the", "my", "your", "our", "their"})  # words that need another after them


def voices(words: Sequence[Word], annotation: Annotation) -> list[str | None]:
    """The speaker of each word, in the order of the words; None for all where there are no turns.

    The turn with the largest overlap wins, of equals the earlier one. A word outside every turn goes to the nearest.
    """
    turns = sorted(annotation.turns)
    if not turns:
        return [None] * len(words)
    starts = [turn.start for turn in turns]
    reach = list(accumulate((turn.end for turn in turns), max))  # the latest end of the turns up to here
    return [_turn_of(word, turns, starts, reach).speaker for word in words]


def with_what_follows(words: Sequence[Word], speakers: Sequence[str]) -> list[str]:
    """An article or possessive goes to whoever says the word after it: nobody ends a turn on "a" or "my".

    Word times are least sure where the recogniser heard no end of a sentence, and there turns meet.
    """
    settled = list(speakers)
    for at in range(len(words) - 2, -1, -1):
        if words[at].text.strip().lower() in LEADING:
            settled[at] = settled[at + 1]
    return settled


def _turn_of(word: Word, turns: Sequence[Turn], starts: Sequence[float], reach: Sequence[float]) -> Turn:
    """The best turn: candidates begin at the first that may still last when the word begins."""
    last = bisect_left(starts, word.end)
    first = bisect_left(reach, word.start, 0, last)
    # The turn that reaches furthest before the word, and the next one after it, are the nearest if none overlaps.
    near = turns[bisect_left(reach, reach[first - 1]) if first else 0 : last + 1]
    return max(near, key=lambda turn: (min(turn.end, word.end) - max(turn.start, word.start), -turn.start, -turn.end))
