"""LocalAgreement-2: words are final once two recognitions in a row begin with them.

After Liu et al. 2020 and Macháček et al. 2023 (arXiv 2307.14743, Whisper-Streaming), with one change: words are
compared without case and punctuation, which change from one reading to the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scribe.types import Word

_MARKS = re.compile(r"[^\w]")


def key(word: Word) -> str:
    """A word without case and punctuation."""
    return _MARKS.sub("", word.text).casefold()


def agreed(before: Sequence[Word], now: Sequence[Word]) -> int:
    """How many words at the start of `now` the reading before has, too."""
    for at, (one, other) in enumerate(zip(before, now, strict=False)):
        if key(one) != key(other):
            return at
    return min(len(before), len(now))


def unsaid(said: Sequence[Word], reading: Sequence[Word]) -> int:
    """The index in `reading` of the first word after those that are `said`: its beginning, read again.

    The beginning that is nearest to `said` in edits (Levenshtein, by words); of equals the one that ends nearest in
    time to the last word said.
    """
    if not said:
        return 0
    edits = list(range(len(reading) + 1))  # of the words said so far against reading[:index]
    for word in said:
        previous, edits[0] = edits[0], edits[0] + 1
        for at, other in enumerate(reading, start=1):
            cost = previous if key(word) == key(other) else previous + 1
            previous, edits[at] = edits[at], min(cost, edits[at] + 1, edits[at - 1] + 1)
    end = said[-1].end
    return (
        min(range(len(edits)), key=lambda at: (edits[at], abs((reading[at - 1].end if at else reading[0].start) - end)))
        if reading
        else 0
    )
