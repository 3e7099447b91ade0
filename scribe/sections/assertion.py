"""The label of a sentence of the note, derived from what it claims about each thing that it names."""

from __future__ import annotations

import re

from scribe.clinical.mentions import Mentions
from scribe.types import PATIENT, Assertion, Claims, Polarity, SectionKind

ANY = (Assertion.POSSIBLE, Assertion.CONDITIONAL, Assertion.HISTORICAL)  # the first that one of them has
SEVERAL = re.compile(r"[,;]|\b(?:and|but)\b", re.IGNORECASE)


def assertion_of(text: str, kind: SectionKind) -> Assertion:
    """The claim of one sentence that stands in a section of this kind.

    A sentence that denies one thing and affirms another is no denial. A relative's illness is not the patient's,
    whatever else is said of it.
    """
    mentions = Mentions(text)
    claims = mentions.each()
    if not claims and mentions.names_somebody_else:
        return Assertion.FAMILY  # "Father did."
    if claims and all(_denies(claim) for claim in _predicated(text, claims)):
        return Assertion.ABSENT
    if kind is SectionKind.FAMILY or (kind is not SectionKind.SOCIAL and any(c.experiencer != PATIENT for c in claims)):
        return Assertion.FAMILY
    made = {claim.assertion for claim in claims}
    label = next((assertion for assertion in ANY if assertion in made), Assertion.PRESENT)
    return Assertion.HISTORICAL if label is Assertion.PRESENT and kind is SectionKind.SURGICAL else label


def _predicated(text: str, claims: tuple[Claims, ...]) -> tuple[Claims, ...]:
    """Without the words before the first denial, where they only name what it is said of: "Left knee: no effusion"."""
    denials = [trigger.span.start for claim in claims for trigger in claim.triggers if trigger.claim == "absent"]
    if not denials or SEVERAL.search(text[: min(denials)]):
        return claims
    first = next(number for number, claim in enumerate(claims) if _denies(claim))
    return claims[first:]


def _denies(claims: Claims) -> bool:
    return claims.polarity is Polarity.ABSENT or claims.assertion is Assertion.ABSENT
