"""Rules that turn single findings into a set of codes that can stand together. Their data: `rules.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.plugins import CodeSystem
from scribe.types import Evidence


@dataclass(frozen=True, slots=True)
class Proposal:
    """A code and why it is proposed. `tier` is 0 for the assessment, more for sections that say less."""

    code: str
    evidence: tuple[Evidence, ...]
    tier: int
    order: float  # of the first mention in that tier, in order of the note; a combination stands just before its parts
    words: frozenset[str]

    @property
    def score(self) -> float:
        """The best evidence's."""
        return max(item.score for item in self.evidence)


@dataclass(frozen=True, slots=True)
class Combination:
    """`first`, met by one of each of `partners` (prefixes), becomes `target`."""

    id: str
    first: str
    partners: tuple[tuple[str, ...], ...]
    target: str
    keep: bool
    more: bool


@cache
def _table() -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8"))
    return tree


@cache
def combinations() -> tuple[Combination, ...]:
    """The combination rules, in the order in which they are tried."""
    return tuple(
        Combination(
            row["id"],
            row["first"],
            tuple(tuple(partner.split("|")) for partner in row["with"]),
            row["becomes"],
            row.get("keep", True),
            row.get("more", False),
        )
        for row in _table()["combinations"]
    )


def is_chronic(code: str) -> bool:
    """Whether the condition, once there, is taken to be current."""
    return code.startswith(tuple(_table()["chronic"]))


def is_symptom(code: str) -> bool:
    """Whether the code names a sign or symptom rather than a diagnosis."""
    return code.startswith(tuple(_table()["symptoms"]))


def consistent(proposals: Iterable[Proposal], system: CodeSystem) -> list[Proposal]:
    """The proposals that can stand together, by the order of the guidelines' steps."""
    found = without_general(list(proposals), system)
    found = combined(found)
    found = without_integral(found)
    found = without_unassessed(found)
    return without_excluded(found, system)


def without_general(proposals: Sequence[Proposal], system: CodeSystem) -> list[Proposal]:
    """The less specific joins the more specific: "asthma" is evidence for "moderate persistent asthma"."""
    kept = {item.code: item for item in proposals}
    for general in sorted(proposals, key=lambda item: len(item.words)):
        specific = next((item for item in kept.values() if _says_more(item, general, system)), None)
        if specific and general.code in kept:
            kept[specific.code] = _joined(specific, kept.pop(general.code))
    return list(kept.values())


def _says_more(item: Proposal, general: Proposal, system: CodeSystem) -> bool:
    if item.code == general.code:
        return False
    if system.refines(item.code, general.code):
        return True
    related = item.code[:3] == general.code[:3] or system.excludes(item.code, general.code)
    return related and general.words < item.words


def _joined(proposal: Proposal, other: Proposal) -> Proposal:
    tier, order = min((proposal.tier, proposal.order), (other.tier, other.order))
    return replace(proposal, evidence=proposal.evidence + other.evidence, tier=tier, order=order)


def combined(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Combination codes in the place of their parts (guidelines I.A.15, I.B.9, I.C.9.a)."""
    kept = {item.code: item for item in proposals}
    used: set[str] = set()  # replaced by a combination; gone at the end
    for rule in combinations():
        first = kept.get(rule.first)
        met = [item for prefixes in rule.partners if (item := _first_with(prefixes, kept))]
        if first is None or len(met) < len(rule.partners) or (rule.first in used and not rule.more):
            continue
        kept[rule.target] = _combination(rule, (first, *met), kept.get(rule.target))
        used.add(rule.first)
        used.update(item.code for item in met if not rule.keep)
    return [item for code, item in kept.items() if code not in used]


def _combination(rule: Combination, parts: Sequence[Proposal], known: Proposal | None) -> Proposal:
    name = "guideline" if rule.id.startswith("I.") else "combination"
    evidence = tuple(replace(item, rule=f"{item.rule}+{name}:{rule.id}") for part in parts for item in part.evidence)
    tier, order = min((part.tier, part.order) for part in parts)
    words = frozenset[str]().union(*(part.words for part in parts))
    made = Proposal(rule.target, evidence, tier, order - 0.5, words)
    return _joined(known, made) if known else made


def _first_with(prefixes: tuple[str, ...], kept: dict[str, Proposal]) -> Proposal | None:
    return next((item for code, item in kept.items() if code.startswith(prefixes)), None)


def without_integral(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Drop what belongs to a diagnosis that is proposed, unless it was assessed and the diagnosis was not."""
    dropped = {
        item.code
        for row in _table()["integral"]
        for diagnosis in proposals
        if diagnosis.code.startswith(tuple(row["when"]))
        for item in proposals
        if item.code != diagnosis.code
        and item.code.startswith(tuple(row["drop"]))
        and (item.tier > ASSESSED or diagnosis.tier <= ASSESSED)
    }
    return [item for item in proposals if item.code not in dropped]


ASSESSED = 1  # tiers up to this one are the assessment and the plan
COMPLAINT = 2  # the chief complaint


def without_unassessed(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Drop symptoms of the history that the clinician, who names a diagnosis, did not take up (guideline IV.D)."""
    diagnosed = any(item.tier <= ASSESSED and not is_symptom(item.code) for item in proposals)
    return [item for item in proposals if not (diagnosed and item.tier > COMPLAINT and is_symptom(item.code))]


def without_excluded(proposals: Sequence[Proposal], system: CodeSystem) -> list[Proposal]:
    """Of two codes that an Excludes1 note keeps apart, the one that was assessed, or says more (guideline I.A.12)."""
    kept: list[Proposal] = []
    for item in sorted(proposals, key=_weight):
        if not any(system.excludes(item.code, other.code) for other in kept):
            kept.append(item)
    return kept


def _weight(item: Proposal) -> tuple[bool, bool, int, int, float, float]:
    return (item.tier > ASSESSED, is_symptom(item.code), -len(item.words), -len(item.code), -item.score, item.order)


def explain(rule: str) -> str:
    """The reason behind a rule id of an evidence, in a sentence or two for people.

    "lexicon:HTN", "tabular:name+side". An id that is not known is given back as it is.
    """
    reasons = _table()["reasons"]
    said = []
    for part in rule.split("+"):
        name, _, detail = part.partition(":")
        template = reasons.get(part) or reasons.get(name)
        said.append(template.format(detail=detail) if template else part)
    return " ".join(said)
