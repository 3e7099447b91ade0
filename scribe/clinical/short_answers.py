"""What a short answer tells of what its question asked about: since when, how bad, how many."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.clinical import openings, phrases
from scribe.clinical.attributes import Told, made
from scribe.clinical.belonging import takes
from scribe.clinical.phrases import Asks, Means
from scribe.clinical.stated import values
from scribe.clinical.talk import Mention, Talk
from scribe.types import Attribute, AttributeKind, FindingKind, Span

K, A = FindingKind, AttributeKind
LONGEST = 9  # words of an answer that is an attribute as a whole
REMEMBERED = 8  # utterances before a question in which it may have been named


def attach(talk: Talk, line: int, items: Sequence[Told]) -> None:
    """Take a short answer as a whole for what its question wanted to know."""
    pair = talk.answered_by(line)
    if pair is None or line != pair.answered[0] or pair.again:
        return
    wanted = next((found for at in reversed(pair.asked) if (found := phrases.asks(talk.words[at]))), None)
    if wanted is None or wanted is Asks.TOPIC or wanted is Asks.SITE:
        return
    named = [m for m in talk.found if m.line in pair.asked]
    asked = [m for m in named if not m.dropped] if named else _topic_of(talk, pair.asked[-1])
    line = _last(talk, pair.answered)
    if wanted is Asks.AMOUNT:
        _amount(talk, line, asked, items)
        return
    kind = AttributeKind(wanted.value)
    target = next((m for m in asked if takes(m, kind)), None)
    if target is None or any(one.kind is kind for one in target.told) or not _is_told(talk, line, kind):
        return
    attribute = made(talk.text, kind, _content(talk, line))
    if attribute is not None and attribute.text.count(" ") < LONGEST:
        target.told.append(attribute)


def _last(talk: Talk, answered: Sequence[int]) -> int:
    """The utterance that answers: that behind a yes or a no, or one that takes the first back."""
    first = answered[0]
    for line in answered[1:]:
        if talk.says(Means.TAKES_BACK, line) or not _content(talk, first):
            return line
    return first


def _topic_of(talk: Talk, line: int) -> list[Mention]:
    """What was spoken of before a question that names nothing."""
    before = [m for m in talk.found if line - REMEMBERED <= m.line < line and not m.dropped]
    return before[::-1]


def _is_told(talk: Talk, line: int, kind: AttributeKind) -> bool:
    """Whether an utterance can be such an attribute: "It's a seven" is how bad, "I don't know" is not."""
    words = talk.words[line]
    if phrases.says(Means.KNOWS_NOT, words):
        return False
    if kind in (A.SEVERITY, A.DURATION, A.FREQUENCY):
        return bool(values(words, every_one=True)) or phrases.says(Means.HOW_MUCH, words) is not None
    if kind is A.ONSET:
        return phrases.says(Means.TELLS_WHEN, words) is not None
    return kind is not A.SIDE


def _amount(talk: Talk, line: int, asked: Sequence[Mention], items: Sequence[Told]) -> None:
    """Take the number in an answer to "how many" for the frequency of a habit."""
    target = next((m for m in asked if m.kind is K.HABIT and not m.dropped), None)
    if target is None or any(item.attribute.kind is A.FREQUENCY for item in items):
        return
    words = talk.said[line]
    found = values(words.text, every_one=True)
    if found and not phrases.says(Means.KNOWS_NOT, talk.words[line]):
        span = found[-1].span
        start = words.span.start + span.start
        text = words.text[span.start : span.end]
        target.told.append(Attribute(A.FREQUENCY, text, Span(start, start + len(text))))


def _content(talk: Talk, line: int) -> range:
    """The tokens of an utterance without the courtesies and marks around it."""
    tokens = talk.lines[line]
    start, stop = tokens.start, tokens.stop
    names = [token.text for token in talk.text.tokens[start:stop]]
    while names and not names[-1][0].isalnum():
        names.pop()
        stop -= 1
    while names and (not names[0][0].isalnum() or openings.is_courtesy(names[0]) or names[0] in ("it", "'s", "it's")):
        names.pop(0)
        start += 1
    return range(start, stop)
