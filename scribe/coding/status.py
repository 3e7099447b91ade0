"""Z codes that follow from what is claimed: past conditions, family history, long-term drugs, body mass index.

Their data: `status.yaml`. None of them is a diagnosis, and none is derived from a value or a drug alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.stated import values
from scribe.coding import rules
from scribe.coding.conditions import FAMILY, STANDING, NamedCondition
from scribe.coding.elapsed import days_ago
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal
from scribe.types import Assertion, AttributeKind, Basis, Finding, FindingKind, SectionKind, Span, Time

K = SectionKind
STATUS_TRUST = 0.8  # in a code that follows from another code
BMI = re.compile(r"\b(?:BMI|body mass index)(?: (?:is|of|was|today|now|at))*:? ?", re.IGNORECASE)
BMI_VALUE = re.compile(r"\d{2}(?:\.\d+)?")
SCREENING = re.compile(r"\bscreen(?:ing|ed)? for\b", re.IGNORECASE)
NOT_OF_NOW = frozenset({Basis.OFFERED, Basis.DECLINED, Basis.COUNSELLED, Basis.WANTED, "absent", "possible"})
TALKED_OF = re.compile(r"\b(?:defer|due|discuss|recommend)\w*", re.IGNORECASE)
FAMILY_CUE = re.compile(r"\bfamily (?:medical )?(?:history|hx)\b|\bFH\b|\bfam ?hx\b", re.IGNORECASE)
DRUGS_IN = (K.CHIEF_COMPLAINT, K.HPI, K.PAST_MEDICAL, K.MEDICATIONS, K.ASSESSMENT, K.PLAN, K.OTHER)
GIVEN_UP = frozenset({"stopped", "quit taking", "off", "finished", "switched from"})  # of clinical/attributes.tsv
BEFORE, AFTER = 40, 25  # characters around a drug's name in which it may be said that it is not taken


@cache
def table() -> dict[str, Any]:
    """What `status.yaml` holds."""
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("status.yaml").read_text(encoding="utf-8"))
    return tree


def past(named: Sequence[NamedCondition]) -> Iterator[Proposal]:
    """Personal history (Z85-Z87, I25.2) for what is named as history and does not last (I.C.21.c.4)."""
    for condition in named:
        code = condition.match.code
        if not _is_over(condition):
            continue
        target = _longest("history", code) or (_longest("ended", code) if _has_ended(condition) else None)
        if target:
            yield _proposal(condition, target, "history")


def _is_over(condition: NamedCondition) -> bool:
    """Whether it is told as past, and is not still so: a lasting condition only where it is said to have ended."""
    if condition.kind is K.FAMILY or condition.recent:
        return False
    lasts = rules.is_chronic(condition.match.code) and not condition.given_up
    return _has_ended(condition) or (condition.past and not lasts)


def _has_ended(condition: NamedCondition) -> bool:
    """Whether it is said to be over: in a talk, or with the time that has gone by."""
    if condition.claim.assertion is not Assertion.HISTORICAL or condition.claim.time is not Time.PAST:
        return False
    text, at = condition.statement.text, condition.match.span.start
    return condition.line.spoken or days_ago(text, at) is not None


def without_past(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Drop the personal history of what is there again, or still."""
    codes = tuple(item.code for item in proposals)
    again = {target for prefix, target in table()["history"].items() if any(code.startswith(prefix) for code in codes)}
    return [item for item in proposals if item.code not in again]


def beside(proposals: Sequence[Proposal], named: Sequence[NamedCondition], lines: Sequence[Line]) -> Iterator[Proposal]:
    """What is added to the codes of a note: family history that was taken up, drugs, body mass index."""
    yield from _screening(named)
    codes = tuple(item.code for item in proposals)
    yield from _drugs(lines, codes)
    if codes:
        yield from _family(named, codes)
        yield from _bmi(lines, codes)


def _family(named: Sequence[NamedCondition], codes: Sequence[str]) -> Iterator[Proposal]:
    """Only what the assessment or plan takes up; alone it is no reason for a visit (IV.J)."""
    for condition in named:
        if condition.claim.assertion is Assertion.FAMILY and condition.standing.tier <= rules.ASSESSED:
            target = _longest("family", condition.match.code)
            if target and FAMILY_CUE.search(condition.statement.text):
                yield _proposal(condition, target, "family")


def _screening(named: Sequence[NamedCondition]) -> Iterator[Proposal]:
    """The encounter for each condition of "screening for diabetes and hyperlipidemia" (I.C.21.c.5)."""
    for condition in named:
        target = _longest("screening", condition.match.code)
        if condition.claim.assertion is Assertion.CONDITIONAL and condition.standing.tier <= rules.COMPLAINT and target:
            text, start = condition.statement.text, condition.match.span.start
            cue = next(reversed(list(SCREENING.finditer(text[:start]))), None)
            if cue and not re.search(r"[.;]", text[cue.end() : start]) and _is_screened(condition):
                yield _proposal(condition, target, "screening")


