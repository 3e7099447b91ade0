"""What has to happen first: "if the pain isn't better in two weeks", beside what is done then."""

from __future__ import annotations

from collections.abc import Iterator

from scribe.clinical import phrases
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Talk

SHORTEST = 2  # words of a condition


def clauses(talk: Talk, line: int) -> Iterator[range]:
    """The tokens of each condition in an utterance, with its "if"."""
    tokens, words = talk.lines[line], talk.words[line]
    at = 0
    while (found := phrases.says(Means.IF, words[at:])) is not None:
        start, after = at + found.start(), at + found.end()
        first = tokens.start + words.count(" ", 0, start)
        stop = _end(words, after)
        if phrases.begins(Means.NO_CONDITION, words[start:]) or phrases.ends(Means.NOT_IF, words[:start]):
            at = after
            continue
        yield range(first, tokens.start + words.count(" ", 0, stop))
        at = max(stop, after)


def _end(words: str, after: int) -> int:
    """Where the condition ends that goes on from `after`: where what is done then begins."""
    at = after
    while (found := phrases.says(Means.THEN, words[at:])) is not None:
        place = at + found.start()
        if words.count(" ", after, place) >= SHORTEST:
            return place
        at += found.end()
    return len(words)
