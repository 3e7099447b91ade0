"""The drugs and diseases that a text names, by the shipped lexicon of medical terms: where each stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from scribe.clinical import lexicon
from scribe.clinical.lexicon import TermKind, key_of
from scribe.config import ModelsSettings
from scribe.types import Span

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
MOST_WORDS = 5  # of a term that is looked up
NO_DRUG = frozenset({"oxygen", "potassium", "magnesium", "sodium", "calcium", "iron", "albumin", "barium", "alcohol"})
# measured in blood or said of other things as often as taken: these alone name no drug


def drugs(text: str) -> tuple[Span, ...]:
    """Where drugs are named, in order; the longest name where several begin at one place."""
    return tuple(span for span, kind in _found(text) if kind is TermKind.DRUG)


def diseases(text: str) -> tuple[Span, ...]:
    """Where diseases are named, in order."""
    return tuple(span for span, kind in _found(text) if kind is TermKind.DISEASE)


def _found(text: str) -> list[tuple[Span, TermKind]]:
    words = list(WORD.finditer(text))
    terms, found, at = _terms(), list[tuple[Span, TermKind]](), 0
    while at < len(words):
        for size in range(min(MOST_WORDS, len(words) - at), 0, -1):
            span = Span(words[at].start(), words[at + size - 1].end())
            kind = terms.get(key_of(text[span.start : span.end]))
            if kind is not None:
                found.append((span, kind))
                at += size
                break
        else:
            at += 1
    return found


@cache
def _terms() -> Mapping[str, TermKind]:
    kept: dict[str, TermKind] = {}
    for term in lexicon.read(ModelsSettings()):
        key = key_of(term.text)
        if term.kind in (TermKind.DRUG, TermKind.DISEASE) and key not in NO_DRUG:
            kept.setdefault(key, term.kind)
    return kept
