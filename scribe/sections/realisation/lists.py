"""What a note lists: medications, allergies, past and surgical history, immunizations, family and social history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scribe.sections.person import third
from scribe.sections.realisation import wording, words
from scribe.sections.realisation.told import Detail, Told
from scribe.types import AttributeKind, FindingKind, Time

A, F = AttributeKind, FindingKind
NUMBER = re.compile(r"\d")
HABITS = {
    "smoking": ("Smokes", "Does not smoke", "Former smoker"),
    "vaping": ("Vapes", "Does not vape", "Used to vape"),
}
SUBSTANCES = {
    "alcohol": "Alcohol",
    "drugs": "Recreational drugs",
    "recreational drugs": "Recreational drugs",
    "cannabis": "Cannabis",
}
SURGERY = frozenset({"surgery", "surgeries", "operation", "operations"})
STOPPED = words.pattern("stopped")
NO_FREQUENCY = re.compile(r"(?:an?|the) \w+$")  # "a week" is how long, or the end of how often
DRUGS = re.compile(r"\b(?:medic|drug)", re.IGNORECASE)
LONGEST = 8  # words of what is told of a drug besides
KEEPS = words.listed("keeps")
DAYTIME = words.pattern("times_of_day")
LABEL = re.compile(
    r"^(?P<label>[\w ]+: )(?:(?P<lead>(?:he |she )?(?:is|works as|works) (?:an? )?)|(?=lives|works|is ))"
)
USES = {"Alcohol": "Drinks alcohol", "Cannabis": "Uses cannabis", "Recreational drugs": "Uses recreational drugs"}
LIVES = re.compile(r"^(?:live|lives|living) ", re.IGNORECASE)


def medication(told: Told) -> str:
    """One line for a drug that is, was or is not taken: name, dose, route, frequency, status, adherence."""
    if wording.names_nothing(told):
        return "No regular medications." if told.is_absent else ""
    name = drug(told)
    stopped = any(STOPPED.search(text) for text in told.of(A.STATUS))
    if stopped and (told.is_absent or told.claims.time is Time.PAST):
        when = next((text for text in map(wording.plain, told.of(A.DATE, A.ONSET)) if text), "")
        when = f"in {when}" if when and not wording.PLACED.match(when) and not wording.AGO.search(when) else when
        return wording.sentence(f"{name}, stopped {when}")
    if told.is_absent:
        return f"Does not take {wording.small(name)}."
    regimen, others = _regimen(told)
    often = [text for text in (*_of(regimen, A.FREQUENCY), *_of(regimen, A.TIMING)) if not NO_FREQUENCY.match(text)]
    doses = _of(regimen, A.DOSE)
    parts = [" ".join([name, *doses[:1], *_of(regimen, A.ROUTE)[:1], *often[:1]])]
    parts += [f"for {re.sub('^for ', '', text)}" for text in _of(regimen, A.INDICATION)[:1]]
    parts += [text if wording.AGO.search(text) else f"since {text}" for text in _of(regimen, A.ONSET)[:1]]
    for details in (regimen, *others):
        told_of = (*_of(details, A.STATUS), *_adherence(details, often))
        parts += [text for text in told_of if len(text.split()) <= LONGEST]
    line = ", ".join(dict.fromkeys(parts))
    return wording.sentence(f"Past: {wording.small(line)}" if told.claims.time is Time.PAST else line)


def drug(told: Told) -> str:
    """A drug by the name that it was called by."""
    return wording.capital(told.heard_as.lower() if len(told.heard_as.split()) == 1 else wording.name_of(told))


def _regimen(told: Told) -> tuple[tuple[Detail, ...], list[tuple[Detail, ...]]]:
    """What was told with the dose, the last dose that was told, and what was told of the drug elsewhere.

    "In the evening" of "I sometimes forget it in the evening" is not how often it is taken.
    """
    dosed = [details for details in told.each if any(kind is A.DOSE for kind, _, _ in details)]
    often = [details for details in told.each if any(kind is A.FREQUENCY for kind, _, _ in details)]
    regimen = (dosed or often or list(told.each))[-1]
    return regimen, [details for details in told.each if details is not regimen]


def _of(details: Sequence[Detail], kind: AttributeKind) -> list[str]:
    return [text for text in dict.fromkeys(wording.plain(text) for told, text, _ in details if told is kind) if text]


def _adherence(details: Sequence[Detail], often: Sequence[str]) -> list[str]:
    """How it is kept to, with the time of day that was told with it: "sometimes forgets in the evening"."""
    told = _of(details, A.ADHERENCE)
    if not told:
        return []
    words = [third(word) if word in KEEPS else word for word in told[0].split()]
    when = [text for text in _of(details, A.FREQUENCY) if DAYTIME.search(text) and text not in often]
    return [" ".join([*words, *when[:1]])]


def is_of_any(told: Told) -> bool:
    """Whether it is of all allergies, and not of those to drugs alone."""
    return names_no_allergen(told) and DRUGS.search(told.heard_as) is None


def names_no_allergen(told: Told) -> bool:
    """Whether it is of allergies as such."""
    return wording.names_nothing(told)


def allergy(told: Told) -> str:
    """An allergy with its reaction, or that none is known."""
    if wording.names_nothing(told):
        kind = "allergies" if is_of_any(told) else "drug allergies"
        return f"No known {kind}." if told.is_absent else ""
    name = wording.name_of(told)
    if told.is_absent:
        return f"No known allergy to {name}."
    reaction = wording.joined([wording.plain(text) for text in told.of(A.REACTION)])
    lead = "possible " if told.is_possible or told.is_weighed else ""
    return wording.sentence(f"{lead}{name}: {reaction}" if reaction else f"{lead}{name}")


def problem(told: Told) -> str:
    """A past or chronic problem with its state."""
    if wording.names_nothing(told):
        return "No other medical problems." if told.is_absent and told.concept == "medical problems" else ""
    name = wording.phrase(told)
    if told.is_absent:
        return wording.sentence(f"No {'history of ' if told.claims.time is not Time.CURRENT else ''}{name}")
    status = [text for text in map(wording.plain, told.of(A.STATUS)) if text and len(text.split()) <= 6]
    lead = "Possible " if told.is_possible else ""
    past = ", in the past" if told.claims.time is Time.PAST and not told.of(A.ONSET, A.DATE, A.AGE) else ""
    return wording.sentence(f"{lead}{', '.join([name, *status])}{past}")


def procedure(told: Told) -> str:
    """An operation or procedure that was done, or that none was."""
    if wording.names_nothing(told) or told.concept in SURGERY:
        named = wording.sentence(wording.phrase(told)) if told.of(A.SITE) else ""
        return "No previous surgery." if told.is_absent else named
    name = told.concept if len(told.heard_as.split()) > 1 else wording.name_of(told)
    ages = [f"at {text}" for text in map(wording.plain, told.of(A.AGE)) if NUMBER.search(text)]
    when = [text for text in map(wording.plain, told.of(A.DATE, A.ONSET)) if text]
    return wording.sentence(f"No {name}" if told.is_absent else " ".join([name, *(ages or when)[:1]]))


def immunization(told: Told) -> str:
    """A vaccine that was or was not given."""
    name = wording.phrase(told)
    return wording.sentence(f"No {name}" if told.is_absent else name)


def family(relative: str, illnesses: Sequence[Told]) -> str:
    """What one relative has: "Mother: breast cancer, at 60; migraine"."""
    told = []
    for one in illnesses:
        age = next((text for text in map(wording.plain, one.of(A.AGE)) if text), "")
        told.append(f"{wording.name_of(one)}{_at(age)}")
    return wording.sentence(f"{relative}: {wording.joined(told)}")


def habits(told: Sequence[Told]) -> Iterator[tuple[Told, str]]:
    """The sentences of a social history; none where only the talk says what it is."""
    for one in told:
        if text := _habit(one):
            yield one, text


def labelled(found: re.Match[str]) -> str:
    """The label of an answer, or nothing where the answer says what it is: "Living situation: lives alone"."""
    return found["label"] if found["lead"] else ""


def _habit(told: Told) -> str:
    amounts = map(wording.plain, told.of(A.FREQUENCY, A.DOSE, A.VALUE, A.TIMING))
    amount = next((text for text in amounts if any(letter.isalpha() for letter in text)), "")
    past = told.claims.time in (Time.PAST, Time.OPEN)
    details = wording.joined(
        [amount, *(f"for {text}" for text in map(wording.plain, told.of(A.DURATION)) if text)], ","
    )
    if told.concept in HABITS:
        does, does_not, did = HABITS[told.concept]
        lead = does_not if told.is_absent else did if past else does
        ended = [text for text in map(wording.plain, told.of(A.ONSET, A.DATE)) if past and text]
        if ended:
            return wording.sentence(f"{lead}, quit {ended[0]}")
        return wording.sentence(f"{lead}{': ' if past and details else ' ' if details else ''}{details}")
    if told.concept in SUBSTANCES:
        name = SUBSTANCES[told.concept]
        if told.is_absent:
            return "Does not drink alcohol." if name == "Alcohol" else f"No {name.lower()}."
        if not amount:
            return wording.sentence(f"{name} in the past" if past else USES.get(name, name))
        return wording.sentence(f"{name}{' in the past' if past else ''}: {amount}")
    said = next((text for text in map(wording.plain, told.of(A.VALUE, A.CONTEXT)) if text), "")
    if told.concept == "occupation" and said and said not in ("work", "job"):
        return wording.sentence(f"Occupation: {said}")
    if told.concept == "living situation" and said:
        return wording.sentence(said if said.startswith("lives") else f"Lives {LIVES.sub('', said)}")
    if told.is_absent and told.concept == "exercise":
        return "Does not exercise."
    return ""


def _at(age: str) -> str:
    """When in a life: "at 52", "in the 60s"; nothing where it is no number."""
    if not NUMBER.search(age):
        return ""
    return f" in the {age}" if age.endswith("s") else f" at {age}"
