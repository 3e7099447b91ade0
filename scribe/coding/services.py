"""What was done in the visit: procedures, injections, vaccines, tests and supplies, with units and modifier hints.

Only what a statement says was done, here and now, by whoever writes the note. What was ordered, planned, offered, done
elsewhere or before, or what the patient tells, is not proposed. Data: `services.yaml`, `hcpcs.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.coding import doses, reading
from scribe.coding.claims import of_finding
from scribe.coding.cpt import Cpt
from scribe.coding.hcpcs import Hcpcs, Starter, starter
from scribe.coding.modifiers import hints
from scribe.coding.reading import Line, overlap
from scribe.plugins import CodeSystem
from scribe.types import (
    PATIENT,
    Assertion,
    Basis,
    Certainty,
    CodeSuggestion,
    Coding,
    Note,
    Polarity,
    Role,
    SectionKind,
    Span,
    SuggestionStatus,
    Time,
)

SYSTEM = "service"  # of a coding that has no code: its "code" is the name of the row in `services.yaml`
CLAUSE = re.compile(
    r"[;!?\n]|\.(?=\s|$)|,? but (?=\w)|, then |,? and (?=(?:we |i |she |he |they )?(?:will|plan|'ll)\b)", re.IGNORECASE
)
TODAY = re.compile(
    r"\b(?:today|in (?:the )?(?:clinic|office)|during (?:the|this) visit|at this visit)\b", re.IGNORECASE
)
OTHER_DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:weeks?|months?|years?)\b", re.IGNORECASE
)
NEVER = frozenset({SectionKind.FAMILY, SectionKind.ALLERGIES, SectionKind.ROS, SectionKind.CHIEF_COMPLAINT})
ONLY_TODAY = frozenset(
    {
        SectionKind.HPI,
        SectionKind.PAST_MEDICAL,
        SectionKind.SURGICAL,
        SectionKind.SOCIAL,
        SectionKind.MEDICATIONS,
        SectionKind.IMMUNIZATIONS,
    }
)
DONE = (Basis.EXPERIENCED, Basis.COUNSELLED, Basis.SOUGHT)  # a vaccine prevents, a test looks for something
NOW = (Time.CURRENT, Time.OPEN)
SCORE = 0.8  # trust in a service that a clause says was done


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of a statement that says that something was done here and now."""

    line: Line
    start: int
    text: str

    def span(self, found: re.Match[str]) -> Span:
        """Where a match of the clause stands in the statement."""
        return Span(self.start + found.start(), self.start + found.end())


def suggest(note: Note, systems: Sequence[CodeSystem]) -> Note:
    """The note with what was done added to its candidate codes, those that a person has decided on left as they are."""
    hcpcs = next((system for system in systems if isinstance(system, Hcpcs)), None)
    if hcpcs is None:
        return note
    cpt = next((system for system in systems if isinstance(system, Cpt)), None)
    found: dict[tuple[str, str], CodeSuggestion] = {}
    for clause in _clauses(note):
        for item in (*_coded(clause, hcpcs), *_named(clause, cpt)):
            key = (item.coding.system, item.coding.code)
            found.setdefault(key, item)
    decided = {(s.coding.system, s.coding.code) for s in note.suggestions if s.status is not SuggestionStatus.PROPOSED}
    proposed = hints(note, [item for key, item in found.items() if key not in decided])
    kept = [item for item in note.suggestions if _key(item) not in found or _key(item) in decided]
    return replace(note, suggestions=(*kept, *proposed))


def _key(item: CodeSuggestion) -> tuple[str, str]:
    return item.coding.system, item.coding.code


def _clauses(note: Note) -> Iterator[_Clause]:
    """The clauses of the note that say of something that it was done in this visit."""
    words = _words()
    for line in reading.lines(note):
        statement = line.statement
        if line.kind in NEVER or statement.role is Role.PATIENT or statement.assertion is not Assertion.PRESENT:
            continue
        start = 0
        for end in [*(match for match in CLAUSE.finditer(line.text)), None]:
            text = line.text[start : end.start() if end else len(line.text)]
            here = line.kind not in ONLY_TODAY or TODAY.search(text) is not None
            if (
                here
                and not OTHER_DAY.search(text)
                and any(
                    _is_hers(line, Span(start + said.start(), start + said.end()))
                    for said in words["done"].finditer(text)
                )
                and not words["not_done"].search(text)
            ):
                yield _Clause(line, start, text)
            start = end.end() if end else start


def _is_hers(line: Line, span: Span) -> bool:
    """Whether the words at `span` are so, for certain, under no condition, and of the patient."""
    claims = line.claims(span)
    so = claims.polarity is Polarity.PRESENT and claims.certainty is Certainty.CERTAIN
    return so and claims.experiencer == PATIENT and claims.basis in DONE and claims.time in NOW


