"""Candidate codes for a note: what is affirmed and current, with the words that say so. A person decides.

The order of the work is that of a coder: find the conditions, see what is claimed, settle what belongs to one problem
(side, encounter), apply the guidelines, then put the codes into the order of a claim. Each step is a module beside
this one; the guidelines themselves are data in `rules.yaml` and `status.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scribe.coding import (
    background,
    conditions,
    details,
    encounter,
    order,
    pregnancy,
    probability,
    reading,
    rules,
    sides,
    status,
    typed,
)
from scribe.coding.reading import Line
from scribe.coding.rules import Proposal, explain
from scribe.config import Config
from scribe.plugins import CodeSystem
from scribe.types import CodeRemark, CodeSuggestion, Note, SuggestionStatus

__all__ = ["explain", "suggest"]


def suggest(note: Note, systems: Sequence[CodeSystem], config: Config) -> Note:
    """The note with candidate codes, first-listed first, at most `config.coding.max_suggestions`.

    Suggestions that a person has accepted or rejected stay as they are, and their codes are not proposed again.
    `remarks` holds what the note says about codes and that gives none: a code that does not exist, or is too short.
    """
    decided = tuple(item for item in note.suggestions if item.status is not SuggestionStatus.PROPOSED)
    taken = {(item.coding.system, item.coding.code) for item in decided}
    proposed: list[CodeSuggestion] = []
    remarks: list[CodeRemark] = []
    lines = reading.lines(note)
    for system in systems:
        written = typed.read(lines, system)
        remarks += written.remarks
        found = _decide(note, lines, system, written.proposals, config)
        proposed += (item for item in _suggestions(found, system) if (system.name, item.coding.code) not in taken)
    return replace(
        note, suggestions=(*decided, *proposed[: config.coding.max_suggestions]), remarks=tuple(dict.fromkeys(remarks))
    )


def _decide(
    note: Note, lines: Sequence[Line], system: CodeSystem, written: Sequence[Proposal], config: Config
) -> list[Proposal]:
    """The codes that can stand together, in the order of a claim."""
    inpatient = config.coding.setting == "inpatient"
    named = conditions.read(lines, system)
    mentions = [*written, *conditions.proposals(named, inpatient=inpatient), *status.past(named)]
    found = grouped(mentions)
    if not inpatient and any(item.tier <= rules.ASSESSED for item in found):
        found = [item for item in found if item.tier < conditions.FINDINGS]
    if not config.coding.external_causes:
        found = [item for item in found if not rules.is_external_cause(item.code)]
    found = grouped(details.settle(sides.settle(found, lines, system), lines, system))
    found = rules.consistent(found, note, system, inpatient=inpatient)
    found = encounter.settle(found, note, system)
    found = pregnancy.first(found, lines, system)
    found += [item for item in status.beside(found, named, lines) if system.is_billable(item.code)]
    told = background.statuses(lines, [item.code for item in found])
    found = grouped([*found, *(item for item in told if system.is_billable(item.code))])
    found = rules.without_excluded(grouped(found), system)
    return order.sequenced(status.without_past(found), named, note)


def grouped(mentions: Iterable[Proposal]) -> list[Proposal]:
    """One proposal for each code, with the evidence of all its mentions, best first."""
    found: dict[str, Proposal] = {}
    for mention in mentions:
        known = found.get(mention.code)
        found[mention.code] = rules.same(known, mention) if known else mention
    return list(found.values())


def _suggestions(found: Sequence[Proposal], system: CodeSystem) -> Iterable[CodeSuggestion]:
    codes = [item.code for item in found]
    for item in found:
        coding = system.lookup(item.code)
        if coding and system.is_billable(item.code):
            evidence = tuple(replace(one, reason=explain(one.rule)) for one in item.evidence)
            flags = tuple(sorted(item.flags | sides.missing(item.code, system) | order.lonely(item.code, codes)))
            yield CodeSuggestion(coding, evidence, probability=probability.of(item), flags=flags)
