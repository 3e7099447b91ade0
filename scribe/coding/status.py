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

from scribe.clinical.mentions import Mentions
from scribe.clinical.stated import values
from scribe.coding import rules
from scribe.coding.claims import claims_of
from scribe.coding.findings import FAMILY, STANDING, Finding, counts_as
from scribe.coding.rules import Proposal
from scribe.types import Assertion, Evidence, Note, SectionKind, Span, Statement, Time

K = SectionKind
STATUS_TRUST = 0.8  # in a code that follows from another finding
BMI = re.compile(r"\b(?:BMI|body mass index)(?: (?:is|of|was|today|now|at))*:? ?", re.IGNORECASE)
BMI_VALUE = re.compile(r"\d{2}(?:\.\d+)?")
SCREENING = re.compile(r"\bscreen(?:ing|ed)? for\b", re.IGNORECASE)
NOT_SCREENED = re.compile(r"\b(?:declin|refus|defer|due|discuss|recommend|up to date|consider)\w*", re.IGNORECASE)
FAMILY_CUE = re.compile(r"\bfamily (?:medical )?(?:history|hx)\b|\bFH\b|\bfam ?hx\b", re.IGNORECASE)
DRUGS_IN = (K.CHIEF_COMPLAINT, K.HPI, K.PAST_MEDICAL, K.MEDICATIONS, K.ASSESSMENT, K.PLAN, K.OTHER)
BEFORE, AFTER = 40, 25  # characters around a drug's name in which it may be said that it is not taken


@cache
def table() -> dict[str, Any]:
    """What `status.yaml` holds."""
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("status.yaml").read_text(encoding="utf-8"))
    return tree


def past(named: Sequence[Finding]) -> Iterator[Proposal]:
    """Personal history (Z85-Z87, I25.2) for what is named as history and does not last (I.C.21.c.4)."""
    for finding in named:
        code = finding.match.code
        over = finding.past and finding.kind is not K.FAMILY and not rules.is_chronic(code)
        if over and (target := _longest("history", code)):
            yield _proposal(finding, target, "history")


def without_past(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Drop the personal history of what is there again, or still."""
    codes = tuple(item.code for item in proposals)
    again = {target for prefix, target in table()["history"].items() if any(code.startswith(prefix) for code in codes)}
    return [item for item in proposals if item.code not in again]


def beside(proposals: Sequence[Proposal], named: Sequence[Finding], note: Note) -> Iterator[Proposal]:
    """What is added to the codes of a note: family history that was taken up, drugs, body mass index."""
    yield from _screening(named)
    codes = tuple(item.code for item in proposals)
    if codes:
        yield from _family(named, codes)
        yield from _drugs(note, codes)
        yield from _bmi(note, codes)


def _family(named: Sequence[Finding], codes: Sequence[str]) -> Iterator[Proposal]:
    """Only what the assessment or plan takes up; alone it is no reason for a visit (IV.J)."""
    for finding in named:
        if finding.claim.assertion is Assertion.FAMILY and finding.standing.tier <= rules.ASSESSED:
            target = _longest("family", finding.match.code)
            if target and FAMILY_CUE.search(finding.statement.text):
                yield _proposal(finding, target, "family")


def _screening(named: Sequence[Finding]) -> Iterator[Proposal]:
    """The encounter for each condition of "screening for diabetes and hyperlipidemia" (I.C.21.c.5)."""
    for finding in named:
        target = _longest("screening", finding.match.code)
        if finding.claim.assertion is Assertion.CONDITIONAL and finding.standing.tier <= rules.COMPLAINT and target:
            text, start = finding.statement.text, finding.match.span.start
            cue = next(reversed(list(SCREENING.finditer(text[:start]))), None)
            if cue and not re.search(r"[.;]", text[cue.end() : start]) and not NOT_SCREENED.search(text):
                yield _proposal(finding, target, "screening")


def _proposal(finding: Finding, code: str, rule: str) -> Proposal:
    standing = FAMILY if finding.kind is K.FAMILY else finding.standing
    score = round(finding.match.score * standing.trust * STATUS_TRUST, 3)
    evidence = Evidence(
        finding.statement.id, finding.match.span, finding.claim.assertion, f"{finding.match.rule}+{rule}", score
    )
    tier = max(standing.tier, rules.ASSESSED)
    return Proposal(code, (evidence,), tier, finding.order + 0.1, finding.match.words)


@cache
def _longest(name: str, code: str) -> str | None:
    """The entry whose prefix fits `code` best."""
    fits = [prefix for prefix in table()[name] if code.startswith(prefix)]
    return str(table()[name][max(fits, key=len)]) if fits else None


def _drugs(note: Note, codes: Sequence[str]) -> Iterator[Proposal]:
    for row, names in _drug_rows():
        if "with" in row and not any(code.startswith(tuple(row["with"])) for code in codes):
            continue
        if any(code.startswith(tuple(row.get("unless", ("-",)))) for code in codes):
            continue
        if (taken := next(_taken(note, names, row.get("said")), None)) is not None:
            statement, span, trust = taken
            evidence = Evidence(statement.id, span, Assertion.PRESENT, f"drug:{row['source']}", round(trust, 3))
            yield Proposal(row["code"], (evidence,), rules.ASSESSED, float("inf"), frozenset())


def _taken(note: Note, names: re.Pattern[str], said: str | None) -> Iterator[tuple[Statement, Span, float]]:
    for section in note.sections:
        for statement in section.statements:
            kind = counts_as(section.kind, statement)
            if kind not in DRUGS_IN or (said and not re.search(said, statement.text, re.IGNORECASE)):
                continue
            for found in names.finditer(statement.text):
                if _is_taken(statement, found):
                    trust = STANDING.get(kind, FAMILY).trust * STATUS_TRUST
                    yield statement, Span(*found.span()), trust


def _is_taken(statement: Statement, found: re.Match[str]) -> bool:
    text = statement.text
    claim = claims_of(statement, Mentions(text), Span(*found.span()))
    if claim.assertion is not Assertion.PRESENT and (
        claim.assertion is not Assertion.HISTORICAL or claim.time is not Time.OPEN
    ):
        return False
    clause = re.split(r"[.;,]|\b(?:and|but|then)\b", text[max(0, found.start() - BEFORE) : found.start()])[-1]
    before, after = _not_taken()
    return not before.search(clause) and not after.match(text[found.end() : found.end() + AFTER])


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


def _bmi(note: Note, codes: Sequence[str]) -> Iterator[Proposal]:
    if not any(code.startswith(tuple(table()["bmi"]["with"])) for code in codes):
        return
    if any(code[0] == "O" for code in codes):  # not reported in a pregnancy (I.C.21.c.3)
        return
    for statement in note.statements:
        for found in BMI.finditer(statement.text):
            number = next(iter(values(statement.text[found.end() :])), None)
            if number is not None and not number.span.start and BMI_VALUE.fullmatch(number.value):
                span = Span(found.start(), found.end() + number.span.end)
                evidence = Evidence(statement.id, span, Assertion.PRESENT, "bmi", STATUS_TRUST)
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
