"""Findings -> sentences of note style: what the visit says, said as clinicians write it.

    knee pain, present, side "right", duration "three weeks"  -> "Right knee pain, three weeks."
    chest pain and fever, absent                              -> "Denies chest pain and fever."
    headache, possible                                        -> "Possible headache."
    migraine, mother's                                        -> "Mother: migraine."

A finding that is not of the patient's state (asked, offered, told as a risk, only if ...) is not said here: its words
need their context.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scribe.types import PATIENT, AttributeKind, Basis, Certainty, Finding, FindingKind, Polarity, SectionKind, Time

A, K, S = AttributeKind, FindingKind, SectionKind
PLACES = {
    K.SYMPTOM: S.HPI,
    K.PROBLEM: S.PAST_MEDICAL,
    K.FAMILY: S.FAMILY,
    K.HABIT: S.SOCIAL,
    K.MEDICATION: S.MEDICATIONS,
    K.ALLERGY: S.ALLERGIES,
}
"""The kinds of findings that can be said alone, and the section in which a sentence of the history stands."""
BEFORE = (A.SIDE, A.SEVERITY, A.QUALITY)  # stand before the name
BEHIND = (A.DOSE, A.ROUTE, A.FREQUENCY, A.TIMING, A.COURSE, A.DURATION, A.ONSET, A.DATE)
ADJECTIVES = frozenset("mild moderate severe sharp dull aching burning stabbing throbbing constant left right".split())
SIDED = frozenset({K.SYMPTOM, K.EXAM})
DENIALS = {K.PROBLEM: "No", K.MEDICATION: "Does not take", K.ALLERGY: "No known allergy to"}
WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
STEM = 4  # letters in which two forms of one word are alike
FEW = 3  # words of a name
NO_NAME = frozenset("any anything it that this them those go going some one ones since for".split())  # names nothing
NAMES_NOTHING = frozenset({"family history", "past medical history", "review of systems", "regular rate and rhythm"})


def sayable(finding: Finding) -> bool:
    """Whether a finding is of the patient's state, or a relative's, so that it can be said without its context."""
    claims = finding.claims
    if finding.kind not in PLACES or finding.concept in NAMES_NOTHING or claims.basis is not Basis.EXPERIENCED:
        return False
    denied = claims.polarity is Polarity.ABSENT
    if not denied and (finding.kind is K.HABIT or len(finding.heard) > 1):
        return False  # how much is what matters; and what an answer affirms is in its words: "Wheezy, or just tight?"
    if claims.time is not Time.CURRENT or (denied and _unsure(finding)):
        return False  # what is past needs its words, too: "you don't think he had a seizure"
    return claims.experiencer == PATIENT or not denied


def name_of(finding: Finding, text: str) -> str:
    """What it is called: by its concept where that is made of the words in `text`, else by these, where they are few.

    "Short of breath" is shortness of breath, but a stiff neck is no neck pain.
    """
    heard = WORD.findall(text[finding.heard[0].start : finding.heard[0].end].lower())
    stems = {word[:STEM] for word in heard}
    alike = all(word[:STEM] in stems for word in WORD.findall(finding.concept.lower()) if len(word) >= STEM)
    named = heard and len(heard) <= FEW and heard[-1] not in NO_NAME
    return " ".join(heard) if named and not alike else finding.concept


def names(sentence: str, finding: Finding, text: str) -> bool:
    """Whether a sentence has a word of the finding's name, as it is called or as it was said in `text`."""
    span = finding.heard[0]
    called = {word[:STEM] for word in WORD.findall(f"{finding.concept} {text[span.start : span.end]}".lower())}
    return any(word[:STEM] in called for word in WORD.findall(sentence.lower()) if len(word) >= STEM)


def sentence(findings: Sequence[Finding], text: str) -> str:
    """One sentence for findings that all claim the same; `findings` is not empty, `text` is the transcript's."""
    first = findings[0]
    if first.claims.polarity is Polarity.ABSENT:
        return f"{DENIALS.get(first.kind, 'Denies')} {joined([name_of(item, text) for item in findings], 'or')}."
    names = joined([phrase(finding, text) for finding in findings])
    if first.claims.experiencer != PATIENT:
        names = f"{first.claims.experiencer}: {names}"
    elif _unsure(first):
        names = f"possible {names}"
    return f"{names[:1].upper()}{names[1:]}."


def alike(one: Finding, other: Finding) -> bool:
    """Whether two findings can stand in one sentence."""
    return one.kind is other.kind and _claimed(one) == _claimed(other)


def claimed(finding: Finding) -> tuple[object, ...]:
    """What a finding claims, of what: two that say the same are equal here."""
    return (finding.concept, finding.claims.experiencer, finding.claims.polarity)


def phrase(finding: Finding, text: str) -> str:
    """A finding as a noun with what was told of it; what was told twice, and differs, is left out."""
    before = [word for kind in BEFORE if (word := _told(finding, kind)) in ADJECTIVES and _suits(finding, kind)]
    name = " ".join(dict.fromkeys([*before, name_of(finding, text)]))
    behind = [told for kind in BEHIND if (told := _told(finding, kind)) and told not in name]
    return ", ".join([name, *behind])


def joined(names: Sequence[str], word: str = "and") -> str:
    """The names as a list, each once: "fever, chills and cough"."""
    once = list(dict.fromkeys(names))
    return f"{', '.join(once[:-1])} {word} {once[-1]}" if len(once) > 1 else once[0]


def _suits(finding: Finding, kind: AttributeKind) -> bool:
    return kind is not A.SIDE or finding.kind in SIDED


def _told(finding: Finding, kind: AttributeKind) -> str:
    told = {attribute.text.strip(" .,;!?").lower() for attribute in finding.of(kind)}
    only = told.pop() if len(told) == 1 else ""
    return "" if only in NO_NAME else only


def _claimed(finding: Finding) -> tuple[object, ...]:
    claims = finding.claims
    return (claims.polarity, claims.certainty, claims.time, claims.experiencer)


def _unsure(finding: Finding) -> bool:
    return finding.claims.certainty is Certainty.POSSIBLE
