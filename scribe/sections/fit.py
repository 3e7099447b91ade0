"""Which sentences can stand in a note: no quotation, nobody speaking of himself, no filler, no half sentence.

A sentence of the history that cannot is said anew from the findings that it states (`saying`); one without any is talk,
and goes. What must not be lost stays as it is, for a person to see: what could not be made out, a drug, an allergy, a
measured value, and all that was seen, judged or planned with a finding in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scribe.sections import catalog, named, phrases, saying
from scribe.types import (
    Assertion,
    Finding,
    FindingKind,
    Polarity,
    Section,
    SectionGroup,
    SectionKind,
    Span,
    Statement,
    Transcript,
)

K = SectionKind
QUOTES = re.compile('[\u201c\u201d"]|\\bAsked\\b')
PERSONS = re.compile(rf"(?:^|(?<=[^\w']))(?:{phrases.pattern('persons')})(?=$|[^\w'])", re.IGNORECASE)
NO_PERSON = re.compile(r"(?:\b[Tt]ype|[Ss]tage|[Gg]rade|[Cc]lass|[Ff]actor|[Nn]erve|[Ll]evel|[Pp]hase) I$|\b(?:US|ME)$")
FILLERS = re.compile(rf"(?:^|(?<=[^\w']))(?:{phrases.pattern('talk_fillers')})(?=$|[^\w'])", re.IGNORECASE)
HANGING = re.compile(rf"(?:^|(?<=[^\w']))(?:{phrases.pattern('hanging')})\W*$", re.IGNORECASE)
MARKED = re.compile(r"\[(?:inaudible|overlap) [\d:]+\]|____")
KEPT = frozenset({K.CHIEF_COMPLAINT, K.ALLERGIES, K.VITALS})
DOSE = re.compile(r"\d ?(?:mg|mcg|g|ml|units?|tablets?|pills?|capsules?|drops?|puffs?)\b", re.IGNORECASE)
NUMBER = re.compile(r"\d")


def is_fit(text: str) -> bool:
    """Whether a sentence reads as a note's."""
    speaks = any(not NO_PERSON.search(text[: found.end()]) for found in PERSONS.finditer(text))
    return not speaks and not any(found.search(text) for found in (QUOTES, FILLERS, HANGING)) and "?" not in text


def fitted(sections: Sequence[Section], findings: Sequence[Finding], transcript: Transcript) -> tuple[Section, ...]:
    """The sections with sentences that can stand in a note; one left empty goes."""
    by_id = {finding.id: finding for finding in findings}
    placed = [(section, statement) for section in sections for statement in section.statements]
    said = {
        saying.claimed(by_id[name])
        for _, statement in placed
        if is_fit(statement.text)
        for name in statement.findings
        if name in by_id and saying.names(statement.text, by_id[name], transcript.text)
    }
    kept: dict[SectionKind, list[Statement]] = {section.kind: [] for section in sections}
    for section, statement in placed:
        stated = [by_id[name] for name in statement.findings if name in by_id]
        for kind, one in _fitted(section.kind, statement, stated, said, transcript):
            kept.setdefault(kind, []).append(one)
    scores = {section.kind: section.score for section in sections}
    return tuple(
        catalog.section(entry.kind, tuple(statements), scores.get(entry.kind, 1.0))
        for entry in catalog.CATALOG
        if (statements := kept.get(entry.kind))
    )


def _fitted(
    kind: SectionKind,
    statement: Statement,
    stated: Sequence[Finding],
    said: set[tuple[object, ...]],
    transcript: Transcript,
) -> Iterator[tuple[SectionKind, Statement]]:
    """The statement, or what its findings say that no other sentence has said; `said` takes note of that."""
    if is_fit(statement.text):
        yield kind, statement
        return
    if not stated:
        if _must_stay(kind, statement.text):
            yield kind, statement
        return
    new = [finding for finding in stated if saying.claimed(finding) not in said]
    history = catalog.group_of(kind) is SectionGroup.HISTORY
    sayable = all(saying.sayable(finding) and _agrees(statement, finding) for finding in new)
    if not history or DOSE.search(statement.text) or not sayable:
        yield kind, statement  # what was seen, judged or planned is more than its findings
        return
    said |= {saying.claimed(finding) for finding in new}
    for number, group in enumerate(_alike(new)):
        name = statement.id if number == 0 else f"{statement.id}{chr(ord('a') + number)}"
        yield _place(kind, group[0]), _said(replace(statement, id=name), group, transcript)


def _agrees(statement: Statement, finding: Finding) -> bool:
    """Whether the sentence claims what the finding does: what one of them denies is not told as being so."""
    if finding.claims.polarity is Polarity.ABSENT:
        return True
    certain = finding.claims.assertion is Assertion.PRESENT
    return statement.assertion is Assertion.PRESENT or (not certain and statement.assertion is not Assertion.ABSENT)


def _said(statement: Statement, findings: Sequence[Finding], transcript: Transcript) -> Statement:
    """The statement with what these findings say, and where they were heard: some were named before it."""
    named = (
        span
        for finding in findings
        for span in (
            *finding.heard,
            *(one.heard for one in finding.attributes),
            *(one.span for one in finding.claims.triggers),
        )
    )
    before = {span for span in named if not any(_within(span, whole) for whole in statement.heard)}
    heard = tuple(sorted({*statement.heard, *before}, key=lambda span: (span.start, span.end)))
    return replace(
        statement,
        text=saying.sentence(findings, transcript.text),
        heard=heard,
        seconds=tuple(interval for span in heard if (interval := transcript.seconds(span)) is not None),
        assertion=findings[0].claims.assertion,
        findings=tuple(finding.id for finding in findings),
        confidence=min(finding.confidence for finding in findings),
        doubtful=(),
        rule="saying.sentence",
    )


def _within(span: Span, whole: Span) -> bool:
    return whole.start <= span.start and span.end <= whole.end


def _alike(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """The findings in groups that one sentence can say."""
    left = list(findings)
    while left:
        group = [finding for finding in left if saying.alike(left[0], finding)]
        left = [finding for finding in left if finding not in group]
        yield group


def _place(kind: SectionKind, finding: Finding) -> SectionKind:
    """Where a finding that is said alone stands: a symptom that is denied in the review of systems."""
    if finding.kind is FindingKind.SYMPTOM and finding.claims.polarity is Polarity.ABSENT:
        return K.ROS
    return kind if kind is K.CHIEF_COMPLAINT else saying.PLACES[finding.kind]


def _must_stay(kind: SectionKind, text: str) -> bool:
    return (
        kind in KEPT
        or MARKED.search(text) is not None
        or DOSE.search(text) is not None
        or bool(named.drugs(text))
        or bool(named.diseases(text))
        or (kind in (K.RESULTS, K.EXAM) and NUMBER.search(text) is not None)
    )
