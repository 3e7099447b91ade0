"""Rules that turn single findings into a set of codes that can stand together. Their data: `rules.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scribe.clinical.number_words import expanded
from scribe.plugins import CodeSystem
from scribe.types import CodeFlag, Evidence, Note

ASSESSED = 1  # tiers up to this one are the assessment and the plan
COMPLAINT = 2  # the chief complaint
LISTING = frozenset({CodeFlag.LISTED, CodeFlag.REPORTED})  # said of a code only where every mention is such


@dataclass(frozen=True, slots=True)
class Proposal:
    """A code and why it is proposed. `tier` is 0 for the assessment, more for sections that say less."""

    code: str
    evidence: tuple[Evidence, ...]
    tier: int
    order: float  # of the first mention in that tier, in order of the note; a combination stands just before its parts
    words: frozenset[str]
    flags: frozenset[CodeFlag] = frozenset()

    @property
    def score(self) -> float:
        """The best evidence's."""
        return max(item.score for item in self.evidence)

    def by(self, rule: str, code: str | None = None) -> Proposal:
        """The same, as `rule` has it: another code, and the rule's id on the evidence."""
        marked = tuple(replace(item, rule=f"{item.rule}+{rule}") for item in self.evidence)
        return replace(self, code=code or self.code, evidence=marked)


@dataclass(frozen=True, slots=True)
class Combination:
    """`first`, met by one of each of `partners` (prefixes), becomes `target`."""

    id: str
    first: str
    partners: tuple[tuple[str, ...], ...]
    target: str
    keep: bool  # the partners stay
    more: bool  # `first` can be combined again
    stays: bool  # `first` itself stays
    said: frozenset[str]  # one of these words must have named one of the two; empty: any


@cache
def table() -> dict[str, Any]:
    """What `rules.yaml` holds."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8")
    tree: dict[str, Any] = yaml.load(expanded(text), Loader=loader)  # noqa: S506 - a safe loader either way
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
            row.get("stays", False),
            frozenset(row.get("said", ())),
        )
        for row in table()["combinations"]
    )


@cache
def _prefixes(name: str) -> tuple[str, ...]:
    return tuple(table()[name])


@cache
def _unrelated() -> re.Pattern[str]:
    return re.compile(table()["unrelated"], re.IGNORECASE)


def is_chronic(code: str) -> bool:
    """Whether the condition, once there, is taken to be current."""
    return code.startswith(_prefixes("chronic"))


def is_given_up(code: str) -> bool:
    """Whether "history of" it says that the patient has stopped: tobacco."""
    return code.startswith(_prefixes("given_up"))


def acute_for(code: str) -> int | None:
    """The days for which the condition is coded as acute after it began; None where no such time is set."""
    return next((int(row["days"]) for row in table()["acute"] if code.startswith(tuple(row["codes"]))), None)


def is_complaint(code: str) -> bool:
    """Whether a patient may tell it, though it is no code of a symptom."""
    return code.startswith(_prefixes("complaints"))


def told(code: str) -> str:
    """The code of the symptom, where a patient calls it by the name of a diagnosis: a sore throat."""
    return str(table()["told"].get(code, code))


def is_symptom(code: str) -> bool:
    """Whether the code names a sign or symptom rather than a diagnosis."""
    return code.startswith(_prefixes("symptoms"))


def is_visit(code: str) -> bool:
    """Whether the code says what a visit is for."""
    return code.startswith(_prefixes("visits"))


def is_external_cause(code: str) -> bool:
    """Whether the code says how an injury came about (chapter 20)."""
    return code[0] in "VWXY"


def consistent(proposals: Iterable[Proposal], note: Note, system: CodeSystem, *, inpatient: bool) -> list[Proposal]:
    """The proposals that can stand together, by the order of the guidelines' steps."""
    found = without_general(list(proposals), system)
    found = combined(found, note)
    found = completed(found)
    found = without_integral(found)
    if not inpatient:
        found = without_unassessed(found)
    return without_excluded(found, system)


def same(known: Proposal, other: Proposal) -> Proposal:
    """Two proposals of one code as one, with the evidence of both, best first."""
    tier, order = min((known.tier, known.order), (other.tier, other.order))
    evidence = tuple(sorted((*known.evidence, *other.evidence), key=lambda item: -item.score))
    best = known if known.score >= other.score else other
    flags = (best.flags - LISTING) | (known.flags & other.flags & LISTING) | ((known.flags | other.flags) & _KEPT)
    return replace(known, evidence=evidence, tier=tier, order=order, words=known.words | other.words, flags=flags)


_KEPT = frozenset({CodeFlag.TYPED, CodeFlag.UNSUPPORTED, CodeFlag.SIDE_CONFLICT})


def without_general(proposals: Sequence[Proposal], system: CodeSystem) -> list[Proposal]:
    """The less specific joins the more specific: "asthma" is evidence for "moderate persistent asthma"."""
    kept = {item.code: item for item in proposals}
    for general in sorted(proposals, key=lambda item: len(item.words)):
        specific = next((item for item in kept.values() if _says_more(item, general, system)), None)
        if specific and general.code in kept:
            kept[specific.code] = _joined(specific, kept.pop(general.code))
    return list(kept.values())


