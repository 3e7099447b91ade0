"""Which findings are of one thing: told by the patient, echoed by the clinician, said again at the end.

    for group in merging.groups(findings, transcript.text, transcript.roles):
        first = group[0]                     # its claims hold for the group
        attributes = merging.told_of(group)  # what is told of it, once

Two findings are of one thing where kind, person and name agree and neither has a place, date or value that the other
denies. Of what contradicts itself the patient's own words hold before an answer, and the later before the earlier.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scribe.clinical import phrases, sides
from scribe.clinical.phrases import Means
from scribe.clinical.text import Text
from scribe.types import (
    Attribute,
    AttributeKind,
    Basis,
    Certainty,
    Finding,
    FindingKind,
    Polarity,
    Role,
    SpeakerRole,
    Time,
)

K, A = FindingKind, AttributeKind
ANY = "any"  # the drug of "no medications"
SENTENCE_END = re.compile(r"[.?!\n\u2026]")
FIGURE = re.compile(r"\d")
OF_PATIENTS = frozenset({K.SYMPTOM, K.HABIT, K.FAMILY, K.ALLERGY, K.MEDICATION, K.PROCEDURE, K.IMMUNIZATION})
COMPLAINTS = frozenset({K.SYMPTOM, K.PROBLEM})
PLACED = frozenset({K.SYMPTOM, K.PROBLEM, K.EXAM, K.PROCEDURE, K.PLAN, K.RESULT})
CIRCUMSTANCES = (A.SITE, A.SIDE, A.CONDITION, A.CONTEXT, A.AGGRAVATED_BY, A.TIMING)
SINGLE = frozenset(
    {A.SIDE, A.ONSET, A.DURATION, A.SEVERITY, A.DOSE, A.ROUTE, A.FREQUENCY, A.VALUE, A.DATE, A.AGE, A.WHEN, A.ACTION}
)
OWN: dict[FindingKind, tuple[AttributeKind, ...]] = {
    K.VITAL: (A.VALUE, A.DATE),
    K.RESULT: (A.VALUE, A.DATE),
    K.PROCEDURE: (A.DATE,),
    K.IMMUNIZATION: (A.DATE,),
    K.PLAN: (A.OBJECT, A.WHEN, A.CONDITION),
}
"""What makes two findings of a kind two things where it differs."""


class _Phase(StrEnum):
    """Whether it is so, is to come, or is only spoken of."""

    HELD = "held"
    COMING = "coming"
    IF = "if"
    SPOKEN_OF = "spoken of"


def groups(
    findings: Sequence[Finding], text: str, roles: Sequence[SpeakerRole] = ()
) -> tuple[tuple[Finding, ...], ...]:
    """The findings of one thing each, in the order in which each was first named; first in each what holds of it.

    `text` is that of the transcript, `roles` its roles: without them no speaker counts as the patient.
    """
    grouping = _Grouping(text, roles)
    found: list[list[Finding]] = []
    for finding in findings:
        same = [group for group in found if all(grouping.are_one(one, finding) for one in group)]
        if same:
            max(same, key=lambda group: _likeness(group, finding)).append(finding)
        else:
            found.append([finding])
    return tuple(grouping.ordered(group) for group in found)


def told_of(group: Sequence[Finding]) -> tuple[Attribute, ...]:
    """What is told of a group: each thing once, in the fuller words; of what can be one only what was said last.

    A finding that says otherwise than the first of its group tells nothing.
    """
    kept: list[Attribute] = []
    told = [one for finding in group if _agree(finding, group[0]) for one in finding.attributes]
    for one in sorted(told, key=lambda item: item.heard.start):
        before = next((other for other in kept if _is_said_again(one, other)), None)
        if before is None:
            kept.append(one)
        elif _is_fuller(one, before):
            kept[kept.index(before)] = one
    return tuple(kept)


def _is_said_again(one: Attribute, other: Attribute) -> bool:
    if one.kind is not other.kind:
        return False
    words, before = _words([one]), _words([other])
    return one.kind in SINGLE or words <= before or before <= words


def _is_fuller(one: Attribute, before: Attribute) -> bool:
    """Whether the later words hold: "three weeks" after "a while", and not "a few days" after "three days"."""
    figures = [FIGURE.search(item.text) is not None or _counts(item.text) for item in (before, one)]
    if one.kind in SINGLE and figures[0] != figures[1]:
        return figures[1]
    if one.kind in SINGLE and not _words([one]) <= _words([before]):
        return True
    return len(one.text) > len(before.text)


def _counts(words: str) -> bool:
    return phrases.says(Means.EXACT, Text(words).line) is not None


@dataclass(frozen=True, slots=True)
class _Grouping:
    text: str
    roles: Sequence[SpeakerRole]

    def are_one(self, one: Finding, other: Finding) -> bool:
        """Whether two findings are of one thing, so that a note tells it once."""
        if one.kind is not other.kind or one.claims.experiencer != other.claims.experiencer:
            return False
        phase = _phase(one)
        if phase is not _phase(other) or (phase is _Phase.SPOKEN_OF and one.claims.basis is not other.claims.basis):
            return False
        if not _is_name_of(one, other) or any(_differ(one, other, kind) for kind in OWN.get(one.kind, ())):
            return False
        if phase is _Phase.IF and _differ(one, other, A.CONDITION):
            return False
        if one.kind in PLACED and (_differ(one, other, A.SIDE) or _differ(one, other, A.SITE)):
            return False
        if one.kind in COMPLAINTS and _is_other_time(one, other):
            return False
        if one.claims.polarity is not other.claims.polarity:
            denied, told = (one, other) if one.claims.polarity is Polarity.ABSENT else (other, one)
            return self._denies(denied, told)
        return True

    def ordered(self, group: Sequence[Finding]) -> tuple[Finding, ...]:
        """The group with what holds first: of that what says most, then the earliest."""
        holds = group[0]
        for one in group[1:]:
            if not _agree(one, holds) and self._weight(one, holds) >= self._weight(holds, one):
                holds = one
        agreeing = [one for one in group if _agree(one, holds)]
        agreeing.sort(key=lambda one: (-len(one.concept.split()), -len(one.attributes), one.heard[0].start))
        return (*agreeing, *(one for one in group if not _agree(one, holds)))

    def _denies(self, denied: Finding, told: Finding) -> bool:
        """Whether the two cannot both be so: not "pain in the knee" and "no pain anywhere else"."""
        if denied.concept != told.concept:
            return False
        if phrases.says(Means.ELSEWHERE, self._sentence(denied)):
            return False
        own = [kind for kind in CIRCUMSTANCES if denied.of(kind) and not told.of(kind)]
        placed = told.kind in PLACED and any(told.of(kind) and not denied.of(kind) for kind in (A.SITE, A.SIDE))
        return not own and not placed

    def _weight(self, one: Finding, other: Finding) -> int:
        """How much one finding counts against another that it contradicts."""
        if one.claims.certainty is not other.claims.certainty:
            return 4 if one.claims.certainty is Certainty.CERTAIN else 0
        if Time.OPEN in (one.claims.time, other.claims.time):
            return 4 if one.claims.time is not Time.OPEN else 0
        times = (one.claims.time, other.claims.time)
        if one.kind in COMPLAINTS and one.claims.polarity is other.claims.polarity and Time.PAST in times:
            later = self._is_by_patient(one) or not self._is_by_patient(other)
            return 4 if one.claims.time is Time.CURRENT and later else 0
        if one.kind not in OF_PATIENTS:
            return 1
        if len(one.heard) > 1:  # an answer
            return 2 if one.claims.polarity is Polarity.ABSENT else 3
        return 3 if self._is_by_patient(one) else 1

    def _is_by_patient(self, one: Finding) -> bool:
        return not self.roles or any(role.speaker == one.speaker and role.role is Role.PATIENT for role in self.roles)

    def _sentence(self, finding: Finding) -> str:
        """The words of the sentence that names it, as `Text.line`."""
        span = finding.heard[0]
        before = max((found.end() for found in SENTENCE_END.finditer(self.text, 0, span.start)), default=0)
        behind = SENTENCE_END.search(self.text, span.end)
        return Text(self.text[before : behind.start() if behind else len(self.text)]).line


def _likeness(group: Sequence[Finding], finding: Finding) -> tuple[bool, bool, bool, int]:
    """How near a finding is to a group that it may belong to: by name, by whether it is so, by when, by place."""
    return (
        any(one.concept == finding.concept for one in group),
        any(one.claims.polarity is finding.claims.polarity for one in group),
        any(_agree(one, finding) for one in group),
        max(one.heard[0].start for one in group),
    )


def _agree(one: Finding, other: Finding) -> bool:
    """Whether two findings of one thing say the same of it."""
    mine, its = one.claims, other.claims
    return (mine.polarity, mine.certainty, mine.time) == (its.polarity, its.certainty, its.time)


def _is_other_time(one: Finding, other: Finding) -> bool:
    """Whether one of the two is an episode of the past that has its own time, and the other goes on."""
    past = [item for item in (one, other) if item.claims.time is Time.PAST]
    return len(past) == 1 and any(past[0].of(kind) for kind in (A.ONSET, A.DATE, A.AGE))


def _phase(finding: Finding) -> _Phase:
    claims = finding.claims
    if claims.basis in (Basis.OFFERED, Basis.WANTED, Basis.DECLINED):
        return _Phase.COMING
    if claims.basis is not Basis.EXPERIENCED:
        return _Phase.SPOKEN_OF
    if claims.time is Time.CONDITIONAL:
        return _Phase.HELD if len(finding.heard) > 1 and finding.of(A.CONDITION) else _Phase.IF  # "only on stairs"
    return _Phase.COMING if claims.time is Time.PLANNED else _Phase.HELD


def _is_name_of(one: Finding, other: Finding) -> bool:
    """Whether the names are one, or one is the other with more said: "diabetes", "type 2 diabetes"."""
    if one.concept == other.concept:
        return True
    if ANY in (one.concept, other.concept) or one.claims.polarity is not other.claims.polarity:
        return False
    general, special = sorted((one, other), key=lambda item: len(item.concept))
    if one.kind in (K.PLAN, K.HABIT) or not special.concept.endswith(f" {general.concept}"):
        return False
    if one.claims.polarity is Polarity.ABSENT:
        return False  # "no pain" denies more than "no chest pain"
    sites = _words(general.of(A.SITE))
    return not sites or bool(sites & set(special.concept.split()))


def _differ(one: Finding, other: Finding, kind: AttributeKind) -> bool:
    """Whether both have such an attribute and no word of the two is the same."""
    mine, its = _words(one.of(kind)), _words(other.of(kind))
    if kind in (A.VALUE, A.DATE, A.WHEN, A.SIDE):
        return bool(mine and its) and not (mine <= its or its <= mine)
    return bool(mine and its) and mine.isdisjoint(its)


def _words(attributes: Iterable[Attribute]) -> frozenset[str]:
    """The words with content, a plural like its singular and one word for each side."""
    words = (token.text for one in attributes for token in Text(one.text).tokens)
    plain = (sides.BY_WORD.get(word) or (word.rstrip("s") if len(word) > 2 else word) for word in words)
    return frozenset(word for word in plain if word[0].isalnum() and not phrases.whole(Means.NO_CONTENT, f"{word} "))
