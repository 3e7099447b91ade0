"""Why a code is proposed for a note, or why not: the path from the words to the code, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scribe.clinical.explanation import claims_in_words
from scribe.coding import conditions, flat, reading, rules
from scribe.coding.conditions import NamedCondition
from scribe.coding.heard import by_id
from scribe.errors import InputError
from scribe.plugins import CodeSystem
from scribe.types import Assertion, CodeSuggestion, Finding, Note, Quote, Role, SectionKind, SuggestionStatus

CLAIMS = {
    Assertion.ABSENT: "the words say that it is not so",
    Assertion.POSSIBLE: "the words leave it uncertain; an uncertain diagnosis is not coded in outpatient care (IV.H)",
    Assertion.CONDITIONAL: "the words speak of what may happen",
    Assertion.HISTORICAL: "the words say that it is over; what is past gives a history code at most (IV.J)",
    Assertion.FAMILY: "the words speak of somebody else",
}
RELATED = 3  # characters of a category


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path: what was decided, and the words it rests on."""

    says: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a code in a note."""

    code: str
    display: str
    verdict: str
    steps: tuple[Step, ...] = field(repr=False)


def explain(note: Note, code: str, systems: Sequence[CodeSystem]) -> Explanation:
    """Why `code` is proposed for a coded note, or why it is not. Raises InputError where no table has the code."""
    wanted = code.strip().upper()
    for system in systems:
        coding = system.lookup(wanted)
        if coding is None:
            continue
        own = [item for item in note.suggestions if item.coding.system == system.name]
        proposed = next((item for item in own if item.coding.code == coding.code), None)
        found = conditions.read(reading.lines(note), system)
        if proposed:
            steps = tuple(_why(proposed, own, found, note, system))
            return Explanation(coding.code, coding.display, str(proposed.status), steps)
        if not system.is_billable(coding.code):
            steps = tuple(_under(coding.code, own))
            return Explanation(coding.code, coding.display, "not proposed: too short for a claim", steps)
        steps = tuple(_why_not(note, coding.code, own, found, system))
        return Explanation(coding.code, coding.display, "not proposed", steps)
    used = [f"{system.name} {system.version}" for system in systems if system.version != flat.NONE]
    tables = ", ".join(used) or "no code table is in use"
    raise InputError(f"there is no code {wanted!r} ({tables}): check how it is written")


def _why(
    item: CodeSuggestion,
    others: Sequence[CodeSuggestion],
    found: Sequence[NamedCondition],
    note: Note,
    system: CodeSystem,
) -> Iterator[Step]:
    code = item.coding.code
    heard = by_id(note)
    for evidence in item.evidence:
        yield Step(
            f"{evidence.reason or evidence.rule} Rule {evidence.rule}, trust {evidence.score:.2f}.",
            Quote(evidence.statement_id, evidence.span),
        )
        if evidence.finding in heard:
            yield _heard_as(heard[evidence.finding])
    proposed = {other.coding.code for other in others}
    for condition in found:
        other = condition.match.code
        rival = other not in proposed and condition.affirmed
        if rival and (other[:RELATED] == code[:RELATED] or system.excludes(code, other)):
            quote = Quote(condition.statement.id, condition.match.span)
            why = "an Excludes1 note keeps them apart (I.A.12)" if system.excludes(code, other) else "it says less"
            yield Step(f"{other} was weighed and gave way: {why}.", quote)
        elif other == code and not condition.affirmed and not condition.past:
            why = CLAIMS.get(condition.claim.assertion, "not affirmed")
            yield Step(f"Not counted: {why}.", Quote(condition.statement.id, condition.match.span))
    beside = [other for other in sorted(proposed - {code}) if system.excludes(code, other)]
    if beside:
        names = ", ".join(beside)
        yield Step(f"An Excludes1 note keeps it apart from {names}, proposed too: a person decides (I.A.12).")
    if item.flags:
        yield Step(f"To look at: {', '.join(item.flags)}.")


def _heard_as(finding: Finding) -> Step:
    return Step(
        f"Heard as {finding.id}, {finding.kind} {finding.concept}: {', '.join(claims_in_words(finding.claims))}."
    )


def _under(code: str, others: Sequence[CodeSuggestion]) -> Iterator[Step]:
    below = [item.coding.code for item in others if item.coding.code.startswith(code)]
    yield Step("It is a heading of the table; only the codes under it, which say more, go on a claim (I.B.2).")
    if below:
        yield Step(f"Proposed under it: {', '.join(below)}.")


def _why_not(
    note: Note, code: str, others: Sequence[CodeSuggestion], found: Sequence[NamedCondition], system: CodeSystem
) -> Iterator[Step]:
    own = [condition for condition in found if condition.match.code == code]
    for condition in own:
        quote = Quote(condition.statement.id, condition.match.span)
        for says in _stopped(condition, others, system):
            yield Step(says, quote)
        if finding := condition.line.finding(condition.match.span):
            yield _heard_as(finding)
    unread = list(_unread(note, code, system))
    yield from unread
    if not own and not unread:
        yield Step("No words of the note name it.")
    alike = [item.coding for item in others if item.coding.code[:RELATED] == code[:RELATED]]
    for coding in alike:
        less = ": the note says no more than that" if system.refines(code, coding.code) else ""
        yield Step(f"Proposed in the same category: {coding.code}, {coding.display}{less}.")


def _stopped(condition: NamedCondition, others: Sequence[CodeSuggestion], system: CodeSystem) -> Iterator[str]:
    """What kept a mention from being proposed."""
    code, claim = condition.match.code, condition.claim.assertion
    if condition.past and not rules.is_chronic(code):
        yield "The words name it as history, and it is no lasting condition (IV.J)."
        return
    if not condition.affirmed and not condition.past:
        yield f"{CLAIMS[claim].capitalize()}."
        return
    if condition.statement.role is Role.PATIENT and not rules.is_symptom(code) and not rules.is_chronic(code):
        yield "Only the patient says so; the provider's statement is the diagnosis (I.A.19)."
        return
    yield from _gave_way(condition, others, system) or ["A later rule left it out: the set of codes stands without it."]


def _gave_way(condition: NamedCondition, others: Sequence[CodeSuggestion], system: CodeSystem) -> list[str]:
    code = condition.match.code
    reasons = []
    for item in others:
        other = item.coding.code
        same = any(
            evidence.statement_id == condition.statement.id and reading.overlap(evidence.span, condition.match.span)
            for evidence in item.evidence
        )
        if item.status is SuggestionStatus.REJECTED:
            continue
        if same:
            reasons.append(f"The words count for {other}, {item.coding.display}, instead.")
        elif rules.belongs_to(code, other):
            reasons.append(f"It is part of {other}, which is proposed (I.B.5).")
        elif system.excludes(code, other):
            reasons.append(f"An Excludes1 note keeps it apart from {other}, which is better supported (I.A.12).")
    if not reasons and rules.is_symptom(code) and condition.standing.tier > rules.COMPLAINT:
        reasons.append("A sign or symptom that the assessment, which names a diagnosis, did not take up (IV.D).")
    if not reasons and condition.standing.tier >= conditions.FINDINGS:
        reasons.append("A finding alone is not coded where the clinician assessed something (IV.D).")
    return reasons


def _unread(note: Note, code: str, system: CodeSystem) -> Iterator[Step]:
    """Mentions in sections that are never coded from."""
    for section in note.sections:
        if section.kind in conditions.STANDING or section.kind is SectionKind.FAMILY:
            continue
        for statement in section.statements:
            for match in system.find(statement.text):
                if match.code == code:
                    says = f"It stands in {section.title or section.kind.value}, which gives no diagnosis."
                    yield Step(says, Quote(statement.id, match.span))