def _says_more(item: Proposal, general: Proposal, system: CodeSystem) -> bool:
    if item.code == general.code or CodeFlag.SIDE_CONFLICT in general.flags:
        return False
    if system.refines(item.code, general.code):
        return True
    related = item.code[:3] == general.code[:3] or system.excludes(item.code, general.code)
    return related and bool(general.words) and general.words < item.words


def _joined(proposal: Proposal, other: Proposal) -> Proposal:
    tier, order = min((proposal.tier, proposal.order), (other.tier, other.order))
    flags = proposal.flags if LISTING & other.flags else proposal.flags - LISTING
    return replace(proposal, evidence=proposal.evidence + other.evidence, tier=tier, order=order, flags=flags)


def combined(proposals: Sequence[Proposal], note: Note) -> list[Proposal]:
    """Combination codes in the place of their parts (guidelines I.A.15, I.B.9, I.C.9.a)."""
    kept = {item.code: item for item in proposals}
    used: set[str] = set()  # replaced by a combination; gone at the end
    for rule in combinations():
        first = kept.get(rule.first) or (_of_category(rule.first, kept) if rule.more else None)
        free = {code: item for code, item in kept.items() if code not in used}
        met = [item for prefixes in rule.partners if (item := _first_with(prefixes, free))]
        if first is None or (rule.said and not any(rule.said & item.words for item in (first, *met))):
            continue
        if len(met) < len(rule.partners) or (rule.first in used and not rule.more):
            continue
        if _said_unrelated((first, *met), note):
            continue
        kept[rule.target] = _combination(rule, (first, *met), kept.get(rule.target))
        used.update(() if rule.stays else {rule.first})
        used.update(item.code for item in met if not rule.keep)
        used.discard(rule.target)
    return [item for code, item in kept.items() if code not in used]


def _of_category(code: str, kept: dict[str, Proposal]) -> Proposal | None:
    """Another code of the same category: one complication of a diabetes does not hide the next."""
    return next((item for other, item in kept.items() if other.startswith(code[:3])), None)


def _said_unrelated(parts: Sequence[Proposal], note: Note) -> bool:
    """Whether the note says that the conditions have nothing to do with each other (I.A.15)."""
    texts = {note.statement(item.statement_id).text for part in parts for item in part.evidence}
    return any(_unrelated().search(text) for text in texts)


def _combination(rule: Combination, parts: Sequence[Proposal], known: Proposal | None) -> Proposal:
    name = "guideline" if rule.id.startswith("I.") else "combination"
    evidence = tuple(item for part in parts for item in part.by(f"{name}:{rule.id}").evidence)
    tier, order = min((part.tier, part.order) for part in parts)
    words = frozenset[str]().union(*(part.words for part in parts))
    made = Proposal(rule.target, evidence, tier, order - 0.5, words)
    return _joined(known, made) if known else made


def _first_with(prefixes: tuple[str, ...], kept: dict[str, Proposal]) -> Proposal | None:
    return next((item for code, item in kept.items() if code.startswith(prefixes)), None)


def completed(proposals: Sequence[Proposal]) -> list[Proposal]:
    """With the second code of a pair that one term names ("diabetic gastroparesis"; I.A.13, I.A.17)."""
    found = list(proposals)
    for row in table()["companions"]:
        for item in proposals:
            said = not row.get("said") or set(row["said"]) <= item.words
            there = any(other.code.startswith(tuple(row["unless"])) for other in found)
            if item.code.startswith(tuple(row["when"])) and said and not there:
                companion = item.by("companion", row["adds"])
                found.append(replace(companion, order=item.order + 0.25, words=frozenset(), flags=item.flags))
    return found


def without_integral(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Drop what belongs to a diagnosis that is proposed, unless it was assessed and the diagnosis was not."""
    dropped = {
        item.code
        for row in table()["integral"]
        for diagnosis in proposals
        if diagnosis.code.startswith(tuple(row["when"]))
        for item in proposals
        if item.code != diagnosis.code
        and item.code.startswith(tuple(row["drop"]))
        and not item.words & set(row.get("unless", ()))
        and (item.tier > ASSESSED or diagnosis.tier <= ASSESSED)
    }
    return [item for item in proposals if item.code not in dropped]


def belongs_to(symptom: str, diagnosis: str) -> bool:
    """Whether `symptom` is part of `diagnosis` by the table of what is integral."""
    return any(
        diagnosis.startswith(tuple(row["when"])) and symptom.startswith(tuple(row["drop"]))
        for row in table()["integral"]
    )


def without_unassessed(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Drop symptoms of the history that the clinician, who names a diagnosis, did not take up (guideline IV.D).

    A symptom of the plan alone is mostly one to watch for, or an effect of a treatment: the assessment goes before it.
    """
    diagnosed = any(item.tier <= ASSESSED and not is_symptom(item.code) for item in proposals)
    assessed = any(item.tier == 0 for item in proposals)
    return [
        item
        for item in proposals
        if not is_symptom(item.code)
        or (not (diagnosed and item.tier > COMPLAINT) and not (assessed and item.tier == ASSESSED))
    ]


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
    known = table()["rules"]
    said = []
    for part in rule.split("+"):
        name, _, detail = part.partition(":")
        entry = known.get(part) or known.get(name)
        said.append(entry["says"].format(detail=detail) if entry else part)
    return " ".join(dict.fromkeys(said))
