"""Words cut into pieces that one person said: the units whose speaker is decided together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scribe.types import Word

PAUSE = 0.3  # seconds of silence that may part two speakers
_ENDS = (".", "?", "!", "\u2026")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words `first` to `last` (both included) of a transcript, and what parts them from the piece before."""

    first: int
    last: int
    start: float  # seconds
    end: float  # seconds
    text: str = field(repr=False)
    pause: float  # seconds since the piece before
    after_sentence: bool  # the piece before ends a sentence
    after_question: bool  # ... with a question mark
    other_voice: bool  # the piece before was heard in another voice

    @property
    def length(self) -> int:
        """How many words."""
        return self.last - self.first + 1


def cut(words: Sequence[Word], voices: Sequence[str | None]) -> list[Piece]:
    """Cut where a sentence ends, where somebody pauses, and where the voice (one for each word) changes."""
    starts = [at for at in range(len(words)) if at == 0 or _parts(words[at - 1], words[at], *voices[at - 1 : at + 1])]
    following = [*starts[1:], len(words)]
    return [_piece(words, voices, start, end - 1) for start, end in zip(starts, following, strict=False)]


def _parts(before: Word, word: Word, voice_before: str | None, voice: str | None) -> bool:
    return voice != voice_before or word.start - before.end >= PAUSE or before.text.rstrip().endswith(_ENDS)


def _piece(words: Sequence[Word], voices: Sequence[str | None], first: int, last: int) -> Piece:
    before = words[first - 1].text.rstrip() if first else "."
    return Piece(
        first=first,
        last=last,
        start=words[first].start,
        end=words[last].end,
        text="".join(word.text for word in words[first : last + 1]),
        pause=max(words[first].start - words[first - 1].end, 0.0) if first else words[first].start,
        after_sentence=before.endswith(_ENDS),
        after_question=before.endswith("?"),
        other_voice=first > 0 and voices[first] != voices[first - 1],
    )
