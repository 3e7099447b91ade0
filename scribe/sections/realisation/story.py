"""The present illness and the review of systems: what the grammar says, and the sound sentences of the talk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from scribe.sections.realisation import history, lists, sheet, visit, wording, words
from scribe.sections.realisation.sheet import Sheet
from scribe.sections.realisation.told import Told
from scribe.sections.realisation.visit import Visit
from scribe.types import AttributeKind, FindingKind, Role, SectionGroup, SectionKind, Statement, Time

K, F, A, G = SectionKind, FindingKind, AttributeKind, SectionGroup
UNCLEAR = frozenset({"answers.unclear", "answers.fragment"})  # rules for answers whose sense is not sure
HALF_ANSWER = re.compile(rf"\([^)]*\)\.|: {words.alternatives('half_answers')}", re.IGNORECASE)
LISTED = frozenset({K.MEDICATIONS, K.ALLERGIES, K.PAST_MEDICAL, K.SURGICAL, K.FAMILY, K.IMMUNIZATIONS})
TOLD = frozenset({K.HPI, K.ROS, K.OTHER, K.CHIEF_COMPLAINT, K.SOCIAL}) | LISTED
FOLLOW_UP = words.pattern("follow_up")
REASON = re.compile(f"{words.alternatives('reasons')}[^.?!]*", re.IGNORECASE)
SHORT_DENIAL = 4  # words of a denial that no finding says: of what, is not sure
TAKES = words.opening("takes")
AGED = re.compile(r"(?:(?:he|she) )?is (?P<years>\d{1,3})(?: years? old)?\.", re.IGNORECASE)


def complaint(note: Sheet, seen: Visit) -> Told | None:
    """Say what the visit is for, and give the complaint; where no finding says it, in the words of the talk."""
    text = seen.transcript.text
    reason = REASON.search(text, 0, int(max(history.OPENING * len(text), history.SHORTEST_OPENING)))
    if reason is not None and FOLLOW_UP.search(reason[0]) and (known := _followed_up(seen, reason)):
        names = wording.joined([wording.name_of(one) for one in known])
        note.announce(f"Follow-up of {names}.", known, "story.complaint")
        return None
    chief = history.complaint(seen.things, reason, len(text))
    if chief:
        note.announce(history.chief(chief), chief, "story.complaint")
        return chief[0]
    fallen_back = (one for kind, one in seen.sound_ones if kind is K.CHIEF_COMPLAINT)
    found = next((one for one in fallen_back if not seen.told_in(one)), None)  # what has findings stands elsewhere
    if found is not None:
        note.add(K.CHIEF_COMPLAINT, found)
    return None


def told(note: Sheet, seen: Visit, chief: Told | None) -> None:
    """Say the present illness and the review of systems."""
    if chief is not None and chief.kind is F.SYMPTOM:
        _opening(note, seen, chief)
    for kind, one in seen.sound_ones:
        if kind in TOLD and _stands(note, kind, one, seen):
            if kind is K.SOCIAL:
                one = replace(one, text=wording.sentence(lists.LABEL.sub(lists.labelled, one.text)))
            if visit.PRESENTS.search(one.text):
                note.first.add(one.text)
            note.add(kind if kind in LISTED or kind is K.SOCIAL else K.HPI, one)
    left = [one for one in seen.things if one.kind is F.SYMPTOM and _is_left(note, one, seen)]
    for thing in left:
        if not thing.is_absent and (history.is_detailed(thing) or thing.is_possible or thing.claims.time is Time.PAST):
            note.say(K.HPI, history.symptom(thing), [thing], "history.symptom")
    plain = [one for one in left if visit.is_held(one) and not one.is_possible and not note.has(one, G.HISTORY)]
    if plain:
        note.say(K.HPI, history.also(plain), plain, "history.also")
    for text, group in history.denied(_denied(left, seen)):
        note.say(K.ROS, text, group, "history.denied")


def _followed_up(seen: Visit, reason: re.Match[str]) -> list[Told]:
    """The problems that are named where the reason for the visit is."""
    before = seen.transcript.text.rfind(".", 0, reason.start()) + 1
    known = [one for one in seen.things if one.kind is F.PROBLEM and not one.is_absent]
    named = [one for one in known if any(before <= span.start < reason.end() for span in one.heard())]
    return [one for one in named if not wording.names_nothing(one)]


def _opening(note: Sheet, seen: Visit, chief: Told) -> None:
    """Who comes with what: "54-year-old with left knee pain since Monday"; nothing where it is in the complaint."""
    text = history.symptom(chief)
    presented = any(visit.PRESENTS.search(one.text) and kind in TOLD for kind, one in seen.sound_ones)
    aged = None if presented else next((one for _, one in seen.candidates if AGED.fullmatch(one.text)), None)
    if not text or not (aged or history.is_detailed(chief)) or (presented and len(text.split()) <= SHORT_DENIAL):
        return
    opening = sheet.statement(text, [chief], seen.transcript, sheet.OPENING)
    if aged is not None and (age := AGED.fullmatch(aged.text)):
        opening = replace(
            opening,
            text=f"{age['years']}-year-old with {wording.small(text)}",
            heard=tuple(dict.fromkeys((*opening.heard, *aged.heard))),
            seconds=tuple(dict.fromkeys((*opening.seconds, *aged.seconds))),
        )
    note.add(K.HPI, opening)


def _stands(note: Sheet, kind: SectionKind, one: Statement, seen: Visit) -> bool:
    """Whether a sound sentence of the talk says what the grammar would not."""
    if one.rule in UNCLEAR or HALF_ANSWER.search(one.text) or AGED.fullmatch(one.text):
        return False
    if visit.PRESENTS.search(one.text):
        return True
    own = seen.told_in(one)
    if one.role is Role.CLINICIAN:
        return False
    if kind in LISTED:  # what no finding has, as an unknown drug, stands as it was said
        return not own and TAKES.match(one.text) is not None
    if not own:
        return not one.text.startswith("Denies ") or len(one.text.split()) > SHORT_DENIAL
    named = [thing for thing in own if visit.names(one.text, thing)]
    new = [thing for thing in named if not note.has(thing, G.HISTORY)]
    return bool(new) and not all(thing.is_absent for thing in own)


def _is_left(note: Sheet, one: Told, seen: Visit) -> bool:
    """Whether a symptom is the patient's, of the history, and not said yet."""
    if not one.is_patients or one.is_talk or note.has(one, G.HISTORY) or not seen.is_history(one):
        return False
    if one.is_possible and one.role is Role.CLINICIAN:
        return False  # asked or supposed
    return not one.is_ahead or (one.claims.time is Time.CONDITIONAL and one.role is Role.PATIENT)


def _denied(left: Sequence[Told], seen: Visit) -> list[Told]:
    """What is denied without saying otherwise than what the patient has."""
    held = seen.held
    pains = any(name.endswith("pain") for _, name in held)
    absent = [one for one in left if one.is_absent and not wording.names_nothing(one)]
    absent = [one for one in absent if (one.kind, one.concept) not in held or one.of(A.SITE, A.SIDE)]
    return [one for one in absent if not pains or one.concept != "pain" or one.of(A.SITE)]
