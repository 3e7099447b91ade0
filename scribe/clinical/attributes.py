"""What is told of a finding, besides what it is: since when, how bad, how much, how often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scribe.clinical import notation
from scribe.clinical.lists import lists
from scribe.clinical.text import Text
from scribe.errors import InputError
from scribe.types import Attribute, AttributeKind, FindingKind, Span

TABLE = Path(__file__).with_name("attributes.tsv")
K, A = FindingKind, AttributeKind
COMPLAINTS = frozenset({K.SYMPTOM, K.PROBLEM, K.EXAM, K.FAMILY})
TAKEN = frozenset({K.MEDICATION, K.IMMUNIZATION})
BELONGS: dict[AttributeKind, frozenset[FindingKind]] = {
    A.ONSET: COMPLAINTS | TAKEN | {K.HABIT},
    A.DURATION: COMPLAINTS | TAKEN | {K.HABIT},
    A.COURSE: COMPLAINTS,
    A.SEVERITY: COMPLAINTS,
    A.QUALITY: COMPLAINTS,
    A.TIMING: COMPLAINTS,
    A.AGGRAVATED_BY: COMPLAINTS,
    A.RELIEVED_BY: COMPLAINTS,
    A.SIDE: COMPLAINTS | {K.PROCEDURE},
    A.SITE: COMPLAINTS | {K.PROCEDURE, K.PLAN},
    A.DOSE: TAKEN,
    A.ROUTE: TAKEN,
    A.FREQUENCY: TAKEN | {K.HABIT},
    A.STATUS: TAKEN,
    A.REACTION: frozenset({K.ALLERGY}),
    A.VALUE: frozenset({K.VITAL, K.RESULT}),
    A.DATE: frozenset({K.PROCEDURE, K.PROBLEM, K.MEDICATION, K.IMMUNIZATION}),
    A.CONDITION: COMPLAINTS,
}
"""The kinds of findings that have an attribute."""


@dataclass(frozen=True, slots=True)
class Told:
    """An attribute and the tokens it stands on."""

    attribute: Attribute
    tokens: range


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that fits: `tokens` are its words, `around` these with their lead. `kind` None: it only looks like one."""

    kind: AttributeKind | None
    tokens: range
    around: range


def told(text: Text) -> tuple[Told, ...]:
    """The attributes in a text, in order: of two in one place the longer with its lead, both where they are alike."""
    found = sorted(_all(text), key=lambda item: (-len(item.around), item.around.start))
    taken: dict[int, range] = {}
    kept = []
    for item in found:
        if all(taken.get(number, item.tokens) == item.tokens for number in item.around):
            taken.update(dict.fromkeys(item.tokens, item.tokens))
            kept.append(item)
    kept.sort(key=lambda item: item.tokens.start)
    return tuple(_told(text, item.kind, item.tokens) for item in kept if item.kind is not None)


def _told(text: Text, kind: AttributeKind, tokens: range) -> Told:
    span = Span(text.tokens[tokens.start].span.start, text.tokens[tokens.stop - 1].span.end)
    return Told(Attribute(kind, text.text[span.start : span.end], span), tokens)


def _all(text: Text) -> Iterator[_Found]:
    for kind, pattern in _rows():
        for match in pattern.finditer(text.line):
            tokens = text.tokens_between(match.start("words"), match.end("words"))
            if tokens:
                yield _Found(kind, tokens, text.tokens_between(*match.span()))


@cache
def _rows() -> tuple[tuple[AttributeKind | None, re.Pattern[str]], ...]:
    made = []
    for line, (kind, lead, words) in notation.rows(TABLE, ("kind", "lead", "words")):
        try:
            before = "" if lead == "-" else notation.expression(lead, lists())
            pattern = rf"(?<!\S)(?:{before})(?P<words>{notation.expression(words, lists())})"
            made.append((None if kind == "none" else AttributeKind(kind), re.compile(pattern)))
        except (ValueError, re.error) as error:
            raise InputError(f"{TABLE.name}, line {line}: {error}") from error
    return tuple(made)
