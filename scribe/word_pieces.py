"""The pieces into which a recogniser cuts a word, put together again.

Whisper's word times come by its own rule: a new entry begins at a space or at a mark, so "37.1" arrives as " 37" and
".1", "58-year-old" as three entries. Only a space begins a word. Nothing may read the entries before they are joined
here: ".1" alone is a tenth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from scribe.types import Segment, Word

SAME_BREATH = 0.5  # seconds: a word goes on in the next segment only where no pause lies between
GOES_ON = re.compile(r"[.,:/'\u2019-]?\d|-\w|[%\u00b0]|['\u2019][a-z]")  # what a word may go on with there
WITHOUT_SPACES = re.compile(  # Thai to Myanmar, Khmer, kana and CJK: written without spaces, each sign stands alone
    "[\u0e00-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
)


def groups(words: Sequence[Word]) -> list[range]:
    """The indices of `words`, those of one written word together. No word reaches over a change of speaker."""
    starts = [at for at in range(len(words)) if at == 0 or not is_piece(words[at - 1], words[at])]
    return [range(start, end) for start, end in pairwise([*starts, len(words)])]


def is_piece(before: Word, word: Word) -> bool:
    """Whether an entry goes on with the word of the entry before it."""
    text = word.text
    if not text or not before.text or text[0].isspace() or before.text[-1].isspace() or word.speaker != before.speaker:
        return False
    return not (WITHOUT_SPACES.match(text[0]) or WITHOUT_SPACES.match(before.text[-1]))


def joined(words: Sequence[Word]) -> Word:
    """One word of its pieces: from the start of the first to the end of the last, as sure as the least sure of them."""
    if len(words) == 1:
        return words[0]
    return replace(
        words[0],
        text="".join(word.text for word in words),
        end=max(word.end for word in words),
        probability=min(word.probability for word in words),
        author=next((word.author for word in words if word.author is not None), None),
    )


def whole(segments: Iterable[Segment]) -> Iterator[Segment]:
    """The segments with whole words; pieces at the start of a segment go to the word that they belong to.

    Where a segment begins without a space and does not go on with the word before, its first word gets the space.
    Doing it twice changes nothing more.
    """
    before: Segment | None = None
    for segment in segments:
        words = tuple(joined(segment.words[group.start : group.stop]) for group in groups(segment.words))
        if before is not None and words and is_piece(before.words[-1], words[0]):
            last, first = before.words[-1], words[0]
            if first.start - last.end < SAME_BREATH and last.text[-1].isalnum() and GOES_ON.match(first.text):
                before, words = replace(before, words=(*before.words[:-1], joined((last, first)))), words[1:]
            else:
                words = (replace(first, text=f" {first.text}"), *words[1:])
        if words:
            if before is not None:
                yield before
            before = replace(segment, words=words)
    if before is not None:
        yield before
