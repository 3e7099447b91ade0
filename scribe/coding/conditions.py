"""The conditions that a note names, statement by statement: the section they stand in and what is claimed of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scribe.coding import rules
from scribe.coding.elapsed import days_ago
from scribe.coding.reading import Line, overlap
from scribe.coding.rules import Proposal
from scribe.coding.terms import tables, tokens
from scribe.plugins import CodeSystem, TermMatch
from scribe.types import Assertion, AttributeKind, Claims, CodeFlag, FindingKind, Role, SectionKind, Statement, Time

K = SectionKind


@dataclass(frozen=True, slots=True)
class Standing:
    """How much a section says about what the patient has now. Lower tiers are proposed first."""

    tier: int
    trust: float  # 0 to 1


STANDING = {
    K.ASSESSMENT: Standing(0, 0.95),
    K.PLAN: Standing(1, 0.6),
    K.CHIEF_COMPLAINT: Standing(2, 0.75),
    K.HPI: Standing(3, 0.7),
    K.PAST_MEDICAL: Standing(4, 0.65),
    K.OTHER: Standing(4, 0.6),
    K.SOCIAL: Standing(5, 0.5),
    K.MEDICATIONS: Standing(5, 0.5),
    K.RESULTS: Standing(6, 0.5),
    K.EXAM: Standing(6, 0.45),
    K.ROS: Standing(6, 0.4),
}  # a section that is not here gives no diagnosis of now: family history, operations, allergies, vaccines, vital signs
FAMILY = Standing(7, 0.5)  # read for "family history of" only
OPERATIONS = Standing(6, 0.5)  # read for what is over only
FINDINGS = 6  # sections of this tier support a code, and propose one only where nothing was assessed

OF_CIRCUMSTANCES = ("Z", "F1")  # what a patient's social history may give: circumstances, and use of substances
HEARD_AS = frozenset({FindingKind.SYMPTOM, FindingKind.PROBLEM})
OF_BEFORE = ("Z8", "Z9")  # what is over, or was done: history and status
PATIENT_TRUST = 0.6  # in a diagnosis that the patient reports: it is history, not an assessment
IMPRESSION_TRUST = 0.8  # in a diagnosis told as "I think this is ..."
LISTED_TRUST = 0.9  # in a lasting condition that is only named as history
UNCERTAIN_TRUST = 0.7  # in an uncertain diagnosis of a hospital stay
DOUBTFUL_TRUST = 0.7  # in words that the recogniser was not sure of

_TODAY = re.compile(
    r"\b(?:today|here (?:\w+ )?for|presents? (?:\w+ )?for|comes? in for|(?:visit|seen|scheduled) for)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """One mention of a condition. `order` counts the mentions of the note."""

    match: TermMatch
    line: Line
    standing: Standing
    claim: Claims
    order: int

    @property
    def statement(self) -> Statement:
        """That names it."""
        return self.line.statement

    @property
    def kind(self) -> SectionKind:
        """What its section counts as."""
        return self.line.kind

    @property
    def affirmed(self) -> bool:
        """Whether it is claimed to be so, now; what is only planned leaves nothing behind yet."""
        planned = self.claim.time is Time.PLANNED and self.match.code.startswith(OF_BEFORE)
        return self.claim.assertion is Assertion.PRESENT and not planned

    @property
    def past(self) -> bool:
        """Whether it is named as history, which leaves open whether it is over."""
        if self.affirmed:
            return self.kind is K.PAST_MEDICAL
        return self.claim.assertion is Assertion.HISTORICAL and self.claim.time is Time.OPEN

    @property
    def given_up(self) -> bool:
        """Whether a talk tells it as past, and that says that it was given up; "history of" in a report may last."""
        return self.line.spoken and not self.affirmed and rules.is_given_up(self.match.code)

    @property
    def recent(self) -> bool:
        """Whether it is told as past and is so short ago that it counts as current (an infarction, I.C.9.e)."""
        within = rules.acute_for(self.match.code)
        if within is None or self.claim.assertion is not Assertion.HISTORICAL:
            return False
        days = days_ago(self.statement.text, self.match.span.start)
        return days is not None and days <= within


def read(lines: Sequence[Line], system: CodeSystem) -> tuple[NamedCondition, ...]:
    """Every mention of the note, in its order."""
    return tuple(_numbered(lines, system))


def _numbered(lines: Sequence[Line], system: CodeSystem) -> Iterator[NamedCondition]:
    order = 0
    for line in lines:
        standing = standing_of(line.kind)
        if standing is None:
            continue
        for match in _matches(line, system):
            yield NamedCondition(match, line, standing, _claims(line, match), order)
            order += 1


def _matches(line: Line, system: CodeSystem) -> Iterator[TermMatch]:
    """What the line names for the table: in its own words, and as what it was heard, where its words are no term.

    "My left knee hurts" is a left knee pain.
    """
    found = system.find(line.text)
    seen = [match.span for match in found]
    for finding in line.heard.findings if line.spoken else ():
        if finding.kind not in HEARD_AS:
            continue
        places = (span for span, named in line.heard.named if named.concept == finding.concept)
        place = next((span for span in places if not any(overlap(span, other) for other in seen)), None)
        if place is not None:
            seen.append(place)
            sides = [item.text for item in finding.of(AttributeKind.SIDE)]
            part = [
                word.lower for word in tokens(line.text[place.start : place.end]) if word.lower in tables()["between"]
            ]
            matches = system.find(" ".join([*sides[:1], *part, finding.concept]))
            yield from (replace(match, span=place, rule=f"{match.rule}+heard") for match in matches)
    for match in found:
        told = rules.told(match.code) if line.statement.role is Role.PATIENT else match.code
        yield match if told == match.code else replace(match, code=told)


def _claims(line: Line, match: TermMatch) -> Claims:
    """What is claimed of a condition; of one whose name says that it is over, when it is by the name."""
    claims = line.claims(match.span)
    if match.code.startswith(OF_BEFORE) and claims.time in (Time.PAST, Time.OPEN):
        return replace(claims, time=line.by_words(match.span).time)
    return claims


def standing_of(kind: SectionKind) -> Standing | None:
    """How much a section says; None where it is never coded from."""
    return {K.FAMILY: FAMILY, K.SURGICAL: OPERATIONS}.get(kind) or STANDING.get(kind)


def proposals(named: Sequence[NamedCondition], *, inpatient: bool) -> Iterator[Proposal]:
    """One proposal for each mention of what is so, now, in order of the note.

    `inpatient`: the note is of a hospital stay, where an uncertain diagnosis is coded as if it existed (II.H).
    """
    for condition in named:
        if condition.kind in (K.FAMILY, K.SURGICAL) or _in_passing(condition):
            continue
        made = _judged(condition, inpatient=inpatient)
        if made is None:
            continue
        rule, trust, flags = made
        score = condition.match.score * condition.standing.trust * trust
        statement, match = condition.statement, condition.match
        if statement.role is Role.PATIENT:
            if _diagnosed_by_oneself(condition):
                continue
            score *= PATIENT_TRUST
            flags |= {CodeFlag.REPORTED}
        if rules.is_visit(match.code) and not _of_today(condition):
            continue
        if any(overlap(match.span, span) for span in statement.doubtful):
            score *= DOUBTFUL_TRUST
            flags |= {CodeFlag.DOUBTFUL}
        evidence = condition.line.evidence(match.span, rule, score)
        tier = condition.standing.tier
        if CodeFlag.LISTED in flags:  # a list of what the patient has, not what was assessed
            tier = max(tier, STANDING[K.PAST_MEDICAL].tier)
        yield Proposal(match.code, (evidence,), tier, condition.order, match.words, flags)


def _judged(condition: NamedCondition, *, inpatient: bool) -> tuple[str, float, frozenset[CodeFlag]] | None:
    """The rule, the trust in the claim and the flags of a mention; None where it claims nothing for now."""
    rule, trust, flags = condition.match.rule, 1.0, frozenset[CodeFlag]()
    if _is_told_impression(condition.line):
        rule, trust, flags = f"{rule}+impression", IMPRESSION_TRUST, frozenset({CodeFlag.IMPRESSION})
    if condition.recent:
        return f"{rule}+recent", trust, flags
    if condition.past:
        if condition.given_up or not rules.is_chronic(condition.match.code):
            return None
        return f"{rule}+chronic", trust * LISTED_TRUST, flags | {CodeFlag.LISTED}
    if condition.claim.assertion is Assertion.POSSIBLE and inpatient:
        return f"{rule}+uncertain", trust * UNCERTAIN_TRUST, flags
    return (rule, trust, flags) if condition.affirmed else None


def _of_today(condition: NamedCondition) -> bool:
    """Whether what a visit is for is said of this one, not of an earlier one."""
    return condition.standing.tier <= rules.COMPLAINT or bool(_TODAY.search(condition.statement.text))


def _diagnosed_by_oneself(condition: NamedCondition) -> bool:
    """Whether a patient cannot give this by saying so: a diagnosis that would have to be made today (I.A.19)."""
    code = condition.match.code
    return not (
        rules.is_symptom(code)
        or rules.is_complaint(code)
        or rules.is_chronic(code)
        or code.startswith(OF_CIRCUMSTANCES)
    )


def _in_passing(condition: NamedCondition) -> bool:
    """Whether an illness is only named in talk about life: "laid off because of COVID"."""
    told = condition.statement.role is Role.PATIENT and condition.kind is K.SOCIAL
    return told and not condition.match.code.startswith(OF_CIRCUMSTANCES)


def _is_told_impression(line: Line) -> bool:
    return line.kind is K.ASSESSMENT and line.is_impression