def _coded(clause: _Clause, hcpcs: Hcpcs) -> Iterator[CodeSuggestion]:
    """The codes of HCPCS: the longest names first, and each word of the note for one code only."""
    used: list[Span] = []
    for item, pattern in _starter_patterns():
        match = pattern.search(clause.text)
        if match is None or any(overlap(clause.span(match), span) for span in used) or not _fits(item, clause.text):
            continue
        coding = hcpcs.lookup(item.code)
        dose = doses.dose(clause.text) if item.kind == "drugs" else None
        if coding is None or (
            item.only is not None and (dose is None or doses.amount_in(dose, item.unit) != item.only)
        ):
            continue
        if _heard_otherwise(clause, match):
            continue
        used.append(clause.span(match))
        units = doses.units(dose, item.amount, item.unit) if dose and item.unit else None
        units = 1.0 if item.kind != "drugs" else units
        reason = _reason(item, dose, units)
        yield _suggestion(coding, clause, match, f"service:{item.name}", reason, units)


def _fits(item: Starter, text: str) -> bool:
    """Whether the clause says how the drug was given, or that the thing was handed out."""
    words = _words()
    if item.kind == "supplies":
        return words["handed"].search(text) is not None
    if item.kind != "drugs":
        return True
    other = words["swallowed"].search(text) is not None
    return words[item.route].search(text) is not None and not other


def _reason(item: Starter, dose: doses.Dose | None, units: float | None) -> str:
    said = f"The note says that this was done in the visit: {item.name}."
    if item.kind != "drugs":
        return said
    if dose is None:
        return f"{said} It gives no dose, so no units are proposed."
    if units is None:
        return f"{said} Its dose is not in {item.unit}, so no units are proposed."
    return f"{said} {dose.amount:g} {dose.unit} in units of {item.amount:g} {item.unit}, rounded up to whole units."


def _named(clause: _Clause, cpt: Cpt | None) -> Iterator[CodeSuggestion]:
    """What else was done: with the code of the user's table where one descriptor fits, or by its name alone."""
    used: list[Span] = []
    for name, row, patterns, verbs in _service_patterns():
        match = next((found for pattern in patterns if (found := pattern.search(clause.text))), None)
        if match is None or (verbs and not verbs.search(clause.text)):
            continue
        if any(overlap(clause.span(match), span) for span in used) or _heard_otherwise(clause, match):
            continue
        used.append(clause.span(match))
        coding = cpt.described(row["descriptor"]) if cpt else None
        coding = coding or Coding(SYSTEM, "", name, row["name"])
        reason = f"The note says that this was done in the visit: {row['name']}."
        yield _suggestion(coding, clause, match, f"service:{name}", reason, 1.0 if coding.system != SYSTEM else None)


def _heard_otherwise(clause: _Clause, match: re.Match[str]) -> bool:
    """Whether what is named was heard as offered, declined, planned or somebody else's."""
    finding = clause.line.finding(clause.span(match))
    if finding is None:
        return False
    claims = of_finding(finding)
    talked_of = claims.basis in (Basis.OFFERED, Basis.DECLINED, Basis.WANTED) or claims.polarity is Polarity.ABSENT
    return talked_of or claims.experiencer != PATIENT or claims.time in (Time.PLANNED, Time.CONDITIONAL)


def _suggestion(
    coding: Coding, clause: _Clause, match: re.Match[str], rule: str, reason: str, units: float | None
) -> CodeSuggestion:
    span = clause.span(match)
    score = SCORE if clause.line.claims(span).assertion is Assertion.PRESENT else SCORE / 2
    evidence = replace(clause.line.evidence(span, rule, score), reason=reason)
    return CodeSuggestion(coding, (evidence,), probability=score, units=units)


@cache
def table() -> dict[str, Any]:
    """`services.yaml`."""
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("services.yaml").read_text(encoding="utf-8"))
    return tree


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    parts = (re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


@cache
def _words() -> dict[str, re.Pattern[str]]:
    names = ("done", "handed", "not_done", "injected", "inhaled", "swallowed")
    return {name: _pattern([str(word) for word in table()[name]]) for name in names}


@cache
def _starter_patterns() -> tuple[tuple[Starter, re.Pattern[str]], ...]:
    longest = sorted(starter(), key=lambda item: -max(len(said) for said in item.said))
    return tuple((item, _pattern(item.said)) for item in longest)


@cache
def _service_patterns() -> tuple[tuple[str, dict[str, Any], tuple[re.Pattern[str], ...], re.Pattern[str] | None], ...]:
    rows = table()["services"].items()
    return tuple(
        (name, row, tuple(_pattern([said]) for said in row["said"]), _pattern(row["verbs"]) if "verbs" in row else None)
        for name, row in rows
    )
