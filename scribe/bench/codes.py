"""`scribe bench codes`: how good the proposed codes are.

Beside precision and recall: whether the evidence is where experts saw it, and whether a probability means what it says.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from scribe import pipeline
from scribe.bench import data, scores
from scribe.bench.data import CodeItem
from scribe.bench.report import Report
from scribe.bench.scores import LabelScores
from scribe.config import Config
from scribe.plugins import OnProgress, no_progress
from scribe.sections import plain_text
from scribe.types import Note

CONDITIONS = "icd10cm"  # the system of the reference codes; services are not counted

TOP = (1, 3, 5, 10)  # how many of the first proposals are looked at
BINS = 10  # of equal width, in the reliability table


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposed code: its probability, and the characters of the text that it rests on."""

    code: str
    probability: float
    billable: bool
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One text, what experts gave it and what was proposed, best first; `seconds` of the processor for the coding."""

    item: CodeItem = field(repr=False)
    proposed: tuple[Proposed, ...]
    seconds: float

    @property
    def codes(self) -> frozenset[str]:
        """The proposed codes."""
        return frozenset(one.code for one in self.proposed)


def codes(
    path: Path,
    config: Config,
    *,
    setting: str | None = None,
    limit: int | None = None,
    on_progress: OnProgress = no_progress,
) -> Report:
    """Precision, recall and F1 of the codes proposed for texts, as full codes and as three-character categories.

    `setting` None: that of the data (a case of CodiEsp is of a hospital stay), or else of `config`. Codes are compared
    without their dots. Raises InputError where the data is not what is expected.
    """
    items = data.code_items(path, limit=limit)
    cases: list[Case] = []
    for at, item in enumerate(items):
        on_progress("texts", at, len(items))
        cases.append(_coded(item, _with_setting(config, setting or item.setting)))
    on_progress("texts", len(items), len(items))
    return Report(_metrics(cases), tuple(_prediction(case) for case in cases))


def _with_setting(config: Config, setting: str | None) -> Config:
    if setting is None:
        return config
    return config.model_copy(update={"coding": config.coding.model_copy(update={"setting": setting})})


def _coded(item: CodeItem, config: Config) -> Case:
    """Code a text, taken as a note that is written already."""
    if not item.text.strip():
        return Case(item, (), 0.0)
    note = pipeline.draft(plain_text.read(item.text), config).note
    systems = pipeline.code_systems(note, config)
    began = time.process_time()
    coded = pipeline.code(note, config)
    seconds = time.process_time() - began
    made = tuple(
        Proposed(
            data.normal_code(one.coding.code),
            one.probability,
            any(system.is_billable(one.coding.code) for system in systems if system.name == one.coding.system),
            tuple(_places(coded, item.text, one.evidence)),
        )
        for one in coded.suggestions
        if one.coding.system == CONDITIONS
    )
    return Case(item, made, seconds)


def _places(note: Note, text: str, evidence: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """Where in `text` the evidence stands; nothing for a statement that is not in it word for word."""
    for one in evidence:
        start = text.find(note.statement(one.statement_id).text)
        if start >= 0:
            yield start + one.span.start, start + one.span.end


def _metrics(cases: Sequence[Case]) -> dict[str, Any]:
    full = scores.label_scores((case.item.codes, case.codes) for case in cases)
    category = scores.label_scores((_categories(case.item.codes), _categories(case.codes)) for case in cases)
    trust = [(one.probability, one.code in case.item.codes) for case in cases for one in case.proposed]
    return {
        "items": len(cases),
        "reference_codes": sum(len(case.item.codes) for case in cases),
        "proposed_codes": sum(len(case.codes) for case in cases),
        "proposed_not_billable": sum(not one.billable for case in cases for one in case.proposed),
        **_micro(full, ""),
        **_micro(category, "category_"),
        "evidence_overlap": _overlap(cases),
        "calibration_error": scores.calibration_error(trust, BINS),
        "brier": fmean((said - right) ** 2 for said, right in trust) if trust else None,
        "cpu_seconds": fmean(case.seconds for case in cases) if cases else None,
        "cpu_seconds_highest": max((case.seconds for case in cases), default=None),
        "top": {f"first {count}": _top(cases, count) for count in TOP},
        "reliability": _reliability(trust),
        "per_chapter": _per_chapter(cases),
    }


def _categories(found: frozenset[str]) -> frozenset[str]:
    return frozenset(map(scores.category, found))


def _micro(result: LabelScores, prefix: str) -> dict[str, Any]:
    micro = result.micro
    return {
        f"{prefix}precision": micro.precision,
        f"{prefix}recall": micro.recall,
        f"{prefix}micro_f1": micro.f1,
        f"{prefix}macro_f1": result.macro_f1,
    }


def _top(cases: Sequence[Case], count: int) -> dict[str, Any]:
    """Of the first `count` proposals of each text."""
    firsts = [(case.item.codes, frozenset(one.code for one in case.proposed[:count])) for case in cases]
    result = scores.label_scores(firsts).micro
    hits = [bool(reference & first) for reference, first in firsts if reference]
    return {"precision": result.precision, "recall": result.recall, "one_right": fmean(hits) if hits else None}


def _overlap(cases: Sequence[Case]) -> float | None:
    """Of the right codes for which experts marked words, the share whose evidence shares a character with them."""
    found = [
        any(start < last and first < end for start, end in one.spans for first, last in marked)
        for case in cases
        for one in case.proposed
        if one.code in case.item.codes and (marked := case.item.evidence.get(one.code))
    ]
    return fmean(found) if found else None


def _reliability(trust: Sequence[tuple[float, bool]]) -> dict[str, dict[str, Any]]:
    """Proposals by their probability: how many, the mean of it, and the share that is right."""
    return {
        f"{place / BINS:.1f}-{(place + 1) / BINS:.1f}": {
            "proposals": len(held),
            "probability": fmean(said for said, _ in held),
            "right": fmean(right for _, right in held),
        }
        for place, held in sorted(scores.by_bin(trust, BINS).items())
    }


def _per_chapter(cases: Sequence[Case]) -> dict[str, dict[str, Any]]:
    """The scores of the codes that begin with each letter, which follow the chapters closely."""
    letters = Counter(code[0] for case in cases for code in (*case.item.codes, *case.codes))
    found: dict[str, dict[str, Any]] = {}
    for letter in sorted(letters):
        pairs = ((_of(case.item.codes, letter), _of(case.codes, letter)) for case in cases)
        micro = scores.label_scores(pairs).micro
        found[letter] = {
            "reference": micro.true_positives + micro.false_negatives,
            "precision": micro.precision,
            "recall": micro.recall,
            "f1": micro.f1,
        }
    return found


def _of(found: frozenset[str], letter: str) -> frozenset[str]:
    return frozenset(code for code in found if code[0] == letter)


def _prediction(case: Case) -> Mapping[str, Any]:
    return {
        "id": case.item.id,
        "reference": sorted(case.item.codes),
        "prediction": [one.code for one in case.proposed],
        "probability": [one.probability for one in case.proposed],
    }
