"""Candidate codes for a note: what is affirmed and current, with the words that say so. A person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scribe.coding import rules
from scribe.coding.assertion import Context
from scribe.coding.rules import Proposal, explain
from scribe.config import Config
from scribe.plugins import CodeSystem, TermMatch
from scribe.types import (
    Assertion,
    CodeSuggestion,
    Evidence,
    Note,
    Role,
    SectionKind,
    Span,
    Statement,
    SuggestionStatus,
)

__all__ = ["explain", "suggest"]


@dataclass(frozen=True, slots=True)
class _Standing:
    """How much a section says about what the patient has now. Lower tiers are proposed first."""

    tier: int
    trust: float  # 0 to 1


STANDING = {
    SectionKind.ASSESSMENT: _Standing(0, 0.95),
    SectionKind.PLAN: _Standing(1, 0.85),
    SectionKind.CHIEF_COMPLAINT: _Standing(2, 0.75),
    SectionKind.HPI: _Standing(3, 0.7),
    SectionKind.PAST_MEDICAL: _Standing(4, 0.65),
    SectionKind.OTHER: _Standing(4, 0.6),
    SectionKind.SOCIAL: _Standing(5, 0.5),
    SectionKind.MEDICATIONS: _Standing(5, 0.5),
    SectionKind.RESULTS: _Standing(6, 0.5),
    SectionKind.EXAM: _Standing(6, 0.45),
    SectionKind.ROS: _Standing(6, 0.4),
}  # a section that is not here is never coded from: family history, operations, allergies, vaccines, vital signs
OF_CIRCUMSTANCES = ("Z", "F1")  # what a patient's social history may give: circumstances, and use of substances
CHRONIC = "+chronic"  # ends the rule of a lasting condition that is only named as history
IMPRESSION = "+impression"  # ends the rule of a diagnosis that the clinician told as an own thought
FINDINGS = 6  # sections of this tier support a code, and propose one only where nothing was assessed

PATIENT_TRUST = 0.6  # in a diagnosis that the patient reports: it is history, not an assessment
IMPRESSION_TRUST = 0.8  # in a diagnosis told as "I think this is ..."
CHRONIC_TRUST = 0.9  # in a lasting condition that is only named as history
DOUBTFUL_TRUST = 0.7  # in words that the recogniser was not sure of

# How a clinician opens a diagnosis when talking to the patient. It is courtesy rather than one of the uncertain terms
# of guideline IV.H ("probable", "suspected", ...), which still stop a proposal beside it.
_IMPRESSION = re.compile(r"\b(?:i|we) (?:do )?(?:think|believe)\b", re.IGNORECASE)


def suggest(note: Note, systems: Sequence[CodeSystem], config: Config) -> Note:
    """The note with candidate codes: assessment first, at most `config.coding.max_suggestions`.

    Suggestions that a person has accepted or rejected stay as they are, and their codes are not proposed again.
    """
    decided = tuple(item for item in note.suggestions if item.status is not SuggestionStatus.PROPOSED)
    taken = {(item.coding.system, item.coding.code) for item in decided}
    proposed = [
        suggestion
        for system in systems
        for suggestion in _proposed(note, system)
        if (suggestion.coding.system, suggestion.coding.code) not in taken
    ]
    return replace(note, suggestions=decided + tuple(proposed[: config.coding.max_suggestions]))


def _proposed(note: Note, system: CodeSystem) -> Iterator[CodeSuggestion]:
    proposals = _grouped(_mentions(note, system))
    if any(item.tier <= rules.ASSESSED for item in proposals):
        proposals = [item for item in proposals if item.tier < FINDINGS]
    for item in sorted(rules.consistent(proposals, system), key=lambda item: (item.tier, item.order)):
        coding = system.lookup(item.code)
        if coding and system.is_billable(item.code):
            explained = tuple(replace(evidence, reason=explain(evidence.rule)) for evidence in item.evidence)
            yield CodeSuggestion(coding, explained)


def _mentions(note: Note, system: CodeSystem) -> Iterator[Proposal]:
    """One proposal for each mention of something affirmed and current, in order of the note."""
    order = 0
    for section in note.sections:
        for statement in section.statements:
            kind = _counts_as(section.kind, statement)
            standing = STANDING.get(kind)
            matches = system.find(statement.text) if standing else ()
            impression = _is_impression(statement, kind)
            context = Context(_IMPRESSION.sub(_blank, statement.text) if impression else statement.text)
            for match in matches:
                if _in_passing(statement, kind) and not match.code.startswith(OF_CIRCUMSTANCES):
                    continue
                if standing and (evidence := _evidence(match, statement, kind, standing, context)):
                    listed = evidence.rule.endswith(CHRONIC)  # a list of what the patient has, not what was assessed
                    tier = max(standing.tier, STANDING[SectionKind.PAST_MEDICAL].tier) if listed else standing.tier
                    yield Proposal(match.code, (evidence,), tier, order, match.words)
                    order += 1


def _counts_as(kind: SectionKind, statement: Statement) -> SectionKind:
    """What a patient says is history, wherever it was put: the provider's statement is the diagnosis (I.A.19)."""
    if statement.role is Role.PATIENT and kind in (SectionKind.ASSESSMENT, SectionKind.PLAN):
        return SectionKind.HPI
    return kind


