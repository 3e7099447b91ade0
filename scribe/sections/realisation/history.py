"""The history in a note's words: the complaint, what is told of each symptom, and what is denied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scribe.sections import body_systems
from scribe.sections.realisation import visit, wording
from scribe.sections.realisation.told import Told
from scribe.types import AttributeKind, FindingKind, Time

A, F = AttributeKind, FindingKind
OPENING = 0.25  # part of the talk within which the complaint is told
SHORTEST_OPENING = 800  # characters
COMPLAINTS = frozenset({F.SYMPTOM, F.PROBLEM})
DETAILS = (
    A.ONSET,
    A.DURATION,
    A.COURSE,
    A.SITE,
    A.SIDE,
    A.SEVERITY,
    A.QUALITY,
    A.TIMING,
    A.AGGRAVATED_BY,
    A.RELIEVED_BY,
)
MOST_DENIED = 8  # names in one line


def complaint(told: Sequence[Told], reason: re.Match[str] | None, end: int) -> tuple[Told, ...]:
    """What the visit is for: what is named as its reason, else the first complaint that is told at its beginning.

    What is told of the same part of the body right after says more of it: the pain of "my knee bothers me".
    """
    held = [one for one in told if one.kind in COMPLAINTS and visit.is_held(one) and not wording.names_nothing(one)]
    named: list[Told] = []
    if reason is not None:
        named = [one for one in held if any(reason.start() <= span.start < reason.end() for span in one.heard())]
    early = [one for one in held if one.start < max(OPENING * end, SHORTEST_OPENING)]
    by_patient = [one for one in early if one.is_own and one.kind is F.SYMPTOM]
    first = next(iter(named or by_patient or early), None)
    if first is None:
        return ()
    if first.concept in wording.HAPPENS:  # "I fell, and my wrist is swollen": the wrist is what is treated
        placed = (
            one
            for one in early
            if one.kind is F.SYMPTOM and (one.of(A.SITE) or wording.SIDED & set(one.concept.split()))
        )
        first = next((one for one in placed if one.concept not in wording.HAPPENS), first)
    site = first.concept.removesuffix(" problem")
    if site != first.concept:
        more = next((one for one in early if one is not first and one.concept.startswith(f"{site} ")), None)
        if more is not None:
            sides = tuple(one for one in first.attributes if one[0] is A.SIDE)
            return (replace(more, attributes=(*sides, *more.attributes)), first)
    return (first,)


def chief(told: Sequence[Told]) -> str:
    """The complaint in few words: "Right knee pain for 3 weeks."; the first has the name."""
    told_of = [one for item in told for one in item.attributes]
    long = [one for one in told_of if one[0] is A.DURATION] or [one for one in told_of if one[0] is A.ONSET]
    short = [*(one for one in told_of if one[0] in (A.SIDE, A.SITE, A.CONTEXT, A.CONDITION)), *long[:1]]
    return wording.sentence(wording.phrase(replace(told[0], attributes=tuple(short))))


def is_detailed(told: Told) -> bool:
    """Whether more was told of it than that it is there."""
    return bool(told.of(*DETAILS, A.CONDITION, A.CONTEXT))


def symptom(told: Told) -> str:
    """What was told of one symptom; empty where it is so only at a time or place that cannot be put."""
    if wording.loses_context(told):
        return ""
    text = wording.phrase(told)
    if told.claims.time is Time.CONDITIONAL:
        conditions = [text for text in map(wording.clause, told.of(A.CONDITION)) if text]
        if not conditions:
            return ""
        text = f"{text}, when {conditions[0]}"
    if told.claims.time is Time.PAST:
        text = f"Before: {text}" if is_detailed(told) else ""
    elif told.is_possible:
        text = f"Possible {text}"
    return wording.sentence(text) if text else ""


def also(told: Sequence[Told]) -> str:
    """Symptoms of which no more was told than that they are there."""
    return wording.sentence(f"Reports {wording.joined([wording.phrase(one) for one in told])}")


def denied(told: Sequence[Told]) -> Iterator[tuple[str, tuple[Told, ...]]]:
    """What is denied, by system of the body: "Denies cough and shortness of breath"."""
    systems: dict[str, list[Told]] = {}
    for one in told:
        found = body_systems.systems_of(wording.name_of(one))
        systems.setdefault(found[0] if found else "", []).append(one)
    order = {name: at for at, name in enumerate(body_systems.SYSTEMS)}
    for name in sorted(systems, key=lambda item: order.get(item, len(order))):
        group = systems[name]
        for at in range(0, len(group), MOST_DENIED):
            part = group[at : at + MOST_DENIED]
            yield wording.sentence(f"Denies {wording.joined([wording.denied(one) for one in part])}"), tuple(part)
