"""What a sentence of the note claims (after ConText, Harkema et al. 2009): one value for the whole sentence.

The order matters: a denial that admits an exception is not an absence, and a relative's illness is not the patient's
whatever else is said of it.
"""

from __future__ import annotations

import re

from scribe.sections import phrases
from scribe.types import Assertion, SectionKind

RELATIVE = re.compile(
    rf"\b(?:{phrases.pattern('relative_of')})(?:'s)?\b[^.]{{0,40}}\b(?:had|has|have|did|does|was|is|died|passed|with|diagnosed|suffer\w*|got)\b"
    rf"|\b(?:{phrases.pattern('in_family')})\b",
    re.IGNORECASE,
)
ABSENT = re.compile(rf"^(?:{phrases.pattern('absent_at_start')})(?![\w'])|\bruled out\b", re.IGNORECASE)
EXCEPTION = re.compile(rf"\b(?:{phrases.pattern('exception')})\b", re.IGNORECASE)
POSSIBLE = re.compile(rf"\b(?:{phrases.pattern('possible')})\b", re.IGNORECASE)
CONDITIONAL = re.compile(rf"\b(?:{phrases.pattern('conditional')})\b", re.IGNORECASE)
HISTORICAL = re.compile(rf"\b(?:{phrases.pattern('historical')})\b", re.IGNORECASE)
UNSURE = re.compile(
    r"\b(?:not|\w+n't) (?:\w+ )?(?:sure|certain|know|told)\b|\b(?:doesn't|does not) (?:\w+ )?(?:think|believe)\b"
    r"|\b(?:hopes?|hoping|doubts?|afraid)\b",
    re.IGNORECASE,
)
NEGATED = re.compile(
    r"\b(?:\w+n't|not|never|no longer|nobody|no one|neither)\b|:\s*(?:no|none|not|negative|denies|without|absent)\b"
    r"|^Reports (?:no|never)\b",
    re.IGNORECASE,
)
CLAUSE_END = re.compile(
    r",|;|\b(?:but|and|because|if|when|although|though|since|so|that|which|who|or)\b", re.IGNORECASE
)
INABILITY = re.compile(r"\b(?:can't|cannot|can not|couldn't|could not|unable)\b", re.IGNORECASE)  # is a finding
NOT_ABSENT = phrases.words("absent_not")
LONG_AGO = re.compile(r"\b(?:years? ago|in (?:19|20)\d\d)\b", re.IGNORECASE)
PAST = frozenset({SectionKind.PAST_MEDICAL, SectionKind.SURGICAL})


def _denied(text: str) -> bool:
    """Whether the first clause, or what stands after its heading, denies: "Left knee: no effusion", "isn't swollen"."""
    first = CLAUSE_END.split(text, maxsplit=1)[0]
    found = NEGATED.search(first)
    if found is None or INABILITY.search(first):
        return False
    after = set(re.findall(r"[a-z]+", first[found.end() :].lower()))
    return not after & NOT_ABSENT


def assertion_of(text: str, kind: SectionKind) -> Assertion:
    """The claim of one sentence that stands in a section of this kind."""
    if UNSURE.search(text):
        return Assertion.POSSIBLE
    if (ABSENT.search(text) or _denied(text)) and not EXCEPTION.search(text):
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
