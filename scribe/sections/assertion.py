"""What a sentence of the note claims (after ConText, Harkema et al. 2009): one value for the whole sentence.

The order matters: a denial that admits an exception is not an absence, and a relative's illness is not the patient's
whatever else is said of it.
"""

from __future__ import annotations

import re

from scribe.sections import phrases
from scribe.types import Assertion, SectionKind

RELATIVE = re.compile(
    rf"\b(?:{phrases.pattern('relative_of')})(?:'s)?\b[^.]{{0,40}}\b(?:had|has|have|died|passed|with|diagnosed|suffer\w*|got)\b"
    rf"|\b(?:{phrases.pattern('in_family')})\b",
    re.IGNORECASE,
)
ABSENT = re.compile(rf"^(?:{phrases.pattern('absent_at_start')})(?![\w'])|\bruled out\b", re.IGNORECASE)
EXCEPTION = re.compile(rf"\b(?:{phrases.pattern('exception')})\b", re.IGNORECASE)
POSSIBLE = re.compile(rf"\b(?:{phrases.pattern('possible')})\b", re.IGNORECASE)
CONDITIONAL = re.compile(rf"\b(?:{phrases.pattern('conditional')})\b", re.IGNORECASE)
HISTORICAL = re.compile(rf"\b(?:{phrases.pattern('historical')})\b", re.IGNORECASE)
LONG_AGO = re.compile(r"\b(?:years? ago|in (?:19|20)\d\d)\b", re.IGNORECASE)
PAST = frozenset({SectionKind.PAST_MEDICAL, SectionKind.SURGICAL})


def assertion_of(text: str, kind: SectionKind) -> Assertion:
    """The claim of one sentence that stands in a section of this kind."""
    if ABSENT.search(text) and not EXCEPTION.search(text):
        return Assertion.ABSENT
    if kind is SectionKind.FAMILY or (RELATIVE.search(text) and kind is not SectionKind.SOCIAL):
        return Assertion.FAMILY
    if POSSIBLE.search(text):
        return Assertion.POSSIBLE
    if CONDITIONAL.search(text):
        return Assertion.CONDITIONAL
    if kind is SectionKind.SURGICAL or HISTORICAL.search(text) or (kind in PAST and LONG_AGO.search(text)):
        return Assertion.HISTORICAL
    return Assertion.PRESENT