def _is_screened(condition: NamedCondition) -> bool:
    """Whether the screening is of this visit: not offered, declined, due or only talked of."""
    claims = {trigger.claim for trigger in condition.claim.triggers}
    claims |= {finding.claims.basis.value for finding in condition.line.heard.findings}
    return not claims & NOT_OF_NOW and not TALKED_OF.search(condition.statement.text)


def _proposal(condition: NamedCondition, code: str, rule: str) -> Proposal:
    match, claim = condition.match, condition.claim.assertion
    score = match.score * condition.standing.trust * STATUS_TRUST
    evidence = condition.line.evidence(match.span, f"{match.rule}+{rule}", score, claim)
    tier = max(condition.standing.tier, rules.ASSESSED)
    return Proposal(code, (evidence,), tier, condition.order + 0.1, match.words)


@cache
def _longest(name: str, code: str) -> str | None:
    """The entry whose prefix fits `code` best."""
    fits = [prefix for prefix in table()[name] if code.startswith(prefix)]
    return str(table()[name][max(fits, key=len)]) if fits else None


def _drugs(lines: Sequence[Line], codes: Sequence[str]) -> Iterator[Proposal]:
    for row, names in _drug_rows():
        if "with" in row and not any(code.startswith(tuple(row["with"])) for code in codes):
            continue
        if any(code.startswith(tuple(row.get("unless", ("-",)))) for code in codes):
            continue
        if (taken := next(_taken(lines, names, row.get("said")), None)) is not None:
            line, span = taken
            trust = STANDING.get(line.kind, FAMILY).trust * STATUS_TRUST
            evidence = line.evidence(span, f"drug:{row['source']}", trust)
            yield Proposal(row["code"], (evidence,), rules.ASSESSED, float("inf"), frozenset())


def _taken(lines: Sequence[Line], names: re.Pattern[str], said: str | None) -> Iterator[tuple[Line, Span]]:
    for line in lines:
        if line.kind in DRUGS_IN and (not said or re.search(said, line.text, re.IGNORECASE)):
            spans = (Span(*found.span()) for found in names.finditer(line.text))
            yield from ((line, span) for span in spans if _is_taken(line, span))


def _is_taken(line: Line, span: Span) -> bool:
    """Whether the drug at `span` is taken: by the claims, by what was heard of it, and by what is done with it."""
    claim, finding = line.claims(span), line.finding(span)
    lasts = claim.assertion is Assertion.HISTORICAL and claim.time is Time.OPEN
    if claim.assertion is not Assertion.PRESENT and not lasts:
        return False
    if finding is not None and (finding.kind is FindingKind.ALLERGY or _is_given_up(finding)):
        return False
    text = line.text
    clause = re.split(r"[.;,]|\b(?:and|but|then)\b", text[max(0, span.start - BEFORE) : span.start])[-1]
    before, after = _not_taken()
    return not before.search(clause) and not after.match(text[span.end : span.end + AFTER])


def _is_given_up(finding: Finding) -> bool:
    return any(item.text.lower() in GIVEN_UP for item in finding.of(AttributeKind.STATUS))


@cache
def _drug_rows() -> tuple[tuple[dict[str, Any], re.Pattern[str]], ...]:
    return tuple(
        (row, re.compile(rf"\b(?:{'|'.join(map(re.escape, row['names']))})\b", re.IGNORECASE))
        for row in table()["drugs"]
    )


@cache
def _not_taken() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = table()["not_taken"]
    return (
        re.compile(rf"\b{words['before']}\b", re.IGNORECASE),
        re.compile(rf"\s*{words['after']}\b", re.IGNORECASE),
    )


def _bmi(lines: Sequence[Line], codes: Sequence[str]) -> Iterator[Proposal]:
    if not any(code.startswith(tuple(table()["bmi"]["with"])) for code in codes):
        return
    if any(code[0] == "O" for code in codes):  # not reported in a pregnancy (I.C.21.c.3)
        return
    for line in lines:
        for found in BMI.finditer(line.text):
            number = next(iter(values(line.text[found.end() :])), None)
            if number is not None and not number.span.start and BMI_VALUE.fullmatch(number.value):
                evidence = line.evidence(Span(found.start(), found.end() + number.span.end), "bmi", STATUS_TRUST)
                yield Proposal(_bmi_code(float(number.value)), (evidence,), rules.ASSESSED, float("inf"), frozenset())
                return


def _bmi_code(value: float) -> str:
    """Z68 for an adult; the code counts whole units up to 39, then bands."""
    if value < 20:
        return "Z68.1"
    if value < 40:
        return f"Z68.{int(value)}"
    bands = ((45, "41"), (50, "42"), (60, "43"), (70, "44"))
    return f"Z68.{next((code for limit, code in bands if value < limit), '45')}"
