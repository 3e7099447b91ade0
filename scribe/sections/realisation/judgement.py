"""What was seen, what it is taken for and what is to be done: the clinician's sound sentences, and the grammar's."""

from __future__ import annotations

import re
from dataclasses import replace

from scribe.sections.realisation import plan, sheet, visit, wording
from scribe.sections.realisation.sheet import Sheet
from scribe.sections.realisation.told import Told
from scribe.sections.realisation.visit import Visit
from scribe.types import AttributeKind, FindingKind, Role, SectionGroup, SectionKind, Statement

K, F, A, G = SectionKind, FindingKind, AttributeKind, SectionGroup
SEEN = frozenset({K.VITALS, K.EXAM, K.RESULTS})
JUDGED = frozenset({K.ASSESSMENT, K.PLAN})
IMPRESSION = re.compile(r"^Impression: (?:an? |the |some )?")
BORN = re.compile(r"\bdate of birth\b|\bDOB\b", re.IGNORECASE)
JUDGED_OF = frozenset({F.PROBLEM, F.SYMPTOM, F.PROCEDURE, F.MEDICATION})
TEST = re.compile(r"\b(?:test|sign|raise)s?$")
FIGURE = re.compile(r"\d[\d.,]*")
SPARE = 3  # words of an order that say nothing: "on", "your"


def seen(note: Sheet, known: Visit) -> None:
    """Say vital signs, examination and results."""
    for kind, one in known.sound_ones:
        if kind in SEEN and not BORN.search(one.text):
            note.add(kind, one)
    for thing in known.things:
        own = thing.is_patients and not thing.is_talk and not thing.is_ahead
        if own and not note.has(thing, G.EXAM):
            kind, text = _seen(thing)
            note.say(kind, text, [thing], "judgement.seen")


def judged(note: Sheet, known: Visit) -> None:
    """Say the problems by short names, the clinician's sentences about them, and what is to be done."""
    heads = {one.problem for _, one in known.candidates if one.problem == one.id}
    for kind, one in known.sound_ones:
        if kind in JUDGED:
            _ordered(note, known, kind, one, is_head=one.id in heads)
    named = [one.text.lower() for one in note.of(K.ASSESSMENT)]
    for thing in known.things:
        if thing.kind is F.PROBLEM and _is_judged(thing, known):
            text = plan.problem(thing)
            if text.lower() not in named and not _is_head(note, thing):
                named.append(text.lower())
                note.add(K.ASSESSMENT, _head(text, thing, known))
        elif plan.is_item(thing) and (not note.has(thing, G.PLAN) or _lacks_dose(note, thing)):
            note.say(K.PLAN, plan.item(thing), [thing], "plan.item")
    for kind, one in known.sound_ones:
        if kind in JUDGED and one.id not in heads:
            kinds = plan.ORDERED if kind is K.PLAN else JUDGED_OF
            own = [thing for thing in known.told_in(one) if thing.kind in kinds]
            if any(not note.has(thing, G.PLAN) and not thing.is_talk for thing in own):
                note.add(kind, one)


def _ordered(note: Sheet, known: Visit, kind: SectionKind, one: Statement, *, is_head: bool) -> None:
    """Add what names a problem or orders something; the order of one drug in the grammar's words if they say it all."""
    own = known.told_in(one)
    orders = one.rule == "remarks.order" and (own or FIGURE.search(one.text))
    if orders and len(own) == 1 and _says_all(text := plan.item(own[0]), one.text, own[0]):
        note.say(K.PLAN, text, own, "plan.item")
    elif is_head or orders:
        note.add(kind, one)
    elif one.rule == "remarks.impression" and not any(thing.kind is F.PROBLEM for thing in own):
        note.add(kind, replace(one, text=wording.sentence(IMPRESSION.sub("", one.text))))


def _seen(thing: Told) -> tuple[SectionKind, str]:
    """What was found, or measured, of one thing, and the section for it; empty where it was only looked at."""
    if thing.kind is F.EXAM and not thing.is_possible:
        name = wording.phrase(thing)
        if thing.concept == "normal":
            where = wording.joined([text for text in map(wording.plain, thing.of(A.SITE)) if text])
            return K.EXAM, wording.sentence(f"{where}: normal") if where else ""
        if not thing.attributes and not thing.is_absent and " " not in name:
            return K.EXAM, ""
        values = [text for text in map(wording.plain, thing.of(A.VALUE)) if text and text not in name]
        if thing.is_absent:
            name = wording.denied(thing)
            return K.EXAM, wording.sentence(f"{name} negative" if TEST.search(name) else f"No {name}")
        return K.EXAM, wording.sentence(" ".join([name, *values[:1]]))
    if thing.kind is F.RESULT or (thing.kind is F.VITAL and thing.role is Role.CLINICIAN):
        values = [text for text in map(wording.plain, thing.of(A.VALUE, A.QUALITY)) if text]
        dates = [text for text in map(wording.plain, thing.of(A.DATE)) if text]
        told = f"{wording.name_of(thing)} {wording.joined(values, ',')}"
        text = wording.sentence(", ".join([told, *dates[:1]])) if values else ""
        return K.RESULTS if thing.kind is F.RESULT else K.VITALS, text
    return K.EXAM, ""


def _is_judged(thing: Told, known: Visit) -> bool:
    """Whether a clinician speaks of it where he judges."""
    late = any(start >= known.turn for start in thing.by_clinician)
    return late and plan.is_problem(thing) and not plan.is_unspecific(thing)


def _head(text: str, thing: Told, known: Visit) -> Statement:
    """The statement that names a problem, placed where the clinician comes to it."""
    made = sheet.statement(text, [thing], known.transcript, sheet.PROBLEM)
    late = sorted(made.heard, key=lambda span: (span.start < known.turn, span.start))
    seconds = tuple(found for span in late if (found := known.transcript.seconds(span)) is not None)
    return replace(made, heard=tuple(late), seconds=seconds)


def _is_head(note: Sheet, thing: Told) -> bool:
    """Whether a statement names this problem already."""
    heads = (one for one in note.of(K.ASSESSMENT) if one.rule == sheet.PROBLEM or one.problem == one.id)
    return any(visit.names(one.text, thing) for one in heads)


def _lacks_dose(note: Sheet, thing: Told) -> bool:
    """Whether the plan has a drug without the dose that was told."""
    said = {figure for one in note.of(K.PLAN) for figure in FIGURE.findall(one.text)}
    doses = {figure for text in thing.of(A.DOSE) for figure in FIGURE.findall(text)}
    return thing.kind is F.MEDICATION and not doses <= said


def _says_all(text: str, sentence: str, thing: Told) -> bool:
    """Whether the grammar's item says all that an order does, its figures above all."""
    if thing.kind is not F.MEDICATION or not plan.is_item(thing) or not thing.of(A.ACTION):
        return False
    figures = set(FIGURE.findall(sentence)) <= set(FIGURE.findall(text))
    return figures and len(sentence.split()) <= len(text.split()) + SPARE
