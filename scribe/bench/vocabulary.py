"""Bench on recordings rich in medical terms: what the vocabulary gains, and what it costs (`words`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scribe import audio
from scribe.asr import vocabulary
from scribe.bench import data, formats, scores, systems, terms, trust, words
from scribe.bench.data import Recording
from scribe.bench.report import Report
from scribe.bench.scores import LabelCounts, WordErrors
from scribe.bench.systems import BOTH, PLAIN, RAW, USES, Timed
from scribe.bench.terms import Names
from scribe.config import Config
from scribe.plugins import OnProgress, no_progress
from scribe.types import Repair, Transcript


@dataclass(frozen=True, slots=True)
class Extras:
    """What is measured besides the recordings."""

    nonspeech: bool = False  # words read into recordings without speech
    silences: int = 0  # this many recordings are heard again, with silences spliced in, and five times over
    formatting: Path | None = None  # a table of spoken and written forms


@dataclass(frozen=True, slots=True)
class _Score(scores.Counts):
    """What one system made of one recording or several."""

    words: WordErrors = field(default_factory=WordErrors)
    terms: LabelCounts = field(default_factory=LabelCounts)
    drugs: LabelCounts = field(default_factory=LabelCounts)
    seconds: float = 0.0  # after the first decoding
    repairs: int = 0
    false_repairs: int = 0


@dataclass(frozen=True, slots=True)
class _Result:
    """One recording, by system."""

    recording: Recording
    duration: float  # seconds
    scores: Mapping[str, _Score]
    prediction: Mapping[str, Any]

    @property
    def drugs(self) -> int:
        """Names of drugs in the reference."""
        counts = self.scores[PLAIN].drugs
        return counts.true_positives + counts.false_negatives


def bench(
    path: Path,
    config: Config,
    *,
    limit: int | None = None,
    with_baseline: bool = False,
    drugs: Path | None = None,
    extras: Extras = Extras(),
    on_progress: OnProgress = no_progress,
) -> Report:
    """Drugs, medical terms and repairs on the recordings in `path`: without the vocabulary, with each use, with both.

    `drugs` is a list of names to look for (one a line) instead of those of the vocabulary. With `with_baseline` the
    same weights also run as plain faster-whisper does, and errors are compared with that; else with our own first
    decoding.
    Raises InputError where the data is not what is expected, AudioError where a recording cannot be read.
    """
    recordings = data.recordings(path, limit=limit)
    table = formats.read(extras.formatting) if extras.formatting else ()
    among = terms.read_names(drugs) if drugs else terms.drug_names(vocabulary.load(config))
    recogniser = systems.systems(config)
    results = []
    for at, recording in enumerate(recordings):
        on_progress("recordings", at, len(recordings))
        results.append(_measured(recording, recogniser, among, with_baseline=with_baseline))
    on_progress("recordings", len(recordings), len(recordings))
    metrics = _metrics(results, "raw" if with_baseline else PLAIN)
    if extras.silences:
        metrics["silences"] = trust.silences(recordings[: extras.silences], recogniser, on_progress)
    if extras.nonspeech:
        metrics["nonspeech"] = trust.invented(recogniser, on_progress, with_baseline=with_baseline)
    if extras.formatting:
        metrics["formatting"] = formats.exact(table, config)
    return Report(metrics, tuple(result.prediction for result in results))


def false_repairs(reference: Sequence[str], transcript: Transcript) -> tuple[Repair, ...]:
    """The repairs that should not have been made: taken back, the text has fewer errors, or nobody said the new words.

    `reference` is in normalised words (`terms.comparable`).
    """
    errors = _edits(reference, transcript)
    return tuple(
        repair
        for repair in transcript.repairs
        if errors > _edits(reference, transcript.undo(repair)) or not _occurs(_new_words(transcript, repair), reference)
    )


def _measured(recording: Recording, recogniser: systems.Systems, among: Names, *, with_baseline: bool) -> _Result:
    sound = audio.load(recording.audio, recogniser.config.audio)
    made = recogniser.transcripts(sound)
    raw = systems.raw(recording.audio, recogniser.config) if with_baseline else {}
    texts = raw | {use: timed.transcript.text for use, timed in made.items()}
    found = {row: _score(recording.text, text, among) for row, text in texts.items()}
    repairs: list[dict[str, Any]] = []
    for use, timed in made.items():
        wrong = false_repairs(terms.comparable(recording.text), timed.transcript)
        found[use] = replace(
            found[use],
            seconds=max(timed.seconds - made[PLAIN].seconds, 0.0),
            repairs=len(timed.transcript.repairs),
            false_repairs=len(wrong),
        )
        repairs += _listed(use, timed, wrong)
    prediction = {"id": recording.id, "reference": recording.text, "predictions": texts, "repairs": repairs}
    return _Result(recording, sound.duration, found, prediction)


def _score(reference: str, hypothesis: str, among: Names) -> _Score:
    said, heard = terms.comparable(reference), terms.comparable(hypothesis)
    return _Score(
        words=scores.word_errors(said, heard),
        terms=terms.compared(words.medical_terms(reference), words.medical_terms(hypothesis)),
        drugs=terms.compared(terms.mentions(said, among), terms.mentions(heard, among)),
    )


def _listed(use: str, timed: Timed, wrong: Sequence[Repair]) -> list[dict[str, Any]]:
    """Every repair, to be read by a person."""
    transcript = timed.transcript
    return [
        {
            "system": use,
            "seconds": repair.original[0].start if repair.original else transcript.words[repair.first].start,
            "original": "".join(word.text for word in repair.original),
            "written": _written(transcript, repair),
            "rule": repair.rule,
            "score": repair.score,
            "false": repair in wrong,
        }
        for repair in transcript.repairs
    ]


def _written(transcript: Transcript, repair: Repair) -> str:
    return "".join(word.text for word in transcript.words[repair.first : repair.first + repair.count])


def _new_words(transcript: Transcript, repair: Repair) -> list[str]:
    return terms.comparable(_written(transcript, repair))


def _occurs(phrase: Sequence[str], text: Sequence[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(text)} "


def _edits(reference: Sequence[str], transcript: Transcript) -> int:
    return scores.word_errors(reference, terms.comparable(transcript.text)).edits


# --- metrics ---------------------------------------------------------------------------------------------------------


def _metrics(results: Sequence[_Result], reference: str) -> dict[str, Any]:
    rows = [row for row in (*RAW, *USES) if row in results[0].scores]
    totals = {row: _together(results, row) for row in rows}
    before = totals[reference]
    seconds = sum(result.duration for result in results)
    without = [result for result in results if not result.drugs]
    return {
        "recordings": len(results),
        "recordings_without_drugs": len(without),
        "recordings_with_more_errors": sum(_is_worse(result, reference) for result in results),
        "seconds": seconds,
        "reference_words": before.words.reference_words,
        "reference_terms": before.terms.true_positives + before.terms.false_negatives,
        "reference_drugs": sum(result.drugs for result in results),
        "compared_with": reference,
        "drugs": {row: _kept(score.drugs, before.drugs) for row, score in totals.items()},
        "medical_terms": {row: _kept(score.terms, before.terms) for row, score in totals.items()},
        "all_words": {row: _rates(score, before, seconds if row in USES else 0.0) for row, score in totals.items()},
        "repairs": {use: _repairs(totals[use], _together(without, use)) for use in USES if use != PLAIN},
        "files": {result.recording.id: _file(result, rows) for result in results},
    }


def _is_worse(result: _Result, reference: str) -> bool:
    return result.scores[BOTH].words.edits > result.scores[reference].words.edits


def _together(results: Sequence[_Result], row: str) -> _Score:
    return sum((result.scores[row] for result in results), start=_Score())


def _kept(counts: LabelCounts, reference: LabelCounts) -> dict[str, Any]:
    return {
        "kept": counts.true_positives,
        "lost": counts.false_negatives,
        "invented": counts.false_positives,
        "recall": counts.recall,
        "precision": counts.precision,
        "error": _error(counts),
        "error_cut": _cut(_error(counts), _error(reference)),
    }


def _rates(score: _Score, reference: _Score, seconds: float) -> dict[str, Any]:
    return {
        "wer": score.words.rate,
        "wer_cut": _cut(score.words.rate, reference.words.rate),
        **{kind: getattr(score.words, kind) for kind in ("substitutions", "deletions", "insertions")},
        "rtf_added": score.seconds / seconds if seconds else None,
    }


def _error(counts: LabelCounts) -> float | None:
    return None if counts.recall is None else 1 - counts.recall


def _cut(error: float | None, before: float | None) -> float | None:
    """By what share errors became fewer; None where there were none."""
    return 1 - error / before if before and error is not None else None


def _repairs(score: _Score, without_drugs: _Score) -> dict[str, Any]:
    return {
        "repairs": score.repairs,
        "false_repairs": score.false_repairs,
        "false_per_1000_words": _per_1000(score),
        "false_repairs_without_drugs": without_drugs.false_repairs,
        "false_per_1000_words_without_drugs": _per_1000(without_drugs),
    }


def _per_1000(score: _Score) -> float | None:
    spoken = score.words.reference_words
    return 1000 * score.false_repairs / spoken if spoken else None


def _file(result: _Result, rows: Sequence[str]) -> dict[str, Any]:
    shown = [row for row in ("raw", PLAIN, BOTH) if row in rows]
    return {
        "words": result.scores[PLAIN].words.reference_words,
        **{f"{row}_wer": result.scores[row].words.rate for row in shown},
        "drugs": result.drugs,
        **{f"{row}_drugs": result.scores[row].drugs.true_positives for row in shown},
        "repairs": result.scores[BOTH].repairs,
        "false_repairs": result.scores[BOTH].false_repairs,
    }
