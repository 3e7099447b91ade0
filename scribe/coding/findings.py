"""What a note names, statement by statement, with the section it stands in and what is claimed about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scribe.clinical.mentions import Mentions
from scribe.coding import rules
from scribe.coding.claims import claims_of
from scribe.coding.rules import Proposal
from scribe.plugins import CodeSystem, TermMatch
from scribe.types import Assertion, Claims, CodeFlag, Evidence, Note, Role, SectionKind, Span, Statement, Time

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
}  # a section that is not here is never coded from: family history, operations, allergies, vaccines, vital signs
FAMILY = Standing(7, 0.5)  # read for "family history of" only
FINDINGS = 6  # sections of this tier support a code, and propose one only where nothing was assessed

OF_CIRCUMSTANCES = ("Z", "F1")  # what a patient's social history may give: circumstances, and use of substances
PATIENT_TRUST = 0.6  # in a diagnosis that the patient reports: it is history, not an assessment
IMPRESSION_TRUST = 0.8  # in a diagnosis told as "I think this is ..."
LISTED_TRUST = 0.9  # in a lasting condition that is only named as history
UNCERTAIN_TRUST = 0.7  # in an uncertain diagnosis of a hospital stay
DOUBTFUL_TRUST = 0.7  # in words that the recogniser was not sure of

# How a clinician opens a diagnosis when talking to the patient. It is courtesy rather than one of the uncertain terms
# of guideline IV.H ("probable", "suspected", ...), which still stop a proposal beside it.
_IMPRESSION = re.compile(r"\b(?:i|we) (?:do )?(?:think|believe)\b|^impression:", re.IGNORECASE)
_TODAY = re.compile(
    r"\b(?:today|here (?:\w+ )?for|presents? (?:\w+ )?for|comes? in for|(?:visit|seen|scheduled) for)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mention of a condition. `order` counts the mentions of the note."""

    match: TermMatch
    statement: Statement
    kind: SectionKind  # what its section counts as
    standing: Standing
    claim: Claims
    order: int

    @property
    def affirmed(self) -> bool:
        """Whether it is claimed to be so, now."""
        return self.claim.assertion is Assertion.PRESENT

    @property
    def past(self) -> bool:
        """Whether it is named as history, which leaves open whether it is over."""
        if self.affirmed:
            return self.kind is K.PAST_MEDICAL
        return self.claim.assertion is Assertion.HISTORICAL and self.claim.time is Time.OPEN


def read(note: Note, system: CodeSystem) -> tuple[Finding, ...]:
    """Every mention of the note, in its order."""
    return tuple(_numbered(note, system))


def _numbered(note: Note, system: CodeSystem) -> Iterator[Finding]:
    order = 0
    for section in note.sections:
        for statement in section.statements:
            kind = counts_as(section.kind, statement)
            standing = FAMILY if kind is K.FAMILY else STANDING.get(kind)
            if standing is None:
                continue
            matches = system.find(statement.text)
            if not matches:
                continue
            told = _is_impression(statement, kind)
            mentions = Mentions(_IMPRESSION.sub(_blank, statement.text) if told else statement.text)
            for match in matches:
                claim = claims_of(statement, mentions, match.span)
                yield Finding(match, statement, kind, standing, claim, order)
                order += 1


def counts_as(kind: SectionKind, statement: Statement) -> SectionKind:
    """What a patient says is history, wherever it was put: the provider's statement is the diagnosis (I.A.19)."""
    if statement.role is Role.PATIENT and kind in (K.ASSESSMENT, K.PLAN):
        return K.HPI
    return kind


def proposals(findings: tuple[Finding, ...], *, inpatient: bool) -> Iterator[Proposal]:
    """One proposal for each mention of what is so, now, in order of the note.

    `inpatient`: the note is of a hospital stay, where an uncertain diagnosis is coded as if it existed (II.H).
    """
    for finding in findings:
        if finding.kind is K.FAMILY or (_in_passing(finding) and not finding.match.code.startswith(OF_CIRCUMSTANCES)):
            continue
        made = _judged(finding, inpatient=inpatient)
        if made is None:
            continue
        rule, trust, flags = made
        score = finding.match.score * finding.standing.trust * trust
        statement, match = finding.statement, finding.match
        if statement.role is Role.PATIENT:
            if _diagnosed_by_oneself(match.code):
                continue
            score *= PATIENT_TRUST
            flags |= {CodeFlag.REPORTED}
        if rules.is_visit(match.code) and not _of_today(finding):
            continue
        if any(_overlap(match.span, span) for span in statement.doubtful):
            score *= DOUBTFUL_TRUST
            flags |= {CodeFlag.DOUBTFUL}
        evidence = Evidence(statement.id, match.span, Assertion.PRESENT, rule, round(score, 3))
        tier = finding.standing.tier
        if CodeFlag.LISTED in flags:  # a list of what the patient has, not what was assessed
            tier = max(tier, STANDING[K.PAST_MEDICAL].tier)
        yield Proposal(match.code, (evidence,), tier, finding.order, match.words, flags)


def _judged(finding: Finding, *, inpatient: bool) -> tuple[str, float, frozenset[CodeFlag]] | None:
    """The rule, the trust in the claim and the flags of a mention; None where it claims nothing for now."""
    rule, trust, flags = finding.match.rule, 1.0, frozenset[CodeFlag]()
    if _is_impression(finding.statement, finding.kind):
        rule, trust, flags = f"{rule}+impression", IMPRESSION_TRUST, frozenset({CodeFlag.IMPRESSION})
    if finding.past:
        if not rules.is_chronic(finding.match.code):
            return None
        return f"{rule}+chronic", trust * LISTED_TRUST, flags | {CodeFlag.LISTED}
    if finding.claim.assertion is Assertion.POSSIBLE and inpatient:
        return f"{rule}+uncertain", trust * UNCERTAIN_TRUST, flags
    return (rule, trust, flags) if finding.affirmed else None


def _of_today(finding: Finding) -> bool:
    """Whether what a visit is for is said of this one, not of an earlier one."""
    return finding.standing.tier <= rules.COMPLAINT or bool(_TODAY.search(finding.statement.text))


def _diagnosed_by_oneself(code: str) -> bool:
    """Whether a patient cannot give this by saying so: a diagnosis that would have to be made today (I.A.19)."""
    return not (rules.is_symptom(code) or rules.is_chronic(code) or code.startswith(OF_CIRCUMSTANCES))


def _in_passing(finding: Finding) -> bool:
    """Whether an illness is only named in talk about life: "laid off because of COVID"."""
    return finding.statement.role is Role.PATIENT and finding.kind is K.SOCIAL


def _is_impression(statement: Statement, kind: SectionKind) -> bool:
    """Whether a clinician tells the assessment as an own thought: "I think this is osteoarthritis"."""
    told = statement.role is Role.CLINICIAN and kind is K.ASSESSMENT
    return told and bool(_IMPRESSION.search(statement.text))


def _blank(found: re.Match[str]) -> str:
    """As many spaces, so that all other words keep their place."""
    return " " * len(found[0])


def _overlap(span: Span, other: Span) -> bool:
    return span.start < other.end and other.start < span.end
