"""What some findings are in words of their own: what a test showed, what somebody works as, whom they live with."""

from __future__ import annotations

from dataclasses import replace

from scribe.clinical import openings, phrases
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Mention, Talk
from scribe.clinical.terms import Kind
from scribe.types import Attribute, AttributeKind, FindingKind, Span, Time

K, A = FindingKind, AttributeKind
OCCUPATION, LIVING = "occupation", "living situation"
LONGEST = {OCCUPATION: 5, LIVING: 9}  # words
SHOWN = 16  # words of what a test showed
NEAR = 12  # words between a test and what it showed
GOES_ON = 2  # utterances behind a test in which "it" is the test
LEADS = {OCCUPATION: Means.WORKS_AS, LIVING: Means.LIVES}


def attach(talk: Talk) -> None:
    """Give tests what they showed, and work and home their words."""
    for line in range(len(talk.lines)):
        _shown(talk, line)
    for mention in talk.found:
        if mention.kind is K.HABIT and mention.concept in LEADS and not mention.dropped:
            _worded(talk, mention)


def _shown(talk: Talk, line: int) -> None:
    tokens, words = talk.lines[line], talk.words[line]
    found = phrases.says(Means.SHOWS, words)
    if found is None or talk.said[line].asks:
        return
    at = tokens.start + words.count(" ", 0, found.start())
    first = tokens.start + words.count(" ", 0, found.end())
    test = _test(talk, line, at)
    if test is not None and (told := _attribute(talk, A.QUALITY, _clause(talk, range(first, tokens.stop), SHOWN))):
        test.told.append(told)


def _test(talk: Talk, line: int, at: int) -> Mention | None:
    """The test that shows what is told at a token: named in the sentence, or "it" of one just before."""
    before = [m for m in talk.here(line) if _is_test(m) and m.tokens.stop <= at <= m.tokens.stop + NEAR]
    if before:
        return before[-1]
    if not phrases.begins(Means.GOES_ON, talk.words[line]) or any(_is_test(m) for m in talk.here(line)):
        return None
    spoken_of = [m for m in talk.found if line - GOES_ON <= m.line < line and _is_test(m)]
    same = [m for m in spoken_of if talk.said[m.line].speaker == talk.said[line].speaker]
    return same[-1] if same else None


def _is_test(mention: Mention) -> bool:
    return mention.kind is K.RESULT and mention.named.kind is Kind.TEST and not mention.dropped


def _worded(talk: Talk, mention: Mention) -> None:
    """Give work or home its words: those behind "work as" or "live", the answer to a question, or its own."""
    line = talk.lines[mention.line]
    words = talk.text.part(range(mention.tokens.start, line.stop))
    lead = phrases.says(LEADS[mention.concept], words)
    longest = LONGEST[mention.concept]
    told: range | None = None
    pair = next((pair for pair in talk.pairs if mention.line in pair.asked), None) if mention.asked else None
    if pair is not None and phrases.asks(talk.words[mention.line]):
        answer = talk.lines[pair.answered[0]]
        told = _clause(talk, _content(talk, answer), longest)
    elif lead is not None and words.count(" ", 0, lead.start()) < len(mention.tokens):
        first = mention.tokens.start + words.count(" ", 0, lead.end())
        told = _clause(talk, range(first, line.stop), longest)
    elif not mention.asked:
        told = _content(talk, mention.tokens)
    if told and (attribute := _attribute(talk, A.VALUE, told)) is not None:
        mention.told.append(attribute)
    if mention.concept == OCCUPATION and phrases.says(Means.FORMER, talk.words[mention.line]):
        mention.claims = replace(mention.claims, time=Time.PAST)


def _clause(talk: Talk, tokens: range, longest: int) -> range:
    """The tokens until something else is told."""
    words = talk.text.part(tokens)
    end = phrases.says(Means.WORDS_END, words)
    stop = tokens.start + words.count(" ", 0, end.start()) if end else tokens.stop
    return range(tokens.start, min(stop, tokens.start + longest))


def _content(talk: Talk, tokens: range) -> range:
    """The tokens without what says nothing before them: "Oh, I'm", "just"."""
    start = tokens.start
    while start < tokens.stop:
        word = talk.text.tokens[start].text
        if word[0].isalnum() and not openings.is_courtesy(word) and not phrases.whole(Means.BEFORE_WORDS, f"{word} "):
            break
        start += 1
    return range(start, tokens.stop)


def _attribute(talk: Talk, kind: AttributeKind, tokens: range) -> Attribute | None:
    while tokens and not talk.text.tokens[tokens.stop - 1].text[0].isalnum():
        tokens = range(tokens.start, tokens.stop - 1)
    if not tokens:
        return None
    span = Span(talk.text.tokens[tokens.start].span.start, talk.text.tokens[tokens.stop - 1].span.end)
    return Attribute(kind, talk.text.text[span.start : span.end], span)
