"""`scribe bench sections`: whether the section is right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

from scribe import pipeline
from scribe.bench import data, divisions, encounters, references, scores
from scribe.bench.report import Report
from scribe.bench.scores import LabelScores
from scribe.config import Config
from scribe.errors import EngineError, InputError
from scribe.plugins import OnProgress, no_progress
from scribe.sections import catalog
from scribe.types import SectionGroup, SectionKind


def sections(path: Path, config: Config, *, limit: int | None = None, on_progress: OnProgress = no_progress) -> Report:
    """Accuracy and F1 of the section classifier over the 20 headers of MTS-Dialog, and over the four groups.

    Always answering "history" is right for most items, so the group scores to look at are macro-F1 and recall. A CSV
    of whole visits (ACI-Bench) is measured by the divisions of its notes instead: see `visits`.
    Raises InputError where the data is not such a CSV, or names a header that MTS-Dialog does not have.
    """
    if encounters.holds_visits(path):
        return visits(path, config, limit=limit, on_progress=on_progress)
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


def visits(path: Path, config: Config, *, limit: int | None = None, on_progress: OnProgress = no_progress) -> Report:
    """F1 of the section classifier over the four divisions of a note, on visits aligned to their notes.

    `scribe.bench.divisions` finds which division of the reference note a sentence went to; those that went to none are
    not counted. A turn counts once for each division that sentences of it went to; its prediction is the division that
    most words of these sentences got. For `whole_turn_macro_f1` it counts once: the division of most of its aligned
    words against that of most of all its words. What the classifier takes for small talk is "none", and missed.
    Raises InputError where the data is not a CSV in the layout of ACI-Bench.
    """
    read = encounters.read(path, limit=limit)
    classifier = pipeline.engine("sections", config.sections.classifier, config)
    turns: list[tuple[str, str]] = []
    sentences: list[tuple[str, str]] = []
    whole: list[tuple[str, str]] = []
    predictions: list[dict[str, Any]] = []
    for at, visit in enumerate(read):
        on_progress("visits", at, len(read))
        spoken = divisions.sentences(visit)
        said = [(turn.role, text) for turn, texts in zip(visit.turns, spoken, strict=True) for text in texts]
        found = iter([_division(kind) for kind, _ in classifier.classify(said)])
        for number, (texts, aligned) in enumerate(zip(spoken, divisions.align(spoken, visit.divisions), strict=True)):
            lengths = [len(text.split()) for text in texts]
            guesses = list(islice(found, len(texts)))
            known = [
                (reference.value, guess, length)
                for reference, guess, length in zip(aligned, guesses, lengths, strict=True)
                if reference is not None
            ]
            if known:
                told = [item for item in zip(guesses, lengths, strict=True) if item[0] != "none"]
                whole.append((_most([(reference, length) for reference, _, length in known]), _most(told)))
            sentences += [(reference, guess) for reference, guess, _ in known]
            of_turn = _of_turn(known)
            turns += of_turn
            predictions += [{"id": f"{visit.id}/{number}", "reference": a, "prediction": b} for a, b in of_turn]
    on_progress("visits", len(read), len(read))
    by_turn, by_sentence = scores.class_scores(turns), scores.class_scores(sentences)
    metrics = {
        "visits": len(read),
        "turns": len(turns),
        "sentences": len(sentences),
        "turn_accuracy": by_turn.micro.f1,
        "turn_macro_f1": _mean_f1(by_turn),
        "whole_turn_macro_f1": _mean_f1(scores.class_scores(whole)),
        "sentence_accuracy": by_sentence.micro.f1,
        "sentence_macro_f1": _mean_f1(by_sentence),
        "per_division": _by_label(by_turn),
    }
    return Report(metrics, tuple(predictions))


def _most(parts: Sequence[tuple[str, int]]) -> str:
    """Of (division, words), the division with most words."""
    total = Counter[str]()
    for division, words in parts:
        total[division] += words
    return total.most_common(1)[0][0] if total else "none"


def _of_turn(known: Sequence[tuple[str, str, int]]) -> list[tuple[str, str]]:
    """(reference, prediction) for each division of a turn, of its sentences as (reference, prediction, words)."""
    found: dict[str, Counter[str]] = {}
    for reference, guess, words in known:
        found.setdefault(reference, Counter())[guess] += words
    return [(reference, words.most_common(1)[0][0]) for reference, words in found.items()]


def _division(kind: SectionKind) -> str:
    return "none" if kind is SectionKind.OTHER else encounters.division_of(kind).value


def _mean_f1(result: LabelScores) -> float | None:
    """The mean F1 of the four divisions (of those that occur): "none" is not one of them."""
    found = [counts.f1 or 0.0 for label, counts in result.by_label.items() if label != "none"]
    return fmean(found) if found else None


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
