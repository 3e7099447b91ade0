"""Benches on texts: whether the section is right (`sections`), and whether the codes are (`codes`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scribe import pipeline
from scribe.bench import data, references, scores
from scribe.bench.report import Report
from scribe.bench.scores import LabelScores
from scribe.config import Config
from scribe.errors import EngineError, InputError
from scribe.plugins import OnProgress, no_progress
from scribe.sections import catalog, plain_text
from scribe.types import SectionGroup


def sections(path: Path, config: Config, *, limit: int | None = None, on_progress: OnProgress = no_progress) -> Report:
    """Accuracy and F1 of the section classifier over the 20 headers of MTS-Dialog, and over the four groups.

    Always answering "history" is right for most items, so the group scores to look at are macro-F1 and recall.
    Raises InputError where the data is not such a CSV, or names a header that MTS-Dialog does not have.
    """
    items = data.section_items(path, limit=limit)
    if unknown := sorted({item.header for item in items} - catalog.MTS_GROUPS.keys()):
        raise InputError(f"{path} names the section header {unknown[0]!r}: expected the 20 headers of MTS-Dialog")
    classifier = pipeline.engine("sections", config.sections.classifier, config)
    if not hasattr(classifier, "classify_headers"):
        raise EngineError(f"the classifier {config.sections.classifier!r} cannot name MTS-Dialog headers: use linear")
    predictions: list[dict[str, Any]] = []
    for at, item in enumerate(items):
        on_progress("texts", at, len(items))
        turns = [(turn.role, turn.text) for turn in references.from_text(item.dialogue)]
        ((header, score),) = classifier.classify_headers([turns])
        predictions.append({"id": item.id, "reference": item.header, "prediction": header, "score": score})
    on_progress("texts", len(items), len(items))
    pairs = [(item["reference"], item["prediction"]) for item in predictions]
    groups = [(_group(reference), _group(prediction)) for reference, prediction in pairs]
    by_header, by_group = scores.class_scores(pairs), scores.class_scores(groups)
    metrics = {
        "items": len(items),
        "accuracy": by_header.micro.f1,
        "macro_f1": by_header.macro_f1,
        "group_accuracy": by_group.micro.f1,
        "group_macro_f1": by_group.macro_f1,
        "per_group": _by_label(by_group),
        "per_class": _by_label(by_header),
    }
    return Report(metrics, tuple(predictions))


def codes(path: Path, config: Config, *, limit: int | None = None, on_progress: OnProgress = no_progress) -> Report:
    """Precision, recall and F1 of the codes proposed for texts, as full codes and as three-character categories.

    Codes are compared without their dots. Raises InputError where the data is not what is expected.
    """
    items = data.code_items(path, limit=limit)
    predictions: list[dict[str, Any]] = []
    for at, item in enumerate(items):
        on_progress("texts", at, len(items))
        predictions.append({"id": item.id, "reference": sorted(item.codes), "prediction": _proposed(item.text, config)})
    on_progress("texts", len(items), len(items))
    pairs = [(frozenset(item["reference"]), frozenset(item["prediction"])) for item in predictions]
    full = scores.label_scores(pairs)
    category = scores.label_scores((_categories(reference), _categories(prediction)) for reference, prediction in pairs)
    metrics = {
        "items": len(items),
        "reference_codes": sum(len(reference) for reference, _ in pairs),
        "proposed_codes": sum(len(prediction) for _, prediction in pairs),
        **_micro(full, ""),
        **_micro(category, "category_"),
    }
    return Report(metrics, tuple(predictions))


def _proposed(text: str, config: Config) -> list[str]:
    """Codes for a text, in the order in which they are proposed, taken as a note that is written already."""
    if not text.strip():
        return []
    note = pipeline.code(pipeline.write(plain_text.read(text), config), config)
    return [data.normal_code(suggestion.coding.code) for suggestion in note.suggestions]


def _categories(codes: frozenset[str]) -> frozenset[str]:
    return frozenset(map(scores.category, codes))


def _group(header: str) -> SectionGroup:
    return catalog.MTS_GROUPS[header]


def _micro(result: LabelScores, prefix: str) -> dict[str, Any]:
    micro = result.micro
    return {
        f"{prefix}precision": micro.precision,
        f"{prefix}recall": micro.recall,
        f"{prefix}micro_f1": micro.f1,
        f"{prefix}macro_f1": result.macro_f1,
    }


def _by_label(result: LabelScores) -> dict[str, dict[str, Any]]:
    return {
        label: {
            "items": counts.true_positives + counts.false_negatives,
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
        }
        for label, counts in result.by_label.items()
    }
