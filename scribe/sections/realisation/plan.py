"""Problems and plan in a note's words: short names, and under each what is done, when, and on what condition."""

from __future__ import annotations

import re

from scribe.sections.realisation import lists, wording, words
from scribe.sections.realisation.told import Told
from scribe.types import AttributeKind, Basis, FindingKind, Role, Time

A, F = AttributeKind, FindingKind
ORDERED = frozenset({F.PLAN, F.MEDICATION, F.PROCEDURE, F.IMMUNIZATION, F.RESULT, F.HABIT})
LEADS = {Basis.OFFERED: "Offered", Basis.DECLINED: "Declines", Basis.WANTED: "Would like"}
NEEDS_PLACE = words.listed("needs_place")
STATES = words.pattern("states")
RETURNS = frozenset({"return", "follow-up", "emergency department"})  # "if you are not better, call": a call
SHORT = 4  # words of a place, or of how a problem stands
BESIDE = 25  # characters between an action and what is done
UNSPECIFIC = frozenset({"infection", "disease", "condition", "disorder", "problem", "pain", "inflammation"})
WITHIN = re.compile(
    r"\b(?:in|within|after) (?:about |around )?(?:[\w-]+ )?[\w-]+ (?:days?|weeks?|months?|years?)\b", re.IGNORECASE
)
GENERAL_ACTIONS = words.listed("general_actions")
REFERS = re.compile(r"(?:refer|consult|send|see\b)", re.IGNORECASE)
JOINTS = frozenset({"to", "with", "for", "of", "by"})
AT = words.opening("at_times")


def is_problem(told: Told) -> bool:
    """Whether it can head a part of an assessment."""
    fits = told.is_patients and not told.is_absent and told.is_settled and not told.is_talk
    return fits and told.claims.time not in (Time.PLANNED, Time.CONDITIONAL) and not wording.names_nothing(told)


def is_unspecific(told: Told) -> bool:
    """Whether its name says too little to head anything: "infection"."""
    return told.concept in UNSPECIFIC


def problem(told: Told) -> str:
    """A problem by a short name, with side and place; what is only suspected says so."""
    name = wording.term_of(told)
    side = next((text.lower() for text in told.of(A.SIDE) if text.lower() in ("left", "right")), "")
    side = "" if wording.SIDES.search(name) else side
    place = next((text for text in map(wording.plain, told.of(A.SITE)) if text and len(text.split()) <= SHORT), "")
    if side and wording.SIDED & set(name.split()):
        name = f"{side} {name}"
    elif place and name.endswith(tuple(NEEDS_PLACE)) and len(name.split()) == 1:
        name = f"{name} of the {side} {place.removeprefix('the ')}".replace("  ", " ")
    state = [text for text in map(wording.plain, told.of(A.STATUS, A.COURSE)) if text and STATES.search(text)]
    state = [text for text in state if len(text.split()) <= SHORT]
    return wording.sentence(
        ", ".join([f"{'possible ' if told.is_possible or told.is_weighed else ''}{name}", *state[:1]])
    )


def is_item(told: Told) -> bool:
    """Whether it is something to be done."""
    if told.kind not in ORDERED or not told.is_patients or not told.is_ahead or told.is_talk:
        return False
    bare = told.kind in (F.HABIT, F.RESULT) and not _action(told)
    return not wording.names_nothing(told) and not bare


def item(told: Told) -> str:
    """One item of a plan: "Increase Lasix to 80 mg, once a day"; empty where its condition cannot be put."""
    if told.is_under_if and told.claims.time is not Time.CONDITIONAL:
        return ""  # whether it depends on the condition is for a person to say
    name = _object(told)
    action = _action(told)
    own = told.claims.basis is not Basis.WANTED or told.role is not Role.CLINICIAN  # "I'd want you to" is an order
    if told.claims.basis in LEADS and own:
        text = f"{LEADS[told.claims.basis]} {wording.small(name)}"
    elif told.is_absent and not (told.concept in RETURNS and told.of(A.CONDITION)):
        text = f"No {wording.small(name)}"
    elif told.is_weighed and told.claims.time is not Time.CONDITIONAL:
        text = f"Consider {wording.small(name)}"
    elif action and action.split()[0] not in name.lower().split() and len(action.split()) <= 3:
        text = f"{action} {wording.small(name)}"
    else:
        text = name
    details = _details(told)
    text = ", ".join([f"{text}{details[0]}", *details[1:]])
    conditions = [found for found in map(wording.clause, told.of(A.CONDITION)) if found]
    if told.claims.time is Time.CONDITIONAL and not conditions:
        return ""
    when = [_at(found) for found in map(wording.plain, told.of(A.WHEN, A.DATE)) if found]
    if not when and (within := WITHIN.search(told.heard_as)):
        when = [wording.plain(within[0])]
    text = f"{text}{' ' + when[0] if when else ''}{' if ' + wording.joined(conditions, 'or') if conditions else ''}"
    return wording.sentence(text)


def _action(told: Told) -> str:
    """What is done: "increase" says more than "order"."""
    named = [
        action
        for one, details in zip(told.findings, told.each, strict=True)
        for kind, text, span in details
        if kind is A.ACTION and (told.kind is F.MEDICATION or 0 <= one.heard[0].start - span.end <= BESIDE)
        if (action := wording.plain(text))
    ]
    return next((text for text in named if text.split()[0] not in GENERAL_ACTIONS), named[0] if named else "")


def _object(told: Told) -> str:
    name = wording.name_of(told)
    if told.kind is F.MEDICATION and len(told.heard_as.split()) == 1:
        name = lists.drug(told)
    elif told.kind is F.PLAN:
        name = _advice(told, name)
    to_whom = next((text for text in map(wording.plain, told.of(A.OBJECT)) if text), "")
    if to_whom and to_whom not in name:
        joint = "to" if REFERS.match(name) else "of"
        led = wording.PLACED.match(to_whom) or to_whom.split()[0] in JOINTS
        name = f"{name} {to_whom}" if led else f"{name} {joint} {to_whom}"
    site = [text for text in (*told.of(A.SIDE), *map(wording.plain, told.of(A.SITE))) if text and text not in name]
    return (
        f"{name} of the {' '.join(dict.fromkeys(site[:2]))}"
        if site and told.kind in (F.PLAN, F.PROCEDURE) and not set(site) <= {"left", "right"}
        else name
    )


def _advice(told: Told, name: str) -> str:
    """What is advised, by the concept where the words are a clause: "see you again" is follow-up."""
    heard = told.heard_as.lower()
    return name if len(heard.split()) <= 3 and not wording.PERSONS.search(heard) else told.concept


def _details(told: Told) -> list[str]:
    """Dose and frequency as one part, then route, duration and what it is for."""
    dose = next((text for text in map(wording.plain, told.of(A.DOSE)) if text), "")
    often = [text for text in map(wording.plain, told.of(A.FREQUENCY, A.TIMING)) if text and text not in dose]
    first = f" {dose}{f' {often.pop(0)}' if often else ''}" if dose else ""
    rest = [*often, *(text for text in map(wording.plain, told.of(A.ROUTE)) if text)]
    rest += [
        f"for {re.sub('^for ', '', text)}" for text in map(wording.plain, told.of(A.DURATION, A.INDICATION)) if text
    ]
    return [first, *dict.fromkeys(rest)]


def _at(when: str) -> str:
    return when if AT.match(when) else f"in {when}" if when[:1].isdigit() else when
