"""The note of a visit: what its findings say in the grammar's words, beside the sentences of the talk that are sound.

A sentence of the talk stands where it reads as a note's and tells what no finding does. All else is said by the
grammar, from findings. What is important and stands in neither is listed below the note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scribe.sections import named
from scribe.sections.realisation import judgement, lists, story, visit, wording, words
from scribe.sections.realisation.sheet import Sheet
from scribe.sections.realisation.told import Say, Told
from scribe.sections.realisation.visit import IsSound, Visit
from scribe.types import PATIENT, Finding, FindingKind, Section, SectionKind, Statement, Time, Transcript

K, F = SectionKind, FindingKind
MARKED = re.compile(r"\[(?:inaudible|overlap) [\d:]+\]|____")
DOSES = re.compile(r"\d[\d.,]*(?= ?(?:mg|mcg|g|ml|units?|tablets?|pills?|capsules?|drops?|puffs?)\b)", re.IGNORECASE)
ASKS = re.compile(r'[?"\u201c]|^Asked')
IMPORTANT = frozenset({F.MEDICATION, F.ALLERGY, F.PROCEDURE, F.PROBLEM, F.EXAM, F.RESULT, F.PLAN, F.IMMUNIZATION})
NEVER_LOST = frozenset({F.MEDICATION, F.ALLERGY, F.PROCEDURE})
MOST_ALSO_SAID = 10
PASSING = words.listed("passing")


def realised(
    sections: Sequence[Section], findings: Sequence[Finding], transcript: Transcript, say: Say, is_sound: IsSound
) -> tuple[Section, ...]:
    """The sections of a visit, made of its findings and of those statements of `sections` that are sound.

    `sections` are the sentences of the talk, each with the findings that it states; `say` gives the written words of a
    span of the transcript's text.
    """
    seen = visit.read(sections, findings, transcript, say, is_sound)
    note = Sheet(transcript)
    chief = story.complaint(note, seen)
    _lists(note, seen)
    story.told(note, seen, chief)
    judgement.seen(note, seen)
    judgement.judged(note, seen)
    _also_said(note, seen)
    return note.sections({section.kind: section.score for section in sections})


def _lists(note: Sheet, seen: Visit) -> None:
    """Medications, allergies, past, family and social history: always in the grammar's words."""
    held = seen.held
    allergies = [name for kind, name in held if kind is F.ALLERGY]
    own = [one for one in seen.things if one.is_patients and not one.is_talk and not one.is_ahead]
    for one in own:
        if one.is_absent and (one.kind, one.concept) in held:
            continue
        early, own_words = seen.is_history(one), seen.is_of_patients_words(one)
        if one.kind is F.MEDICATION and early:
            note.say(K.MEDICATIONS, lists.medication(one), [one], "lists.medication")
        elif one.kind is F.ALLERGY and not (one.is_absent and _is_contradicted(one, allergies)):
            note.say(K.ALLERGIES, lists.allergy(one), [one], "lists.allergy")
        elif one.kind is F.PROBLEM and own_words and not one.is_possible and (one.is_answered or not one.is_absent):
            note.say(_place(one), lists.problem(one), [one], "lists.problem")
        elif one.kind is F.PROCEDURE and early:
            note.say(K.SURGICAL, lists.procedure(one), [one], "lists.procedure")
        elif one.kind is F.IMMUNIZATION:
            note.say(K.IMMUNIZATIONS, lists.immunization(one), [one], "lists.immunization")
    for one, text in lists.habits(
        [one for one in own if one.kind is F.HABIT and one.is_settled and seen.is_of_patients_words(one)]
    ):
        note.say(K.SOCIAL, text, [one], "lists.habits")
    for relative, illnesses in _families(seen.things).items():
        note.say(K.FAMILY, lists.family(relative, illnesses), illnesses, "lists.family")


def _is_contradicted(none: Told, allergies: Sequence[str]) -> bool:
    """Whether "no known allergies" is said of somebody who has one; "no drug allergies" goes with one to peanuts."""
    if not lists.names_no_allergen(none):
        return False
    return bool(allergies) if lists.is_of_any(none) else any(named.drugs(name) for name in allergies)


def _place(one: Told) -> SectionKind:
    """Where an illness stands: one that passes, and is there now, in the present illness."""
    passes = one.concept.split()[-1] in PASSING and one.claims.time is Time.CURRENT and not one.is_absent
    return K.HPI if passes else K.PAST_MEDICAL


def _families(things: Sequence[Told]) -> dict[str, list[Told]]:
    """What relatives have, by relative."""
    found: dict[str, list[Told]] = {}
    for one in things:
        whose = one.claims.experiencer
        if whose not in (PATIENT, "other") and not one.is_absent and not one.is_talk and not one.is_ahead:
            found.setdefault(whose, []).append(one)
    return found


def _also_said(note: Sheet, seen: Visit) -> None:
    """What is important and said nowhere, and what could not be made out: a closed list, the dangerous first."""
    kept = {one.id for _, one in note.statements}
    doses = {dose for _, one in note.statements for dose in DOSES.findall(one.text)}
    ranked: list[tuple[int, Statement]] = []
    for _, one in seen.candidates:
        if one.id in kept:
            continue
        told = [thing for thing in seen.told_in(one) if thing.kind in IMPORTANT and not thing.is_talk]
        asks = ASKS.search(one.text) is not None
        if not asks and not doses.issuperset(DOSES.findall(one.text)):
            ranked.append((0, one))
        elif MARKED.search(one.text):
            ranked.append((1, one))
        elif not asks and any(not note.has(thing) for thing in told):
            ranked.append((2, one))
    for _, one in sorted(ranked, key=lambda item: item[0])[:MOST_ALSO_SAID]:
        note.add(K.ALSO_SAID, one)
    _named_only(note, seen)


def _named_only(note: Sheet, seen: Visit) -> None:
    """List drugs, allergies and operations that no sentence has, by their names alone."""
    room = MOST_ALSO_SAID - len(note.of(K.ALSO_SAID))
    left = [one for one in seen.things if one.kind in NEVER_LOST and one.is_patients and not one.is_absent]
    left = [one for one in left if not one.is_talk and not note.has(one) and not wording.names_nothing(one)]
    left = [one for one in left if one.concept not in lists.SURGERY and not wording.PLACED.match(wording.name_of(one))]
    for one in left[:room]:
        note.say(K.ALSO_SAID, f"Mentioned: {wording.name_of(one)}.", [one], "note.named_only")
