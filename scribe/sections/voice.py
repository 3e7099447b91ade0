"""A clinician's own voice, out of a sentence of the note: "I'd recommend ice" -> "Recommend ice".

Only who speaks goes ("I", "call me", "our scheduler"); what is claimed stays, and what was weighed ("we could try")
is told as weighed ("Consider trying").
"""

from __future__ import annotations

import re
from dataclasses import replace

from scribe.sections import phrases
from scribe.sections.person import gerund
from scribe.sections.tokens import Tokens, find, frame, words

LEADS = re.compile(rf"(?:{phrases.pattern('own_leads')})")
WEIGHS = re.compile(rf"(?:{phrases.pattern('weighing')})")
WANTS = re.compile(rf"(?<= )(?:{phrases.pattern('wants_of_patient')})(?= )")
TOLD = re.compile(rf"\b(?P<verb>{phrases.pattern('said_to_clinician')}) (?:me|us)(?= |$)")
WITH = re.compile(rf"(?<= )(?:{phrases.pattern('with_clinician')}) (?:me|us)(?= |$)")
DOING = re.compile(rf"(?<= )(?:{phrases.pattern('our_doing')})")
PRESSING = re.compile(rf"(?<= )(?:{phrases.pattern('on_palpation')})(?= |$)")
GOAL = re.compile(r"(?<= )where (?:we|i)(?:'d| would)? (?:want|like|need) (?:it|you|them|that|this)(?: to be)?(?= |$)")
WILL = re.compile(rf"(?<= )(?:{phrases.pattern('we_will')})")
CONDITIONS = frozenset({"if", "unless", "when", "once", "since", "because", "after"})
REPORT = re.compile(r"\blet (?:me|us) know\b")
PERSONS = re.compile(rf"(?:^|(?<= ))(?:{phrases.pattern('persons')})(?= |$)")
OWN = frozenset({"our", "my"})
NO_OPTION = phrases.words("no_option")


def impersonal(tokens: Tokens) -> Tokens:
    """The sentence without the clinician as its object or owner: "call me if" -> "call if", "our clinic"."""
    kept = tuple(token.worded("the", "DT") if token.bare in OWN else token for token in tokens)
    if found := find(REPORT, kept):
        kept = (*kept[: found[0]], kept[found[0]].worded("report", "VB"), *kept[found[1] :])
    while found := find(TOLD, kept):
        kept = _without(kept, found[1] - 1, found[1])
    for pattern in (WITH, WANTS, DOING, *([WILL] if kept and kept[0].bare in CONDITIONS else [])):
        while found := find(pattern, kept):
            kept = _without(kept, *found)
    for pattern, told in ((PRESSING, "on pressing"), (GOAL, "at goal")):
        if found := find(pattern, kept):
            kept = (*kept[: found[0]], *frame(told + kept[found[1] - 1].tail), *kept[found[1] :])
    return kept


def opened(tokens: Tokens, *, plan: bool) -> Tokens:
    """The sentence without "I" at its start; in a `plan`, what the clinician "could" do is considered."""
    if plan and (found := find(WEIGHS, tokens, start=True)) and found[1] < len(tokens):
        verb = tokens[found[1]]
        if verb.tag in {"VB", "VBP"} and verb.bare.isalpha() and verb.bare not in NO_OPTION:
            return (*frame("Consider"), verb.worded(gerund(verb.bare), "VBG"), *tokens[found[1] + 1 :])
    led = find(LEADS, tokens, start=True)
    return tokens[led[1] :] if led and led[1] < len(tokens) else tokens


def speaks(tokens: Tokens) -> bool:
    """Whether somebody still speaks of himself, or to somebody."""
    return PERSONS.search(words(tokens).text) is not None


def _without(tokens: Tokens, first: int, last: int) -> Tokens:
    """The tokens without those from `first` to `last`; a mark behind them moves to the word before."""
    before, tail = tokens[first - 1], tokens[last - 1].tail
    kept = replace(before, text=before.text + tail) if tail and not before.tail else before
    return (*tokens[: first - 1], kept, *tokens[last:])
