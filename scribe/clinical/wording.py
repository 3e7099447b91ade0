"""What some findings are in words of their own: what a test showed, what somebody works as, whom they live with."""

from __future__ import annotations

from dataclasses import replace

from scribe.clinical import openings, phrases, sides
from scribe.clinical.attributes import made
from scribe.clinical.phrases import Means
from scribe.clinical.talk import Mention, Talk
from scribe.clinical.terms import Kind
from scribe.types import AttributeKind, FindingKind, Time

K, A = FindingKind, AttributeKind
OCCUPATION, LIVING = "occupation", "living situation"
LONGEST = {OCCUPATION: 5, LIVING: 9}  # words
SHOWN = 16  # words of what a test showed
NEAR = 12  # words between a test and what it showed
GOES_ON = 2  # utterances behind a test in which "it" is the test
PLACES = (A.SIDE, A.SITE)
MEASURES = (A.VALUE, A.SEVERITY)
PARTS = 2  # sides
LEADS = {OCCUPATION: Means.WORKS_AS, LIVING: Means.LIVES}


def attach(talk: Talk) -> None:
    """Give tests what they showed, and work and home their words."""
    for line in range(len(talk.lines)):
        _shown(talk, line)
    for mention in list(talk.found):
        if mention.dropped:
            continue
        if mention.kind is K.HABIT and mention.concept in LEADS:
            _worded(talk, mention)
        elif mention.kind is K.EXAM:
            _placed(talk, mention)
            _parted(talk, mention)
            if mention.asked and not any(one.kind in PLACES for one in mention.told):
                mention.dropped = True  # "Does that hurt?" tells no place


def _shown(talk: Talk, line: int) -> None:
    tokens, words = talk.lines[line], talk.words[line]
    found = phrases.says(Means.SHOWS, words)
    if found is None or talk.said[line].asks:
        return
    at = tokens.start + words.count(" ", 0, found.start())
    first = tokens.start + words.count(" ", 0, found.end())
    test = _test(talk, line, at)
    clause = _clause(talk, range(first, tokens.stop), SHOWN)
    if test is None or (told := made(talk.text, A.QUALITY, clause)) is None:
        return
    test.told.append(told)
    for mention in talk.here(line):
        if mention.kind in (K.SYMPTOM, K.EXAM) and mention.tokens.start in clause:
            mention.dropped = True  # it was seen by the test, and is in its words


def _test(talk: Talk, line: int, at: int) -> Mention | None:
    """The test that shows what is told at a token: named in the sentence, or "it" of one just before."""
    before = [m for m in talk.here(line) if _is_test(m) and m.tokens.stop <= at <= m.tokens.stop + NEAR]
    if before:
        return before[-1]
    if not phrases.begins(Means.IT_SHOWS, talk.words[line]) or any(_is_test(m) for m in talk.here(line)):
        return None
    spoken_of = [m for m in talk.found if line - GOES_ON <= m.line < line and _is_test(m)]
    same = [m for m in spoken_of if talk.said[m.line].speaker == talk.said[line].speaker]
    return same[-1] if same else None


def _is_test(mention: Mention) -> bool:
    return mention.kind is K.RESULT and mention.named.kind is Kind.TEST and not mention.dropped


def _placed(talk: Talk, mention: Mention) -> None:
    """Give a sign of a joint the place of what is told before it: "pain of the right knee and a limited motion"."""
    if not phrases.whole(Means.JOINT_SIGN, f"{mention.concept} ") or any(one.kind in PLACES for one in mention.told):
        return
    before = [m for m in talk.here(mention.line) if m.kind is K.EXAM and m.tokens.start < mention.tokens.start]
    if before:
        mention.told += [one for one in before[-1].told if one.kind in PLACES]


def _parted(talk: Talk, mention: Mention) -> None:
    """Make two of what is told of each side: "4 out of 5 on your right and 5 out of 5 on your left"."""
    told = sorted(mention.told, key=lambda one: one.heard.start)
    order = [one for one in told if one.kind in (*MEASURES, A.SIDE)]
    pairs = list(zip(order[::2], order[1::2], strict=False))
    if len(order) != 2 * PARTS or not all((one.kind is A.SIDE) != (other.kind is A.SIDE) for one, other in pairs):
        return
    if {one.text.lower() for one in order if one.kind is A.SIDE} != {sides.LEFT, sides.RIGHT}:
        return
    between = max(one.heard.end for one in pairs[0])
    mention.told = [one for one in told if one.heard.end <= between]
    talk.found.insert(
        talk.found.index(mention) + 1,
        replace(mention, told=[one for one in told if one.heard.end > between], part=True),
    )


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
    if told and (attribute := made(talk.text, A.VALUE, told)) is not None:
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
