"""Proof that a question to the clinician keeps the rules of a compliant query; the rules: `query_lint.yaml`.

Source: AHIMA and ACDIS, "Guidelines for Achieving a Compliant Query Practice" (2022 update), which holds for questions
made by software as for those of people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scribe.coding.mdm_problems import Find
from scribe.coding.reading import Cues, table
from scribe.types import Note, Query

QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
YES_NO = frozenset({"yes", "no"})
OTHER, UNABLE = "other", "unable to determine"
SAID = ("payment", "impact", "leading", "prior")  # rules about the words of the question
OFFERED = ("payment", "impact")  # rules about the words of an option


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a question breaks, and the rule in words."""

    rule: str
    reason: str


def check(query: Query, note: Note, find: Find) -> tuple[Finding, ...]:
    """Every rule that `query` breaks; empty for a compliant one. `find` names the conditions of a text."""
    broken = {*_words(query), *_options(query), *_sources(query, note), *_diagnoses(query, note, find)}
    rules: dict[str, str] = table("query_lint")["rules"]
    return tuple(Finding(rule, reason) for rule, reason in rules.items() if rule in broken)


def _words(query: Query) -> Iterator[str]:
    asked = f"{QUOTED.sub(' ', query.question)} {query.topic}"
    for rule in SAID:
        if _cues().first(asked, rule):
            yield rule
    for rule in OFFERED:
        if any(_cues().first(option, rule) for option in query.options):
            yield rule
    if query.question.count("?") != 1 or not query.question.rstrip().endswith("?"):
        yield "one-question"


def _options(query: Query) -> Iterator[str]:
    if not query.options:
        return  # an open question
    offered = [option for option in query.options if option not in (OTHER, UNABLE)]
    if OTHER not in query.options:
        yield "other"
    if UNABLE not in query.options:
        yield "unable"
    folded = [option.casefold().strip() for option in query.options]
    if len(offered) < 2 or len(set(folded)) < len(folded):
        yield "options"
    if any(_marks().search(option) for option in query.options):
        yield "options"
    if YES_NO & set(folded):
        documented = len({(quote.statement_id, quote.span) for quote in query.indicators}) >= 2
        named = len(QUOTED.findall(query.question)) >= 2
        if not (documented and named and {*folded} - {OTHER, UNABLE} == YES_NO):
            yield "yes-no"


def _sources(query: Query, note: Note) -> Iterator[str]:
    if not query.indicators:
        yield "indicators"
    texts = {statement.id: statement.text for statement in note.statements}
    for quote in query.indicators:
        if quote.statement_id not in texts or quote.span.end > len(texts[quote.statement_id]):
            yield "source"
    said = " ".join(texts.values()).casefold()
    words = [part.strip('“”"') for part in QUOTED.findall(query.question)]
    if not words or any(not _stands_in(part, said) for part in words):
        yield "subject"


def _stands_in(words: str, said: str) -> bool:
    """Whether the note has these words, in this order; a side may have been left out between them."""
    pattern = r"\W+(?:(?:left|right)\W+)?".join(map(re.escape, words.casefold().split()))
    return re.search(pattern, said) is not None


def _diagnoses(query: Query, note: Note, find: Find) -> Iterator[str]:
    """Conditions that the question or its title names outside of what it quotes, and that nothing quoted names."""
    texts = {statement.id: statement.text for statement in note.statements}
    quoted = [texts.get(quote.statement_id, "")[quote.span.start : quote.span.end] for quote in query.indicators]
    known = [match for text in quoted for match in find(text)]
    words = frozenset[str]().union(*(match.words for match in known))
    for match in find(f"{QUOTED.sub(' ', query.question)} {query.topic}"):
        if not match.words & words and match.code not in {item.code for item in known}:
            yield "new-diagnosis"


@cache
def _cues() -> Cues:
    rules = table("query_lint")
    return Cues({name: rules[name] for name in SAID})


@cache
def _marks() -> re.Pattern[str]:
    return re.compile("|".join(table("query_lint")["marks"]), re.IGNORECASE)
