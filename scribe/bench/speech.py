"""Benches on recordings: whether the words are right (`asr`), and who said them (`speakers`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from scribe import audio, pipeline
from scribe.bench import baseline, data, scores, words
from scribe.bench.data import Recording
from scribe.bench.report import Report
from scribe.bench.scores import RoleWords, SpeakerCounts, WordErrors
from scribe.config import Config
from scribe.errors import InputError
from scribe.plugins import OnProgress, no_progress
from scribe.types import Role, Transcript


@dataclass(frozen=True, slots=True)
class _Heard:
    """The errors of one hypothesis, in all words and in medical terms."""

    words: WordErrors
    terms: WordErrors


def asr(
    path: Path,
    config: Config,
    *,
    limit: int | None = None,
    with_baseline: bool = False,
    on_progress: OnProgress = no_progress,
) -> Report:
    """Word error rate and medical-term error of the recogniser on the recordings in `path`.

    With `with_baseline` the same weights also run as plain faster-whisper does, without our guards, on the same files.
    Raises InputError where the data is not what is expected, AudioError where a recording cannot be read.
    """
    recordings = data.recordings(path, limit=limit)
    systems: dict[str, Callable[[Path], str]] = {"": lambda file: _recognised(file, config).text}
    if with_baseline:
        systems["baseline"] = lambda file: baseline.transcribe(file, config)
    heard: dict[str, list[_Heard]] = {name: [] for name in systems}
    predictions = []
    for at, recording in enumerate(recordings):
        on_progress("recordings", at, len(recordings))
        texts = {name: transcribe(recording.audio) for name, transcribe in systems.items()}
        for name, text in texts.items():
            heard[name].append(_errors(recording.text, text))
        predictions.append(
            {"id": recording.id, "reference": recording.text}
            | {_prefixed(name, "prediction"): text for name, text in texts.items()}
        )
    on_progress("recordings", len(recordings), len(recordings))
    return Report(_asr_metrics(recordings, heard), tuple(predictions))


def speakers(path: Path, config: Config, *, limit: int | None = None, on_progress: OnProgress = no_progress) -> Report:
    """Word-level speaker accuracy of recogniser and diarization together on the recordings in `path`.

    Raises InputError where the data is not what is expected, or the references do not say who speaks.
    """
    recordings = data.recordings(path, limit=limit)
    for recording in recordings:
        if not any(turn.role for turn in recording.turns):
            raise InputError(
                f"the transcript of {recording.id} does not say who speaks: expected lines `D: ...`, `P: ...`"
            )
    counts: dict[str, SpeakerCounts] = {}
    errors = WordErrors()
    predictions = []
    for at, recording in enumerate(recordings):
        on_progress("recordings", at, len(recordings))
        transcript = pipeline.transcribe(audio.load(recording.audio, config.audio), config)
        reference = role_words([(turn.role, turn.text) for turn in recording.turns])
        hypothesis = role_words(_said(transcript))
        counts[recording.id] = scores.speaker_counts(reference, hypothesis)
        errors += scores.word_errors(words.normalise(recording.text), words.normalise(transcript.text))
        predictions.append(
            {
                "id": recording.id,
                "reference": [[turn.role, turn.text] for turn in recording.turns],
                "prediction": [[role, text] for role, text in _said(transcript)],
            }
        )
    on_progress("recordings", len(recordings), len(recordings))
    return Report(_speaker_metrics(counts, errors), tuple(predictions))


def role_words(said: Sequence[tuple[Role | None, str]]) -> RoleWords:
    """Normalised words with their roles. Each turn is normalised alone, so no number spans two speakers."""
    return [(word, role) for role, text in said for word in words.normalise(text)]


def _said(transcript: Transcript) -> list[tuple[Role | None, str]]:
    """The transcript as (role, text), one for each run of words of one role."""
    roles = {speaker: transcript.role_of(speaker) for speaker in {word.speaker for word in transcript.words}}
    runs = groupby(transcript.words, key=lambda word: roles[word.speaker])
    return [(role, "".join(word.text for word in run).strip()) for role, run in runs]


def _recognised(file: Path, config: Config) -> Transcript:
    from scribe.asr import transcribe

    engine = pipeline.engine("asr", config.asr.engine, config)
    return transcribe.transcribe(audio.load(file, config.audio), engine, config)


def _errors(reference: str, hypothesis: str) -> _Heard:
    return _Heard(
        words=scores.word_errors(words.normalise(reference), words.normalise(hypothesis)),
        terms=scores.word_errors(words.medical_terms(reference), words.medical_terms(hypothesis)),
    )


def _together(heard: Sequence[_Heard]) -> _Heard:
    return _Heard(
        words=sum((result.words for result in heard), start=WordErrors()),
        terms=sum((result.terms for result in heard), start=WordErrors()),
    )


def _prefixed(system: str, name: str) -> str:
    return f"{system}_{name}" if system else name


def _asr_metrics(recordings: Sequence[Recording], heard: Mapping[str, list[_Heard]]) -> dict[str, Any]:
    total = {system: _together(results) for system, results in heard.items()}
    metrics: dict[str, Any] = {"recordings": len(recordings), **_reference_size(total[""])}
    files = {recording.id: _reference_size(result) for recording, result in zip(recordings, heard[""], strict=True)}
    for system, results in heard.items():
        metrics |= _rates(total[system], system) | _edits(total[system].words, system)
        for recording, result in zip(recordings, results, strict=True):
            files[recording.id] |= _rates(result, system)
    if "baseline" in heard and metrics["wer"] is not None:
        metrics["wer_difference"] = metrics["wer"] - metrics["baseline_wer"]
    return metrics | {"files": files}


def _reference_size(heard: _Heard) -> dict[str, Any]:
    return {"reference_words": heard.words.reference_words, "reference_terms": heard.terms.reference_words}


def _rates(heard: _Heard, system: str) -> dict[str, Any]:
    return {
        _prefixed(system, "wer"): heard.words.rate,
        _prefixed(system, "medical_term_error"): heard.terms.rate,
    }


def _edits(errors: WordErrors, system: str) -> dict[str, Any]:
    return {_prefixed(system, name): getattr(errors, name) for name in ("substitutions", "deletions", "insertions")}


def _speaker_metrics(counts: Mapping[str, SpeakerCounts], errors: WordErrors) -> dict[str, Any]:
    total = sum(counts.values(), start=SpeakerCounts())
    return {
        "recordings": len(counts),
        **_attribution(total),
        "role_order_right": sum(item.order_right for item in counts.values()) / len(counts),
        "wer": errors.rate,
        "files": {name: {**_attribution(item), "role_order_right": item.order_right} for name, item in counts.items()},
    }


def _attribution(counts: SpeakerCounts) -> dict[str, Any]:
    return {
        "speaker_accuracy": counts.accuracy,
        "speaker_accuracy_exact_words": counts.exact_accuracy,
        "compared_words": counts.compared,
        "unassigned_words": counts.unassigned,
    }
