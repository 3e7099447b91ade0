"""What is claimed about something that a statement names: by its sentence, and by the finding that it was heard as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from scribe.types import PATIENT, Basis, Certainty, Claims, Finding, FindingKind, Polarity, Time

# From what lets a code be proposed to what does not.
POLARITIES = (Polarity.PRESENT, Polarity.ABSENT)
CERTAINTIES = (Certainty.CERTAIN, Certainty.POSSIBLE)
TIMES = (Time.CURRENT, Time.PLANNED, Time.OPEN, Time.PAST, Time.CONDITIONAL)

T = TypeVar("T")


def of_finding(finding: Finding) -> Claims:
    """The claims of a finding. A procedure that is named counts as done: that it is over has to be said."""
    claims = finding.claims
    told = any(trigger.claim in ("past", "open") for trigger in claims.triggers)
    if finding.kind is FindingKind.PROCEDURE and claims.time is Time.PAST and not told:
        return replace(claims, time=Time.CURRENT)
    return claims


def without_courtesy(claims: Claims) -> Claims:
    """The claims where "I think" is the clinician's way to tell a diagnosis, and nothing else makes it unsure."""
    unsure = [trigger for trigger in claims.triggers if trigger.claim == "possible"]
    if unsure and all("think" in trigger.cue and "believe" in trigger.cue for trigger in unsure):
        return replace(claims, certainty=Certainty.CERTAIN)
    return claims


def strictest(one: Claims, other: Claims) -> Claims:
    """What holds by both readings: a code is not proposed for what either says is not so, not now or not hers."""
    return Claims(
        _last(POLARITIES, one.polarity, other.polarity),
        _last(CERTAINTIES, one.certainty, other.certainty),
        _last(TIMES, one.time, other.time),
        one.experiencer if one.experiencer != PATIENT else other.experiencer,
        one.basis if one.basis is not Basis.EXPERIENCED else other.basis,
        one.triggers,
    )


def _last(order: Sequence[T], one: T, other: T) -> T:
    return max(one, other, key=order.index)
