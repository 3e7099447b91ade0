"""Utterances that belong together: broken off by somebody's "mm-hmm", or taken back in the next sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from scribe.clinical.openings import Answer, answer_of
from scribe.clinical.utterances import Utterance
from scribe.sections import phrases
from scribe.sections.chatter import is_chatter
from scribe.sections.disfluency import takes_back
from scribe.sections.said import Labelled
from scribe.sections.tokens import Tokens, read, stopless
from scribe.types import Span

BROKEN_OFF = re.compile(rf"(?:-|,|\b(?:{phrases.pattern('breaks_off')}))\s*$", re.IGNORECASE)
NOES = frozenset({Answer.NO, Answer.HEDGED})


def joined(labelled: Sequence[Labelled]) -> list[tuple[Labelled, Tokens]]:
    """Each utterance with its words, those that belong together as one."""
    made: list[tuple[Labelled, Tokens]] = []
    for item in labelled:
        tokens = read(item[0].text, item[0].span.start)
        if len(made) > 1 and _goes_on(made[-2][0][0], made[-1][0][0], item[0]):
            del made[-1]  # what was only put in between answers nothing
            made[-1] = _one(made[-1], item, tokens)
        elif made and _same_speaker(made[-1][0][0], item[0]) and takes_back(made[-1][1], tokens):
            first, before = made[-1]
            made[-1] = _one((first, stopless(before)), item, tokens)
        else:
            made.append((item, tokens))
    return made


def _one(first: tuple[Labelled, Tokens], item: Labelled, tokens: Tokens) -> tuple[Labelled, Tokens]:
    """Two utterances as one, in the section that is surer."""
    (utterance, kind, score), before = first
    span = Span(utterance.span.start, item[0].span.end)
    whole = replace(utterance, text=f"{utterance.text} {item[0].text}", span=span)
    return ((whole, kind, score) if score >= item[2] else (whole, item[1], item[2])), (*before, *tokens)


def _goes_on(broken: Utterance, between: Utterance, utterance: Utterance) -> bool:
    """Whether a speaker goes on after somebody else's acknowledgement; a no is an answer."""
    acknowledged = is_chatter(between.plain) and answer_of(between.plain) not in NOES
    off = BROKEN_OFF.search(broken.text) is not None and not broken.asks
    return off and acknowledged and _same_speaker(broken, utterance) and broken.speaker != between.speaker


def _same_speaker(a: Utterance, b: Utterance) -> bool:
    return a.speaker == b.speaker and a.role == b.role
