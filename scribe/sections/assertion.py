"""What a sentence of the note claims (after ConText, Harkema et al. 2009): one value for the whole sentence.

The order matters: a denial that admits an exception is not an absence, and a relative's illness is not the patient's
whatever else is said of it.
"""

from __future__ import annotations

import re

from scribe.types import Assertion, SectionKind

RELATIVE = re.compile(
    r"\b(?:mother|father|mom|mum|dad|brothers?|sisters?|siblings?|parents?|grand(?:mother|father|parents?|ma|pa)|uncles?|"
    r"aunts?|cousins?)(?:'s)?\b[^.]{0,40}\b(?:had|has|have|died|passed|with|diagnosed|suffer\w*|got)\b"
    r"|\b(?:maternal|paternal|family history|runs? in the family|in the family)\b",
    re.IGNORECASE,
)
ABSENT = re.compile(
    r"^(?:denies|denied|no|none|never|not|negative for|without|has(?:n't| not| never)|had no|does(?:n't| not)|did(?:n't| not)|"
    r"is(?:n't| not)|was(?:n't| not)|has no|there (?:is|are|was|were) no|patient denies|the patient denies)\b"
    r"|: \"?(?:no|none|nope|never)\W*$|\b(?:is|are|was|were) (?:absent|ruled out)\b",
    re.IGNORECASE,
)
EXCEPTION = re.compile(
    r"\b(?:but|except|just|only|although|though|however|other than|apart from|besides)\b", re.IGNORECASE
)
POSSIBLE = re.compile(
    r"\b(?:may|might|could be|possibl[ey]|probabl[ey]|likely|maybe|perhaps|suspect(?:ed|s|ing)?|suspicious|i think|"
    r"concern(?:ed|ing)? (?:for|about|that)|rule out|versus|vs|differential|question of|questionable|looks like|sounds like|"
    r"seems like|appears to|consistent with|worried (?:about|that)|asked)\b",
    re.IGNORECASE,
)
CONDITIONAL = re.compile(r"\b(?:if|unless|in case|should (?:it|this|the|they|symptoms))\b", re.IGNORECASE)
HISTORICAL = re.compile(
    r"\b(?:history of|in the past|as a (?:child|kid|teenager)|used to|previously|resolved|status post)\b", re.IGNORECASE
)
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
