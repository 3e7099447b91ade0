"""The medicines a text names: by prescription, over the counter, or watched for toxicity.

The names are those of the shipped vocabulary; which of them need no prescription is in `medicines.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scribe.clinical import lexicon
from scribe.clinical.lexicon import TermKind
from scribe.coding.reading import compiled, table
from scribe.config import ModelsSettings
from scribe.types import Span

WORD = re.compile(r"[A-Za-z0-9][\w'\u2019-]*")
LONGEST = 4  # words of a name


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine as the text names it."""

    span: Span
    name: str  # as in the vocabulary, lower case; the generic name where the vocabulary knows it
    prescription: bool
    monitored: bool  # for toxicity, by laboratory tests


def find(text: str) -> Iterator[Medicine]:
    """Every medicine that `text` names, in order, vaccines left out; "her medications" only where none has a name.

    Raises AssetError where the vocabulary is gone.
    """
    words = list(WORD.finditer(text))
    names, at = _names(), 0
    found: list[Medicine] = []
    while at < len(words):
        for count in range(min(LONGEST, len(words) - at), 0, -1):
            spoken = re.sub(r"\s+", " ", text[words[at].start() : words[at + count - 1].end()]).lower()
            if spoken in names:
                found.append(_medicine(text, Span(words[at].start(), words[at + count - 1].end()), spoken))
                at += count - 1
                break
        at += 1
    if not found:
        spoken_of = _prescription_words().finditer(text)
        found = [Medicine(Span(*match.span()), match[0].lower(), True, False) for match in spoken_of]
    yield from found


def _medicine(text: str, span: Span, spoken: str) -> Medicine:
    generic = _names()[spoken]
    free = {spoken, generic} & _listed("over_the_counter")
    strengths = _strengths().get(generic, ())
    behind = text[span.end : span.end + 20]
    strong = any(re.search(rf"(?<![\d.,]){re.escape(strength)}(?![\d.,])", behind) for strength in strengths)
    prescribed = strong or "prescription" in text.lower()
    monitored = bool({spoken, generic} & _listed("monitored"))
    return Medicine(span, generic, not free or prescribed, monitored)


@cache
def _names() -> dict[str, str]:
    """Every name in lower case, with its generic name."""
    terms = (term for term in lexicon.read(ModelsSettings()) if term.kind is TermKind.DRUG)
    drugs = {term.text.lower(): (term.generic or term.text).lower() for term in terms}
    drugs |= {name: drugs.get(name, name) for name in _listed("over_the_counter") | _listed("monitored")}
    return {
        name: generic
        for name, generic in drugs.items()
        if name not in _listed("no_medicine") and "vaccine" not in name and len(name) > 2
    }


@cache
def _strengths() -> dict[str, list[str]]:
    return {name.lower(): found for name, found in table("medicines")["prescription_strengths"].items()}


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(str(item).lower() for item in table("medicines")[name])


@cache
def _prescription_words() -> re.Pattern[str]:
    return compiled(table("medicines")["prescription_words"])