def _evidence(
    match: TermMatch, statement: Statement, kind: SectionKind, standing: _Standing, context: Context
) -> Evidence | None:
    claim = context.claim(match.span, statement.assertion)
    rule, score = match.rule, match.score * standing.trust
    if _is_impression(statement, kind):
        rule, score = rule + IMPRESSION, score * IMPRESSION_TRUST
    past = claim.assertion is Assertion.HISTORICAL and not claim.settled
    if past or (claim.assertion is Assertion.PRESENT and kind is SectionKind.PAST_MEDICAL):
        if not rules.is_chronic(match.code):
            return None
        rule, score = rule + CHRONIC, score * CHRONIC_TRUST
    elif claim.assertion is not Assertion.PRESENT:
        return None
    if statement.role is Role.PATIENT:
        score *= PATIENT_TRUST
    if any(_overlap(match.span, span) for span in statement.doubtful):
        score *= DOUBTFUL_TRUST
    return Evidence(statement.id, match.span, Assertion.PRESENT, rule, round(score, 3))


def _in_passing(statement: Statement, kind: SectionKind) -> bool:
    """Whether an illness is only named in talk about life: "laid off because of COVID"."""
    return statement.role is Role.PATIENT and kind is SectionKind.SOCIAL


def _is_impression(statement: Statement, kind: SectionKind) -> bool:
    """Whether a clinician tells the assessment as an own thought: "I think this is osteoarthritis"."""
    told = statement.role is Role.CLINICIAN and kind is SectionKind.ASSESSMENT
    return told and bool(_IMPRESSION.search(statement.text))


def _blank(found: re.Match[str]) -> str:
    """As many spaces, so that all other words keep their place."""
    return " " * len(found[0])


def _overlap(span: Span, other: Span) -> bool:
    return span.start < other.end and other.start < span.end


def _grouped(mentions: Iterator[Proposal]) -> list[Proposal]:
    """One proposal for each code, with the evidence of all its mentions, best first."""
    found: dict[str, Proposal] = {}
    for mention in mentions:
        known = found.get(mention.code)
        if known is None:
            found[mention.code] = mention
            continue
        tier, order = min((known.tier, known.order), (mention.tier, mention.order))
        evidence = tuple(sorted((*known.evidence, *mention.evidence), key=lambda item: -item.score))
        found[mention.code] = replace(
            known, evidence=evidence, tier=tier, order=order, words=known.words | mention.words
        )
    return list(found.values())
