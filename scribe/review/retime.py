"""Typed words get their times from the words they replace.

The words are aligned with what stood there, first word by word, then, where words differ, letter by letter
(Levenshtein): a word that stays keeps its times, one that was misspelt takes those of its letters, and words that were
missing share the pause between their neighbours. Times never run backwards and never reach over a neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from scribe.types import Word

TYPED = re.compile(r"\s*\S+")
SHORTEST = 0.02  # seconds: a word whose letters give it less shares the time of all that was replaced
DIGITS = 4  # of a second, as the wire form keeps them


@dataclass(frozen=True, slots=True)
class Place:
    """Where typed words go: between two moments, in the turn of a speaker."""

    left: float  # end of the word before, seconds
    right: float  # start of the word after
    speaker: str | None


def key(text: str) -> str:
    """A word as it is compared: without case and the marks around it."""
    return re.sub(r"^\W+|\W+$", "", text).casefold() or text.strip()


def retimed(old: Sequence[Word], text: str, place: Place, author: str) -> tuple[Word, ...]:
    """The words of `text`, which a person typed in the place of `old`. An empty text gives none.

    Words that are typed as they stood are the old ones, untouched; the others carry the author.
    """
    typed = TYPED.findall(text)
    if not typed:
        return ()
    lead = old[0].text[: len(old[0].text) - len(old[0].text.lstrip())] if old else " "
    typed[0] = lead + typed[0].lstrip()
    found: list[Word] = []
    keys = [key(word.text) for word in old], [key(word) for word in typed]
    for same, here, there in aligned(*keys):
        was, now = old[here], typed[there]
        if same:
            found += [_respelt(word, spelt, author) for word, spelt in zip(was, now, strict=True)]
        elif now:
            right = old[here.stop].start if here.stop < len(old) else place.right
            speaker = old[min(here.start, len(old) - 1)].speaker if old else place.speaker
            gap = between(found[-1], right, speaker) if found else Place(place.left, right, speaker)
            found += _replaced(was, now, gap, author)
    return tuple(found)


def aligned(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[bool, slice, slice]]:
    """Runs of items that are the same, and what differs between them, in order: (same, places in `old`, in `new`)."""
    differs = False
    here = there = 0  # where the run of differences began
    for step in Levenshtein.opcodes(old, new):
        if step.tag != "equal":
            differs = True
            continue
        if differs:
            yield False, slice(here, step.src_start), slice(there, step.dest_start)
        yield True, slice(step.src_start, step.src_end), slice(step.dest_start, step.dest_end)
        differs, here, there = False, step.src_end, step.dest_end
    if differs:
        yield False, slice(here, len(old)), slice(there, len(new))


def between(before: Word, right: float, speaker: str | None) -> Place:
    """From the end of a word to `right`; a moment where they speak at once."""
    if right >= before.end:
        return Place(before.end, right, speaker)
    moment = max(right, before.start)
    return Place(moment, moment, speaker)


def _respelt(word: Word, text: str, author: str) -> Word:
    return word if word.text == text else replace(word, text=text, probability=1.0, author=author)


def _replaced(old: Sequence[Word], typed: Sequence[str], gap: Place, author: str) -> Iterator[Word]:
    """New words in the time of `old`, or, where there are none, in the pause."""
    times = _by_letters(old, typed) if old else None
    times = times or _shared(old[0].start if old else gap.left, old[-1].end if old else gap.right, typed)
    before = gap.left
    for text, (start, end) in zip(typed, times, strict=True):
        start = min(max(round(start, DIGITS), before), gap.right)
        before = min(max(round(end, DIGITS), start), gap.right)
        yield Word(start, before, text, 1.0, gap.speaker, author)


def _shared(start: float, end: float, typed: Sequence[str]) -> list[tuple[float, float]]:
    """The time divided among the words by their letters."""
    lengths = [len(word.strip()) for word in typed]
    total, at, found = sum(lengths), 0, []
    for length in lengths:
        found.append((start + (end - start) * at / total, start + (end - start) * (at + length) / total))
        at += length
    return found


def _by_letters(old: Sequence[Word], typed: Sequence[str]) -> list[tuple[float, float]] | None:
    """The time of each word by the letters it has in common with the old ones; None where some word gets too little."""
    before, now = [word.text.strip().casefold() for word in old], [word.strip().casefold() for word in typed]
    joined, wanted = "".join(before), "".join(now)
    moved = [0] * (len(wanted) + 1)  # place in `joined` for each place in `wanted`
    for step in Levenshtein.opcodes(joined, wanted):
        start, length = step.dest_start, step.dest_end - step.dest_start
        for at in range(length + 1):
            moved[start + at] = step.src_start + round(at * (step.src_end - step.src_start) / max(length, 1))
    moved[-1] = len(joined)
    found, place = [], 0
    for word in now:
        begins, ends = moved[place], moved[place + len(word)]
        if ends <= begins:
            return None
        opens, closes = _moment(old, before, begins, opens=True), _moment(old, before, ends, opens=False)
        if closes - opens < SHORTEST:
            return None
        found.append((opens, closes))
        place += len(word)
    return found


def _moment(old: Sequence[Word], spelt: Sequence[str], letter: int, *, opens: bool) -> float:
    """When a place between letters was spoken; between two words it closes the first or `opens` the second."""
    at = 0
    for word, text in zip(old, spelt, strict=True):
        if letter < at + len(text) or (letter == at + len(text) and not opens):
            return word.start + (word.end - word.start) * (letter - at) / max(len(text), 1)
        at += len(text)
    return old[-1].end
