"""`scribe bench sections`: whether the section is right."""

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
from scribe.sections import catalog
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


def _group(header: str) -> SectionGroup:
    return catalog.MTS_GROUPS[header]


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
